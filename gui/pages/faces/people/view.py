"""The view "People": who is enrolled; rename, merge, split, delete, forget, and take the gallery elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from engine.faces.gallery.files import SUFFIX
from engine.faces.gallery.requests import (
    Change,
    DeletePhoto,
    EmptyLog,
    ExportGallery,
    Forget,
    Forgotten,
    ImportGallery,
    Merge,
    Person,
    Reembed,
    Rename,
    SetAside,
    Snapshot,
    Split,
)
from gui import export, logs
from gui.bridge import Bridge
from gui.pages.faces.names import shown
from gui.pages.faces.people import words
from gui.pages.faces.people.action_bar import ActionBar
from gui.pages.faces.people.ask_card import AskCard
from gui.pages.faces.people.board import PeopleBoard
from gui.pages.faces.people.controls import PeopleControls
from gui.pages.faces.people.log_card import LogCard
from gui.pages.faces.people.settings import PeopleSettings
from gui.pages.faces.view import FacesView, Subject, Table
from gui.theme import space
from gui.widgets.facts import Fact
from gui.widgets.wrapped import Wrapped

FILTERS: Final = f"Galleries (*{SUFFIX});;All files (*)"


class PeopleView(FacesView):
    """Owns the cards and what is marked; every change is the gallery's."""

    def __init__(self, _bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._subject = PeopleSettings(), Subject()
        self._marked: set[int] = set()
        self._about: int | None = None
        """The person whom the question on show is about."""
        self._before: Snapshot | None = None
        """The gallery before somebody's file is imported."""
        self._panel, self.board, self.card = PeopleControls(), PeopleBoard(), AskCard()
        self.bar, self.log, self.nobody = ActionBar(), LogCard(), Wrapped("")
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.s, space.l, space.s)
        column.setSpacing(space.s)
        for part in (self.bar, self.card, self.log, self.nobody):
            column.addWidget(part)
        column.addWidget(self.board, 1)
        self.setFocusProxy(self.board)
        self._connect()

    def _connect(self) -> None:
        for asking in (self._panel.asked, self.bar.asked):
            asking.connect(self.act)
        self._panel.logSet.connect(self.logAsked)
        self.log.emptyAsked.connect(self._ask_empty)
        self.board.personChosen.connect(self._chosen)
        self.board.photoPicked.connect(self._photo_picked)
        self.board.renamed.connect(lambda number, name: self.changeAsked.emit(Rename(number, name)))
        self.board.mergeAsked.connect(self._merge_asked)
        self.board.menuAsked.connect(self.bar.show_menu)

    # --- what a view gives -----------------------------------------------------------------------------------

    @property
    def needs_picture(self) -> bool:
        return False

    def controls(self) -> QWidget:
        return self._panel

    @property
    def person(self) -> Person | None:
        """Who is chosen."""
        return self._subject.person(self._settings.person)

    @property
    def marked(self) -> tuple[int, ...]:
        """Numbers of the chosen person's marked photos."""
        person = self.person
        return () if person is None else tuple(p.number for p in person.photos if p.number in self._marked)

    def show_subject(self, subject: Subject, settings: Any) -> None:
        if subject.drawn != self._subject.drawn:
            self._other_gallery()
        if self._about is not None and subject.person(self._about) is None:
            self._about = None
            self.card.hide()  # another window was quicker
        self._settings, self._subject = settings, subject
        self._panel.show_subject(subject)
        self.log.show_log(subject.people)
        people = () if subject.people is None else subject.people.people
        self.nobody.say(words.READING if subject.people is None else words.NOBODY)
        self.nobody.setVisible(not people and not subject.people_trouble)  # of trouble the page tells
        self.board.show_people(people, lambda one: words.line(one, subject), settings.person, self._marked)
        self._enable()

    def _other_gallery(self) -> None:
        """Numbers of people and photos mean others there: what was marked, asked or typed was not about them."""
        self._marked.clear()
        self.card.hide()
        self.log.hide()
        self.board.clear()

    def _enable(self) -> None:
        person, marked = self.person, len(self.marked)
        others = self._subject.people is not None and len(self._subject.people.people) > 1
        photos = 0 if person is None else len(person.photos)
        can = {
            "rename": person is not None,
            "merge": person is not None and others,
            "split": 0 < marked < photos,
            "delete": marked == 1 and photos > 1,
            "forget": person is not None,
        }
        self.bar.show_possible(can, marked)

    def set_active(self, active: bool) -> None:
        if not active:
            self.card.hide()

    def facts(self) -> list[Fact]:
        people, person = self._subject.people, self.person
        if people is None:
            return []
        own = [] if person is None else words.person_facts(person, self._subject)
        return [*own, *words.gallery_facts(people)]

    def escape(self) -> bool:
        if not self.card.isHidden():
            self.card.hide()
            return True
        if not self.log.isHidden():
            self.log.hide()
            return True
        if self._marked:
            self._marked.clear()
            self.show_subject(self._subject, self._settings)
            return True
        return False

    def table(self) -> Table | None:
        return None if self._subject.people is None else words.table(self._subject.people)

    def change_done(self, request: Change, answer: object) -> None:
        if isinstance(answer, Forgotten):
            self._about = None
            self.card.tell(words.proof_words(answer), words.proof(answer))
        elif isinstance(request, ExportGallery):
            self.said.emit(f"{export.kept(request.to)} {words.NOT_ENCRYPTED}", "info")
        elif isinstance(request, ImportGallery) and self._before is not None:
            self.said.emit(words.imported(self._before, cast(Snapshot, answer)), "info")
        elif isinstance(request, Merge):
            self.looked.emit(replace(self._settings, person=request.person))

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(int)
    def _chosen(self, number: int) -> None:
        if number != self._settings.person:
            self._marked.clear()
            self.looked.emit(replace(self._settings, person=number))

    @Slot(int, int)
    def _photo_picked(self, _person: int, photo: int) -> None:
        self._marked ^= {photo}
        self.show_subject(self._subject, self._settings)

    def act(self, key: str) -> None:
        """Do what a button, a key or the menu says."""
        asks = {
            "rename": self._rename, "merge": self._ask_merge, "split": self._ask_split, "delete": self._ask_delete,
            "forget": self._ask_forget, "export": self._export, "import": self._import, "embed": self._embed,
            "aside": self._ask_aside, "log": self._show_log,
        }  # fmt: skip
        if self.bar.can(key):
            self._about = self._settings.person if key in self.bar.buttons else None
            asks[key]()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = {Qt.Key.Key_F2: "rename", Qt.Key.Key_Delete: "delete"}.get(Qt.Key(event.key()))
        if key is None:
            super().keyPressEvent(event)
        else:
            self.act(key)

    def _rename(self) -> None:
        card = self.board.cards.get(self._settings.person or 0)
        if card is not None:
            self.board.reveal(card.person.number)
            card.edit_name()

    def _ask_merge(self) -> None:
        people, person = self._subject.people, self.person
        if people is None or person is None:
            return
        others = [(one.number, one.name) for one in people.people if one.number != person.number]
        text = f"All photos of {shown(person.name, 60)} become those of the person chosen here, whose name stays."
        self.card.ask_who("Who is it?", text, "Merge", others, lambda into: self._merge(into, person.number))

    @Slot(int, int)
    def _merge_asked(self, into: int, other: int) -> None:
        one, two = self._subject.person(into), self._subject.person(other)
        if one is not None and two is not None:
            title = f"Are {shown(two.name, 40)} and {shown(one.name, 40)} one person?"
            text = f"All photos become those of {shown(one.name, 60)}; the name {shown(two.name, 60)} goes."
            self.card.ask(title, text, "Merge", lambda: self._merge(into, other))

    def _merge(self, into: int, other: int) -> None:
        self.changeAsked.emit(Merge(into, other))

    def _ask_split(self) -> None:
        person, photos = self.person, self.marked
        if person is not None:
            title = f"Whose {'photo is it' if len(photos) == 1 else 'photos are they'}?"
            text = f"{words.counted(len(photos), 'photo')} of {shown(person.name, 60)} become a new person's."
            self.card.ask_name(
                title, text, "Split off", lambda name: self._split(person.number, photos, name)
            )

    def _split(self, person: int, photos: tuple[int, ...], name: str) -> None:
        self._marked.clear()
        self.changeAsked.emit(Split(person, photos, name))

    def _ask_delete(self) -> None:
        person, photos = self.person, self.marked
        if person is not None and len(photos) == 1:
            title = f"Delete this photo of {shown(person.name, 60)}?"
            text = "Its picture, its crop and its numbers go, and their bytes are overwritten. This cannot be undone."
            self.card.ask(title, text, "Delete", lambda: self.changeAsked.emit(DeletePhoto(photos[0])))

    def _ask_forget(self) -> None:
        person = self.person
        if person is None:
            return
        log = logs.log_path()
        request = Forget(person.number, () if log is None else (log,))
        title = f"Forget {shown(person.name, 60)}?"
        self.card.ask(title, words.forget_text(person), "Forget", lambda: self.changeAsked.emit(request))

    def _export(self) -> None:
        path = export.save_dialog(self, "Export the gallery", f"faces{SUFFIX}", FILTERS)
        if path is not None:
            self.changeAsked.emit(ExportGallery(path))

    def _import(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Import people", "", FILTERS)
        if chosen:
            self._before = self._subject.people
            self.changeAsked.emit(ImportGallery(Path(chosen)))

    def _embed(self) -> None:
        status = self._subject.embedder
        if status is not None:
            self.changeAsked.emit(Reembed(status.name))

    def _show_log(self) -> None:
        self.log.setVisible(self.log.isHidden())
        if not self.log.isHidden():
            self.log.take_focus()

    @Slot()
    def _ask_empty(self) -> None:
        text = "Its entries go, and their bytes are overwritten. This cannot be undone."
        self.card.ask("Empty the log?", text, "Empty", lambda: self.changeAsked.emit(EmptyLog()))

    def _ask_aside(self) -> None:
        text = (
            "The file keeps lying in its folder under another name, and an empty gallery begins in its place."
        )
        self.card.ask("Set the file aside?", text, "Set aside", lambda: self.changeAsked.emit(SetAside()))
