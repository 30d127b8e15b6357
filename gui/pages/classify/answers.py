"""What the classification page asks the engine: the nets there are, the answer, and the one before the edits."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.images import Frame
from engine.jobs import ErrorReport, Priority
from engine.mailbox import Mailbox
from engine.networks.requests import (
    Classification,
    ClassifyLive,
    ClassifyPicture,
    ListWeights,
    PictureEdits,
    WeightsStatus,
)
from gui.bridge import Bridge
from gui.latest import CANCELLED, Latest
from gui.question import Question

TOP = 5
LIVE_PAUSE_MS = 100
"""How often a live question is asked anew at most while a hand moves: a restart costs a frame."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """What an answer belongs to. Frames and mailboxes compare by identity; holding them keeps identities unique."""

    weights: str
    picture: Frame | Mailbox[Frame]
    edits: PictureEdits


class Answers(QObject):
    """Owns the page's questions. answered(Classification, bool): whether it is about what is on show."""

    outdated = Signal()
    answered = Signal(object, bool)
    failed = Signal(object)
    """The ErrorReport of what is on show: latest.CANCELLED where a person took the question back."""
    before = Signal(object)
    """The Classification of the picture as it came, or None while there is none for the picture on show."""
    listed = Signal(object)
    listFailed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        still = bridge.channel("classify.picture", Priority.INTERACTIVE, self, handles_failures=True)
        before = bridge.channel("classify.before", Priority.INTERACTIVE, self, handles_failures=True)
        live = bridge.channel("classify.live", Priority.LIVE, self, handles_failures=True)
        self._list = bridge.channel("classify.weights", Priority.INTERACTIVE, self, handles_failures=True)
        self._still, self._before = Latest(still, self), Latest(before, self)
        self._live = Question(live, self)
        self._unedited: Classification | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(LIVE_PAUSE_MS)
        self._pause.timeout.connect(self._ask_live)
        self._live_subject: _Subject | None = None
        self._still.outdated.connect(self.outdated)
        self._still.answered.connect(self._came)
        self._still.refused.connect(self.failed)
        self._before.answered.connect(self._before_came)
        self._before.refused.connect(self._before_failed)
        self._live.outdated.connect(self.outdated)
        self._live.answered.connect(self._live_came)
        self._live.refused.connect(self.failed)
        live.cancelled.connect(self._live_cancelled)
        self._list.done.connect(self.listed)
        self._list.failed.connect(self.listFailed)

    def list_weights(self) -> None:
        """Ask which nets there are."""
        self._list.ask(ListWeights())

    def want(self, weights: str, frame: Frame, edits: PictureEdits) -> None:
        """A still picture is on show."""
        self._drop_live()
        subject = _Subject(weights, frame, edits)
        self._still.want(subject, lambda: ClassifyPicture(weights, frame, edits, TOP), urgent=weights)
        if edits.none:
            self._before.drop()
            return
        if self.unedited(weights, frame) is None:
            plain = _Subject(weights, frame, PictureEdits())
            self._before.want(
                plain, lambda: ClassifyPicture(weights, frame, PictureEdits(), TOP), urgent=weights
            )

    def want_live(self, weights: str, frames: Mailbox[Frame], edits: PictureEdits) -> None:
        """A live source is on show: an answer for whatever frame is the newest."""
        self._still.drop()
        self._before.drop()
        subject = _Subject(weights, frames, edits)
        before, self._live_subject = self._live_subject, subject
        moved = (
            before is not None and before != subject and (before.weights, before.picture) == (weights, frames)
        )
        if not moved:
            self._ask_live()
        elif not self._pause.isActive():
            self._pause.start()

    def again(self) -> None:
        """Ask anew what was cancelled."""
        if self._live_subject is None:
            self._still.again()
            return
        self._live.drop()
        self._ask_live()

    def unedited(self, weights: str, frame: Frame) -> Classification | None:
        """What the net said to this picture as it came, as far as it is known."""
        known = self._unedited
        return known if known is not None and (known.weights, known.frame) == (weights, frame) else None

    @property
    def settled(self) -> bool:
        """Whether all that is on show was answered (or refused)."""
        return self._still.settled and not self._before.waiting

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self._drop_live()
        self._still.drop()
        self._before.drop()

    def _drop_live(self) -> None:
        self._pause.stop()
        self._live_subject = None
        self._live.drop()

    @Slot()
    def _ask_live(self) -> None:
        subject = self._live_subject
        if subject is not None and isinstance(subject.picture, Mailbox):
            request = ClassifyLive(subject.weights, subject.picture, subject.edits, TOP)
            self._live.want(subject, lambda: request)

    @Slot(object, bool)
    def _came(self, answer: Classification, fresh: bool) -> None:
        if answer.edits.none:
            self._unedited = answer
            self.before.emit(answer)
        self.answered.emit(answer, fresh)

    @Slot()
    def _live_cancelled(self) -> None:
        if self._live.settled:  # else another question takes its place
            self.failed.emit(CANCELLED)

    @Slot(object)
    def _live_came(self, answer: Classification | None) -> None:
        if answer is None:
            return  # the source has come to its end, which the page hears from the source
        subject = self._live_subject  # while a hand moves, it is ahead of the question under way
        self.answered.emit(
            answer,
            subject is not None and (answer.weights, answer.edits) == (subject.weights, subject.edits),
        )

    @Slot(object, bool)
    def _before_came(self, answer: Classification, _fresh: bool) -> None:
        self._unedited = answer
        self.before.emit(answer)

    @Slot(object)
    def _before_failed(self, _report: ErrorReport) -> None:
        self.before.emit(None)


def usable(status: WeightsStatus) -> bool:
    """Whether a picture can be shown to these weights now."""
    return status.task == "classification" and status.state in ("bundled", "ready", "imported")


def downloadable(status: WeightsStatus) -> bool:
    """Whether these weights would classify, but are not here."""
    return status.task == "classification" and status.state in ("absent", "partial", "damaged")
