"""What the convolution page asks the engine: the check against torch, and the response to a picture, still or live."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from engine.foundations.convolution import Trace
from engine.foundations.requests import CheckConvolution, LiveWholeImage, WholeImage
from engine.images import Frame
from engine.jobs import EngineState, ErrorReport, Priority
from engine.mailbox import Mailbox
from gui.bridge import Bridge
from gui.pages.convolution.changes import refit
from gui.pages.convolution.state import ConvolutionState
from gui.question import Question

CHECK_AFTER_MS = 150
NO_TORCH = "PyTorch could not be loaded; the numbers are computed without it."
LOADING = "PyTorch is still loading; the numbers are computed without it."
LIVE = "The picture is live; the next pause is checked."


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a response belongs to. Frames and mailboxes compare by identity; holding them keeps identities unique."""

    kernel: ConvolutionState
    picture: Frame | Mailbox[Frame]


class Answers(QObject):
    """Owns the page's questions."""

    checking = Signal()
    checked = Signal(object)
    unchecked = Signal(str)
    """Why the numbers on show are not checked yet: a sentence."""
    checkFailed = Signal(str)
    asked = Signal()
    """A new response is on its way; the old one is stale."""
    answered = Signal(object)
    failed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        check = bridge.channel("convolution.check", Priority.INTERACTIVE, self, handles_failures=True)
        still = bridge.channel("convolution.image", Priority.INTERACTIVE, self, handles_failures=True)
        live = bridge.channel("convolution.live", Priority.LIVE, self, handles_failures=True)
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

    def want_check(self, trace: Trace, *, live: bool) -> None:
        """Check this convolution against torch a moment after the last change; a live picture only while it pauses."""
        if live:
            self._check.drop()
            self.unchecked.emit(LIVE)
        else:
            self._check.want(
                trace, lambda: CheckConvolution(trace.x, trace.weight, trace.bias, trace.spec, trace.output)
            )

    @property
    def check_settled(self) -> bool:
        """Whether the badge speaks of the convolution on show."""
        return self._check.settled or self._bridge.state.state == "no torch"

    @property
    def image_settled(self) -> bool:
        """Whether the response to the still picture on show has come."""
        return self._still.settled

    def want_image(self, state: ConvolutionState, frame: Frame | None, frames: Mailbox[Frame] | None) -> None:
        """The response of the state's filters to a still frame, or to whatever a live source delivers."""
        kernel = fitted_to_picture(state)
        arrays = (kernel.weight_array, kernel.bias_array, kernel.spec, kernel.channels)
        if frames is not None:
            self._still.drop()
            self._live.want(_Subject(kernel, frames), lambda: LiveWholeImage(frames, *arrays))
        elif frame is not None:
            self._live.drop()
            self._still.want(_Subject(kernel, frame), lambda: WholeImage(frame.pixels, *arrays))

    def drop_image(self) -> None:
        """No whole picture is on show."""
        self._live.drop()
        self._still.drop()

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self.drop_image()
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


def fitted_to_picture(state: ConvolutionState) -> ConvolutionState:
    """The state's filters for a whole picture, on its grey levels or in colour; all else at its default."""
    channels = 3 if state.channels in (3, 4) else 1
    divides = channels % state.groups == 0 and state.filters % state.groups == 0
    fitted = refit(state, channels=channels, groups=state.groups if divides else 1)
    return ConvolutionState(
        channels=channels,
        kernel=fitted.kernel,
        size=fitted.size,
        weights=fitted.weights,
        biases=fitted.biases,
        stride=fitted.stride,
        padding=fitted.padding,
        pad=fitted.pad,
        padding_mode=fitted.padding_mode,
        dilation=fitted.dilation,
        groups=fitted.groups,
        flip=fitted.flip,
        relu=fitted.relu,
        transposed=fitted.transposed,
    )
