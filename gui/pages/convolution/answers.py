"""What the convolution page asks the engine: the check against torch, and the response to a picture, still or live."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.foundations.convolution import Trace
from engine.foundations.requests import CheckConvolution, LiveWholeImage, WholeImage
from engine.images import Frame
from engine.mailbox import Mailbox
from gui.bridge import Bridge
from gui.checking import LIVE, Checking
from gui.pages.convolution.changes import refit
from gui.pages.convolution.state import ConvolutionState
from gui.picture_question import PictureQuestion


class Answers(QObject):
    """Owns the page's questions."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self.check = Checking(bridge, "convolution.check", self)
        self.image = PictureQuestion(bridge, "convolution.image", self)

    def want_check(self, trace: Trace, *, live: bool) -> None:
        """Check this convolution against torch a moment after the last change; a live picture only while it pauses."""
        if live:
            self.check.pause(LIVE)
        else:
            self.check.want(
                trace, lambda: CheckConvolution(trace.x, trace.weight, trace.bias, trace.spec, trace.output)
            )

    def want_image(self, state: ConvolutionState, frame: Frame | None, frames: Mailbox[Frame] | None) -> None:
        """The response of the state's filters to a still frame, or to whatever a live source delivers."""
        kernel = fitted_to_picture(state)
        arrays = (kernel.weight_array, kernel.bias_array, kernel.spec, kernel.channels)
        self.image.want(
            kernel, frame, frames,
            still=lambda one: WholeImage(one.pixels, *arrays), live=lambda many: LiveWholeImage(many, *arrays),
        )  # fmt: skip

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self.image.drop()
        self.check.drop()


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
