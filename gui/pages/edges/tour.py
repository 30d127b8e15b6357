"""The states in which the tour shows the page; all of them work offline."""

from __future__ import annotations

from dataclasses import replace

from engine.foundations.edges.catalogue import EdgeKernel
from gui.pages.base import TourStop
from gui.pages.edges.state import EdgesState
from gui.widgets.source_state import SourceState

_START = EdgesState()
_PREWITT = replace(_START, kernel=EdgeKernel("prewitt"))
_GABOR = EdgeKernel("gabor", 9, angle=45, sigma=2.4, wavelength=6)
_COFFEE = SourceState("sample", "coffee")
_COINS = SourceState("sample", "coins")

_STOPS = (
    ("sign", "Bright to dark", "Prewitt on one edge: plus where bright turns to dark.", _PREWITT),
    ("flipped", "Dark to bright", "The same edge flipped: the answer is minus.", replace(_PREWITT, flipped=True)),
    (
        "turned-edge", "An edge and a kernel at 45 degrees", "The answer is largest where the two agree.",
        replace(_START, kernel=EdgeKernel("sobel", angle=45), direction=45, step=14),
    ),
    ("picture", "A photo and its response", "Red: it gets darker to the right. Blue: brighter.",
     replace(_START, view="picture")),
    (
        "wipe", "Wipe: a Gabor kernel in colour", "Picture and response on one another.",
        replace(_START, view="picture", kernel=_GABOR, source=_COFFEE, colour=True, arrangement="wipe"),
    ),
    ("gradient", "Magnitude and angle", "gx and gy make a vector at every pixel; its angle is a hue.",
     replace(_START, view="gradient", source=_COINS)),
    ("rotate", "The kernel turns", "70 degrees: the two kernels are mixed, the response follows.",
     replace(_START, view="rotate", kernel=EdgeKernel("sobel", angle=70))),
    ("gabor", "A Gabor kernel turns", "A wave under a Gaussian, in any direction.",
     replace(_START, view="rotate", kernel=replace(_GABOR, angle=85))),
    ("compare", "All edge kernels side by side", "The same picture, one scale of colours.",
     replace(_START, view="compare")),
)  # fmt: skip


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    return [TourStop(*stop) for stop in _STOPS]
