"""What the view asks the engine: one pass for every change, the windows one by one a moment later, and the check."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.detection.sliding.arithmetic import Volumes
from engine.detection.sliding.requests import CheckVolumes, Crops, Slid, SlideOnce, SlideSeparately
from engine.errors import ErrorReport
from engine.jobs import EngineState, Priority
from gui.bridge import Bridge
from gui.checking import Checking
from gui.latest import Latest
from gui.question import Question

CROPS_AFTER_MS: Final = 250
LOADING: Final = "PyTorch is still loading; the answers come when it is there."
NO_TORCH: Final = "PyTorch could not be loaded, so the net has no answers. Folding is computed without it."


class SlidingAnswers(QObject):
    """Owns the view's questions."""

    slid = Signal(object, bool)
    """A Slid, and whether it is about what is on show."""
    cropped = Signal(object)
    """Crops, so far or complete."""
    failed = Signal(str)
    """Why there are no answers: a sentence."""
    cropsFailed = Signal(str)
    waiting = Signal(str)
    """What the answers wait for: a sentence; "" for nothing."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        once = bridge.channel("sliding.once", Priority.INTERACTIVE, self, handles_failures=True)
        self._once = Latest(once, self)
        separately = bridge.channel("sliding.crops", Priority.LONG, self, handles_failures=True)
        self._crops = Question(separately, self, CROPS_AFTER_MS)
        self._crops.set_ready(self._torch_ready)
        self.check = Checking(bridge, "sliding.check", self)
        self._once.answered.connect(self._slid_came)
        self._once.refused.connect(self._refused)
        self._crops.answered.connect(self._crops_came)
        self._crops.refused.connect(self._crops_refused)
        separately.cancelled.connect(self._crops_cancelled)
        bridge.stateChanged.connect(self._engine_changed)

    def want(self, request: SlideOnce) -> None:
        """These answers are to be on show."""
        self._once.want(request, lambda: request)
        self._tell_waiting()

    def want_crops(self, request: SlideOnce) -> None:
        """The same windows one by one."""
        self._crops.want(request, lambda: SlideSeparately(request))

    def drop_crops(self) -> None:
        """Nobody needs the windows one by one."""
        self._crops.drop()

    def want_check(self, volumes: Volumes) -> None:
        """Check volumes that were computed by hand; they stand for themselves."""
        self.check.want(volumes, lambda: CheckVolumes(volumes))

    def stop(self) -> None:
        """The view went out of sight."""
        self._once.drop()
        self._crops.drop()
        self.check.drop()

    @property
    def without_torch(self) -> bool:
        """Whether the answers will never come."""
        return self._bridge.state.state == "no torch"

    @property
    def once_settled(self) -> bool:
        """Whether the answers of one pass are there, or will never come."""
        return self._once.settled or self.without_torch

    @property
    def crops_settled(self) -> bool:
        """Whether the windows one by one are all there, or will never come."""
        return self._crops.settled or self.without_torch

    def _torch_ready(self) -> bool:
        state = self._bridge.state  # an engine can be busy with what needs no torch while torch is loading
        return state.state == "idle" or (state.state == "busy" and state.device is not None)

    def _tell_waiting(self) -> None:
        if self.without_torch:
            self.waiting.emit(NO_TORCH)
        elif not self._torch_ready() and not self._once.settled:
            self.waiting.emit(LOADING)
        else:
            self.waiting.emit("")

    @Slot(object, bool)
    def _slid_came(self, slid: Slid, fresh: bool) -> None:
        self.slid.emit(slid, fresh)

    @Slot(object)
    def _crops_came(self, crops: Crops) -> None:
        self.cropped.emit(crops)

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self.failed.emit(f"{report.sentence} {report.hint}".strip())

    @Slot(object)
    def _crops_refused(self, report: ErrorReport) -> None:
        self.cropsFailed.emit(f"{report.sentence} {report.hint}".strip())

    @Slot()
    def _crops_cancelled(self) -> None:
        """A person took the question back; one that another takes the place of is not settled."""
        if self._crops.settled:
            self._crops.drop()  # the next change asks again
            self.cropsFailed.emit("Cancelled: the windows were not measured one by one.")

    @Slot(object)
    def _engine_changed(self, _state: EngineState) -> None:
        self._tell_waiting()
        self._crops.ask_if_due()
