"""The one sign of the keyboard focus: a ring, a little inside of what has it. Selection looks different."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gui.theme import FOCUS_OFFSET, FOCUS_RING, radius, theme


def paint_focus_ring(painter: QPainter, area: QRectF, corner: float = radius.control) -> None:
    """Draw the ring inside an area whose corners have this radius; style sheets draw the same one."""
    inset = FOCUS_OFFSET + FOCUS_RING / 2
    painter.setPen(QPen(theme.colors.accent, FOCUS_RING))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), corner - inset, corner - inset)


def paint_ring_around(painter: QPainter, area: QRectF) -> None:
    """Draw the ring around a round part of a control; see `RING_ROOM` for the room that it needs."""
    out = FOCUS_OFFSET + FOCUS_RING / 2
    ring = area.adjusted(-out, -out, out, out)
    painter.setPen(QPen(theme.colors.accent, FOCUS_RING))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)


RING_ROOM = FOCUS_OFFSET + FOCUS_RING
