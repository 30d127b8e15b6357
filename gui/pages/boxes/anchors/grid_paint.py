"""What lies over the picture: the grid, the cell in question, midpoints, anchors."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from gui.pages.boxes.anchors.cell import CellShown
from gui.theme import readable_on, space, theme, with_alpha

DOT: Final = 5.0
TAG: Final = 16.0


def paint_grid(painter: QPainter, transform: QTransform, shown: CellShown) -> None:
    """Beneath the boxes: lines that are seen on any picture, crowded cells shaded, the chosen one framed, anchors."""
    width, height = shown.size
    side = shown.settings.side
    area = transform.mapRect(QRectF(0, 0, width, height))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for cell in shown.crowded:
        painter.fillRect(cell_area(transform, shown, cell), with_alpha(theme.colors.warn, 0.22))
    for color, pen in ((QColor(Qt.GlobalColor.black), 3), (QColor(Qt.GlobalColor.white), 1)):
        painter.setPen(QPen(with_alpha(color, 0.35 if pen == 3 else 0.8), pen))
        for line in range(1, side):
            x, y = area.left() + area.width() * line / side, area.top() + area.height() * line / side
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, pen in ((QColor(Qt.GlobalColor.black), 5), (QColor(Qt.GlobalColor.white), 3)):
        painter.setPen(QPen(color, pen))
        painter.drawRect(cell_area(transform, shown, shown.cell))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    _paint_anchors(painter, transform, shown)


def paint_marks(painter: QPainter, transform: QTransform, shown: CellShown) -> None:
    """Over the boxes: the midpoint of every thing."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for thing, box in enumerate(shown.boxes.tolist()):
        middle = transform.map(QPointF((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))
        color = theme.class_color(shown.kinds[thing])
        painter.setPen(QPen(readable_on(color), 2))
        painter.setBrush(color)
        painter.drawEllipse(middle, DOT, DOT)


def _paint_anchors(painter: QPainter, transform: QTransform, shown: CellShown) -> None:
    """Dashed outlines around the middle of the cell; the anchor that was chosen last is strong."""
    middle = cell_area(transform, shown, shown.cell).center()
    newest = shown.newest
    seen = transform.mapRect(QRectF(0, 0, *shown.size))
    for number, (width, height) in enumerate(shown.anchors.tolist()):
        area = QRectF(0, 0, width * transform.m11(), height * transform.m22())
        area.moveCenter(middle)
        strong = newest is not None and newest.anchor == number
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(with_alpha(QColor(Qt.GlobalColor.black), 0.6), 5.0 if strong else 3.0))
        painter.drawRect(area)
        painter.setPen(QPen(QColor(Qt.GlobalColor.white), 3.0 if strong else 1.5, Qt.PenStyle.DashLine))
        painter.drawRect(area)
        _paint_tag(painter, f"anchor {number}", area, seen, number)


def _paint_tag(painter: QPainter, text: str, area: QRectF, seen: QRectF, number: int) -> None:
    """The anchor's name at its lower edge, within the picture; neighbours stand apart."""
    painter.setFont(theme.font("small", bold=True))
    width = painter.fontMetrics().horizontalAdvance(text) + space.s
    tag = QRectF(area.right() - width, area.bottom() - TAG, width, TAG)
    if number % 2:
        tag.moveLeft(area.left())
    tag.moveLeft(min(max(tag.left(), seen.left()), seen.right() - width))
    tag.moveTop(min(max(tag.top(), seen.top()), seen.bottom() - TAG))
    painter.fillRect(tag, with_alpha(QColor(Qt.GlobalColor.black), 0.72))
    painter.setPen(QColor(Qt.GlobalColor.white))
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)


def cell_area(transform: QTransform, shown: CellShown, cell: tuple[int, int]) -> QRectF:
    """Where a cell lies in the widget."""
    width, height = shown.size[0] / shown.settings.side, shown.size[1] / shown.settings.side
    return transform.mapRect(QRectF(cell[1] * width, cell[0] * height, width, height))
