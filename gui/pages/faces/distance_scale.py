"""Distances on a line from 0 to 4, with the threshold to drag: left of it is "the same person"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.faces.evaluate import LARGEST
from gui.theme import STALE_OPACITY, space, theme, with_alpha

HEIGHT: Final = 84
GRIP: Final = 8.0
STEP: Final = 0.01
DOT: Final = 5.0
ROWS: Final = 2
"""Names stand in that many rows, so that near ones do not cover each other."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A distance with a name; `first`: it is the best match."""

    name: str
    distance: float
    first: bool = False


class DistanceScale(QWidget):
    """thresholdMoved(float): a hand, or the arrow keys, moved the threshold."""

    thresholdMoved = Signal(float)

    def __init__(self, name: str = "Squared distance", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._spots: tuple[Spot, ...] = ()
        self._threshold = 1.0
        self._dragged = self._stale = False
        self.setAccessibleName(f"{name}, with the threshold")
        self.setToolTip("Drag the line, or use the arrow keys: left of it is the same person")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def spots(self) -> tuple[Spot, ...]:
        return self._spots

    @property
    def threshold(self) -> float:
        return self._threshold

    def show_spots(self, spots: Sequence[Spot], threshold: float) -> None:
        """Show distances and the threshold."""
        self._spots, self._threshold = tuple(spots), threshold
        told = ", ".join(f"{spot.name} {spot.distance:.3f}" for spot in spots)
        self.setAccessibleDescription(f"Threshold {threshold:.2f}. {told}")
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Fade distances that belong to another picture or other settings."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, HEIGHT)

    # --- painting --------------------------------------------------------------------------------------------

    def _line(self) -> tuple[float, float, float]:
        """Left and right end of the axis, and its height."""
        return space.m, self.width() - space.m, self.height() - 26.0

    def place(self, distance: float) -> float:
        """Where a distance lies, in pixels of the widget."""
        left, right, _ = self._line()
        return left + min(max(distance, 0.0), LARGEST) / LARGEST * (right - left)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.colors
        left, right, y = self._line()
        at = self.place(self._threshold)
        painter.fillRect(QRectF(left, 0, at - left, y), with_alpha(colors.good, 0.14))
        painter.fillRect(QRectF(at, 0, right - at, y), with_alpha(colors.muted, 0.08))
        painter.setPen(QPen(colors.muted, 1))
        painter.drawLine(QPointF(left, y), QPointF(right, y))
        painter.setFont(theme.font("small", mono=True))
        for value in range(int(LARGEST) + 1):
            x = self.place(value)
            painter.drawLine(QPointF(x, y), QPointF(x, y + space.xs))
            self._text(painter, str(value), x, y + space.xs)
        painter.setPen(QPen(colors.accent, 3 if self.hasFocus() or self._dragged else 2))
        painter.drawLine(QPointF(at, 0), QPointF(at, y + space.xs))
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        self._paint_spots(painter, y)

    def _text(self, painter: QPainter, text: str, x: float, top: float) -> None:
        width = painter.fontMetrics().horizontalAdvance(text)
        place = min(max(x - width / 2, 0.0), max(self.width() - width, 0))
        painter.drawText(QPointF(place, top + painter.fontMetrics().ascent()), text)

    def _paint_spots(self, painter: QPainter, y: float) -> None:
        colors = theme.colors
        painter.setFont(theme.font("small"))
        height = painter.fontMetrics().height()
        for row, spot in enumerate(self._spots[: ROWS + 1]):
            x, color = self.place(spot.distance), colors.text if spot.first else colors.muted
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(QPointF(x, y), DOT, DOT)
            if row >= ROWS:
                continue
            top = row * height
            painter.setPen(QPen(with_alpha(color, 0.5), 1))
            painter.drawLine(QPointF(x, top + height), QPointF(x, y - DOT))
            painter.setPen(color)
            room = self.width() / 2
            name = painter.fontMetrics().elidedText(spot.name, Qt.TextElideMode.ElideRight, int(room))
            self._text(painter, f"{name} {spot.distance:.2f}", x, top)

    # --- pointer and keys ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged = True
            self._move_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged:
            self._move_to(event.position().x())
            return
        near = abs(event.position().x() - self.place(self._threshold)) <= GRIP
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = False
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        many = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        step = {Qt.Key.Key_Left: -many, Qt.Key.Key_Right: many}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._tell(self._threshold + step * STEP)

    def _move_to(self, x: float) -> None:
        left, right, _ = self._line()
        self._tell((x - left) / max(right - left, 1.0) * LARGEST)

    def _tell(self, value: float) -> None:
        moved = round(min(max(value, 0.0), LARGEST) / STEP) * STEP
        if moved != self._threshold:
            self.thresholdMoved.emit(round(moved, 4))
