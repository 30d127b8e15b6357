"""What the convolution page asks the engine: the check against torch, and the response to a whole picture, still or live."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.foundations.convolution import Trace
from engine.foundations.requests import CheckConvolution, LiveWholeImage, WholeImage
from engine.images import Frame
from engine.jobs import EngineState, ErrorReport, Priority
from engine.mailbox import Mailbox
from gui.bridge import Bridge
from gui.pages.convolution.state import ConvolutionState, refit

CHECK_AFTER_MS = 150


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What a whole-picture question is about: a still frame, or the mailbox of a live source."""

    frame: Frame | None
    frames: Mailbox[Frame] | None


class Answers(QObject):
    """Owns the page's channels and knows which question each of them has been asked."""

    checking = Signal()
    checked = Signal(object)
    notChecked = Signal(str)
    """Why there is no check: a sentence."""
    asked = Signal()
    """A new response is on its way; the old one is stale."""
    answered = Signal(object)
    failed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._trace: Trace | None = None
        self._checked_trace: Trace | None = None
        self._question: object = None
        self._check = bridge.channel("convolution.check", Priority.INTERACTIVE, self, handles_failures=True)
        self._still = bridge.channel("convolution.image", Priority.INTERACTIVE, self)
        self._live = bridge.channel("convolution.live", Priority.LIVE, self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CHECK_AFTER_MS)
        self._timer.timeout.connect(self._ask_check)
        self._check.done.connect(self.checked)
        self._check.failed.connect(self._check_failed)
        self._still.done.connect(self.answered)
        self._still.failed.connect(self._image_failed)
        self._live.partial.connect(self.answered)
        self._live.failed.connect(self._image_failed)
        bridge.stateChanged.connect(self._engine_changed)

    def want_check(self, trace: Trace) -> None:
        """Check this convolution against torch, a moment after the last change (a dragged crop changes all the time)."""
        self._trace = trace
        if trace is not self._checked_trace and not self._timer.isActive():
            self._timer.start()

    @property
    def check_settled(self) -> bool:
        """Whether the badge speaks of the convolution on show."""
        known = self._trace is not None and self._trace is self._checked_trace and not self._check.busy
        return known or self._bridge.state.state == "no torch"

    @property
    def image_settled(self) -> bool:
        """Whether no response to a still picture is on its way."""
        return self._question is not None and not self._still.busy

    def want_image(self, state: ConvolutionState, picture: Picture) -> None:
        """The response of the state's filters to a whole picture; asked once for the same question."""
        kernel = fitted_to_picture(state)
        live = picture.frames is not None
        source = id(picture.frames) if live else id(picture.frame)
        question = (state.source, kernel.weights, kernel.biases, kernel.spec, kernel.channels, live, source)
        if question == self._question or (picture.frame is None and not live):
            return
        self._question = question
        self.asked.emit()
        arrays = (kernel.weight_array, kernel.bias_array, kernel.spec, kernel.channels)
        if picture.frames is not None:
            self._still.cancel()
            self._live.ask(LiveWholeImage(picture.frames, *arrays))
        elif picture.frame is not None:
            self._live.cancel()
            self._still.ask(WholeImage(picture.frame.pixels, *arrays))

    def drop_image(self) -> None:
        """No whole picture is on show."""
        self._live.cancel()
        self._still.cancel()
        self._question = None

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self.drop_image()
        self._check.cancel()
        self._timer.stop()
        self._trace = None

    @Slot()
    def _ask_check(self) -> None:
        if self._trace is None or self._trace is self._checked_trace:
            return
        state = self._bridge.state.state
        if state == "no torch":
            self.notChecked.emit("PyTorch could not be loaded; the numbers are computed without it.")
        if state not in ("idle", "busy"):
            return
        trace = self._checked_trace = self._trace
        self.checking.emit()
        self._check.ask(CheckConvolution(trace.x, trace.weight, trace.bias, trace.spec, trace.output))

    @Slot(object)
    def _check_failed(self, report: ErrorReport) -> None:
        self.notChecked.emit(report.sentence)

    @Slot(object)
    def _image_failed(self, _report: ErrorReport) -> None:
        self._question = None
        self.failed.emit()

    @Slot(object)
    def _engine_changed(self, _state: EngineState) -> None:
        if self._trace is not None and self._trace is not self._checked_trace and not self._timer.isActive():
            self._timer.start()


def fitted_to_picture(state: ConvolutionState) -> ConvolutionState:
    """The state's filters for a whole picture: on its grey levels, or on red, green and blue."""
    channels = 3 if state.channels in (3, 4) else 1
    divides = channels % state.groups == 0 and state.filters % state.groups == 0
    return refit(state, channels=channels, groups=state.groups if divides else 1)
