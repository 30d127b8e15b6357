"""A question before something is done that cannot be taken back, asked in the view itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from engine.faces.gallery.requests import LONGEST_NAME
from gui.pages.faces.names import problem, shown
from gui.theme import space
from gui.widgets.choices import Combo
from gui.widgets.facts import Fact, Facts
from gui.widgets.plain_text import unmarked
from gui.widgets.wrapped import Wrapped

CANCEL: Final = "Cancel"


class AskCard(QFrame):
    """Asks for a yes, for a person of a list, or for a name; or shows what came out. One question at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._then: Callable[[], None] = lambda: None
        self._named = False
        self.title, self.text, self.reason = Wrapped(""), Wrapped(), Wrapped("error")
        self.facts = Facts()
        self.who: QComboBox = Combo()
        self.who.setAccessibleName("Who")
        self.name = QLineEdit()
        self.name.setPlaceholderText("Name")
        self.name.setAccessibleName("Name")
        self.name.setMaxLength(2 * LONGEST_NAME)
        self.yes, self.no = QPushButton(), QPushButton(CANCEL)
        self.yes.setProperty("primary", True)
        row = QHBoxLayout()
        row.setSpacing(space.s)
        for part, stretch in ((self.who, 1), (self.name, 1), (self.yes, 0), (self.no, 0)):
            row.addWidget(part, stretch)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.m, space.s, space.m, space.s)
        column.setSpacing(space.xs)
        for label in (self.title, self.text, self.reason):
            label.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addWidget(self.facts)
        column.addLayout(row)
        column.addWidget(self.reason)
        self.yes.clicked.connect(self._agreed)
        self.name.returnPressed.connect(self._agreed)
        self.no.clicked.connect(self.hide)
        self.hide()

    def ask(self, title: str, text: str, yes: str, then: Callable[[], None]) -> None:
        """Ask for a yes."""
        self._open(title, text, yes, then)
        self.no.setFocus()  # what cannot be undone takes a deliberate step

    def ask_who(
        self, title: str, text: str, yes: str, people: Sequence[tuple[int, str]], then: Callable[[int], None]
    ) -> None:
        """Ask for one of some people, (number, name) each."""
        self._open(title, text, yes, lambda: then(people[self.who.currentIndex()][0]))
        self.who.clear()
        for _, name in people:
            self.who.addItem(shown(name, 60))
        self.who.show()
        self.who.setFocus()

    def ask_name(self, title: str, text: str, yes: str, then: Callable[[str], None]) -> None:
        """Ask for a name."""
        self._open(title, text, yes, lambda: then(self.name.text()))
        self._named = True
        self.name.clear()
        self.name.show()
        self.name.setFocus()

    def tell(self, title: str, rows: Sequence[Fact]) -> None:
        """Show what came out."""
        self._open(title, "", "", lambda: None)
        self.facts.show_rows(rows)
        self.facts.show()
        self.yes.hide()
        self.no.setText("Close")
        self.no.setFocus()

    def _open(self, title: str, text: str, yes: str, then: Callable[[], None]) -> None:
        self._then, self._named = then, False
        self.title.say(title)
        self.text.say(text)
        self.text.setVisible(bool(text))
        self._say("")
        self.yes.setText(unmarked(yes))
        self.no.setText(CANCEL)
        self.yes.show()
        for part in (self.who, self.name, self.facts):
            part.hide()
        self.show()

    def _say(self, reason: str) -> None:
        self.reason.say(reason)
        self.reason.setVisible(bool(reason))

    @Slot()
    def _agreed(self) -> None:
        reason = problem(self.name.text()) if self._named else ""
        self._say(reason)
        if not reason:
            self.hide()
            self._then()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
