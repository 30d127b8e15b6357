"""The film of what is on show: its button, and how long it is by now."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from gui.tape import Tape
from gui.theme import ICON_SIZE, space, theme

BEGIN, END = "Record what is on show as a film (V)", "Stop the recording (V)"
NAME: Final = "convscope-faces.mp4"


class Filming(QWidget):
    """Owns the tape."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tape = Tape(self, NAME)
        self.button, self.time = QToolButton(), QLabel()
        self.button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.button.setCheckable(True)
        self.time.setAccessibleName("Length of the film")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.xs)
        row.addWidget(self.time)
        row.addWidget(self.button)
        self.button.clicked.connect(self.tape.toggle)
        self.tape.told.connect(self._show)
        theme.changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        seconds = self.tape.seconds
        running = seconds is not None
        self.time.setVisible(running)
        self.time.setFont(theme.font("body", mono=True))
        if seconds is not None:
            self.time.setText(f"{int(seconds) // 60}:{int(seconds) % 60:02d}")
        self.button.setChecked(running)
        self.button.setToolTip(END if running else BEGIN)
        self.button.setAccessibleName((END if running else BEGIN).removesuffix(" (V)"))
        icon = (
            theme.icon("stop-circle-outline", theme.colors.error)
            if running
            else theme.icon("record-circle-outline")
        )
        self.button.setIcon(icon)
