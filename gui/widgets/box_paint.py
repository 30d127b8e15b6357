"""How boxes are drawn on pictures: lines that are seen on any ground, labels that are legible in the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gui.theme import STALE_OPACITY, radius, readable_on, space, theme, with_alpha

LINE: Final = 2.0
STRONG_LINE: Final = 3.0
CASING: Final = 2.0
"""By how much the dark or light line beneath is wider: a blue box stands out from a blue sky, too."""
TINT: Final = 0.16


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box in the coordinates of a widget. `strong`: pointed at or chosen; `faded`: out of the game."""

    area: QRectF
    color: QColor
    label: str = ""
    dashed: bool = False
    faded: bool = False
    strong: bool = False


def paint_boxes(painter: QPainter, boxes: Sequence[DrawnBox], room: QRectF) -> None:
    """Draw boxes and, over all of them, their labels: inside of `room`, and beside each other while there is place."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for box in sorted(boxes, key=lambda box: box.strong):
        _paint_frame(painter, box)
    metrics = QFontMetricsF(label_font())
    named = [box for box in boxes if box.label]
    sizes = [label_size(metrics, box.label, room.width()) for box in named]
    for box, place in zip(named, label_places([box.area for box in named], sizes, room), strict=True):
        _paint_label(painter, box, place, metrics)
    painter.restore()


def label_font() -> QFont:
    """The font of labels."""
    return theme.font("small", bold=True)


def label_size(metrics: QFontMetricsF, text: str, widest: float) -> QSizeF:
    """The room that a label takes; a long one is cut to the width of the picture."""
    return QSizeF(min(metrics.horizontalAdvance(text) + 2 * space.xs, widest), metrics.height() + 2)


def label_places(areas: Sequence[QRectF], sizes: Sequence[QSizeF], room: QRectF) -> list[QRectF]:
    """Where the labels of boxes go: above the box if there is room, else inside or beneath, not on another label."""
    taken: list[QRectF] = []
    for area, size in zip(areas, sizes, strict=True):
        places = [_kept_in(place, room) for place in _wanted_places(area.intersected(room), size)]
        free = (place for place in places if not any(place.intersects(other) for other in taken))
        taken.append(next(free, places[0]))
    return taken


def _wanted_places(area: QRectF, size: QSizeF) -> Iterator[QRectF]:
    width, height = size.width(), size.height()
    left, right, top, bottom = area.left(), area.right() - width, area.top(), area.bottom()
    for x, y in (
        (left, top - height), (left, top), (right, top - height), (right, top),
        (left, bottom), (left, bottom - height), (right, bottom - height), (right, bottom),
        (left, top + height), (left, top + 2 * height), (left, top - 2 * height),
    ):  # fmt: skip
        yield QRectF(QPointF(x, y), size)


def _kept_in(place: QRectF, room: QRectF) -> QRectF:
    x = max(min(place.left(), room.right() - place.width()), room.left())
    y = max(min(place.top(), room.bottom() - place.height()), room.top())
    return QRectF(QPointF(x, y), place.size())


def _paint_frame(painter: QPainter, box: DrawnBox) -> None:
    painter.setOpacity(STALE_OPACITY if box.faded else 1.0)
    width = STRONG_LINE if box.strong else LINE
    painter.setBrush(with_alpha(box.color, TINT) if box.strong else Qt.BrushStyle.NoBrush)
    pen = QPen(with_alpha(readable_on(box.color), 0.6), width + CASING)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.drawRect(box.area)
    pen.setColor(box.color)
    pen.setWidthF(width)
    pen.setStyle(Qt.PenStyle.DashLine if box.dashed else Qt.PenStyle.SolidLine)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.area)
    painter.setOpacity(1.0)


def _paint_label(painter: QPainter, box: DrawnBox, place: QRectF, metrics: QFontMetricsF) -> None:
    painter.setOpacity(STALE_OPACITY if box.faded else 1.0)
    painter.setPen(QPen(readable_on(box.color), 1) if box.strong else Qt.PenStyle.NoPen)
    painter.setBrush(box.color)
    painter.drawRoundedRect(place, radius.cell, radius.cell)
    painter.setFont(label_font())
    painter.setPen(readable_on(box.color))
    text = metrics.elidedText(box.label, Qt.TextElideMode.ElideRight, place.width() - space.xs)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
    painter.setOpacity(1.0)
