"""A line above the picture that says what stands in the way, with the buttons that help."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from gui.theme import space
from gui.widgets.plain_text import unmarked


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence, and what can be done about it: (key, text) of up to two buttons."""

    sentence: str = ""
    actions: tuple[tuple[str, str], ...] = ()


class Notice(QWidget):
    """asked(str): the key of the button that was pressed."""

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._note = Note()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.buttons = (QPushButton(), QPushButton())
        row = QHBoxLayout(self)
        row.setContentsMargins(space.l, 0, space.l, 0)
        row.setSpacing(space.s)
        row.addWidget(self.words, 1)
        for place, button in enumerate(self.buttons):
            button.clicked.connect(
                lambda _on=False, place=place: self.asked.emit(self._note.actions[place][0])
            )
            row.addWidget(button)
        self.buttons[0].setProperty("primary", True)
        self.hide()

    @property
    def note(self) -> Note:
        return self._note

    def show_note(self, note: Note) -> None:
        """Say something else; a note without a sentence says nothing."""
        if note == self._note:
            return
        self._note = note
        self.words.setText(note.sentence)
        for place, button in enumerate(self.buttons):
            there = place < len(note.actions)
            button.setVisible(there)
            if there:
                button.setText(unmarked(note.actions[place][1]))
                button.setAccessibleName(note.actions[place][1])
        self.setVisible(bool(note.sentence))
