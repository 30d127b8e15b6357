"""The counts of each class over the last minute, one upon the other, drawn a few times a second at most."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
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

from gui.pages.detect.counts import GRAIN_S, SPAN_S, Counts, Table
from gui.theme import radius, space, theme
from gui.widgets.facts import Fact
from gui.widgets.plot.scale import Axis, Scale, scale_of

EVERY_MS: Final = 250
HEIGHT, LOW_HEIGHT = 148, 104
LEAST_SPAN_S: Final = 1.0
LEGEND: Final = 128
TICK_ROOM_X, TICK_ROOM_Y = 76.0, 26.0
OTHERS: Final = "others"
EMPTY: Final = "Counts over time come with the first finds."
READS: Final = f"Found of each class, the most in {GRAIN_S:g} s"
TITLE: Final = "Counts of each class over time"


class CountsPlot(QWidget):
    """Follows a Counts. read(list): facts about the moment under the pointer or the keyboard's cursor."""

    read = Signal(list)

    def __init__(
        self, counts: Counts, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._counts, self._monotonic = counts, clock
        self._table = counts.table()
        self._classes: tuple[str, ...] = ()
        self._end = 0.0
        self._holds = False
        self._cursor: float | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(EVERY_MS)
        self._clock.timeout.connect(self._tick)
        self._fresh = False
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(TITLE)
        theme.changed.connect(self.update)

    @property
    def table(self) -> Table:
        """What is drawn."""
        return self._table

    @property
    def end(self) -> float:
        """The second up to which it is drawn."""
        return self._end

    def follow(self, classes: tuple[str, ...]) -> None:
        """There are new counts, of classes with these names."""
        self._classes, self._fresh = classes, True
        if not self._clock.isActive():
            self._tick()
            self._clock.start()

    def set_holding(self, holds: bool) -> None:
        """Whether the last counts still hold (a paper that nobody writes on): then they go on with the clock."""
        self._holds = holds
        if holds and self._classes and not self._clock.isActive():
            self._clock.start()

    def rest(self) -> None:
        """The page went out of view."""
        self._clock.stop()

    def sizeHint(self) -> QSize:
        return QSize(560, HEIGHT)

    @Slot()
    def _tick(self) -> None:
        """Draw what is new; where nothing is and nothing holds, the clock stops."""
        if not self._fresh and not self._holds:
            self._clock.stop()
            return
        if self._fresh:
            self._table = self._counts.table()
            self._describe()
        self._fresh = False
        last = float(self._table.times[-1]) + GRAIN_S if len(self._table.times) else 0.0
        self._end = max(last, self._counts.since_begin(self._monotonic())) if self._holds else last
        if self.isVisible():
            self.update()

    def _describe(self) -> None:
        table = self._table
        last = [f"{int(row[-1])} {self._name(k)}" for k, row in zip(table.kinds, table.counts, strict=True)]
        self.setAccessibleDescription(f"Now: {', '.join(last)}." if last else EMPTY)

    def _name(self, kind: int) -> str:
        return self._classes[kind] if kind < len(self._classes) else str(kind)

    # --- painting -------------------------------------------------------------------------------------------

    def _area(self) -> QRectF:
        metrics = QFontMetricsF(theme.font("small", mono=True))
        left = metrics.horizontalAdvance("000") + space.l + space.s
        line = metrics.height()
        return QRectF(
            left, line + space.xs, max(self.width() - left - LEGEND - space.l, 1),
            self.height() - 2 * line - space.m - space.s,
        )  # fmt: skip

    def _scales(self) -> tuple[Scale, Scale]:
        area = self._area()
        end = max(self._end, LEAST_SPAN_S)
        first = max(end - SPAN_S, 0.0)
        most = float(self._table.totals.max(initial=1))
        x = scale_of(
            Axis("time", "s", low=first, high=end),
            [np.array([first, end])],
            max(int(area.width() / TICK_ROOM_X), 2),
        )
        y = scale_of(
            Axis("found", integer=True, low=0.0, high=max(most, 2.0)),
            [np.array([0.0, most])],
            max(int(area.height() / TICK_ROOM_Y), 2),
        )
        return x, y

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        if not len(self._table.times) or not self._table.totals.any():
            painter.setPen(theme.colors.muted)
            painter.setFont(theme.font("body"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, EMPTY)
            return
        x, y = self._scales()
        self._paint_axes(painter, area, x, y)
        self._paint_bands(painter, area, x, y)
        self._paint_legend(painter, area)
        if self._cursor is not None:
            painter.setPen(QPen(theme.colors.text, 1))
            at = area.left() + x.share(self._cursor) * area.width()
            painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colors.accent, 1))
            edge = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(edge, radius.control, radius.control)

    def _paint_axes(self, painter: QPainter, area: QRectF, x: Scale, y: Scale) -> None:
        colors, line = theme.colors, QFontMetricsF(theme.font("small")).height()
        painter.setPen(QPen(colors.line, 1))
        painter.setBrush(colors.surface)
        painter.drawRect(area)
        painter.setFont(theme.font("small", mono=True))
        for tick in y.ticks:
            at = area.bottom() - y.share(tick.value) * area.height()
            painter.setPen(QPen(colors.line, 1))
            painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at))
            painter.setPen(colors.muted)
            box = QRectF(0, at - line / 2, area.left() - space.s, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick.text)
        painter.setPen(colors.muted)
        for tick in x.ticks:
            at = area.left() + x.share(tick.value) * area.width()
            box = QRectF(at - TICK_ROOM_X / 2, area.bottom() + 2, TICK_ROOM_X, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tick.text)
        painter.setFont(theme.font("small"))
        painter.setPen(colors.text)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(space.l, 0, area.width(), line), left, READS)
        painter.drawText(QRectF(area.right() + space.l, area.bottom() + 2, LEGEND, line), left, "seconds")

    def _paint_bands(self, painter: QPainter, area: QRectF, x: Scale, y: Scale) -> None:
        painter.save()
        painter.setClipRect(area)
        painter.setPen(Qt.PenStyle.NoPen)
        below = np.zeros(len(self._table.times))
        for color, row in self._rows():
            above = below + row
            painter.setBrush(color)
            painter.drawPolygon(self._band(area, x, y, below, above))
            below = above
        painter.restore()

    def _rows(self) -> list[tuple[QColor, npt.NDArray[np.int64]]]:
        table = self._table
        rows = [(theme.class_color(kind), row) for kind, row in zip(table.kinds, table.counts, strict=True)]
        return [*rows, (theme.colors.muted, table.others)]

    def _band(
        self, area: QRectF, x: Scale, y: Scale, below: npt.NDArray[np.float64], above: npt.NDArray[np.float64]
    ) -> QPolygonF:
        """A band of steps: every count holds until the next moment."""
        ends = np.append(self._table.times[1:], max(self._end, float(self._table.times[-1])))
        times = np.stack([self._table.times, ends], 1).ravel()
        left = area.left() + x.shares(times) * area.width()

        def heights(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            return area.bottom() - y.shares(np.repeat(values, 2)) * area.height()

        xs = np.concatenate([left, left[::-1]])
        ys = np.concatenate([heights(above), heights(below)[::-1]])
        return QPolygonF([QPointF(float(a), float(b)) for a, b in zip(xs, ys, strict=True)])

    def _paint_legend(self, painter: QPainter, area: QRectF) -> None:
        """Names and counts beside the end of the bands, the uppermost first."""
        table = self._table
        rows = [
            (theme.class_color(k), self._name(k), int(r[-1]))
            for k, r in zip(table.kinds, table.counts, strict=True)
        ]
        if table.others.any():
            rows.append((theme.colors.muted, OTHERS, int(table.others[-1])))
        metrics = QFontMetricsF(theme.font("small"))
        line = metrics.height()
        room = max(int(area.height() // line), 1)
        wide = LEGEND / (1 if len(rows) <= room else 2)  # a second column where one is too short
        painter.setFont(theme.font("small"))
        for place, (color, name, count) in enumerate(rows[::-1][: 2 * room]):
            left = area.right() + space.s + (place // room) * wide
            top = area.top() + (place % room) * line
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(
                QRectF(left, top + line / 4, line / 2, line / 2), radius.cell, radius.cell
            )
            painter.setPen(theme.colors.text)
            words = QRectF(left + line / 2 + space.xs, top, wide - line, line)
            text = metrics.elidedText(f"{name}: {count}", Qt.TextElideMode.ElideRight, words.width())
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    # --- pointer and keys -----------------------------------------------------------------------------------

    def rows_at(self, seconds: float) -> list[Fact]:
        """What was found at a second."""
        table = self._table
        place = table.at(seconds)
        if place is None:
            return []
        rows: list[Fact] = [
            ("time", f"{seconds:.1f} s", "Since the first finds of this source, without pauses."),
            ("found", f"{int(table.totals[place])}", "Of all classes."),
        ]
        for kind, row in zip(table.kinds, table.counts, strict=True):
            if row[place]:
                rows.append((self._name(kind), f"{int(row[place])}", "Found at that moment."))
        return rows

    def _read(self, seconds: float | None) -> None:
        self._cursor = seconds
        self.read.emit([] if seconds is None else self.rows_at(seconds))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        area = self._area()
        if not len(self._table.times) or not area.contains(event.position()):
            self._read(None)
            return
        x, _ = self._scales()
        share = (event.position().x() - area.left()) / area.width()
        self._read(min(x.low + share * (x.high - x.low), self._end))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._read(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1.0, Qt.Key.Key_Right: 1.0}.get(Qt.Key(event.key()))
        if step is not None and len(self._table.times):
            here = self._end if self._cursor is None else self._cursor + step
            self._read(min(max(here, float(self._table.times[0])), self._end))
        elif event.key() == Qt.Key.Key_Escape and self._cursor is not None:
            self._read(None)
        else:
            super().keyPressEvent(event)
