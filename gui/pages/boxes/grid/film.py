"""The whole walk as an animation: the picture on the left, its numbers on the right."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

from engine.images import Frame
from gui.film import FilmSource
from gui.pages.boxes.grid import words
from gui.pages.boxes.grid.paint import paint_grid, paint_stage
from gui.pages.boxes.grid.scene import grid_scene
from gui.pages.boxes.grid.settings import GridSettings
from gui.pages.boxes.grid.shown import OF_PREDICTION, Shown
from gui.theme import space, theme
from gui.widgets.box_paint import DrawnBox, paint_boxes
from gui.widgets.canvas import Canvas
from gui.widgets.picture import to_image
from gui.widgets.scene import Words

SIZE: Final = QSizeF(1280, 720)
FPS, HOLD_S = 0.8, 2.0
HEAD: Final = 56.0


def walk_film(shown: Shown, settings: GridSettings, frame: Frame) -> FilmSource:
    """Every stage of the walk on show, as it is now."""
    picture = to_image(frame.pixels).copy()

    def image_at(index: int) -> QImage:
        return stage_image(_at(shown, index), settings, picture)

    return FilmSource(image_at, range(len(shown.walk.stages)), FPS, HOLD_S)


def _at(shown: Shown, index: int) -> Shown:
    """The same walk at another step; the cell is that of its object, where it has one."""
    stage = shown.walk.stages[index]
    cell = shown.cell
    if stage.kind == "object" and stage.number is not None:
        place = shown.walk.encoded.placed[stage.number]
        cell = cell if place is None else (place.row, place.column)
    return replace(shown, index=index, cell=cell)


def stage_image(shown: Shown, settings: GridSettings, picture: QImage) -> QImage:
    """One stage in the size of a film."""
    image = QImage(SIZE.toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    half = SIZE.width() / 2
    try:
        painter.fillRect(image.rect(), theme.colors.window)
        _paint_picture(
            painter,
            shown,
            settings,
            picture,
            QRectF(space.l, HEAD, half - space.l, SIZE.height() - HEAD - space.l),
        )
        painter.translate(half, HEAD)
        room = QSizeF(half, SIZE.height() - HEAD)
        Canvas().paint_scene(painter, grid_scene(shown, room), room)
    finally:
        painter.end()
    return image


def _paint_picture(
    painter: QPainter, shown: Shown, settings: GridSettings, picture: QImage, room: QRectF
) -> None:
    title = QRectF(room.left(), space.s, room.width(), HEAD / 2)
    Words(title, words.title(shown), size="section", bold=True).paint(painter)
    under = title.translated(0, HEAD / 2 - space.xs)
    Words(under, words.detail(shown, settings.least, settings.overlap), role="muted").paint(painter)
    scale = min(room.width() / picture.width(), room.height() / picture.height())
    area = QRectF(room.left(), room.top(), picture.width() * scale, picture.height() * scale)
    painter.drawImage(area, picture)
    transform = QTransform(scale, 0, 0, scale, area.left(), area.top())
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    paint_grid(painter, transform, shown)
    paint_boxes(painter, label_boxes(shown, transform), area)
    paint_stage(painter, transform, shown, area)
    painter.restore()


def label_boxes(shown: Shown, transform: QTransform) -> list[DrawnBox]:
    """The labels as they stand beneath the stage: in the background once there is a prediction."""
    later = shown.stage.kind in OF_PREDICTION
    found = []
    for (x1, y1, x2, y2), kind in zip(shown.basis.boxes.tolist(), shown.basis.kinds.tolist(), strict=True):
        area = transform.mapRect(QRectF(x1, y1, x2 - x1, y2 - y1))
        name = "" if later or shown.stage.kind == "tensor" else shown.spec.classes[kind]
        found.append(DrawnBox(area, theme.class_color(kind), name, dashed=later, faded=later))
    return found
