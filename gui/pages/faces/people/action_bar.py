"""What can be done about the chosen person, or the marked photos, as a row of buttons; and as a menu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from gui.pages.faces.people.words import counted
from gui.theme import space, theme

ACTIONS: Final = (
    # key, words, tooltip
    ("rename", "Rename", "Type another name (F2, or a double click on the name)"),
    ("merge", "Merge into…", "Both are one person: drag this card onto the other one, or choose from a list"),
    ("split", "Split off", "The marked photos are somebody else's"),
    ("delete", "Delete photo", "Remove the marked photo with its numbers (Delete)"),
    ("forget", "Forget…", "Remove this person without a trace, and see the proof"),
)
WIDEST: Final = 20
"""Marked photos, as many as hardly ever."""


class ActionBar(QWidget):
    """asked(str): the key of an action that is possible now."""

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.buttons = {key: QPushButton(text) for key, text, _ in ACTIONS}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        for key, _, tip in ACTIONS:
            self.buttons[key].setToolTip(tip)
            self.buttons[key].clicked.connect(lambda _on=False, key=key: self.asked.emit(key))
            row.addWidget(self.buttons[key])
        row.addStretch(1)
        self._steady()
        theme.changed.connect(self._steady)

    @Slot()
    def _steady(self) -> None:
        """The buttons stay where they are while photos are marked: one of them forgets a person."""
        button = self.buttons["split"]
        now = button.text()
        button.setText(_split_words(WIDEST))
        button.setMinimumWidth(button.sizeHint().width())
        button.setText(now)

    def show_possible(self, can: Mapping[str, bool], marked: int) -> None:
        """Enable what can be done; `marked`: how many photos are."""
        for key, button in self.buttons.items():
            button.setEnabled(can[key])
        self.buttons["split"].setText(_split_words(marked))

    def can(self, key: str) -> bool:
        """Whether something is no action of this bar, or is possible now."""
        return key not in self.buttons or self.buttons[key].isEnabled()

    @Slot(QPoint)
    def show_menu(self, at: QPoint) -> None:
        """The same as a menu."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, button in self.buttons.items():
            action = menu.addAction(button.text())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(lambda _on=False, key=key: self.asked.emit(key))
        menu.popup(at)


def _split_words(marked: int) -> str:
    return "Split off" if not marked else f"Split off {counted(marked, 'photo')}…"
