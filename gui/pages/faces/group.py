"""Whom figures and maps are about: the gallery on show, or a crowd of drawn people while that says too little."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import UserError
from engine.faces.gallery.requests import Index, Maker, Person, Photo, Snapshot
from engine.faces.requests import EmbedCrowd
from engine.jobs import ErrorReport, Priority
from gui.bridge import Bridge
from gui.latest import Latest
from gui.pages.faces.nets import here
from gui.pages.faces.view import Subject

Whom = Literal["crowd", "gallery"]
WHOM: Final[tuple[tuple[str, str, str], ...]] = (
    ("crowd", "Drawn crowd", "24 drawn people with five pictures each: enough for figures"),
    ("gallery", "Gallery", "Everybody in the gallery that is chosen below"),
)
WAITING: Final = "The drawn people are being embedded."
NOBODY: Final = (
    "Nobody in this gallery has an embedding by this embedder yet."
    " Enrol somebody, or look at the drawn crowd."
)


def checked_whom(whom: str) -> None:
    """Raise UserError for a group that there is not."""
    if whom not in {key for key, _, _ in WHOM}:
        raise UserError(f"There is no group “{whom}”.", "Choose the drawn crowd or the gallery.")


@dataclass(frozen=True, eq=False)
class Group:
    """People, and the embeddings of their photos by one maker. `crowd`: they were drawn for this page."""

    people: tuple[Person, ...]
    index: Index
    crowd: bool

    @cached_property
    def _photos(self) -> dict[int, tuple[Person, Photo]]:
        return {photo.number: (person, photo) for person in self.people for photo in person.photos}

    def at(self, row: int) -> tuple[Person, Photo]:
        """Whose row of the index it is, and of which photo."""
        return self._photos[int(self.index.photos[row])]

    def name(self, person: int) -> str:
        """The name of a person, as it was typed."""
        return next((one.name for one in self.people if one.number == person), "")


class Crowd(QObject):
    """Owns the question for the drawn crowd. changed(): it is there, or why it cannot be."""

    changed = Signal()

    def __init__(self, bridge: Bridge, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self.trouble = ""
        channel = bridge.channel(f"faces.crowd {name}", Priority.LONG, self, handles_failures=True)
        self._latest = Latest(channel, self)
        self._latest.answered.connect(self._came)
        self._latest.refused.connect(self._refused)

    @property
    def settled(self) -> bool:
        """Whether nothing is on its way."""
        return not self._latest.waiting

    def want(self, maker: Maker) -> None:
        """The crowd by this maker is on show."""
        if maker not in _crowds and maker != ("", ""):
            self.trouble = ""
            self._latest.want(maker, lambda: EmbedCrowd(maker[0]), urgent=maker)

    def drop(self) -> None:
        """Nothing is on show."""
        self._latest.drop()

    @Slot(object, bool)
    def _came(self, crowd: Snapshot, _fresh: bool) -> None:
        _crowds[crowd.indexes[0].maker] = crowd
        self.changed.emit()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self.trouble = f"{report.sentence} {report.hint}".strip()
        self.changed.emit()


# Shared by the views that show them: whom nobody can change is embedded once.
_crowds: dict[Maker, Snapshot] = {}


def maker_of(subject: Subject) -> Maker:
    """Who makes the embeddings on show, ("", "") until that is known or where its weights are missing."""
    status = subject.embedder
    return (status.name, status.made_of) if status is not None and here(status.weights) else ("", "")


def group_of(subject: Subject, whom: Whom) -> Group | None:
    """The group on show, None while it is on its way or where nobody is in it."""
    maker = maker_of(subject)
    crowd = whom == "crowd"
    snapshot = _crowds.get(maker) if crowd else subject.people
    if snapshot is None or maker == ("", ""):
        return None
    index = snapshot.index(maker)
    return Group(snapshot.people, index, crowd) if len(index.rows) else None


def why_nobody(subject: Subject, whom: Whom, crowd: Crowd) -> str:
    """What is said where there is no group."""
    status = subject.embedder
    if status is None:
        return "The list of nets is being read."
    if not here(status.weights):
        return f"{status.title} is not on this computer. The page Weights downloads it or imports it from a file."
    if whom == "crowd":
        return crowd.trouble or WAITING
    return subject.people_trouble or NOBODY
