"""How far pairs lie apart, those of one person and those of two, with the threshold to drag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.faces.evaluate import LARGEST, Histogram
from gui.theme import STALE_OPACITY, space, theme, with_alpha
from gui.widgets.facts import Fact
from gui.widgets.focus_ring import paint_focus_ring

Floats = npt.NDArray[np.float64]
STEP: Final = 0.01
GRIP: Final = 8.0
HEAD_LINES: Final = 1
SAME, OTHER = "one person", "two people"
WRONG: Final = 0.75
"""Opacity of what lies on the wrong side of the threshold; the rest is fainter."""
RIGHT: Final = 0.22


AXIS: Final = (
    "squared distance d; height: share of the pairs of that kind",
    "squared distance d; height: share of the pairs",
    "squared distance d",
)
"""What is written beneath: the longest that there is room for."""


def _fitting(metrics: QFontMetrics, room: float, texts: Sequence[str]) -> str:
    return next((text for text in texts if metrics.horizontalAdvance(text) <= room), texts[-1])


class DistanceHistogram(QWidget):
    """Shares of both kinds of pairs in bins, wrong sides filled. thresholdMoved(float); pointed(list of facts)."""

    thresholdMoved = Signal(float)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: Histogram | None = None
        self._threshold = 1.0
        self._dragged = self._stale = False
        self._bin: int | None = None
        self.setAccessibleName("Histogram of squared distances, with the threshold")
        self.setToolTip("Drag the line, or use the arrow keys: pairs left of it are called one person")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    # --- what is shown --------------------------------------------------------------------------------------

    @property
    def threshold(self) -> float:
        return self._threshold

    def show_bars(self, bars: Histogram | None, threshold: float) -> None:
        """Show counts and the threshold."""
        self._bars, self._threshold = bars, threshold
        self.setAccessibleDescription(f"Threshold {threshold:.2f}")
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Fade what belongs to another group."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    @property
    def top(self) -> float:
        """The right end of the axis."""
        reach = self._threshold if self._bars is None else max(float(self._bars.edges[-1]), self._threshold)
        return min(float(np.ceil(reach * 4 + 0.2)) / 4, LARGEST)

    def sizeHint(self) -> QSize:
        return QSize(520, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(260, 150)

    def preferred_size(self) -> QSizeF:
        """The size an export has by default."""
        return QSizeF(self.size()).expandedTo(QSizeF(720, 360))

    def place(self, distance: float) -> float:
        """Where a distance lies, in pixels of the widget."""
        return self._across(self._room(QSizeF(self.size())), distance)

    def _room(self, size: QSizeF) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(
            space.l,
            HEAD_LINES * line + space.m,
            size.width() - 2 * space.l,
            size.height() - 3 * line - 2 * space.m,
        )

    def _across(self, room: QRectF, distance: float) -> float:
        return room.left() + min(max(distance, 0.0), self.top) / self.top * room.width()

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        self.paint(painter, QSizeF(self.size()))
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()))

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw it at a size."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room, colors = self._room(size), theme.colors
        painter.fillRect(room, colors.surface)
        at = self._across(room, self._threshold)
        painter.fillRect(
            QRectF(room.left(), room.top(), at - room.left(), room.height()), with_alpha(colors.good, 0.08)
        )
        if self._bars is not None:
            highest = max(*(float(s.max(initial=0)) for s in self._shares()), 1e-9)
            same, other = self._shares()
            self._paint_kind(painter, room, other / highest, colors.warn, wrong_left=True)
            self._paint_kind(painter, room, same / highest, colors.accent, wrong_left=False)
        self._paint_axis(painter, room)
        self._paint_threshold(painter, room, at)
        self._paint_key(painter, room)
        painter.restore()

    def _shares(self) -> tuple[Floats, Floats]:
        """Of each kind, the share in every bin: there are far more pairs of two people than of one."""
        assert self._bars is not None
        same, other = self._bars.same.astype(np.float64), self._bars.different.astype(np.float64)
        return same / max(same.sum(), 1.0), other / max(other.sum(), 1.0)

    def _paint_kind(
        self, painter: QPainter, room: QRectF, heights: Floats, color: QColor, *, wrong_left: bool
    ) -> None:
        assert self._bars is not None
        outline, edges = QPolygonF(), self._bars.edges
        outline.append(QPointF(self._across(room, edges[0]), room.bottom()))
        for place, height in enumerate(heights.tolist()):
            y = room.bottom() - height * (room.height() - space.s)
            outline.append(QPointF(self._across(room, edges[place]), y))
            outline.append(QPointF(self._across(room, edges[place + 1]), y))
        outline.append(QPointF(self._across(room, edges[-1]), room.bottom()))
        at = self._across(room, self._threshold)
        left = QRectF(room.left(), room.top(), at - room.left(), room.height())
        right = QRectF(at, room.top(), room.right() - at, room.height())
        for side, wrong in ((left, wrong_left), (right, not wrong_left)):
            painter.save()
            painter.setClipRect(side)
            painter.setPen(QPen(color, 1.5))
            strong = with_alpha(color, WRONG if wrong else RIGHT)
            pattern = Qt.BrushStyle.BDiagPattern if wrong and wrong_left else Qt.BrushStyle.SolidPattern
            painter.setBrush(with_alpha(color, RIGHT))
            painter.drawPolygon(outline)
            painter.setBrush(QBrush(strong, pattern))
            painter.drawPolygon(outline)
            painter.restore()

    def _paint_axis(self, painter: QPainter, room: QRectF) -> None:
        colors = theme.colors
        painter.setPen(QPen(colors.muted, 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.setFont(theme.font("small", mono=True))
        metrics = painter.fontMetrics()
        step = 0.25 if self.top <= 1.5 else 0.5
        for number in range(int(self.top / step + 1e-6) + 1):
            x = self._across(room, number * step)
            painter.drawLine(QPointF(x, room.bottom()), QPointF(x, room.bottom() + space.xs))
            text = f"{number * step:g}"
            painter.drawText(
                QPointF(x - metrics.horizontalAdvance(text) / 2, room.bottom() + space.xs + metrics.ascent()),
                text,
            )
        painter.setFont(theme.font("small"))
        name = _fitting(painter.fontMetrics(), room.width(), AXIS)
        spot = QRectF(
            room.left(), room.bottom() + metrics.height() + space.xs, room.width(), metrics.height() + 2
        )
        painter.drawText(spot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_threshold(self, painter: QPainter, room: QRectF, at: float) -> None:
        painter.setPen(QPen(theme.colors.text, 3 if self.hasFocus() or self._dragged else 2))
        painter.drawLine(QPointF(at, room.top()), QPointF(at, room.bottom() + space.xs))
        painter.setFont(theme.font("small", mono=True))
        text = f"threshold {self._threshold:.2f}"
        width = painter.fontMetrics().horizontalAdvance(text)
        left = at + space.xs if at + space.xs + width <= room.right() else at - space.xs - width
        painter.drawText(QPointF(left, room.top() + painter.fontMetrics().ascent()), text)

    def _paint_key(self, painter: QPainter, room: QRectF) -> None:
        painter.setFont(theme.font("small", bold=True))
        metrics, x = painter.fontMetrics(), room.left()
        same = other = 0
        if self._bars is not None:
            same, other = int(self._bars.same.sum()), int(self._bars.different.sum())
        words = [
            tuple(f"{before}{name}: {count:,}" for before in ("pairs of ", ""))
            for name, count in ((SAME, same), (OTHER, other))
        ]
        short = sum(14 + metrics.horizontalAdvance(one[0]) for one in words) + space.l > room.width()
        for one, color in zip(words, (theme.colors.accent, theme.colors.warn), strict=True):
            text = one[short]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRect(QRectF(x, space.xs + metrics.ascent() - 9, 10, 10))
            painter.setPen(theme.colors.text)
            painter.drawText(QPointF(x + 14, space.xs + metrics.ascent()), text)
            x += 14 + metrics.horizontalAdvance(text) + space.l

    # --- pointer and keys -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged = True
            self._move_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._dragged:
            self._move_to(x)
            return
        near = abs(x - self.place(self._threshold)) <= GRIP
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)
        self._point_at(x)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._dragged = False
        self.update()

    def leaveEvent(self, _event: QEvent) -> None:
        self._bin = None
        self.pointed.emit([])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        many = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        step = {Qt.Key.Key_Left: -many, Qt.Key.Key_Right: many}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._tell(self._threshold + step * STEP)

    def _distance(self, x: float) -> float:
        room = self._room(QSizeF(self.size()))
        return (x - room.left()) / max(room.width(), 1.0) * self.top

    def _move_to(self, x: float) -> None:
        self._tell(self._distance(x))

    def _tell(self, value: float) -> None:
        moved = round(round(min(max(value, 0.0), LARGEST) / STEP) * STEP, 4)
        if moved != self._threshold:
            self.thresholdMoved.emit(moved)

    def _point_at(self, x: float) -> None:
        bars = self._bars
        if bars is None:
            return
        place = int(np.searchsorted(bars.edges, self._distance(x), "right")) - 1
        found = place if 0 <= place < len(bars.same) else None
        if found == self._bin:
            return
        self._bin = found
        if found is None:
            self.pointed.emit([])
            return
        facts: list[Fact] = [
            (
                "distance",
                f"{bars.edges[found]:.3f} to {bars.edges[found + 1]:.3f}",
                "The bin under the pointer.",
            ),
            (f"pairs of {SAME}", f"{int(bars.same[found]):,}", "In this bin."),
            (f"pairs of {OTHER}", f"{int(bars.different[found]):,}", "In this bin."),
        ]
        self.pointed.emit(facts)
