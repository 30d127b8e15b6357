"""The walk through the finds as an animation: the picture and the list on the left, curve and table on the right."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter, QTransform

from gui.film import FilmSource
from gui.pages.boxes.scoring import plot as curve_plot
from gui.pages.boxes.scoring import words
from gui.pages.boxes.scoring.picture import boxes_of
from gui.pages.boxes.scoring.scene import list_scene, table_scene
from gui.pages.boxes.scoring.settings import ScoringSettings
from gui.pages.boxes.scoring.shown import Shown, resolve
from gui.theme import space, theme
from gui.widgets.box_paint import DrawnBox, paint_boxes
from gui.widgets.canvas import Canvas
from gui.widgets.picture import to_image
from gui.widgets.plot.line_plot import LinePlot
from gui.widgets.scene import Scene, Words

SIZE: Final = QSizeF(1280, 760)
FPS, HOLD_S = 1.0, 2.0
HEAD: Final = 56.0
UPPER: Final = 0.54


def walk_film(shown: Shown, settings: ScoringSettings) -> FilmSource:
    """Find by find, as it is now."""

    def image_at(index: int) -> QImage:
        now = resolve(replace(settings, step=index), shown.evaluated)
        assert now is not None
        return find_image(now)

    return FilmSource(image_at, range(len(shown.verdicts)), FPS, HOLD_S)


def find_image(shown: Shown) -> QImage:
    """One find in the size of a film."""
    image = QImage(SIZE.toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    half, upper = SIZE.width() / 2, SIZE.height() * UPPER
    low = QSizeF(half, SIZE.height() - upper - space.m)
    try:
        painter.fillRect(image.rect(), theme.colors.window)
        _paint_picture(painter, shown, QRectF(space.l, HEAD, half - 2 * space.l, upper - HEAD - space.m))
        _at(painter, 0, upper, list_scene(shown, low))
        _at(painter, half, upper, table_scene(shown, low))
        plot = LinePlot()
        curve_plot.show(plot, shown)
        painter.translate(half, 0)
        plot.paint(painter, QSizeF(half - space.l, upper))
    finally:
        painter.end()
    return image


def _at(painter: QPainter, x: float, y: float, scene: Scene) -> None:
    painter.save()
    painter.translate(x, y)
    Canvas().paint_scene(painter, scene, scene.size)
    painter.restore()


def _paint_picture(painter: QPainter, shown: Shown, room: QRectF) -> None:
    title = QRectF(room.left(), space.s, room.width(), HEAD / 2)
    Words(title, words.title(shown), size="section", bold=True).paint(painter)
    Words(title.translated(0, HEAD / 2 - space.xs), words.detail(shown), role="muted").paint(painter)
    verdict = shown.verdict
    if verdict is None:
        return
    frame = shown.evaluated.frames[verdict.picture]
    scale = min(room.width() / frame.width, room.height() / frame.height)
    area = QRectF(room.left(), room.top(), frame.width * scale, frame.height * scale)
    painter.drawImage(area, to_image(frame.pixels))
    transform = QTransform(scale, 0, 0, scale, area.left(), area.top())
    drawn = []
    for box in boxes_of(shown):
        x1, y1, x2, y2 = box.corners
        place = transform.mapRect(QRectF(x1, y1, x2 - x1, y2 - y1))
        drawn.append(DrawnBox(place, box.color, box.label, box.dashed, box.faded))
    paint_boxes(painter, drawn, area)
