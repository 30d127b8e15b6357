"""The log of recognitions: whom the view Recognise met, and when."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.faces.gallery.requests import Snapshot
from gui.pages.faces.people import words
from gui.theme import space, theme
from gui.widgets.wrapped import OneLine

LINES: Final = 8
"""Entries that are in sight at once."""


class _Entries(QListWidget):
    """As high as some lines."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), LINES * self.fontMetrics().height() + 2 * self.frameWidth())


class LogCard(QFrame):
    """Shows the newest entries. emptyAsked(); closed()."""

    emptyAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.title, self.entries = OneLine(role="section"), _Entries()
        self.entries.setAccessibleName("Entries of the log, the newest first")
        self.entries.setUniformItemSizes(True)
        self.entries.setFrameShape(QFrame.Shape.NoFrame)
        self.entries.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entries.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.entries.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.empty, self.close_log = QPushButton("Empty the log…"), QPushButton("Close")
        row = QHBoxLayout()
        row.setSpacing(space.s)
        row.addWidget(self.empty)
        row.addWidget(self.close_log)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.m, space.s, space.m, space.s)
        column.setSpacing(space.xs)
        column.addWidget(self.title)
        column.addWidget(self.entries)
        column.addLayout(row)
        self.empty.clicked.connect(self.emptyAsked)
        self.close_log.clicked.connect(self.hide)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def _dress(self) -> None:
        self.entries.setFont(theme.font("small", mono=True))

    def show_log(self, people: Snapshot | None) -> None:
        """Show what is in it."""
        self.title.setText(words.log_title(people))
        lines = [] if people is None else words.log_lines(people)
        if lines != self.lines:
            self.entries.clear()
            self.entries.addItems(lines)
        self.entries.setVisible(bool(lines))
        self.empty.setEnabled(bool(lines))

    def take_focus(self) -> None:
        """Let the keys go through the entries, or close the card where there are none."""
        (self.entries if self.lines else self.close_log).setFocus()

    @property
    def lines(self) -> list[str]:
        """The entries on show."""
        return [self.entries.item(row).text() for row in range(self.entries.count())]
