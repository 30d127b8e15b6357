"""The controls of the view "People": what concerns the whole gallery."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gui.pages.faces.people.words import KEEPS, counted
from gui.pages.faces.view import Subject
from gui.theme import space
from gui.widgets.wrapped import Wrapped

ASIDE: Final = "Set the file aside…"


class PeopleControls(QWidget):
    """asked(str): "export", "import", "embed", "aside"."""

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.export, self.take_in = QPushButton("Export…"), QPushButton("Import…")
        self.embed, self.aside = QPushButton("Embed"), QPushButton(ASIDE)
        self.export.setToolTip("A copy of everything in one file")
        self.take_in.setToolTip("People of an exported file join the gallery")
        self.embed.setToolTip("Make the numbers of this embedder for photos that have none of it")
        self.aside.setToolTip(
            "The damaged file keeps lying there under another name, and an empty gallery begins"
        )
        self.about, self.missing = Wrapped(), Wrapped()
        self.about.say(KEEPS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for part in (self.export, self.take_in, self.about, self.missing, self.embed, self.aside):
            column.addWidget(part)
        for button, what in (
            (self.export, "export"), (self.take_in, "import"), (self.embed, "embed"), (self.aside, "aside"),
        ):  # fmt: skip
            button.clicked.connect(lambda _on=False, what=what: self.asked.emit(what))

    def show_subject(self, subject: Subject) -> None:
        """Show what there is to be done."""
        status, unseen = subject.embedder, subject.unseen
        self.export.setEnabled(subject.people is not None and bool(subject.people.people))
        self.take_in.setEnabled(subject.people is not None)
        for part in (self.missing, self.embed):
            part.setVisible(bool(unseen) and status is not None)
        if status is not None:
            self.missing.say(f"{counted(unseen, 'photo')} without numbers by {status.title}.")
            self.embed.setText(f"Embed by {status.title}")
        self.aside.setVisible(bool(subject.people_trouble))
