"""What each term of J adds, as bands that make one hundred per cent, over the evaluations of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.style.requests import CONTENT, VARIATION, CostRows
from gui.pages.style.paint.curves import TOTAL, columns
from gui.theme import radius, space, theme
from gui.widgets.facts import Fact
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.plot.scale import Axis, scale_of
from gui.widgets.stage_text import plain

LEGEND: Final = 190.0
TICK_ROOM: Final = 70.0
MOST_POINTS: Final = 400
EMPTY: Final = "Nothing is painted yet. Begin in the view Paint: its costs are shared out here."
NAMES: Final = {CONTENT: "content", VARIATION: "total variation"}


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """`steps` int64[n]; `values` float64[terms, n]: what each term adds to J, its weight included; `names` of terms."""

    steps: npt.NDArray[np.int64]
    names: tuple[str, ...]
    values: npt.NDArray[np.float64]

    @property
    def parts(self) -> npt.NDArray[np.float64]:
        """float64[terms, n]: shares of J, 0..1."""
        total = self.values.sum(0)
        return np.asarray(np.divide(self.values, total, out=np.zeros_like(self.values), where=total > 0))


def shares_of(costs: Sequence[CostRows], titles: dict[str, str]) -> Shares:
    """The weighted terms of a run: the content first, the layers from shallow to deep, the total variation last."""
    lines = columns(costs, weighted=True)
    layers = dict.fromkeys([*titles, *(name for name in lines if name not in (CONTENT, VARIATION, TOTAL))])
    names = [name for name in (CONTENT, *layers, VARIATION) if name in lines]
    if not names or not len(lines[TOTAL]):
        return Shares(np.zeros(0, np.int64), (), np.zeros((0, 0)))
    values = np.nan_to_num(np.stack([lines[name] for name in names]))
    steps = np.arange(values.shape[1])
    if len(steps) > MOST_POINTS:
        steps = np.unique(np.linspace(0, len(steps) - 1, MOST_POINTS).astype(np.int64))
    return Shares(steps, tuple(NAMES.get(n, titles.get(n, n)) for n in names), values[:, steps])


class Bands(QWidget):
    """Draws Shares. read(list): facts about the step under the pointer or the keyboard's cursor."""

    read = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares = Shares(np.zeros(0, np.int64), (), np.zeros((0, 0)))
        self._at: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 140)
        self.setAccessibleName("Shares of J over the steps")
        theme.changed.connect(self.update)

    @property
    def shares(self) -> Shares:
        return self._shares

    @property
    def step(self) -> int:
        """The step under the pointer or the keyboard's cursor, else the last; -1 where there is none."""
        steps = self._shares.steps
        return int(steps[-1 if self._at is None else self._at]) if len(steps) else -1

    def show_shares(self, shares: Shares) -> None:
        """Draw others."""
        self._shares = shares
        if self._at is not None and self._at >= len(shares.steps):
            self._at = None
        last = (
            [f"{n} {p:.0%}" for n, p in zip(shares.names, shares.parts[:, -1], strict=True)]
            if len(shares.steps)
            else []
        )
        self.setAccessibleDescription(f"At the end: {', '.join(last)}." if last else EMPTY)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, 260)

    # --- painting --------------------------------------------------------------------------------------------

    def _area(self) -> QRectF:
        metrics = QFontMetricsF(theme.font("small", mono=True))
        left, line = metrics.horizontalAdvance("100 %") + space.m, metrics.height()
        legend = LEGEND if self.width() > 2.5 * LEGEND else 0.0
        return QRectF(left, line, self.width() - left - legend - space.m, self.height() - 3 * line - space.s)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not len(self._shares.steps):
            painter.setPen(theme.colors.muted)
            painter.setFont(theme.font("body"))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(self.rect()), flags, EMPTY)
            return
        area = self._area()
        self._paint_bands(painter, area)
        self._paint_axes(painter, area)
        self._paint_legend(painter, area)
        if self._at is not None:
            x = self._across(area)[self._at]
            painter.setPen(QPen(theme.colors.text, 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if self.hasFocus():
            paint_focus_ring(painter, area)

    def _across(self, area: QRectF) -> npt.NDArray[np.float64]:
        steps = self._shares.steps
        return np.asarray(area.left() + steps / max(int(steps[-1]), 1) * area.width())

    def _paint_bands(self, painter: QPainter, area: QRectF) -> None:
        x, below = self._across(area), np.zeros(len(self._shares.steps))
        painter.setPen(Qt.PenStyle.NoPen)
        for index, part in enumerate(self._shares.parts):
            above = below + part
            edge = [*zip(x, above, strict=True), *zip(x[::-1], below[::-1], strict=True)]
            points = [QPointF(float(a), area.bottom() - float(b) * area.height()) for a, b in edge]
            painter.setBrush(self._color(index))
            painter.drawPolygon(QPolygonF(points))
            below = above

    def _color(self, index: int) -> QColor:
        return theme.class_color(index)

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        line = QFontMetricsF(theme.font("small")).height()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colors.line, 1))
        painter.drawRect(area)
        painter.setFont(theme.font("small", mono=True))
        painter.setPen(theme.colors.muted)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for share in (0.0, 0.5, 1.0):
            y = area.bottom() - share * area.height()
            painter.drawText(QRectF(0, y - line / 2, area.left() - space.xs, line), right, f"{share:.0%}")
        last = float(self._shares.steps[-1])
        ticks = scale_of(
            Axis("step", integer=True, low=0.0, high=max(last, 1.0)),
            [],
            max(int(area.width() / TICK_ROOM), 2),
        ).ticks
        for tick in ticks:
            x = area.left() + tick.value / max(last, 1.0) * area.width()
            box = QRectF(x - TICK_ROOM / 2, area.bottom() + 2, TICK_ROOM, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tick.text)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.text)
        under = QRectF(area.left(), area.bottom() + line + 2, area.width(), line)
        painter.drawText(under, Qt.AlignmentFlag.AlignCenter, "step")

    def _paint_legend(self, painter: QPainter, area: QRectF) -> None:
        """Names beside the bands, the uppermost first, with their shares at the chosen step or the last."""
        if area.right() + LEGEND > self.width():
            return
        parts = self._shares.parts[:, -1 if self._at is None else self._at]
        metrics = QFontMetricsF(theme.font("small"))
        # All names are there however low it is: they move together, and up to the upper edge.
        line = min(metrics.height() + 4, self.height() / max(len(parts), 1))
        first = min(area.top(), self.height() - len(parts) * line)
        painter.setFont(theme.font("small"))
        for place, index in enumerate(reversed(range(len(parts)))):
            left, top = area.right() + space.m, first + place * line
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._color(index))
            painter.drawRoundedRect(
                QRectF(left, top + line / 4, line / 2, line / 2), radius.cell, radius.cell
            )
            painter.setPen(theme.colors.text)
            words = QRectF(left + line / 2 + space.xs, top, LEGEND - line - space.m, line)
            text = f"{self._shares.names[index]}  {parts[index]:.1%}"
            painter.drawText(
                words,
                Qt.AlignmentFlag.AlignVCenter,
                metrics.elidedText(text, Qt.TextElideMode.ElideRight, words.width()),
            )

    # --- pointer and keys ------------------------------------------------------------------------------------

    def facts_at(self, place: int) -> list[Fact]:
        """What every term added at a place of `steps`."""
        shares = self._shares
        rows: list[Fact] = [("step", str(int(shares.steps[place])), "")]
        for index in reversed(range(len(shares.names))):
            value, part = shares.values[index, place], shares.parts[index, place]
            rows.append(
                (shares.names[index], f"{plain(float(value))} ({part:.1%})", "Its cost times its weight")
            )
        return rows

    def _move_to(self, place: int | None) -> None:
        self._at = place
        self.read.emit([] if place is None else self.facts_at(place))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if len(self._shares.steps):
            self._move_to(int(np.abs(self._across(self._area()) - event.position().x()).argmin()))

    def leaveEvent(self, event: QEvent) -> None:
        self._move_to(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count, key = len(self._shares.steps), event.key()
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key))
        if way is None or not count:
            super().keyPressEvent(event)
            return
        at = count - 1 if self._at is None else self._at
        self._move_to(min(max(at + way, 0), count - 1))
