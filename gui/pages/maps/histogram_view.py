"""How the activations of a layer are spread, and those of one unit among them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.inside.maps.requests import Histograms
from gui.theme import STALE_OPACITY, mix, space, theme, with_alpha
from gui.widgets.plate import number_text

LEFT, RIGHT, TOP, BOTTOM = 64.0, 16.0, 28.0, 44.0
WAITING: Final = "The values are being counted."
AXES: Final = "activation; height: share of the values in each bin"
Shares = npt.NDArray[np.float64]


class HistogramView(QWidget):
    """hovered(bin): a bin under the pointer, -1 for none."""

    hovered = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Histograms | None = None
        self._unit = 0
        self._steep = True
        self._stale = False
        self._bin = -1
        self._empty = WAITING
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Histogram of the activations")
        theme.changed.connect(self.update)

    @property
    def found(self) -> Histograms | None:
        return self._found

    def show_histograms(self, found: Histograms, unit: int, *, steep: bool) -> None:
        """Show all channels together as an area, one of them as a line. `steep`: logarithmic counts."""
        self._found, self._unit, self._steep = found, unit, steep
        self.update()

    def show_nothing(self, sentence: str) -> None:
        self._found, self._empty = None, sentence
        self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, 400)

    def preferred_size(self) -> QSizeF:
        return QSizeF(max(self.width(), 480), max(self.height(), 320))

    # --- painting --------------------------------------------------------------------------------------------

    def _plot(self, size: QSizeF) -> QRectF:
        return QRectF(LEFT, TOP, max(size.width() - LEFT - RIGHT, 1), max(size.height() - TOP - BOTTOM, 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        self.paint(painter, QSizeF(self.size()))

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw at a size; exports use it, too."""
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        found = self._found
        if found is None:
            painter.setPen(theme.colors.muted)
            painter.setFont(theme.font("body"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(
                QRectF(space.xl, 0, size.width() - 2 * space.xl, size.height()), flags, self._empty
            )
            return
        plot = self._plot(size)
        everything, unit = shares(found.counts.sum(0)), shares(found.counts[self._unit])
        floor = self._floor()
        top = max(float(everything.max()), float(unit.max()), 1e-12)
        self._paint_axes(painter, plot, found, floor, top)
        self._paint_area(painter, plot, self._heights(everything, floor, top))
        self._paint_line(painter, plot, self._heights(unit, floor, top))
        self._paint_legend(painter, plot)
        if self._bin >= 0:
            self._paint_reading(painter, plot, len(unit))

    def _floor(self) -> float:
        """The share that is drawn as nothing: less than one value of the layer."""
        assert self._found is not None
        return 0.5 / max(int(self._found.counts.sum()), 1)

    def _heights(self, values: Shares, floor: float, top: float) -> Shares:
        """0..1."""
        if not self._steep:
            return values / top
        span = np.log(top / floor) or 1.0
        found: Shares = np.log(np.maximum(values, floor) / floor) / span
        return found

    def _paint_axes(
        self, painter: QPainter, plot: QRectF, found: Histograms, floor: float, top: float
    ) -> None:
        colors = theme.colors
        painter.setFont(theme.font("small", mono=True))
        for share in self._ticks(floor, top):
            y = plot.bottom() - float(self._heights(np.array([share]), floor, top)[0]) * plot.height()
            painter.setPen(QPen(with_alpha(colors.line, 0.8), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(colors.muted)
            area = QRectF(0, y - 9, LEFT - space.s, 18)
            painter.drawText(
                area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _percent(share)
            )
        edges = found.edges
        for value in dict.fromkeys((float(edges[0]), 0.0, float(edges[-1]))):
            x = self._x(plot, value)
            painter.setPen(QPen(colors.text if value == 0 else colors.line, 1))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom() + 4))
            painter.setPen(colors.muted)
            area = QRectF(min(max(x - 40, 0), plot.right() - 80 + RIGHT), plot.bottom() + 5, 80, 16)
            painter.drawText(area, Qt.AlignmentFlag.AlignHCenter, number_text(value, 2))
        painter.setFont(theme.font("small"))
        area = QRectF(plot.left(), plot.bottom() + 22, plot.width(), 18)
        painter.drawText(area, Qt.AlignmentFlag.AlignHCenter, AXES)

    def _ticks(self, floor: float, top: float) -> list[float]:
        if not self._steep:
            return [top * part / 4 for part in range(5)]
        return [10.0**power for power in range(-7, 1) if floor < 10.0**power <= top * 1.001]

    def _x(self, plot: QRectF, value: float) -> float:
        assert self._found is not None
        edges = self._found.edges
        return plot.left() + (value - float(edges[0])) / (float(edges[-1]) - float(edges[0])) * plot.width()

    def _paint_area(self, painter: QPainter, plot: QRectF, heights: Shares) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(theme.colors.line, theme.colors.muted, 0.35))
        width = plot.width() / len(heights)
        for index, height in enumerate(heights.tolist()):
            if height > 0:
                painter.drawRect(
                    QRectF(plot.left() + index * width, plot.bottom() - height * plot.height(), max(width - 1, 1),
                           height * plot.height())
                )  # fmt: skip

    def _paint_line(self, painter: QPainter, plot: QRectF, heights: Shares) -> None:
        width = plot.width() / len(heights)
        points = [QPointF(plot.left(), plot.bottom())]
        for index, height in enumerate(heights.tolist()):
            y = plot.bottom() - height * plot.height()
            points += [QPointF(plot.left() + index * width, y), QPointF(plot.left() + (index + 1) * width, y)]
        points.append(QPointF(plot.right(), plot.bottom()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colors.accent, 2))
        painter.drawPolyline(points)

    def _paint_legend(self, painter: QPainter, plot: QRectF) -> None:
        """What area and line are, above the plot, with a sample of each."""
        metrics = painter.fontMetrics()
        x = plot.left()
        painter.fillRect(QRectF(x, 10, 14, 8), mix(theme.colors.line, theme.colors.muted, 0.35))
        painter.setPen(theme.colors.text)
        first = "all units of the layer"
        painter.drawText(QPointF(x + 20, 18), first)
        x += 20 + metrics.horizontalAdvance(first) + space.l
        painter.setPen(QPen(theme.colors.accent, 2))
        painter.drawLine(QPointF(x, 14), QPointF(x + 14, 14))
        painter.setPen(theme.colors.text)
        painter.drawText(QPointF(x + 20, 18), f"unit {self._unit}")

    def _paint_reading(self, painter: QPainter, plot: QRectF, bins: int) -> None:
        """Where the pointer is; its numbers stand in the inspector."""
        width = plot.width() / bins
        x = plot.left() + (self._bin + 0.5) * width
        painter.setPen(QPen(theme.colors.text, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    # --- pointer ---------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        plot = self._plot(QSizeF(self.size()))
        found = self._found
        place = -1
        if found is not None and plot.contains(event.position()):
            bins = found.counts.shape[1]
            place = min(int((event.position().x() - plot.left()) / plot.width() * bins), bins - 1)
        if place != self._bin:
            self._bin = place
            self.update()
            self.hovered.emit(place)

    def leaveEvent(self, event: QEvent) -> None:
        if self._bin >= 0:
            self._bin = -1
            self.update()
            self.hovered.emit(-1)


def shares(counts: npt.NDArray[np.int64]) -> Shares:
    """float64[bins]: counts as shares of their sum, 0 where there is nothing."""
    found: Shares = counts / max(int(counts.sum()), 1)
    return found


def _percent(share: float) -> str:
    """Three digits that say something: between 0 and 3 % four ticks have four names."""
    return f"{np.format_float_positional(100 * share, precision=3, fractional=False, trim='-')} %"
