"""A bar of a chart as a plate: its segments are its cells, so that pointing, marking and exports are those of grids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui.theme import mix, radius, theme
from gui.widgets.plate import Mark, Plate

REACH = 4.0
"""How far beside a bar the pointer still means it."""
_STALE = 0.72


@dataclass(eq=False, slots=True)
class BarPlate(Plate):
    """`values` float64[1, k] are the lengths of its segments, in the colours of `fills`; `stale` ones are pale."""

    fills: tuple[QColor, ...] = ()
    stale: bool = False

    def cell_rect(
        self, row: float, column: float, bottom: float | None = None, right: float | None = None
    ) -> QRectF:
        """Where a segment (or the stretch up to `right`) lies."""
        ends = self._ends()
        first, last = int(column), int(column + 1 if right is None else right)
        left = self.rect.left() + ends[first]
        return QRectF(left, self.rect.top(), ends[last] - ends[first], self.rect.height())

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Which segment lies under a point; thin ones are met a little beside them, too."""
        if not self.rect.adjusted(-REACH, -REACH / 2, REACH, REACH / 2).contains(point):
            return None
        place = point.x() - self.rect.left()
        inner = self._ends()[1:-1]
        return 0, sum(place >= end for end in inner)

    def _ends(self) -> list[float]:
        """Where the segments end, from the left edge, beginning with 0."""
        total = float(self.values.sum()) or 1.0
        sums = np.concatenate([[0.0], np.cumsum(self.values[0])]) / total * self.rect.width()
        return [float(end) for end in sums]

    def signature(self) -> tuple[object, ...]:
        """What the cached picture depends on."""
        size = (self.rect.width(), self.rect.height())
        return (self.values.tobytes(), tuple(f.rgba() for f in self.fills), self.stale, *size, theme.dark)

    def paint_cells(self, painter: QPainter, origin: QPointF, scale: float = 1.0) -> None:
        """Draw the segments with the top left corner at `origin`."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        shift = origin - self.rect.topLeft()
        for column, fill in enumerate(self.fills):
            area = self.cell_rect(0, column).translated(shift)
            painter.setBrush(mix(fill, theme.colors.window, _STALE) if self.stale else fill)
            painter.drawRoundedRect(area, radius.cell, radius.cell)
        painter.restore()

    def paint_outline(self, painter: QPainter) -> None:
        """Bars have none."""

    def paint_marks(self, painter: QPainter, marks: tuple[Mark, ...] | None = None) -> None:
        """A frame around the segment that is pointed at."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colors.text, 1.5))
        for mark in self.marks if marks is None else marks:
            area = self.cell_rect(mark.top, mark.left, mark.bottom, mark.right)
            painter.drawRoundedRect(area.adjusted(-1, -1, 1, 1), radius.cell, radius.cell)
        painter.restore()
