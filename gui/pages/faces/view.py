"""What every view of the page "Faces" is, and what it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Signal

from engine.faces.gallery.requests import Change, Index, Maker, Person, Snapshot
from engine.faces.requests import EmbedderStatus, FaceModels, Faces, FaceSettings
from engine.images import Frame
from engine.jobs import ErrorReport
from gui.pages.views.view import PageView

Table = tuple[Sequence[str], Sequence[Sequence[object]]]
"""Names of the columns, and rows."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What belongs to faces for good, whatever is on show by the time that they get a name.

    `maker`: of their embeddings. `origin`: "camera", or the name of a file. `scene`: they are of drawn people.
    """

    maker: Maker = ("", "")
    origin: str = ""
    scene: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What the views look at.

    `frame`: the picture on show, None while it is on its way. `faces`: what was found last, on its own frame; `stale`:
    it belongs to another picture or to other settings. `trouble`: why there is no answer, "" where nothing stands in
    the way. `live`: pictures keep coming. `people`: the gallery, None until it was read; `people_trouble`: why it
    cannot be. `logging`: whether it is written down who is recognised. `drawn`: it is the drawn people's; `scene`: the
    picture is of drawn people. `threshold`: the largest squared distance of "the same person". `embedder`: its status,
    None until it is known. `settings`: how faces are found. `origin`: what is kept about where a photo of these faces
    comes from: "camera", or the name of a file. `arriving`: some drawn people are still to be enrolled.
    """

    frame: Frame | None = None
    faces: Faces | None = None
    stale: bool = False
    trouble: str = ""
    live: bool = False
    people: Snapshot | None = None
    people_trouble: str = ""
    logging: bool = False
    drawn: bool = True
    scene: bool = True
    threshold: float = 1.0
    embedder: EmbedderStatus | None = None
    models: FaceModels | None = None
    settings: FaceSettings = field(default_factory=FaceSettings)
    origin: str = ""
    arriving: bool = False

    @property
    def maker(self) -> Maker:
        """Name and make of the embedder in use, ("", "") until that is known."""
        return ("", "") if self.embedder is None else (self.embedder.name, self.embedder.made_of)

    @property
    def faces_maker(self) -> Maker:
        """Who made the embeddings of the faces on show: of stale ones perhaps another than the one in use."""
        return self.maker if self.faces is None or self.faces.embedder == ("", "") else self.faces.embedder

    @property
    def taken(self) -> Taken:
        """What belongs to the faces on show."""
        return Taken(self.faces_maker, self.origin, self.scene)

    @property
    def index(self) -> Index | None:
        """The embeddings of the gallery that may be compared with those of the faces on show, None until known."""
        maker = self.faces_maker
        return None if self.people is None or maker == ("", "") else self.people.index(maker)

    @property
    def unseen(self) -> int:
        """How many photos of the gallery have no embedding by the embedder in use."""
        if self.people is None or self.maker == ("", ""):
            return 0
        photos = sum(len(person.photos) for person in self.people.people)
        return photos - len(self.people.index(self.maker).photos)

    @property
    def at_home(self) -> bool:
        """Whether who is in the picture belongs into the gallery on show: drawn and real people are never mixed."""
        return self.drawn == self.scene

    def person(self, number: int | None) -> Person | None:
        """The person with this number."""
        return None if number is None or self.people is None else self.people.person(number)


class FacesView(PageView):
    """A view of the page. What it wants changed in the gallery it asks of the page, which tells the answer back."""

    changeAsked = Signal(object)
    """A request of `engine.faces.gallery.requests`."""
    sharedSet = Signal(object, str)
    """Fields of the page's state that are to change (a dict), and the gesture that they belong to."""
    pageAsked = Signal(str, object)
    logAsked = Signal(bool)
    """Whether it is to be written down who is recognised."""

    @property
    def needs_picture(self) -> bool:
        """Whether the picture that a person chooses, and the faces in it, have a part in what is on show."""
        return True

    def will_need_picture(self, settings: Any) -> bool:
        """The same under settings that are about to be shown: what is asked of the engine is asked before."""
        return self.needs_picture

    def will_want_liveness(self, settings: Any) -> bool:
        """Whether, under these settings, the largest face of what plays is to show that it lives."""
        return False

    def show_subject(self, subject: Subject, settings: Any) -> None:
        """Show this subject under these settings."""
        raise NotImplementedError

    def change_done(self, request: Change, answer: object) -> None:
        """A change that this page asked for, perhaps for another view, was made: a Snapshot, or Forgotten."""

    def change_refused(self, request: Change, report: ErrorReport) -> None:
        """A change that this page asked for was not made; the page has said why."""

    def close_view(self) -> None:
        """The window closes: give everything back."""

    def open_photos(self, paths: Sequence[Any]) -> bool:
        """Take picture files that were dropped together; False where this view has no use for more than one."""
        return False

    def table(self) -> Table | None:
        """What is on show as a table, None where there is nothing to save."""
        return None
