"""The plane with its points; a person drags them, or goes through them with Tab and moves them with the arrows."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.pages.face_learning.triplet.paint import Frame, paint_plane
from gui.pages.face_learning.triplet.shown import Shown, name_of
from gui.theme import theme
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.frame_view import arrow_step

REACH_PX: Final = 16.0
KEY_STEP: Final = 0.02


class PlanePaper(QWidget):
    """moved(index, (x, y), gesture); pointed(index or None): a point is pointed at."""

    moved = Signal(int, object, str)
    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Shown | None = None
        self._lit: int | None = None
        self._chosen: int | None = None
        self._held: int | None = None
        self._gestures = 0
        self.setAccessibleName("Plane with anchor, positive and negatives")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    @property
    def chosen(self) -> int | None:
        """The point that the arrows move."""
        return self._chosen

    def show_plane(self, shown: Shown) -> None:
        """Show another step, or other points."""
        self._shown = shown
        count = len(shown.points)
        if self._chosen is not None and self._chosen >= count:
            self._chosen = None
        if self._lit is not None and self._lit >= count:
            self._lit = None
        self._describe()
        self.update()

    def place(self, index: int) -> QPointF:
        """Where a point is in the widget."""
        assert self._shown is not None
        return self._frame.place(self._shown.points[index])

    def sizeHint(self) -> QSize:
        return QSize(520, 520)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 240)

    # --- exports ---------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colors.window)
        if self._shown is not None:
            strong = self._lit if self._chosen is None else self._chosen
            paint_plane(painter, self._shown, QSizeF(self.size()), strong)
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()))

    @property
    def _frame(self) -> Frame:
        return Frame(QSizeF(self.size()))

    def _describe(self) -> None:
        found = self._shown
        if found is None:
            return
        words = f"{found.now.kind} triplet, loss {found.now.loss:.3f}"
        if self._chosen is not None:
            x, y = found.points[self._chosen].tolist()
            words += f"; {name_of(self._chosen, len(found.points))} at {x:.2f}, {y:.2f}"
        self.setAccessibleDescription(words)

    # --- pointer and keys ------------------------------------------------------------------------------------

    def point_at(self, place: QPointF) -> int | None:
        """The point nearest to a place of the widget, None where none is near; the one on top first."""
        if self._shown is None:
            return None
        every = np.array([[(spot := self.place(i)).x(), spot.y()] for i in range(len(self._shown.points))])
        away = np.hypot(every[:, 0] - place.x(), every[:, 1] - place.y())
        nearest = int(away.argmin())
        return nearest if away[nearest] <= REACH_PX else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        index = self.point_at(event.position())
        self._held = self._chosen = index
        self._gestures += 1
        self._describe()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self.moved.emit(self._held, self._frame.point(event.position()), f"triplet {self._gestures}")
            return
        index = self.point_at(event.position())
        self.setCursor(Qt.CursorShape.ArrowCursor if index is None else Qt.CursorShape.SizeAllCursor)
        self._point_to(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None
        super().mouseReleaseEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_to(None)

    def _point_to(self, index: int | None) -> None:
        if index != self._lit:
            self._lit = index
            self.pointed.emit(index)
            self.update()

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Tab goes from point to point, and beyond the last one to the next widget."""
        place = -1 if self._chosen is None else self._chosen
        place += 1 if forwards else -1
        if self._shown is not None and 0 <= place < len(self._shown.points):
            self._chosen = place
            self.pointed.emit(place)
            self._describe()
            self.update()
            return True
        return super().focusNextPrevChild(forwards)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step, chosen, found = arrow_step(event), self._chosen, self._shown
        if chosen is not None and step is not None and found is not None:
            x, y = found.points[chosen].tolist()
            self.moved.emit(chosen, (x + KEY_STEP * step[0], y - KEY_STEP * step[1]), "triplet keys")
        elif chosen is not None and event.key() == Qt.Key.Key_Escape:
            self.let_go()
        else:
            super().keyPressEvent(event)

    def let_go(self) -> bool:
        """No point is chosen any more; False where none was."""
        had, self._chosen = self._chosen is not None, None
        if had:
            self.pointed.emit(None)
            self._describe()
            self.update()
        return had
