"""A plate whose cells are samples, drawn as a curve over named axes: a signal on a canvas."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from gui.theme import radius, theme, with_alpha
from gui.widgets.plate import FloatArray, Mark, MarkRole, Plate
from gui.widgets.plot.scale import Axis, scale_of

AXIS_LINE = 16.0
"""Room beneath a curve for the numbers of its axis, and as much again for the axis' name."""
VALUE_ROOM = 64.0
"""Room for the numbers at the left of a curve."""
TICK_EVERY_X, TICK_EVERY_Y = 72.0, 30.0
_DOT_FROM_CELL = 9.0
_LINE_WIDTH, _DOT = 1.8, 3.0
_GHOST_WIDTH = 1.6
_LEAST_MARK = 3.0
_NARROW_MARK = 10.0
_RUN = 24
_NO_COLORS: npt.NDArray[np.uint8] = np.zeros((0, 0, 3), np.uint8)


@dataclass(eq=False, slots=True)
class CurvePlate(Plate):
    """`values: float64[1, N]` as a curve between `low` and `high`, one sample a column.

    Hidden samples leave a gap. `ghost` is a second, dashed curve (first column, float64[k]), in the same units.
    """

    colors: npt.NDArray[np.uint8] = field(default_factory=lambda: _NO_COLORS)
    low: float = -1.0
    high: float = 1.0
    role: str = "accent"
    ghost: tuple[int, FloatArray] | None = None

    def cell_rect(
        self, row: float, column: float, bottom: float | None = None, right: float | None = None
    ) -> QRectF:
        """Where a sample (or the stretch up to `right`) lies: as high as the whole curve."""
        width = ((column + 1 if right is None else right) - column) * self.cell
        wide = max(width, _LEAST_MARK)
        left = self.rect.left() + column * self.cell - (wide - width) / 2
        return QRectF(left, self.rect.top(), wide, self.rect.height())

    def signature(self) -> tuple[object, ...]:
        """What the cached picture depends on."""
        ghost = None if self.ghost is None else (self.ghost[0], self.ghost[1].tobytes())
        hidden = None if self.hidden is None else self.hidden.tobytes()
        size = (self.rect.width(), self.rect.height())
        return (self.values.tobytes(), hidden, self.low, self.high, self.role, ghost, *size, theme.dark)

    def y_of(self, value: float, top: float | None = None) -> float:
        """The height at which a value is drawn."""
        first = self.rect.top() if top is None else top
        return first + (self.high - value) / (self.high - self.low) * self.rect.height()

    def paint_cells(self, painter: QPainter, origin: QPointF, scale: float = 1.0) -> None:
        """Draw ground, zero line and curve with the top left corner at `origin`."""
        area = QRectF(origin, self.rect.size())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.fillRect(area, theme.colors.surface)
        painter.setClipRect(area)
        if self.low < 0 < self.high:
            zero = round(self.y_of(0.0, area.top())) + 0.5
            painter.setPen(QPen(theme.colors.line, 1))
            painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))
        if self.ghost is not None:
            self._paint_line(painter, area, *self.ghost, dashed=True)
        for first, stretch in _stretches(self.values[0], None if self.hidden is None else self.hidden[0]):
            self._paint_line(painter, area, first, stretch)
        painter.restore()

    def paint_outline(self, painter: QPainter) -> None:
        """A hairline around the curve."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(theme.colors.line, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect.toRect().adjusted(-1, -1, 0, 0))
        painter.restore()

    def paint_marks(self, painter: QPainter, marks: tuple[Mark, ...] | None = None) -> None:
        """A tinted band with an edge for the window, a line for other places."""
        painter.save()
        for mark in self.marks if marks is None else marks:
            area = self.cell_rect(mark.top, mark.left, mark.bottom, mark.right)
            color = theme.colors.good if mark.role is MarkRole.LINKED else theme.colors.accent
            style = Qt.PenStyle.DashLine if mark.role is MarkRole.HOVER else Qt.PenStyle.SolidLine
            narrow = area.width() < _NARROW_MARK  # an edge would hide the curve that it marks
            painter.setPen(Qt.PenStyle.NoPen if narrow else QPen(color, 1.5, style))
            painter.setBrush(with_alpha(color, 0.45 if narrow else 0.12))
            painter.drawRoundedRect(area, radius.cell, radius.cell)
        painter.restore()

    def _paint_line(
        self, painter: QPainter, area: QRectF, first: int, values: FloatArray, *, dashed: bool = False
    ) -> None:
        color = theme.colors.muted if dashed else getattr(theme.colors, self.role)
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(color, _GHOST_WIDTH if dashed else _LINE_WIDTH, style))
        cell = area.width() / max(self.shape[1], 1)
        columns, shown = _thinned(values, cell)
        xs = area.left() + (first + columns + 0.5) * cell
        ys = area.top() + (self.high - shown) / (self.high - self.low) * area.height()
        points = [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
        for start in range(0, max(len(points) - 1, 1), _RUN):  # Qt strokes long runs in quadratic time
            painter.drawPolyline(QPolygonF(points[start : start + _RUN + 1]))
        if cell >= _DOT_FROM_CELL and not dashed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            for point in points:
                painter.drawEllipse(point, _DOT, _DOT)


def _stretches(values: FloatArray, hidden: npt.NDArray[np.bool_] | None) -> list[tuple[int, FloatArray]]:
    """The runs of samples that are shown: first column and values."""
    if hidden is None or not hidden.any():
        return [(0, values)]
    edges = np.flatnonzero(np.diff(np.concatenate([[True], hidden, [True]])))
    return [(int(a), values[a:b]) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _thinned(values: FloatArray, cell: float) -> tuple[FloatArray, FloatArray]:
    """Columns and values of a polyline: where several samples share a pixel, the lowest and the highest of them."""
    block = int(1.0 / cell) if cell > 0 else 1
    if block < 2:
        return np.arange(len(values), dtype=np.float64), values
    starts = np.arange(0, len(values), block)
    pairs = np.stack([np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)], axis=1)
    return np.repeat(starts + block / 2, 2).astype(np.float64), pairs.ravel()


def span_of(*values: FloatArray) -> tuple[float, float]:
    """The lowest and the highest value with a little air, zero among them: the ends of an axis."""
    low = min((float(v.min()) for v in values if v.size), default=0.0)
    high = max((float(v.max()) for v in values if v.size), default=0.0)
    low, high = min(low, 0.0), max(high, 0.0)
    air = (high - low) * 0.06 or 1.0
    return low - (air if low < 0 else air / 2), high + air


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """The numbers and the unit at the left of a curve that spans `low` to `high` over the height of `area`."""

    area: QRectF
    low: float
    high: float
    axis: Axis

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setPen(theme.colors.muted)
        painter.setFont(theme.font("small", mono=True))
        area = self.area
        for value, text in _ticks(self.axis, self.low, self.high, area.height() / TICK_EVERY_Y):
            y = area.bottom() - (value - self.low) / (self.high - self.low) * area.height()
            box = QRectF(area.left() - VALUE_ROOM, y - AXIS_LINE / 2, VALUE_ROOM - 6, AXIS_LINE)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


@dataclass(frozen=True, slots=True)
class PlaceAxis:
    """The numbers beneath a row of `columns` cells of `area`, and its name; column c is `start + c * step`."""

    area: QRectF
    columns: int
    axis: Axis
    start: float = 0.0
    step: float = 1.0

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setPen(theme.colors.muted)
        painter.setFont(theme.font("small", mono=True))
        area, cell = self.area, self.area.width() / max(self.columns, 1)
        last = self.start + (self.columns - 1) * self.step
        for value, text in _ticks(self.axis, self.start, last, area.width() / TICK_EVERY_X):
            x = area.left() + ((value - self.start) / self.step + 0.5) * cell
            painter.drawLine(QPointF(x, area.bottom() + 1), QPointF(x, area.bottom() + 4))
            box = QRectF(x - TICK_EVERY_X / 2, area.bottom() + 4, TICK_EVERY_X, AXIS_LINE - 2)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        font = theme.font("small")
        painter.setFont(font)
        width = QFontMetricsF(font).horizontalAdvance(self.axis.title)
        box = QRectF(area.center().x() - width / 2, area.bottom() + AXIS_LINE + 1, width + 1, AXIS_LINE)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.axis.title)
        painter.restore()


def _ticks(axis: Axis, low: float, high: float, most: float) -> list[tuple[float, str]]:
    """Places and texts of the ticks between two ends, at least two where there is more than one place."""
    if not high > low:
        return [(low, f"{low:g}")]
    fixed = Axis(axis.name, axis.unit, integer=axis.integer, low=low, high=high)
    scale = scale_of(fixed, [], max(int(most), 2))
    return [(tick.value, tick.text) for tick in scale.ticks if low <= tick.value <= high]
