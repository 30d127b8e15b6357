"""The gallery as the window knows it: one snapshot, every change in its order, and what another window changed."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.faces.gallery.requests import Change, Forgotten, ReadGallery, Snapshot
from engine.jobs import ErrorReport, Priority
from gui.bridge import Bridge

LOOK_EVERY_MS: Final = 2000
CANCELLED: Final = ErrorReport("Cancelled. Nothing was changed.")


class PeopleHere(QObject):
    """Owns the questions to one gallery, a file of its own or (None) this computer's.

    changed(): there is another snapshot; done(request, answer); refused(request, ErrorReport): a change that a person
    asked for; unread(ErrorReport): the gallery cannot be read; elsewhere(): another window changed it.
    """

    changed = Signal()
    done = Signal(object, object)
    refused = Signal(object, object)
    unread = Signal(object)
    elsewhere = Signal()

    def __init__(self, bridge: Bridge, name: str, parent: QObject, path: Path | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._snapshot: Snapshot | None = None
        self._trouble: ErrorReport | None = None
        self._active = False
        self._queue: deque[Change] = deque()
        self._under_way: Change | None = None
        # Long ones (re-embedding) yield to whatever else is asked; their order is kept here, not by the engine.
        self._channel = bridge.channel(f"faces.gallery {name}", Priority.LONG, self, handles_failures=True)
        self._channel.done.connect(self._done)
        self._channel.failed.connect(self._failed)
        self._channel.cancelled.connect(self._cancelled)
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_EVERY_MS)
        self._clock.timeout.connect(self.look)

    @property
    def snapshot(self) -> Snapshot | None:
        """The gallery as it was told last, None until it was read."""
        return self._snapshot

    @property
    def trouble(self) -> str:
        """Why the gallery cannot be read, "" where it can."""
        return "" if self._trouble is None else f"{self._trouble.sentence} {self._trouble.hint}".strip()

    @property
    def busy(self) -> bool:
        """Whether a change, or the first look, is under way."""
        return self._under_way is not None or bool(self._queue)

    def ask(self, request: Change) -> None:
        """Make a change after those that were asked for before."""
        self._queue.append(request if self._path is None else replace(request, path=self._path))
        self._next()

    @Slot()
    def look(self) -> None:
        """Read the gallery, unless a change under way brings it anyway."""
        if not self.busy:
            self.ask(ReadGallery())

    def set_active(self, active: bool) -> None:
        """In view, the gallery is looked at now and then: another window may change it."""
        if active == self._active:
            return
        self._active = active
        if active:
            self.look()
            self._clock.start()
        else:
            self._clock.stop()

    def _next(self) -> None:
        if self._under_way is None and self._queue:
            self._under_way = self._queue.popleft()
            self._channel.ask(self._under_way)

    @Slot(object)
    def _done(self, answer: Snapshot | Forgotten) -> None:
        request, self._under_way = self._under_way, None
        found = answer.snapshot if isinstance(answer, Forgotten) else answer
        before, troubled = self._snapshot, self._trouble is not None
        self._trouble = None
        if isinstance(found, Snapshot):
            self._snapshot = found
        looked = isinstance(request, ReadGallery)
        others = before is not None and looked and contents(before) != contents(self._snapshot)
        if before is not self._snapshot or not looked or troubled:
            self.changed.emit()
        if others:
            self.elsewhere.emit()
        if request is not None and not looked:
            self.done.emit(request, answer)
        self._next()

    @Slot(object)
    def _failed(self, report: ErrorReport) -> None:
        request, self._under_way = self._under_way, None
        if isinstance(request, ReadGallery):
            told, self._trouble = self._trouble, report
            if told != report:
                self.unread.emit(report)
        elif request is not None:
            self.refused.emit(request, report)
        self._next()

    @Slot()
    def _cancelled(self) -> None:
        self._failed(CANCELLED)


def contents(snapshot: Snapshot | None) -> object:
    """What of a gallery's people can be seen: compared with ==. When they were met is not worth a message."""
    if snapshot is None:
        return None
    people = tuple(
        (person.number, person.name, tuple((photo.number, photo.makers) for photo in person.photos))
        for person in snapshot.people
    )
    return people
