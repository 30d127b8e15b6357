"""What the view asks the engine: one training at a time, which pauses while nobody sees it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from engine.faces.learning.requests import Order, TrainTriplets, TripletRuns, TripletSpec
from engine.jobs import ErrorReport, Priority
from engine.mailbox import Mailbox
from gui.bridge import Bridge
from gui.pages.face_learning.training.words import CANCELLED, LOADING, NO_TORCH, UNDER_WAY
from gui.question import Question


class TrainingAnswers(QObject):
    """Owns the question and what was answered about the spec on show."""

    changed = Signal()
    failed = Signal(str)
    """Why there is no training, or no end of it: a sentence."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._orders: Mailbox[Order] = Mailbox()
        self._turn = 0
        self._held = self._stopped = False
        self._recalled: TripletRuns | None = None
        self.runs: TripletRuns | None = None
        self.reason = UNDER_WAY
        channel = bridge.channel("face-learning.training", Priority.LONG, self, handles_failures=True)
        channel.cancelled.connect(self._cancelled)
        self._question = Question(channel, self)
        self._question.outdated.connect(self._forget)
        self._question.answered.connect(self._came)
        self._question.refused.connect(self._refused)
        bridge.stateChanged.connect(self._engine_changed)

    @property
    def running(self) -> bool:
        """Whether a training goes on, or is about to."""
        return self._question.pending

    @property
    def held(self) -> bool:
        """Whether the person let the training pause."""
        return self._held and self.running

    @property
    def settled(self) -> bool:
        without = self._bridge.state.state == "no torch"
        return self._question.settled or self._recalled is not None or without

    def want(self, spec: TripletSpec) -> None:
        """This training is on show; it begins, or goes on unless the person holds it."""
        if self._recalled is not None and self._recalled.spec == spec:
            return
        self._recalled = None
        self._question.want((spec, self._turn), lambda: self._request(spec))
        if not (self._held or self._stopped):  # else a stop that was not yet read would be overwritten
            self._orders.put("run")

    def again(self) -> None:
        """The next `want` trains anew, whatever is known."""
        self._recalled = None
        self._turn += 1

    def recall(self, runs: TripletRuns) -> None:
        """Show what was learned before; wanting its spec trains nothing."""
        self._question.drop()
        self._recalled = self.runs = runs

    def hold(self, on: bool) -> None:
        """Let the training pause, or go on."""
        self._held = on
        self._orders.put("pause" if on else "run")

    def stop(self) -> None:
        """End the training; what was learned stays."""
        self._held, self._stopped = False, True
        self._orders.put("stop")

    def pause(self) -> None:
        """Nobody sees it."""
        if not self._stopped:
            self._orders.put("pause")

    def _request(self, spec: TripletSpec) -> TrainTriplets:
        self._orders = Mailbox()
        self._held = self._stopped = False
        return TrainTriplets(spec, self._orders)

    @Slot()
    def _forget(self) -> None:
        self.runs = None
        self._say_why()

    @Slot(object)
    def _came(self, runs: TripletRuns) -> None:
        self.runs = runs
        self.changed.emit()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self.reason = f"{report.sentence} {report.hint}".strip()
        self.failed.emit(self.reason)

    @Slot()
    def _cancelled(self) -> None:
        if self._question.settled:  # else another training replaced it
            self.reason = CANCELLED
            self.failed.emit(CANCELLED)

    @Slot()
    def _engine_changed(self) -> None:
        if self.runs is None and self.running:
            self._say_why()

    def _say_why(self) -> None:
        state = self._bridge.state
        loading = state.state in ("starting", "loading torch") or (state.state == "busy" and not state.device)
        self.reason = NO_TORCH if state.state == "no torch" else LOADING if loading else UNDER_WAY
