"""The states in which the tour shows the page; all of them work offline."""

from __future__ import annotations

from dataclasses import replace

from engine.foundations.descriptors.colour_histogram import HistogramSpec
from engine.networks.learned_features.requests import DigitTest
from gui.pages.base import TourStop
from gui.pages.descriptors.state import DescriptorsState
from gui.widgets.source_state import SourceState

_START = DescriptorsState()
_HOG = replace(_START, view="hog")
_CAT = replace(_START, source=SourceState("sample", "cat"))
_WORDS = replace(_CAT, view="words")
_TEST = replace(_START, view="experiment")

_STOPS = (
    ("colours", "A colour histogram", "Red, green and blue counted apart: no number knows where a colour is.", _START),
    (
        "hue", "The hue of one bin", "A bin of the hue histogram is lit, and with it its pixels in the picture.",
        replace(_START, histogram=HistogramSpec("hue", 18), bin=(0, 0)),
    ),
    ("gradient", "HOG: gradients", "Neighbours are subtracted; magnitude and angle follow.", replace(_HOG, stage=0)),
    ("cells", "HOG: a cell's histogram", "Every pixel votes for an orientation.", replace(_HOG, stage=1)),
    ("blocks", "HOG: block normalisation", "Light and contrast drop out.", replace(_HOG, stage=2)),
    ("descriptor", "HOG: the descriptor", "Overlapping blocks in a row, and how long it is.", replace(_HOG, stage=3)),
    ("words", "Visual words", "k-means on its way: assign, update, and again.", replace(_WORDS, round=3)),
    (
        "side", "Data against hand-engineering", "Three recipes beside the feature maps of a trained net.",
        replace(_CAT, view="side"),
    ),
    ("digits", "The experiment", "Accuracy over the number of training digits, measured now.", _TEST),
    (
        "moved", "Moved by one pixel", "What each kind of feature stands on.",
        replace(_TEST, test=DigitTest(shift=1), feature="pixels"),
    ),
)  # fmt: skip


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    return [TourStop(*stop) for stop in _STOPS]
