"""The states in which the tour shows the page."""

from __future__ import annotations

from dataclasses import replace

from gui.pages.base import TourStop
from gui.pages.channels.dense.resolve import Phase, step_of
from gui.pages.channels.dense.state import DenseState
from gui.pages.channels.flat.state import FlatState, with_order
from gui.pages.channels.mix.state import MixState
from gui.pages.channels.state import ChannelsState
from gui.widgets.source_state import SourceState

_START = ChannelsState()
_COFFEE = SourceState(kind="sample", value="coffee")
_PCA = MixState(channels=6, recipe="pca", filters=2)
_SMALL = MixState(recipe="random", filters=4, seed=3, relu=True, step=5)
_FLAT = FlatState()
_DENSE = DenseState()


def _dense(phase: Phase) -> ChannelsState:
    return replace(_START, view="dense", dense=replace(_DENSE, step=step_of(_DENSE, phase)))


_STOPS = (
    ("sepia", "A table of channels", "Sepia: three weighted sums of red, green and blue at every pixel.", _START),
    ("pca", "A bottleneck by PCA", "Two numbers a pixel instead of six, and what they still tell.",
     replace(_START, source=_COFFEE, mix=_PCA)),
    ("relu", "With a ReLU, in numbers", "A small net at every pixel: network in network.",
     replace(_START, source=SourceState(kind="preset", value="signed"), mix=_SMALL)),
    ("bottleneck", "What a bottleneck saves", "120.4 against 12.4 million multiplications, and the time as measured.",
     replace(_START, view="bottleneck")),
    ("flatten", "Which pixel becomes which entry", "Channels first, as PyTorch does it.", replace(_START, view="flat")),
    ("last", "The other convention", "Channels last: pixel after pixel.",
     replace(_START, view="flat", flat=replace(with_order(_FLAT, "last"), fill=False))),
    ("matrix", "The dense layer as a matrix", "A weight for every pair of entry and output.", _dense(Phase("row", 1))),
    ("kernels", "The same as a convolution", "A row, folded to the shape of the input, is a kernel that fills it.",
     _dense(Phase("apply", 1))),
    ("slide", "Dense, on a larger picture", "The same weights answer at every place.", _dense(Phase("slide", 0, 1, 1))),
)  # fmt: skip


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    return [TourStop(*stop) for stop in _STOPS]
