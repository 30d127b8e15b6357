"""The whole game as pictures: what the stage shows at a step, drawn from what was captured."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

from gui.film import FilmSource
from gui.pages.boxes.suppression.boxes import shown_boxes
from gui.pages.boxes.suppression.cards import cards_height, paint_cards
from gui.pages.boxes.suppression.duel import paint_duel
from gui.pages.boxes.suppression.hand import Game
from gui.pages.boxes.suppression.settings import SuppressionSettings
from gui.theme import space, theme
from gui.widgets.box_paint import DrawnBox, paint_boxes
from gui.widgets.picture import to_image

SIZE: Final = QSizeF(1280, 800)
PANEL: Final = 400.0
FPS, HOLD_S = 1.0, 2.0


def film_of(game: Game, settings: SuppressionSettings) -> FilmSource:
    """One frame a step."""
    return FilmSource(partial(_image, game, settings), range(game.count), FPS, HOLD_S)


def _image(game: Game, settings: SuppressionSettings, position: int) -> QImage:
    image = QImage(SIZE.toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    try:
        paint_stage(painter, game, settings, position, SIZE)
    finally:
        painter.end()
    return image


def paint_stage(
    painter: QPainter, game: Game, settings: SuppressionSettings, position: int, size: QSizeF
) -> None:
    """Picture, panel and cards."""
    painter.fillRect(QRectF(QPointF(), size), theme.colors.window)
    cards = game.cards(position)
    below = cards_height(len(cards), size.width())
    room = QRectF(space.l, space.s, size.width() - PANEL - 2 * space.l, size.height() - below - 2 * space.s)
    _paint_picture(painter, game, settings, position, room)
    painter.save()
    painter.translate(size.width() - PANEL, 0)
    paint_duel(painter, game, settings, position, QSizeF(PANEL, size.height() - below))
    painter.restore()
    painter.save()
    painter.translate(0, size.height() - below)
    paint_cards(painter, game, settings, cards, size.width())
    painter.restore()


@lru_cache(maxsize=2)
def _picture(frame: object) -> QImage:
    return to_image(frame.pixels)  # type: ignore[attr-defined]  # frames are hashed by identity


def _paint_picture(
    painter: QPainter, game: Game, settings: SuppressionSettings, position: int, room: QRectF
) -> None:
    frame = game.hand.frame
    size = QSizeF(frame.width, frame.height).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    target = QRectF(QPointF(), size)
    target.moveCenter(room.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(target, _picture(frame))
    scale = target.width() / frame.width
    drawn = [
        DrawnBox(
            QRectF(
                target.left() + box.corners[0] * scale, target.top() + box.corners[1] * scale,
                (box.corners[2] - box.corners[0]) * scale, (box.corners[3] - box.corners[1]) * scale,
            ),
            box.color, box.label, box.dashed, box.faded,
        )
        for box in shown_boxes(game, settings, game.cards(position))
    ]  # fmt: skip
    paint_boxes(painter, drawn, target)
