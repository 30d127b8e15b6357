"""A model card to read: what a net is, how it was made, what it reaches and where it ends."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from gui.theme import INSPECTOR_WIDTH, space


class ModelCard(QDialog):
    """Shows a card that came with the program (Markdown)."""

    def __init__(self, title: str, card: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Model card: {title}")
        self.text = QTextBrowser(self)
        self.text.setAccessibleName(self.windowTitle())
        self.text.setMarkdown(card)
        self.close_button = QPushButton("Close", self)
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.l, space.l, space.l)
        column.setSpacing(space.m)
        column.addWidget(self.text, 1)
        column.addLayout(foot)

    def sizeHint(self) -> QSize:
        return QSize(5 * INSPECTOR_WIDTH // 2, 2 * INSPECTOR_WIDTH)
