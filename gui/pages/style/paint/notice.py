"""A sentence above the stage, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from gui.theme import space
from gui.widgets.wrapped import Wrapped

Offer = tuple[str, Callable[[], None]]
"""The text of a button, and what it does."""


class Notice(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("surface")
        self.line = Wrapped("warn")
        self.buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(space.m, space.s, space.m, space.s)
        self._row.setSpacing(space.s)
        self._row.addWidget(self.line, 1)
        self._told: tuple[str, tuple[str, ...]] = ("", ())
        self.hide()

    def say(self, sentence: str, offers: Sequence[Offer] = ()) -> None:
        """Say something; "" takes it away."""
        told = sentence, tuple(text for text, _ in offers)
        if told == self._told:
            return
        self._told = told
        for button in self.buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        for text, act in offers:
            button = QPushButton(text)
            button.setAccessibleName(text)
            button.clicked.connect(act)
            self.buttons.append(button)
            self._row.addWidget(button)
        self.line.say(sentence)
        self.setVisible(bool(sentence))

    @property
    def text(self) -> str:
        """What is said."""
        return self._told[0]
