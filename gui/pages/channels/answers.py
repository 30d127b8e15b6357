"""What the page asks the engine: the check against torch, and the measured times of the three variants."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.foundations.channels.bottleneck import Block
from engine.foundations.channels.requests import MeasureVariants
from engine.jobs import EngineState, ErrorReport, Priority
from gui.bridge import Bridge
from gui.checking import Checking
from gui.question import Question

MEASURE_AFTER_MS: Final = 300
ON_ITS_WAY: Final = "The picture is on its way."
NO_TORCH: Final = "PyTorch could not be loaded, so nothing can be measured."


class ChannelsAnswers(QObject):
    """Owns the page's questions."""

    measured = Signal(object)
    """A Measured (engine.foundations.channels.requests) about the block on show."""
    measureFailed = Signal(str)
    """Why there are no times: a sentence."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.check = Checking(bridge, "channels.check", self)
        clock = bridge.channel("channels.measure", Priority.LONG, self, handles_failures=True)
        self._clock = Question(clock, self, MEASURE_AFTER_MS)
        self._clock.set_ready(self._torch_ready)
        self._clock.answered.connect(self.measured)
        self._clock.refused.connect(self._measure_refused)
        bridge.stateChanged.connect(self._engine_changed)

    def want_check(self, request: object) -> None:
        """Check a computation a moment after the last change; a request stands for what it is about."""
        self.check.want(request, lambda: request)

    def want_times(self, block: Block) -> None:
        """Measure the three variants of a block."""
        request = MeasureVariants(block)
        self._clock.want(request, lambda: request)
        if self._bridge.state.state == "no torch":
            self.measureFailed.emit(NO_TORCH)

    def measure_again(self, block: Block) -> None:
        """Measure once more."""
        self._clock.drop()
        self.want_times(block)

    def drop_times(self) -> None:
        """No times are on show."""
        self._clock.drop()

    @property
    def times_settled(self) -> bool:
        """Whether the times on show are those of the block on show, or it is known why there are none."""
        return self._clock.settled or self._bridge.state.state == "no torch"

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self.check.drop()
        self._clock.drop()

    def _torch_ready(self) -> bool:
        state = self._bridge.state  # an engine can be busy with what needs no torch while torch is loading
        return state.state == "idle" or (state.state == "busy" and state.device is not None)

    @Slot(object)
    def _measure_refused(self, report: ErrorReport) -> None:
        self.measureFailed.emit(f"{report.sentence} {report.hint}".strip())

    @Slot(object)
    def _engine_changed(self, state: EngineState) -> None:
        self._clock.ask_now()
