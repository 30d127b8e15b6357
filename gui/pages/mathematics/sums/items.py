"""What the sum along a line is drawn of besides its plates: bars that stand on outputs, the way of a sum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gui.theme import mix, radius, space, theme, with_alpha
from gui.widgets.scene import LINK_WIDTH


@dataclass(frozen=True, slots=True)
class Bars:
    """Outputs as bars that stand on their cells."""

    area: QRectF
    values: npt.NDArray[np.float64]
    hidden: npt.NDArray[np.bool_]
    marked: int

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        most, wide = float(self.values.max(initial=0.0)) or 1.0, self.area.width() / max(len(self.values), 1)
        for index, count in enumerate(self.values):
            if self.hidden[index]:
                continue
            tall = self.area.height() * max(float(count), 0.0) / most
            bar = QRectF(self.area.left() + index * wide + 2, self.area.bottom() - tall, wide - 5, tall)
            accent = theme.colors.accent
            painter.setBrush(accent if index == self.marked else mix(theme.colors.surface, accent, 0.45))
            painter.drawRoundedRect(bar, radius.cell, radius.cell)
        painter.restore()


@dataclass(frozen=True, slots=True)
class Fall:
    """The way of the sum: from all products down to their output."""

    above: QRectF
    beneath: QPointF

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(with_alpha(theme.colors.accent, 0.55), LINK_WIDTH))
        y = self.above.bottom() + space.xs
        painter.drawLine(QPointF(self.above.left() + 2, y), QPointF(self.above.right() - 3, y))
        painter.drawLine(QPointF(self.above.center().x(), y), self.beneath)
        painter.restore()
