"""The cards in rows: where each lies and how it looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPen,
)

from gui.pages.boxes.suppression.hand import Card, Game
from gui.pages.boxes.suppression.settings import SuppressionSettings
from gui.pages.boxes.suppression.words import caption, number
from gui.theme import STALE_OPACITY, radius, space, theme, with_alpha
from gui.widgets.picture import to_image

LEAST_WIDTH, MOST_WIDTH = 66.0, 112.0
MOST_ROWS: Final = 4
LIFT: Final = {"pick": 14.0, "rival": 7.0}
LINE: Final = 17.0
PICTURE_SHARE, LOW_SHARE = 0.62, 0.3
"""Height of a card's picture, as a share of its width; the second one for stages that are low."""
OUT: Final = ("discarded", "dead")
THUMBNAIL: Final = QSize(208, 130)
"""Twice the largest picture of a card, for screens with small pixels."""


@dataclass(frozen=True, slots=True)
class Rows:
    """How the cards lie: columns in a row, the size of a card, the height of its picture."""

    columns: int
    width: float
    picture: float
    left: float

    @property
    def height(self) -> float:
        return self.picture + 3 * LINE + space.s

    def area(self, index: int, lift: float = 0.0) -> QRectF:
        """Where a card lies; `lift` takes it out of its row."""
        row, column = divmod(index, self.columns)
        x = self.left + column * (self.width + space.xs)
        y = LIFT["pick"] + row * (self.height + LIFT["pick"] + space.xs) - lift
        return QRectF(x, y, self.width, self.height)


def rows_of(count: int, width: float, share: float = PICTURE_SHARE) -> Rows:
    """Lay out cards in a width: as few rows as leave a card its least width, rows as full as each other."""
    room = max(width - 2 * space.l, LEAST_WIDTH)
    most = max(int((room + space.xs) // (LEAST_WIDTH + space.xs)), 1)
    lines = max(math.ceil(count / most), 1)
    columns = max(math.ceil(count / lines), 1)
    side = min((room + space.xs) / columns - space.xs, MOST_WIDTH)
    left = space.l + max(room - columns * (side + space.xs) + space.xs, 0.0) / 2
    return Rows(columns, side, side * share, left)


def cards_height(count: int, width: float, share: float = PICTURE_SHARE) -> float:
    """The room that cards need."""
    rows = rows_of(count, width, share)
    lines = max(math.ceil(count / rows.columns), 1)
    return lines * (rows.height + LIFT["pick"] + space.xs) + space.s


def paint_cards(
    painter: QPainter,
    game: Game,
    settings: SuppressionSettings,
    cards: Sequence[Card],
    width: float,
    *,
    share: float = PICTURE_SHARE,
    lifts: dict[int, float] | None = None,
    lit: int | None = None,
    pictures: dict[int, QImage] | None = None,
) -> None:
    """Draw cards from the painter's origin. `lifts`: how far boxes are on their way, where they are moving."""
    rows, pictures = rows_of(len(cards), width, share), {} if pictures is None else pictures
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for index, card in enumerate(cards):
        lift = (lifts or {}).get(card.box, LIFT.get(card.state, 0.0))
        if card.box not in pictures:
            pictures[card.box] = _thumbnail(game, card.box)
        _paint_card(
            painter, game, settings, card, rows, rows.area(index, lift), pictures[card.box], lit == card.box
        )
    painter.restore()


def crop(game: Game, box: int) -> QImage:
    """What a box shows of its picture."""
    pixels = game.hand.frame.pixels
    x1, y1, x2, y2 = (round(value) for value in game.hand.boxes[box].tolist())
    x1, y1 = min(max(x1, 0), pixels.shape[1] - 1), min(max(y1, 0), pixels.shape[0] - 1)
    return to_image(pixels[y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)])


def _thumbnail(game: Game, box: int) -> QImage:
    """The same, small: cards are painted at every step, and large pictures would be scaled down every time."""
    picture = crop(game, box)
    if picture.width() <= THUMBNAIL.width() and picture.height() <= THUMBNAIL.height():
        return picture
    return picture.scaled(
        THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def edge_of(card: Card) -> tuple[QColor, float]:
    """Colour and width of a card's edge."""
    colors = theme.colors
    roles = {"pick": (colors.accent, 2.5), "rival": (colors.warn, 2.0), "kept": (colors.good, 2.0)}
    return roles.get(card.state, (colors.line, 1.0))


def _paint_card(
    painter: QPainter,
    game: Game,
    settings: SuppressionSettings,
    card: Card,
    rows: Rows,
    area: QRectF,
    picture: QImage,
    lit: bool,
) -> None:
    colors = theme.colors
    color, width = edge_of(card)
    if lit:
        color, width = colors.text, max(width, 2.0)
    out = card.state in OUT
    painter.setPen(QPen(color, width))
    painter.setBrush(colors.window if out else colors.surface)
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), radius.control, radius.control)
    inner = area.adjusted(space.xs, space.xs, -space.xs, -space.xs)
    frame = QRectF(inner.left(), inner.top(), inner.width(), rows.picture)
    painter.setOpacity(STALE_OPACITY if out and not lit else 1.0)
    _paint_crop(painter, picture, frame)
    painter.setOpacity(1.0)
    _paint_words(painter, game, settings, card, inner, frame.bottom())
    if out:
        painter.setPen(QPen(with_alpha(colors.error, 0.8), 1.5))
        painter.drawLine(frame.topLeft(), frame.bottomRight())


def _paint_crop(painter: QPainter, picture: QImage, frame: QRectF) -> None:
    painter.fillRect(frame, theme.colors.window)
    size = QSizeF(picture.size()).scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
    target = QRectF(QPointF(), size)
    target.moveCenter(frame.center())
    painter.drawImage(target, picture)


def _paint_words(
    painter: QPainter, game: Game, settings: SuppressionSettings, card: Card, inner: QRectF, top: float
) -> None:
    """Number and score, the class, what became of the card."""
    colors = theme.colors
    text = colors.muted if card.state in OUT else colors.text
    first = QRectF(inner.left(), top + 2, inner.width(), LINE)
    painter.setFont(theme.font("small"))
    painter.setPen(colors.muted)
    painter.drawText(first, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(card.number))
    painter.setFont(theme.font("body", mono=True, bold=True))
    painter.setPen(text)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(first, right, number(card.score))
    second = first.translated(0, LINE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.class_color(game.hand.kinds[card.box]))
    painter.drawEllipse(QPointF(second.left() + 4, second.center().y()), 4, 4)
    painter.setFont(theme.font("small"))
    painter.setPen(text)
    name = QFontMetricsF(painter.font()).elidedText(
        game.hand.name(card.box), Qt.TextElideMode.ElideRight, second.width() - 12
    )
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(second.adjusted(12, 0, 0, 0), left, name)
    roles = {"pick": colors.accent, "rival": colors.warn, "kept": colors.good, "dead": colors.error}
    painter.setPen(roles.get(card.state, colors.muted))
    painter.drawText(second.translated(0, LINE), Qt.AlignmentFlag.AlignCenter, caption(card, settings))
