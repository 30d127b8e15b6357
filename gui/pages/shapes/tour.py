"""The states in which the tour shows the page."""

from __future__ import annotations

from dataclasses import replace

from gui.pages.base import TourStop
from gui.pages.shapes.changes import with_preset
from gui.pages.shapes.state import ShapesState

_START = ShapesState(step=2)
_ALEXNET = with_preset(_START, "alexnet")
_MISTAKE = replace(with_preset(_START, "mistake"), step=4)

_STOPS = (
    (
        "course", "The first example of the course", "37 × 37 × 10, then 17 × 17 × 20: the formula with its numbers.",
        _START,
    ),
    (
        "lenet", "LeNet-5", "Most parameters sit in the first fully connected layer.",
        replace(with_preset(_START, "lenet5"), step=6),
    ),
    (
        "groups", "AlexNet’s first layers", "Stride 4, overlapping pooling, a convolution in two groups.",
        replace(_ALEXNET, step=4),
    ),
    ("mistake", "An impossible join", "The sentence says why, the buttons what would help.", _MISTAKE),
    (
        "predict", "Predict, then reveal", "Four answers; the wrong ones are the usual mistakes.",
        replace(_START, step=2, predict=True),
    ),
    (
        "field", "Receptive field", "What one output of the third convolution sees of the input.",
        replace(_START, step=3, view="field"),
    ),
    (
        "field-deep", "Fields grow with stride", "AlexNet: 99 pixels a side, through six windows.",
        replace(_ALEXNET, step=7, view="field"),
    ),
    (
        "bottleneck", "A 1 × 1 bottleneck", "12.4 instead of 120.4 million multiplications for the same output.",
        replace(with_preset(_START, "bottleneck"), step=3),
    ),
    (
        "up", "Transposed convolution", "Rows and columns come back; the jump is halved.",
        replace(with_preset(_START, "updown"), step=5, batch=32, precision="float16"),
    ),
)  # fmt: skip


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    return [TourStop(*stop) for stop in _STOPS]
