"""Nobody is remembered without agreeing: which faces, whose they are, what is kept, and the click that says yes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from engine.faces.found import Face
from engine.faces.gallery.requests import LONGEST_NAME, Person
from gui.pages.faces.face_choice import FaceChoice
from gui.pages.faces.names import problem, shown
from gui.pages.faces.view import Subject
from gui.theme import space
from gui.widgets.choices import Combo
from gui.widgets.wrapped import Wrapped

NEW: Final = "Somebody new"
AGREE: Final = "I agree"
NAME: Final = "Name"


def consent_text(subject: Subject) -> str:
    """What is kept, where, and how to be forgotten."""
    if subject.scene:
        return "A drawn person: kept beside the other drawn ones until the program ends."
    numbers = "" if subject.embedder is None else f" and {subject.embedder.dimensions} numbers made from it"
    where = "on this computer" if subject.people is None or subject.drawn else f"in {subject.people.path}"
    return (
        f"Kept are your name, the picture of your head, its aligned crop{numbers}, {where}; nothing leaves this"
        " computer. To be forgotten, use “Forget” on the view People: all of it is then erased from the file."
    )


class ConsentCard(QFrame):
    """Shows the faces, asks whose they are, and for the click.

    agreed(int or None, str): a person of the gallery, or a new name; `faces`: those that were not left out.
    """

    agreed = Signal(object, str)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._people: tuple[Person, ...] = ()
        self._before: QWidget | None = None
        self.title, self.text, self.reason = Wrapped(""), Wrapped(), Wrapped("error")
        self.choice = FaceChoice()
        self.who: QComboBox = Combo()
        self.who.setAccessibleName("Who it is")
        self.name = QLineEdit()
        self.name.setPlaceholderText(NAME)
        self.name.setAccessibleName(NAME)
        self.name.setMaxLength(
            2 * LONGEST_NAME
        )  # Qt counts an emoji twice; the reason says where it is too long
        self.agree, self.cancel = QPushButton(AGREE), QPushButton("Cancel")
        self.agree.setProperty("primary", True)
        self.agree.setAutoDefault(True)  # Return presses it, too
        row = QHBoxLayout()
        row.setSpacing(space.s)
        for part, stretch in ((self.who, 1), (self.name, 2), (self.agree, 0), (self.cancel, 0)):
            row.addWidget(part, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.m, space.s, space.m, space.s)
        column.setSpacing(space.xs)
        for label in (self.title, self.text, self.reason):
            label.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(self.title)
        column.addWidget(self.choice)
        column.addLayout(row)
        column.addWidget(self.reason)
        column.addWidget(self.text)
        self.reason.hide()
        self.who.currentIndexChanged.connect(self._who_picked)
        self.name.textEdited.connect(self._typed)
        self.name.returnPressed.connect(self._named)
        self.choice.changed.connect(self._faces_changed)
        self.agree.clicked.connect(self._agree)
        self.cancel.clicked.connect(self.cancelled)
        self.hide()

    @property
    def faces(self) -> tuple[Face, ...]:
        """The faces that are asked about, without those that were left out."""
        return self.choice.kept

    def ask(
        self,
        faces: Sequence[Face],
        title: str,
        text: str,
        people: Sequence[Person],
        chosen: int | None = None,
    ) -> None:
        """Ask about faces; `people`: whom they can be besides somebody new; `chosen`: the number of the first guess."""
        if self.isHidden():
            self._before = QApplication.focusWidget()
        self._people = tuple(people)
        self.choice.show_faces(faces)
        self.title.say(title)
        self.text.say(text)
        blocked = self.who.blockSignals(True)
        self.who.clear()
        self.who.addItem(NEW)
        for person in self._people:
            self.who.addItem(shown(person.name, 60))
        numbers = [person.number for person in self._people]
        self.who.setCurrentIndex(numbers.index(chosen) + 1 if chosen in numbers else 0)
        self.who.setVisible(bool(self._people))
        self.who.blockSignals(blocked)
        self.name.clear()
        self._say("")
        self._who_picked()
        self._faces_changed()
        self.show()
        (self.name if self.name.isVisibleTo(self) else self.agree).setFocus()

    def put_away(self) -> None:
        """Ask nothing; the keyboard goes back to where it came from."""
        focused, before = QApplication.focusWidget(), self._before
        inside = focused is not None and self.isAncestorOf(focused)
        self.hide()
        if inside and before is not None and isValid(before):
            before.setFocus()

    def _say(self, reason: str) -> None:
        self.reason.say(reason)
        self.reason.setVisible(bool(reason))

    @Slot()
    def _who_picked(self) -> None:
        self.name.setVisible(self.who.currentIndex() <= 0)

    @Slot()
    def _typed(self) -> None:
        self._say(problem(self.name.text()) if len(self.name.text()) > LONGEST_NAME else "")

    @Slot()
    def _faces_changed(self) -> None:
        self.agree.setEnabled(bool(self.faces))

    @Slot()
    def _named(self) -> None:
        """Return ends the name and leads to the button: agreeing is a step of its own."""
        reason = problem(self.name.text())
        self._say(reason)
        if not reason:
            self.agree.setFocus()

    @Slot()
    def _agree(self) -> None:
        place = self.who.currentIndex() - 1
        if place >= 0:
            person = self._people[place]
            self.put_away()
            self.agreed.emit(person.number, person.name)
            return
        reason = problem(self.name.text())
        self._say(reason)
        if not reason:
            self.put_away()
            self.agreed.emit(None, self.name.text())
