"""What the view with the dice draws besides its grids: the stretch of 0..1 that every cell owns, and the bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from gui import colormaps
from gui.theme import radius, readable_on, space, theme
from gui.widgets.scene import Words
from gui.widgets.stage_text import plain, text_width

FloatArray = npt.NDArray[np.float64]

NEEDLE = 7.0
STRIP = 26.0
AXIS = 16.0
LEAST_BAR = 3.0


@dataclass(frozen=True, eq=False, slots=True)
class DiceStrip:
    """The line from 0 to 1, shared out among the cells of a window; a needle where the dice fell.

    `activations`, `chances` float64[n]; `picked` is the cell that owns the needle's place, -1 for none.
    """

    area: QRectF
    activations: FloatArray
    chances: FloatArray
    dice: float
    picked: int

    def paint(self, painter: QPainter) -> None:
        bar = QRectF(self.area.left(), self.area.top() + AXIS, self.area.width(), STRIP)
        painter.save()
        left = bar.left()
        for index, chance in enumerate(self.chances):
            wide = bar.width() * float(chance)
            if wide > 0:
                self._paint_stretch(painter, QRectF(left, bar.top(), wide, bar.height()), index)
            left += wide
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colors.line, 1))
        painter.drawRect(bar)
        self._paint_picked(painter, bar)
        self._paint_needle(painter, bar)
        painter.restore()

    def _paint_stretch(self, painter: QPainter, area: QRectF, index: int) -> None:
        red, green, blue = (int(v) for v in colormaps.probability(self.chances[index : index + 1])[0])
        color = theme.colors.accent.fromRgb(red, green, blue)
        painter.setPen(QPen(theme.colors.line, 1))
        painter.setBrush(color)
        painter.drawRect(area)
        text = plain(float(self.activations[index]))
        if text_width(text, mono=True) + 4 <= area.width():
            painter.setFont(theme.font("small", mono=True))
            painter.setPen(readable_on(color))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_picked(self, painter: QPainter, bar: QRectF) -> None:
        if self.picked < 0:
            return
        start = bar.left() + bar.width() * float(self.chances[: self.picked].sum())
        wide = max(bar.width() * float(self.chances[self.picked]), LEAST_BAR)
        painter.setPen(QPen(theme.colors.good, 2))
        painter.drawRoundedRect(QRectF(start, bar.top(), wide, bar.height()), radius.cell, radius.cell)

    def _paint_needle(self, painter: QPainter, bar: QRectF) -> None:
        x = bar.left() + bar.width() * self.dice
        tip = QPainterPath(QPointF(x, bar.top() - 1))
        tip.lineTo(x - NEEDLE / 2, bar.top() - NEEDLE)
        tip.lineTo(x + NEEDLE / 2, bar.top() - NEEDLE)
        tip.closeSubpath()
        painter.fillPath(tip, theme.colors.text)
        painter.setPen(QPen(theme.colors.text, 2))
        painter.drawLine(QPointF(x, bar.top()), QPointF(x, bar.bottom()))
        text = f"dice {self.dice:.4f}"
        width = text_width(text, mono=True)
        left = min(max(x - width / 2, bar.left() + 2 * space.m), bar.right() - width - 2 * space.m)
        room = QRectF(left, self.area.top() - NEEDLE + 4, width + 1, AXIS - 4)
        Words(room, text, mono=True, elide=False).paint(painter)
        for x_end, end, align in (
            (bar.left(), "0", Qt.AlignmentFlag.AlignLeft),
            (bar.right() - space.m, "1", Qt.AlignmentFlag.AlignRight),
        ):
            corner = QRectF(x_end, self.area.top() - NEEDLE + 4, space.m, AXIS - 4)
            Words(corner, end, role="muted", mono=True, align=align, elide=False).paint(painter)


@dataclass(frozen=True, eq=False, slots=True)
class ChanceBars:
    """For every cell how often it should come up (outlined) and how often it did (filled), side by side."""

    area: QRectF
    activations: FloatArray
    chances: FloatArray
    shares: FloatArray

    def paint(self, painter: QPainter) -> None:
        top_value = max(float(max(self.chances.max(), self.shares.max())), 0.01)
        axis = text_width("0.00", mono=True) + space.s
        plot = QRectF(
            self.area.left() + axis, self.area.top(), self.area.width() - axis, self.area.height() - AXIS
        )
        painter.save()
        self._paint_axis(painter, plot, axis, top_value)
        pitch = plot.width() / len(self.chances)
        for index in range(len(self.chances)):
            slot = QRectF(plot.left() + index * pitch, plot.top(), pitch, plot.height())
            self._paint_pair(painter, slot, index, top_value)
        painter.restore()

    def _paint_axis(self, painter: QPainter, plot: QRectF, axis: float, top_value: float) -> None:
        painter.setPen(QPen(theme.colors.line, 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.drawLine(plot.topLeft(), plot.topRight())
        for y, text in ((plot.top(), f"{top_value:.2f}"), (plot.bottom(), "0")):
            room = QRectF(self.area.left(), y - AXIS / 2, axis - space.s, AXIS)
            Words(room, text, role="muted", mono=True, align=Qt.AlignmentFlag.AlignRight, elide=False).paint(
                painter
            )

    def _paint_pair(self, painter: QPainter, slot: QRectF, index: int, top_value: float) -> None:
        wide = min(max(slot.width() * 0.36, LEAST_BAR), 4.0 * space.m)
        middle = slot.center().x()
        for left, value, filled in (
            (middle - wide, float(self.chances[index]), False),
            (middle, float(self.shares[index]), True),
        ):
            tall = slot.height() * value / top_value
            bar = QRectF(left, slot.bottom() - tall, wide, tall)
            painter.setPen(QPen(theme.colors.accent, 1.5) if not filled else Qt.PenStyle.NoPen)
            painter.setBrush(theme.colors.accent if filled else Qt.BrushStyle.NoBrush)
            if tall > 0:
                painter.drawRect(bar)
        text = plain(float(self.activations[index]))
        if text_width(text, mono=True) <= slot.width():
            room = QRectF(slot.left(), slot.bottom() + 1, slot.width(), AXIS - 1)
            Words(
                room, text, role="muted", mono=True, align=Qt.AlignmentFlag.AlignHCenter, elide=False
            ).paint(painter)
