"""What a component of the vector is in the picture: a line from the edge to the middle, a line along a side."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QTransform

from engine.detection.target import HEIGHT, WIDTH
from gui.theme import radius, readable_on, space, theme, with_alpha
from gui.widgets.box_editor import Box

LINE: Final = 2.0
TICK: Final = 5.0
DOT: Final = 3.5
ACROSS: Final = 1
DOWN: Final = 2


def paint_measure(
    painter: QPainter, transform: QTransform, size: tuple[int, int], box: Box, index: int, text: str
) -> None:
    """Draw b_x, b_y, b_h or b_w (`index` in the vector) of one box with its number; nothing for other components."""
    ends = measure(box, index, size)
    if ends is None:
        return
    begin, end = (transform.map(QPointF(*point)) for point in ends)
    painter.save()
    for color, width in ((with_alpha(readable_on(box.color), 0.6), LINE + 2), (box.color, LINE)):
        painter.setPen(QPen(color, width))
        painter.drawLine(begin, end)
        along = QPointF(0, TICK) if index in (ACROSS, WIDTH) else QPointF(TICK, 0)
        for point in (begin, end):
            painter.drawLine(point - along, point + along)
    _paint_pill(painter, (begin + end) / 2, text, box.color, transform.mapRect(QRectF(0, 0, *size)))
    painter.restore()


def measure(
    box: Box, index: int, size: tuple[int, int]
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Both ends of what a component measures, in pixels of the picture."""
    x1, y1, x2, y2 = box.corners
    middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
    lines = {
        ACROSS: ((0.0, middle_y), (middle_x, middle_y)),
        DOWN: ((middle_x, 0.0), (middle_x, middle_y)),
        HEIGHT: ((middle_x, y1), (middle_x, y2)),
        WIDTH: ((x1, middle_y), (x2, middle_y)),
    }
    return lines.get(index)


def paint_middle(painter: QPainter, transform: QTransform, box: Box) -> None:
    """The point that b_x and b_y speak of."""
    x1, y1, x2, y2 = box.corners
    middle = transform.map(QPointF((x1 + x2) / 2, (y1 + y2) / 2))
    painter.setPen(QPen(readable_on(box.color), 1))
    painter.setBrush(box.color)
    painter.drawEllipse(middle, DOT, DOT)


def _paint_pill(painter: QPainter, at: QPointF, text: str, color: QColor, room: QRectF) -> None:
    font = theme.font("small", mono=True)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text) + 2 * space.xs, metrics.height() + 2
    x = min(max(at.x() - width / 2, room.left()), room.right() - width)
    y = min(max(at.y() - height - TICK, room.top()), room.bottom() - height)
    pill = QRectF(x, y, width, height)
    painter.setPen(QPen(color, 1))
    painter.setBrush(theme.colors.raised)
    painter.drawRoundedRect(pill, radius.cell, radius.cell)
    painter.setFont(font)
    painter.setPen(theme.colors.text)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
