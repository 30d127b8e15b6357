"""Yes and no beside the chosen face itself."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from gui.pages.faces.names import shown
from gui.theme import ICON_SIZE, radius, space, theme
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.plain_text import literal

SIDE: Final = ICON_SIZE + 2 * space.xs


class Mark(QAbstractButton):
    """A mark on a small plate: names stand close around it, a usual button has no room there."""

    def __init__(self, icon: str, role: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon, self._role = icon, role
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, area, colors = QPainter(self), QRectF(self.rect()), theme.colors
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colors.line)
        painter.setBrush(colors.selected if self.underMouse() or self.isDown() else colors.surface)
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius.control, radius.control)
        mark = theme.pixmap(self._icon, ICON_SIZE, getattr(colors, self._role))
        painter.drawPixmap(space.xs, space.xs, mark)
        if self.hasFocus():
            paint_focus_ring(painter, area)


class YesNo(QWidget):
    """Two marks that stand in a picture. said(bool)."""

    said = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.yes, self.no = Mark("check", "good", self), Mark("close", "error", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.xs)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        self.yes.clicked.connect(lambda: self.said.emit(True))
        self.no.clicked.connect(lambda: self.said.emit(False))
        self.hide()

    def ask(self, name: str, face: QRectF, room: QRectF) -> None:
        """Is that face this person? `face`, `room`: the face and the picture, in pixels of the parent."""
        for button, words, key in ((self.yes, "Yes, this is", "Y"), (self.no, "No, this is not", "N")):
            button.setAccessibleName(f"{words} {shown(name, 40)}")
            button.setToolTip(literal(f"{words} {shown(name, 40)} ({key})"))
        size = self.sizeHint()
        right = face.right() + space.xs
        fits = right + size.width() <= room.right()
        left = right if fits else face.left() - space.xs - size.width()
        top = min(max(face.top(), room.top()), room.bottom() - size.height())
        self.setGeometry(round(max(left, room.left())), round(top), size.width(), size.height())
        self.show()
