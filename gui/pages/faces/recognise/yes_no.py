"""Yes and no beside the chosen face itself."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from gui.pages.faces.names import shown
from gui.theme import space, theme

ICON, SIDE = 14, 24
"""Smaller than anywhere else: names stand around it."""


class YesNo(QFrame):
    """Two buttons that stand in a picture. said(bool)."""

    said = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.yes, self.no = QToolButton(), QToolButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in (self.yes, self.no):
            button.setProperty("flat", True)
            button.setIconSize(QSize(ICON, ICON))
            button.setFixedSize(SIDE, SIDE)
            row.addWidget(button)
        self.yes.clicked.connect(lambda: self.said.emit(True))
        self.no.clicked.connect(lambda: self.said.emit(False))
        theme.changed.connect(self._tint)
        self._tint()
        self.hide()

    @Slot()
    def _tint(self) -> None:
        self.yes.setIcon(theme.icon("check", theme.colors.good))
        self.no.setIcon(theme.icon("close", theme.colors.error))

    def ask(self, name: str, face: QRectF, room: QRectF) -> None:
        """Is that face this person? `face`, `room`: the face and the picture, in pixels of the parent."""
        for button, words in ((self.yes, "Yes, this is"), (self.no, "No, this is not")):
            button.setAccessibleName(f"{words} {shown(name, 40)}")
            button.setToolTip(f"{words} {shown(name, 40)} ({'Y' if button is self.yes else 'N'})")
        size = self.sizeHint()
        right = face.right() + space.xs
        fits = right + size.width() <= room.right()
        left = right if fits else face.left() - space.xs - size.width()
        top = min(max(face.top(), room.top()), room.bottom() - size.height())
        self.setGeometry(round(max(left, room.left())), round(top), size.width(), size.height())
        self.show()
