"""The states in which the tour shows the page."""

from __future__ import annotations

from dataclasses import replace

from gui.pages.base import TourStop
from gui.pages.signals.changes import set_value
from gui.pages.signals.state import SignalsState

_LINE = SignalsState()
_CUBE = SignalsState(axes="3d")
_NOISY = replace(_LINE, view="whole", noise=100, ectopic=True)
_WIDE = set_value(
    set_value(set_value(set_value(_LINE, "kind", "derivative"), "pad", 2), "dilation", 2), "step", 3
)

_STOPS = (
    (
        "signal",
        "A filter on a signal",
        "Five samples of an ECG times five weights: one output sample.",
        _LINE,
    ),
    (
        "slide",
        "Padding and dilation",
        "The filter reads every second sample; zeros let it begin at the edge.",
        _WIDE,
    ),
    (
        "whole",
        "The matched filter finds the beats",
        "Noise, and one beat that is not like the others.",
        _NOISY,
    ),
    (
        "layers",
        "14 × 1, 10 × 16, 6 × 32",
        "Two layers with real values: rows are maps.",
        replace(_LINE, view="layers"),
    ),
    (
        "back",
        "The way back",
        "Each output is spread over its window: the transposed convolution, and the gradient.",
        set_value(replace(_LINE, view="back"), "step", 5),
    ),
    ("volume", "A cube that slides", "27 products, slice by slice, seen in three planes.", _CUBE),
    ("planes", "The whole volume", "Three planes that meet in a crosshair.", replace(_CUBE, view="whole")),
    (
        "volume-layers",
        "14³ × 1, 10³ × 16, 6³ × 32",
        "The same two layers in three dimensions, slice by slice.",
        replace(_CUBE, view="layers", layer_step=12),
    ),
    (
        "volume-back",
        "The way back in 3-D",
        "One value becomes a cube.",
        set_value(replace(_CUBE, view="back", weighs="ones"), "step", 5 * 144 + 6 * 12 + 7),
    ),
)


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    return [TourStop(*stop) for stop in _STOPS]
