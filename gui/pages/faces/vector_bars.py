"""The numbers of an embedding as bars, a bar a number; hovering one tells its place and its value."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.colormaps import activation_anchors, color_at
from gui.theme import FOCUS_RING, STALE_OPACITY, space, theme

Floats = npt.NDArray[np.float64]
HEIGHT: Final = 92


class VectorBars(QWidget):
    """Signed numbers stand on a line in the middle (blue below, red above), squares on the floor.

    pointed(int or None): the number under the pointer.
    """

    pointed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._values: Floats = np.zeros(0)
        self._text, self._stale, self._limit = "", False, 0.0
        self._at: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(HEIGHT // 2)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    @property
    def values(self) -> Floats:
        """What is on show, float64[D]."""
        return self._values

    @property
    def limit(self) -> float:
        """The value of a whole bar."""
        return max(float(np.abs(self._values).max(initial=0.0)), self._limit, 1e-12)

    @property
    def at(self) -> int | None:
        """The number under the pointer or the keyboard's cursor."""
        return self._at

    @property
    def caption(self) -> str:
        """The line above the bars."""
        if not len(self._values):
            return f"{self._name}: none"
        low, high = float(self._values.min()), float(self._values.max())
        more = f", {self._text}" if self._text else ""
        return f"{self._name}: {len(self._values)} numbers, {low:.3f} to {high:.3f}{more}".replace("-", "−")

    def show_values(
        self, values: npt.NDArray[np.floating] | None, text: str = "", *, limit: float = 0.0
    ) -> None:
        """Show numbers; `text` ends the line above them; `limit`: the value of a whole bar, where it is larger."""
        self._values = np.zeros(0) if values is None else np.asarray(values, np.float64)
        self._text, self._limit = text, limit
        if self._at is not None and self._at >= len(self._values):
            self._point(None)
        self.setAccessibleDescription(self.caption)
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Fade the numbers while newer ones are being worked out."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, HEIGHT)

    # --- painting --------------------------------------------------------------------------------------------

    def _room(self) -> QRectF:
        head = self.fontMetrics().height() + space.xs
        return QRectF(self.rect()).adjusted(1, head, -1, -2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.muted)
        line = painter.fontMetrics().elidedText(self.caption, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), line)
        self._paint_bars(painter, self._room())
        if self.hasFocus():
            painter.setPen(theme.colors.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0, 0, -FOCUS_RING / 2, -FOCUS_RING / 2))

    def _paint_bars(self, painter: QPainter, room: QRectF) -> None:
        values = self._values
        if not len(values):
            return
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        signed = bool(values.min() < 0)
        limit = self.limit
        floor = room.center().y() if signed else room.bottom()
        reach = room.height() / 2 if signed else room.height()
        width = room.width() / len(values)
        gap = 1.0 if width >= 4 else 0.0
        for place, value in enumerate(values.tolist()):
            length = abs(value) / limit * reach
            top = floor - length if value >= 0 else floor
            bar = QRectF(room.left() + place * width, top, max(width - gap, 0.5), max(length, 0.5))
            painter.fillRect(bar, self._color(value / limit if signed else 1.0, signed, place == self._at))
        painter.setPen(theme.colors.line)
        painter.drawLine(QPointF(room.left(), floor), QPointF(room.right(), floor))

    def _color(self, share: float, signed: bool, pointed: bool) -> QColor:
        if pointed:
            return theme.colors.text
        if not signed:
            return theme.colors.accent
        # Even small bars are seen: their length tells how small they are.
        strong = 0.5 + (0.25 + 0.25 * abs(share)) * (1 if share >= 0 else -1)
        return color_at(activation_anchors(), strong)

    # --- pointer and keys ------------------------------------------------------------------------------------

    def _point(self, at: int | None) -> None:
        if at != self._at:
            self._at = at
            self.pointed.emit(at)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        room = self._room()
        if not len(self._values) or not room.width() > 0:
            return
        place = int((event.position().x() - room.left()) / room.width() * len(self._values))
        self._point(min(max(place, 0), len(self._values) - 1))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not len(self._values):
            super().keyPressEvent(event)
            return
        start = -1 if self._at is None else self._at
        self._point(min(max(start + step, 0), len(self._values) - 1))
