"""The states in which the tour shows the pooling page."""

from __future__ import annotations

from dataclasses import replace

from gui.pages.base import TourStop
from gui.pages.pooling.changes import for_picture, made_legal, set_value, with_preset
from gui.pages.pooling.state import PoolingState
from gui.widgets.source_state import SourceState

_CAT = SourceState(kind="sample", value="cat")
_START = PoolingState()
_RGB = for_picture(replace(_START, source=_CAT))
_AVERAGE = replace(
    with_preset(_START, "random"), kind="average", rows=3, cols=3, stride=2, pad=1, ceil_mode=True
)
_OVERLAP = replace(
    _AVERAGE, kind="max", pad=0, ceil_mode=False, stride=1, height=5, width=5, view="backward", step=4
)
_DICE = replace(with_preset(_START, "activations"), view="stochastic", rows=3, cols=3, roll=199, step=4)
_SHIFT = replace(with_preset(_START, "blobs"), view="shift")
_SHIFT_PHOTO = replace(_RGB, view="shift", shift_x=1, shift_y=1, channels=1)

_STOPS = (
    ("max", "Max pooling", "Four numbers, the largest is left: the example of Andrew Ng's course.",
     replace(_START, step=1)),
    ("channels", "Every channel on its own", "A crop of a photo in red, green and blue; 0 parameters.",
     replace(_RGB, step=16)),
    ("average", "Average, padding, ceil mode", "The divisor counts the padding, but nothing beyond it.",
     replace(_AVERAGE, step=4)),
    ("backward", "The gradient goes back", "To the switch alone, with max pooling.",
     replace(_START, view="backward", step=2)),
    ("overlap", "Windows that overlap", "What arrives at a cell from several windows is added up.", _OVERLAP),
    ("l2", "L2 pooling, backward", "Every cell gets a part in proportion to its value.",
     replace(_START, kind="l2", view="backward", gradient="ones", step=0)),
    ("dice", "Stochastic pooling", "Chances, dice, two hundred rolls, and the weighted form for test time.", _DICE),
    ("shift", "A small shift", "How much of the input and of each output stays.", _SHIFT),
    ("shift-photo", "A photo moves by one pixel", "Real pixels come in from outside.", made_legal(_SHIFT_PHOTO)),
    ("photo", "A whole photo", "Max pooling of a photo, live for the camera.",
     set_value(replace(_START, view="photo"), "size", 8)),
)  # fmt: skip


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    return [TourStop(*stop) for stop in _STOPS]
