"""The parts of a number field: the line edit and the link beneath it."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QWidget

from gui.theme import space, theme
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.page_keys import picks_a_view
from gui.widgets.reason import line_height

PAGE_STEPS: Final = 10
WHEEL_NOTCH: Final = 120  # Qt counts eighths of a degree, and a notch has 15 degrees


class LinkButton(QAbstractButton):
    """A button that looks like a link: small, underlined, in the accent colour."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        text = QFontMetrics(theme.font("small")).horizontalAdvance(self.text())
        return QSize(text + space.m, line_height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()))
        font = theme.font("small")
        font.setUnderline(True)
        painter.setFont(font)
        painter.setPen(theme.colors.accent)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class NumberEdit(QLineEdit):
    """The line edit of a number field: tells about steps, Esc and leaving; the wheel needs the focus."""

    stepped = Signal(int)
    escaped = Signal()
    left = Signal()

    _STEPS: Final = {
        Qt.Key.Key_Up: 1,
        Qt.Key.Key_Down: -1,
        Qt.Key.Key_PageUp: PAGE_STEPS,
        Qt.Key.Key_PageDown: -PAGE_STEPS,
    }

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.has_reason = False
        """Whether a reason stands beneath: then Esc is for this field, though its text be in order."""
        self._wheel = 0
        self._unit = ""

    def set_unit(self, unit: str) -> None:
        """Show a unit inside the field, so that fields with and without one stay aligned."""
        self._unit = unit
        width = QFontMetrics(theme.font("small")).horizontalAdvance(unit)
        self.setTextMargins(0, 0, width + space.xs if unit else 0, 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._unit:
            painter = QPainter(self)
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colors.muted)
            room = self.rect().adjusted(0, 0, -space.s, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._unit)

    @property
    def takes_escape(self) -> bool:
        """Whether there is anything that Esc could take back here."""
        return self.isModified() or self.has_reason

    def clear(self) -> None:
        """Empty the field for a new question; unlike Qt's own, this is no edit by a person."""
        self.setText("")

    def event(self, event: QEvent) -> bool:
        # Window-wide shortcuts on the same keys must not take them away while a number is being typed.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in self._STEPS or (key == Qt.Key.Key_Escape and self.takes_escape):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if picks_a_view(event):
            event.ignore()
        elif key in self._STEPS:
            self.stepped.emit(self._STEPS[key])
        elif key == Qt.Key.Key_Escape and self.takes_escape:
            self.escaped.emit()
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()
            return
        self._wheel += event.angleDelta().y()
        steps = math.trunc(self._wheel / WHEEL_NOTCH)
        self._wheel -= steps * WHEEL_NOTCH
        if steps:
            self.stepped.emit(steps)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.selectAll()
