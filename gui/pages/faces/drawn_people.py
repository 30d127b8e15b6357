"""The drawn people's gallery is made as any other: their portraits are looked at, and what is found is enrolled."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from engine.faces.examples.scene import ENROLLED, sheet
from engine.faces.gallery.requests import Enrol
from engine.faces.looks import name_of
from engine.faces.requests import HAAR, Faces, FaceSettings, FindFaces
from engine.jobs import ErrorReport, Priority
from gui.bridge import Bridge


class DrawnPeople(QObject):
    """found(Enrol): one of them, for their gallery. They agreed by construction: nobody of them lives."""

    found = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._left: list[int] = list(ENROLLED)
        self._embedder = self._refused = ""
        self._channel = bridge.channel("faces.drawn", Priority.LONG, self, handles_failures=True)
        self._channel.done.connect(self._came)
        self._channel.failed.connect(self._failed)
        self._channel.cancelled.connect(self._cancelled)

    @property
    def begun(self) -> bool:
        """Whether they are, or were, looked at."""
        return bool(self._embedder)

    @property
    def awaited(self) -> bool:
        """Whether somebody of them is still to come, begun or not."""
        return bool(self._left)

    @property
    def busy(self) -> bool:
        """Whether somebody of them is still to come."""
        return self.begun and bool(self._left)

    def begin(self, embedder: str) -> None:
        """Look at one after another, unless this embedder has refused one of them."""
        if embedder != self._refused:
            self._embedder = embedder
            self._next()

    def stop(self) -> None:
        """The page is hidden; those who are missing come when it is shown again."""
        self._refused = ""
        self._channel.cancel()
        if self._left:
            self._embedder = ""

    def _next(self) -> None:
        if self._left:
            settings = FaceSettings(HAAR, self._embedder)
            self._channel.ask(FindFaces(sheet(self._left[0]), settings))

    @Slot(object)
    def _came(self, found: Faces) -> None:
        faces = tuple(face for face in found.faces if face.embedding is not None)
        person = self._left.pop(0)
        if faces:
            self.found.emit(Enrol(name_of(person), faces, found.embedder, ("drawn",) * len(faces), True))
        self._next()

    @Slot(object)
    def _failed(self, _report: ErrorReport) -> None:
        """The picture on show has the same trouble with the same net, and says so; another net is tried again."""
        self._refused, self._embedder = self._embedder, ""

    @Slot()
    def _cancelled(self) -> None:
        """A person cancelled the one under way, or the page was hidden."""
        self._embedder = ""
