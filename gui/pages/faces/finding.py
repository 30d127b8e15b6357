"""What the page asks about its picture: the faces of a still one, or of what plays, again and again."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from engine.faces.requests import Faces, FaceSettings, FindFaces, LiveFaces, NotFound
from engine.images import Frame
from engine.jobs import Priority
from engine.mailbox import Mailbox
from gui.bridge import Bridge
from gui.latest import CANCELLED, Latest
from gui.question import Question


@dataclass(frozen=True, slots=True)
class _Still:
    """Frames compare by identity; holding them keeps identities unique."""

    frame: Frame
    settings: FaceSettings


@dataclass(frozen=True, slots=True)
class _Live:
    frames: Mailbox[Frame]
    detector: str
    embedder: str
    liveness: bool


class Finding(QObject):
    """Owns these questions. answered(Faces or NotFound, bool): whether it is about what is on show."""

    outdated = Signal()
    answered = Signal(object, bool)
    failed = Signal(object)
    """The ErrorReport of what is on show."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        still = bridge.channel("faces.still", Priority.INTERACTIVE, self, handles_failures=True)
        live = bridge.channel("faces.live", Priority.LIVE, self, handles_failures=True)
        self._still, self._live = Latest(still, self), Question(live, self)
        self._changes: Mailbox[FaceSettings] = Mailbox()
        self._settings: FaceSettings | None = None
        self._subject: _Live | None = None
        self._still.outdated.connect(self.outdated)
        self._still.answered.connect(self.answered)
        self._still.refused.connect(self.failed)
        self._live.outdated.connect(
            self.outdated
        )  # what was found in the picture before is not about this one
        self._live.answered.connect(self._live_came)
        self._live.refused.connect(self.failed)
        live.cancelled.connect(self._live_cancelled)

    def want(self, frame: Frame, settings: FaceSettings) -> None:
        """A still picture is on show."""
        self._drop_live()
        self._still.want(
            _Still(frame, settings), lambda: FindFaces(frame, settings), urgent=settings.embedder
        )

    def want_live(self, frames: Mailbox[Frame], settings: FaceSettings, *, liveness: bool) -> None:
        """Something plays. Other settings reach the job under way, whose tracks go on."""
        self._still.drop()
        subject = _Live(frames, settings.detector, settings.embedder, liveness)
        if subject != self._subject:
            self._subject, self._changes = subject, Mailbox()
        elif settings != self._settings:
            self._changes.put(settings)
        self._settings, changes = settings, self._changes
        self._live.want(subject, lambda: LiveFaces(frames, settings, changes, liveness))

    def again(self) -> None:
        """Ask anew what was refused; the page says again what it wants."""
        self._drop_live()
        self._still.again()

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self._drop_live()
        self._still.drop()

    @property
    def settled(self) -> bool:
        """Whether what is on show was answered or refused."""
        return self._still.settled

    def _drop_live(self) -> None:
        self._live.drop()
        self._subject = None

    @Slot(object)
    def _live_came(self, found: Faces | NotFound | None) -> None:
        if found is not None:  # None: the source has come to its end, which the page hears from the source
            self.answered.emit(found, True)

    @Slot()
    def _live_cancelled(self) -> None:
        if self._live.settled:  # else another question takes its place
            self.failed.emit(CANCELLED)
