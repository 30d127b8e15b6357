"""What the pooling page asks the engine: the check against torch, and the pooled picture, still or live."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from engine.foundations.pooling import PoolSpec
from engine.foundations.pooling.requests import (
    CheckPicture,
    CheckPooling,
    CheckShift,
    LivePoolPicture,
    PoolPicture,
    PoolPictureResult,
)
from engine.foundations.pooling.shift import Kept
from engine.images import Frame
from engine.jobs import EngineState, ErrorReport, Priority
from engine.mailbox import Mailbox
from gui.bridge import Bridge
from gui.pages.pooling.resolve import Pooled
from gui.question import Question

CHECK_AFTER_MS = 150
NO_TORCH = "PyTorch could not be loaded; the numbers are computed without it."
LOADING = "PyTorch is still loading; the numbers are computed without it."
LIVE = "The picture is live; the next pause is checked."
UNDER_WAY = "The picture is being pooled."


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a pooled picture belongs to. Frames and mailboxes compare by identity; holding them keeps that unique."""

    spec: PoolSpec
    seed: int
    picture: Frame | Mailbox[Frame]


class PoolingAnswers(QObject):
    """Owns the page's questions."""

    checking = Signal()
    checked = Signal(object)
    unchecked = Signal(str)
    """Why the numbers on show are not checked yet: a sentence."""
    checkFailed = Signal(str)
    asked = Signal()
    """A new picture is on its way; the old one is stale."""
    answered = Signal(object)
    failed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        check = bridge.channel("pooling.check", Priority.INTERACTIVE, self, handles_failures=True)
        still = bridge.channel("pooling.picture", Priority.INTERACTIVE, self, handles_failures=True)
        live = bridge.channel("pooling.live", Priority.LIVE, self, handles_failures=True)
        self._check = Question(check, self, CHECK_AFTER_MS)
        self._still, self._live = Question(still, self), Question(live, self)
        self._check.set_ready(self._torch_ready)
        self._check.outdated.connect(self._check_outdated)
        self._check.asked.connect(self.checking)
        self._check.answered.connect(self.checked)
        self._check.refused.connect(self._check_refused)
        for question in (self._still, self._live):
            question.outdated.connect(self.asked)
            question.answered.connect(self.answered)
            question.refused.connect(self.failed)
        bridge.stateChanged.connect(self._engine_changed)

    def want_check(self, pooled: Pooled) -> None:
        """Check this pooling and its gradient a moment after the last change."""
        done = pooled.trace
        drawn = done.spec.rule == "stochastic"
        self._check.want(
            pooled,
            lambda: CheckPooling(
                done.x, done.spec, done.output, pooled.grad_output, pooled.grad_input, done.dice,
                done.expected if drawn else None,
            ),
        )  # fmt: skip

    def want_shift_check(self, kept: tuple[Kept, ...], spec: PoolSpec) -> None:
        """Check both sides of everything that a shift is compared by."""
        pairs = {one.what: (one.before, one.after) for one in kept}
        self._check.want(
            kept, lambda: CheckShift(*pairs["input"], spec, pairs["max"], pairs["average"], pairs["every"])
        )

    def want_picture_check(self, result: PoolPictureResult) -> None:
        """Check a pooled picture that stands still."""
        self._check.want(result, lambda: CheckPicture(result))

    def no_check(self, reason: str) -> None:
        """There is nothing to check yet, or it would be gone by the time that it is checked."""
        self._check.drop()
        self.unchecked.emit(reason)

    @property
    def check_settled(self) -> bool:
        """Whether the badge speaks of the pooling on show."""
        return self._check.settled or self._bridge.state.state == "no torch"

    @property
    def picture_settled(self) -> bool:
        """Whether the answer about the still picture on show has come."""
        return self._still.settled

    def want_picture(
        self, spec: PoolSpec, seed: int, frame: Frame | None, frames: Mailbox[Frame] | None
    ) -> None:
        """Pool a still frame, or whatever a live source delivers."""
        if frames is not None:
            self._still.drop()
            self._live.want(_Subject(spec, seed, frames), lambda: LivePoolPicture(frames, spec, seed))
        elif frame is not None:
            self._live.drop()
            self._still.want(_Subject(spec, seed, frame), lambda: PoolPicture(frame.pixels, spec, seed))

    def drop_picture(self) -> None:
        """No whole picture is on show."""
        self._live.drop()
        self._still.drop()

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self.drop_picture()
        self._check.drop()

    def _torch_ready(self) -> bool:
        state = self._bridge.state  # an engine can be busy with what needs no torch while torch is loading
        return state.state == "idle" or (state.state == "busy" and state.device is not None)

    @Slot()
    def _check_outdated(self) -> None:
        if not self._torch_ready():
            self.unchecked.emit(NO_TORCH if self._bridge.state.state == "no torch" else LOADING)
        else:
            self.checking.emit()

    @Slot(object)
    def _check_refused(self, report: ErrorReport) -> None:
        self.checkFailed.emit(report.sentence)

    @Slot(object)
    def _engine_changed(self, state: EngineState) -> None:
        if state.state == "no torch":
            self.unchecked.emit(NO_TORCH)
        self._check.ask_now()
