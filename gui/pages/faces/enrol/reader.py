"""Reads the photos of a batch one after another: open the file, find its face."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.faces.found import Face
from engine.faces.gallery.requests import Maker
from engine.faces.requests import Faces, FaceSettings, FindFaces
from engine.images import Frame
from engine.jobs import ErrorReport, Priority
from engine.sources import OpenPicture
from gui.bridge import Bridge
from gui.pages.faces.enrol.batch import Candidate, Photo, is_picture, judged, with_photo

NOT_READ: Final = "It was not read."


class Reader(QObject):
    """changed(): another photo was read. `people`: the batch as far as it was read; `maker`: of its embeddings."""

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self.people: tuple[Candidate, ...] = ()
        self.maker: Maker = ("", "")
        self._settings = FaceSettings()
        self._at: tuple[int, int] | None = None
        self._files = bridge.channel("faces.batch file", Priority.LONG, self, handles_failures=True)
        self._faces = bridge.channel("faces.batch faces", Priority.LONG, self, handles_failures=True)
        self._files.done.connect(self._opened)
        self._faces.done.connect(self._found)
        for channel in (self._files, self._faces):
            channel.failed.connect(self._failed)
            channel.cancelled.connect(self._cancelled)

    def read(self, people: tuple[Candidate, ...], settings: FaceSettings) -> None:
        """Begin with another batch."""
        self.stop()
        self.people, self._settings = people, settings
        self.changed.emit()
        self._next()

    def follow(self, settings: FaceSettings) -> None:
        """Faces are looked for otherwise now: whoever is not enrolled yet is read anew, nothing is mixed."""
        if settings == self._settings:
            return
        waiting = tuple(one if one.done else one.unread for one in self.people)
        self.read(waiting, settings)

    def stop(self) -> None:
        """Read nothing more of it."""
        self._at = None
        self._files.cancel()
        self._faces.cancel()

    def give_up(self) -> None:
        """Read nothing more of it, whatever comes: a person has waited long enough."""
        self.stop()
        self.people = tuple(one.left(NOT_READ) for one in self.people)
        self.changed.emit()

    def go_on(self) -> None:
        """After a stop, read what was not read yet."""
        if self._at is None:
            self._next()

    @property
    def busy(self) -> bool:
        return self._at is not None

    @property
    def progress(self) -> tuple[int, int]:
        """Photos that were read, and all of them."""
        photos = [photo for person in self.people for photo in person.photos]
        return sum(photo.face is not None or bool(photo.refused) for photo in photos), len(photos)

    def set_name(self, person: int, name: str) -> None:
        """Another name for a candidate."""
        self._set(person, replace(self.people[person], name=name))

    def set_done(self, person: int, faces: tuple[Face, ...]) -> None:
        """A candidate was enrolled with these faces, unless another batch took their place meanwhile."""
        if person < len(self.people) and self.people[person].faces == faces:
            self._set(person, replace(self.people[person], done=True))

    def _set(self, place: int, candidate: Candidate) -> None:
        self.people = (*self.people[:place], candidate, *self.people[place + 1 :])
        self.changed.emit()

    # --- one after another -----------------------------------------------------------------------------------

    def _next(self) -> None:
        self._at = None
        for person, candidate in enumerate(self.people):
            for place, photo in enumerate(candidate.photos):
                if photo.face is None and not photo.refused:
                    self._begin(person, place, photo.path)
                    return
        self.changed.emit()

    def _begin(self, person: int, place: int, path: Path) -> None:
        self._at = person, place
        reason = is_picture(path)
        if reason:
            self._keep(replace(self._photo(), refused=reason))
        else:
            self._files.ask(OpenPicture(path))

    def _photo(self) -> Photo:
        assert self._at is not None  # nobody answers what was not asked
        return self.people[self._at[0]].photos[self._at[1]]

    def _keep(self, photo: Photo) -> None:
        if self._at is None:
            return
        self.people = with_photo(self.people, *self._at, photo)
        self.changed.emit()
        self._next()

    @Slot(object)
    def _opened(self, frame: Frame) -> None:
        if self._at is not None:
            self._faces.ask(FindFaces(frame, self._settings))

    @Slot(object)
    def _found(self, found: Faces) -> None:
        if self._at is not None:
            self.maker = found.embedder
            self._keep(judged(self._photo(), found))

    @Slot(object)
    def _failed(self, report: ErrorReport) -> None:
        if self._at is not None:
            self._keep(replace(self._photo(), refused=report.sentence))

    @Slot()
    def _cancelled(self) -> None:
        """A job that `stop` cancelled, before others were asked, is none that a person cancelled."""
        if self._at is not None and not (self._files.busy or self._faces.busy):
            self.give_up()
