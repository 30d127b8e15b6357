"""Which area is which: what two boxes have in common is filled, what is empty in the box around them is hatched."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen, QTransform

from engine.detection.overlap import Corners, Overlap
from gui.theme import theme, with_alpha

COMMON: Final = 0.35
EITHER: Final = 0.18
LINE: Final = 1.5


def paint_shades(painter: QPainter, transform: QTransform, found: Overlap, *, enclosing: bool) -> None:
    """Draw them under the boxes."""
    colors = theme.colors
    either = QPainterPath()
    either.addRect(_area(transform, found.first))
    second = QPainterPath()
    second.addRect(_area(transform, found.second))
    either = either.united(second)
    painter.setPen(Qt.PenStyle.NoPen)
    if enclosing:
        around = QPainterPath()
        around.addRect(_area(transform, found.around))
        empty = around.subtracted(either)
        painter.fillPath(empty, with_alpha(colors.window, EITHER))
        painter.fillPath(empty, QBrush(with_alpha(colors.text, 0.7), Qt.BrushStyle.BDiagPattern))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((with_alpha(colors.window, 0.7), LINE + 2), (colors.text, LINE)):
            painter.setPen(QPen(color, width, Qt.PenStyle.DotLine))
            painter.drawRect(_area(transform, found.around))
    painter.fillPath(either, with_alpha(colors.accent, EITHER))
    if found.common is not None:
        painter.fillRect(_area(transform, found.common), with_alpha(colors.accent, COMMON))


def _area(transform: QTransform, corners: Corners) -> QRectF:
    x1, y1, x2, y2 = corners
    return transform.mapRect(QRectF(x1, y1, x2 - x1, y2 - y1))
