"""A caption with a text beneath it that wraps anywhere, and a button that copies it as it is."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui.export import copy_text
from gui.theme import ICON_SIZE, space, theme

_BREAK = "\u200b"


class Passage(QWidget):
    """Hidden while it has no text."""

    def __init__(
        self, caption: str, *, mono: bool = False, copies: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._raw = ""
        self.caption = QLabel(caption, self)
        self.caption.setProperty("role", "muted")
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.text.setFont(theme.font("small", mono=mono))
        self.copy = QToolButton(self)
        self.copy.setProperty("flat", True)
        self.copy.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.copy.setToolTip(f"Copy: {caption.lower()}")
        self.copy.setAccessibleName(f"Copy: {caption.lower()}")
        self.copy.setVisible(copies)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.caption, 1)
        head.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0 if copies else space.xs)
        column.addLayout(head)
        column.addWidget(self.text)
        self.copy.clicked.connect(self._copy)
        theme.changed.connect(self._retint)
        self._retint()
        self.hide()

    @property
    def raw(self) -> str:
        """The text as it is copied."""
        return self._raw

    def show_text(self, text: str) -> None:
        """Show a text, or nothing."""
        self._raw = text
        self.text.setText(breakable(text))
        self.setVisible(bool(text))

    @Slot()
    def _copy(self) -> None:
        copy_text(self._raw)

    @Slot()
    def _retint(self) -> None:
        self.copy.setIcon(theme.icon("content-copy", theme.colors.muted))


def breakable(text: str) -> str:
    """The text with places to wrap in long words: behind slashes and dashes, and in long rows of letters."""
    marked = re.sub(r"([/\\_\-.?&=])(?=\S)", rf"\1{_BREAK}", text)
    return re.sub(r"(\w{16})(?=\w)", rf"\1{_BREAK}", marked)
