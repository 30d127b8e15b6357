"""The words beneath the table of costs: what sharing saves, what the classifier is, which weights are missing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.pages.boxes.proposals import words
from gui.theme import space
from gui.widgets.wrapped import Wrapped


class NetsWords(QWidget):
    """`saving`, `note` and `untrained` are its lines; `weights` leads to the page of weights."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.saving, self.note, self.untrained = Wrapped("muted"), Wrapped("muted"), Wrapped("warn")
        self.weights = QPushButton("Open Weights")
        self.weights.setToolTip("The page that downloads them")
        self.note.say(words.NO_BACKGROUND)
        missing = QHBoxLayout()
        missing.setSpacing(space.m)
        missing.addWidget(self.untrained, 1, Qt.AlignmentFlag.AlignTop)
        missing.addWidget(self.weights, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addWidget(self.saving)
        column.addWidget(self.note)
        column.addLayout(missing)
        column.addStretch(1)
        self.set_untrained(False)

    def set_untrained(self, untrained: bool) -> None:
        """Whether weights are missing."""
        self.untrained.say(words.UNTRAINED if untrained else "")
        for widget in (self.untrained, self.weights):
            widget.setVisible(untrained)

    def height_for(self, width: int) -> int:
        """The height of all lines that are on show."""
        heights = [line.height_at(width) for line in (self.saving, self.note) if not line.isHidden()]
        if not self.weights.isHidden():
            button = self.weights.sizeHint()
            heights.append(max(self.untrained.height_at(width - button.width() - space.m), button.height()))
        return sum(heights) + (len(heights) - 1) * space.s
