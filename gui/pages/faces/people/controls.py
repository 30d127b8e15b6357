"""The controls of the view "People": what concerns the whole gallery."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gui.pages.faces.people.words import KEEPS, LOG, counted
from gui.pages.faces.view import Subject
from gui.theme import space
from gui.widgets.fields import Toggle
from gui.widgets.wrapped import Wrapped

ASIDE: Final = "Set the file aside…"


class PeopleControls(QWidget):
    """asked(str): "export", "import", "embed", "aside", "log" (show it); logSet(bool): whether it is written."""

    asked = Signal(str)
    logSet = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.export, self.take_in = QPushButton("Export…"), QPushButton("Import…")
        self.embed, self.aside = QPushButton("Embed"), QPushButton(ASIDE)
        self.export.setToolTip("A copy of everything in one file")
        self.take_in.setToolTip("People of an exported file join the gallery")
        self.embed.setToolTip("Make the numbers of this embedder for photos that have none of it")
        self.aside.setToolTip(
            "The file keeps lying there under another name, and an empty gallery begins; a sound file stays"
        )
        self.about, self.missing, self.about_log = Wrapped(), Wrapped(), Wrapped()
        self.about.say(KEEPS)
        self.log = Toggle("Log of recognitions", tooltip="Off at every start of the program")
        self.about_log.say(LOG)
        self.show_log = QPushButton()
        self.show_log.setToolTip("Who was recognised, and when; it can be emptied there")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        above = (self.export, self.take_in, self.about, self.missing, self.embed, self.aside)
        for part in (*above, self.log, self.about_log, self.show_log):
            column.addWidget(part)
        self.log.changed.connect(self.logSet)
        for button, what in (
            (self.export, "export"), (self.take_in, "import"), (self.embed, "embed"), (self.aside, "aside"),
            (self.show_log, "log"),
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
        self.log.set_value(subject.logging)
        met = 0 if subject.people is None else subject.people.met
        self.show_log.setText(f"Show the log: {counted(met, 'entry', 'entries')}")
        self.show_log.setEnabled(subject.people is not None)
