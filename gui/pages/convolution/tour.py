"""The states in which the tour shows the convolution page."""

from __future__ import annotations

from dataclasses import replace

from gui.pages.base import TourStop
from gui.pages.convolution.changes import refit, with_preset
from gui.pages.convolution.state import CUSTOM, ConvolutionState
from gui.widgets.source_state import SourceState

NUMBERED_KERNEL = ((((1.0, 2.0, 3.0), (4.0, 5.0, 6.0), (7.0, 8.0, 9.0)),),)
_CAT = SourceState(kind="sample", value="cat")
_START = ConvolutionState(step=6)
_EDGE = replace(with_preset(_START, "edge-6x6"), step=9)
_VOLUME = with_preset(_START, "cs231n")
_PHOTO = refit(
    replace(_START, source=_CAT, step=40, crop=(110, 60), pixel_size=10),
    height=12,
    width=12,
    channels=3,
    kernel="sobel-vertical",
)
_DILATED = refit(replace(with_preset(_START, "ramp"), dilation=2, step=3), height=8, width=8)
_TRANSPOSED = refit(replace(_START, transposed=True, stride=2, step=20), height=3, width=3)
_FLIPPED = replace(with_preset(_START, "impulse"), flip=True, step=12, kernel=CUSTOM, weights=NUMBERED_KERNEL)

_STOPS = (
    ("edge", "A vertical edge", "Six by six numbers, half of them bright: the kernel finds the edge.", _EDGE),
    ("numbers", "One output cell", "Nine products, one sum: the first example of most courses.", _START),
    ("volume", "A volume and two filters", "Three channels, padding 1, stride 2.", replace(_VOLUME, step=11)),
    (
        "slow",
        "Slow motion",
        "The same step in five phases; here the channel sums are next.",
        replace(_VOLUME, step=4, slow=True, phase=1),
    ),
    ("predict", "Predict, then reveal", "Nothing gives it away.", replace(_START, predict=True)),
    ("photo", "A real photograph", "A crop of a photo in three channels, its frame on the left.", _PHOTO),
    ("whole", "The whole picture", "The same kernel on the full photo.", replace(_PHOTO, view="image")),
    (
        "coverage",
        "Who reads what",
        "The border is read less often; stride 2 leaves cells over.",
        replace(_START, view="coverage", stride=2, step=1),
    ),
    (
        "shift",
        "Translation equivariance",
        "Shift the input: the output shifts with it.",
        replace(_EDGE, view="shift", shift_x=2, shift_y=1),
    ),
    ("dilated", "Dilation", "The kernel reads every second cell.", _DILATED),
    ("transposed", "Transposed convolution", "Zeros between the cells, then a convolution.", _TRANSPOSED),
    ("flip", "True convolution", "An impulse comes out as the kernel was written.", _FLIPPED),
)


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    return [TourStop(*stop) for stop in _STOPS]
