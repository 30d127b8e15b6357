"""What the page asks the engine: to train, to take the loss apart, and to train once more by hand for the badge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.foundations.learned import Bowl, Exercise, TrainSpec
from engine.foundations.learned.requests import CheckRun, MeasureBowl, Run, TrainKernel
from engine.jobs import ErrorReport, Priority
from gui.bridge import Bridge
from gui.checking import Checking
from gui.question import Question

NO_TORCH: Final = "PyTorch could not be loaded; without it nothing is trained here."
LOADING: Final = "PyTorch is still loading; training begins as soon as it is there."
CANCELLED: Final = "The training was cancelled. Change a setting, and it begins anew."
UNDER_WAY: Final = "The training is under way."


@dataclass(frozen=True, slots=True)
class _Training:
    """What a run belongs to; exercises compare by identity."""

    exercise: Exercise
    spec: TrainSpec


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a bowl belongs to."""

    exercise: Exercise
    bias: bool


class LearnedAnswers(QObject):
    """Owns the page's questions, and what was answered about what is on show."""

    changed = Signal()
    """There is more of the run, or the bowl came."""
    failed = Signal(str)
    """Why there is no training: a sentence."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.run: Run | None = None
        self.bowl: Bowl | None = None
        self._wanted: _Shape | None = None
        self.check = Checking(bridge, "learned.check", self, needs_torch=False)
        self._training = self._question("train", Priority.LONG)
        self._shape = self._question("bowl", Priority.LONG)
        self._training.outdated.connect(self._forget_run)
        self._training.answered.connect(self._run_came)
        self._shape.outdated.connect(self._forget_bowl)
        self._shape.answered.connect(self._bowl_came)
        for question in (self._training, self._shape):
            question.refused.connect(self._refused)
        bridge.stateChanged.connect(self._say_why_unchecked)

    def _question(self, name: str, priority: Priority) -> Question:
        channel = self._bridge.channel(f"learned.{name}", priority, self, handles_failures=True)
        channel.cancelled.connect(self._cancelled)
        return Question(channel, self)

    def want(self, exercise: Exercise, spec: TrainSpec) -> None:
        """This training is on show."""
        self._wanted = _Shape(exercise, spec.bias)
        self._training.want(_Training(exercise, spec), lambda: TrainKernel(exercise, spec))
        self._shape.want(self._wanted, lambda: MeasureBowl(exercise, spec.bias))

    def about(self, exercise: Exercise, spec: TrainSpec) -> tuple[Run | None, Bowl | None]:
        """What is known of a training; a page that is out of view may show another one than it asked about."""
        run = self.run
        same = run is not None and run.exercise is exercise and run.spec == spec
        return run if same else None, self.bowl if self._wanted == _Shape(exercise, spec.bias) else None

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy. A run that ended stays."""
        self.check.drop()
        if self.run is None or self.run.outcome == "running":
            self._training.drop()
        if self.bowl is None:
            self._shape.drop()

    def go_on(self) -> None:
        """The page is in view again: a run that ended is checked."""
        run = self.run
        if run is not None and run.outcome != "running":
            self.check.want(run, lambda: CheckRun(run))

    @property
    def settled(self) -> bool:
        """Whether everything about what is on show was answered, or never will be."""
        if self._bridge.state.state == "no torch":
            return self._shape.settled
        trained = self._training.settled and (self.run is None or self.check.settled)
        return trained and self._shape.settled

    @property
    def soon(self) -> bool:
        """Whether the first of a run is a matter of moments: it was asked for, and the engine is able to train."""
        return self.run is None and self._training.pending and self.waiting == UNDER_WAY

    @property
    def waiting(self) -> str:
        """Why there is no run, or no end of it, in a sentence."""
        state = self._bridge.state
        if state.state == "no torch":
            return NO_TORCH
        loading = state.state in ("starting", "loading torch") or (state.state == "busy" and not state.device)
        return LOADING if loading else UNDER_WAY

    @Slot()
    def _forget_run(self) -> None:
        self.run = None
        self.check.pause(self.waiting)

    @Slot()
    def _forget_bowl(self) -> None:
        self.bowl = None

    @Slot(object)
    def _run_came(self, run: Run) -> None:
        self.run = run
        self.go_on()
        self.changed.emit()

    @Slot(object)
    def _bowl_came(self, bowl: Bowl) -> None:
        self.bowl = bowl
        if not self.soon:
            self.changed.emit()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self.check.pause(report.sentence)
        self.failed.emit(f"{report.sentence} {report.hint}".strip())

    @Slot()
    def _cancelled(self) -> None:
        """A person cancelled the training on show; one that another setting replaced is nobody's loss."""
        if self._training.settled and (self.run is None or self.run.outcome == "running"):
            self.check.pause(CANCELLED)
            self.failed.emit(CANCELLED)

    @Slot()
    def _say_why_unchecked(self) -> None:
        if self.run is None:
            self.check.pause(self.waiting)
