"""The states in which the tour shows the classification page; all of them work offline."""

from __future__ import annotations

from dataclasses import replace

from gui.pages.base import TourStop
from gui.pages.classify.drawings import THREE
from gui.pages.classify.state import PHOTO_NET, ClassifyState
from gui.widgets.source_state import SourceState

_DIGIT = ClassifyState()
_CAT = replace(_DIGIT, weights=PHOTO_NET, source=SourceState("sample", "cat"))
_ROCKET = replace(_CAT, source=SourceState("sample", "rocket"))
_OVER_THE_FACE = ((0.10, ((0.33, 0.30), (0.42, 0.34), (0.36, 0.46), (0.46, 0.50))),)

_STOPS = (
    ("digit", "A drawn digit", "Found, scaled and centred as in the training set, then named.", _DIGIT),
    (
        "turned",
        "The same kind of digit, turned",
        "Turned by 90 degrees a three is something else to the net: the marks show what it was.",
        replace(_DIGIT, source=SourceState("drawing", "dark", strokes=THREE), angle=90.0, tool="turn"),
    ),
    ("photo", "A photo", "A small net for 32 by 32 pixels: what it sees is on the right.", _CAT),
    (
        "painted",
        "Painted over",
        "With the face hidden the answer changes.",
        replace(_CAT, strokes=_OVER_THE_FACE),
    ),
    (
        "cropped",
        "Cropped",
        "A part of the picture is another picture.",
        replace(_CAT, crop=(0.22, 0.08, 0.62, 0.72), tool="crop"),
    ),
    ("logits", "Logits", "The net's own numbers, before the softmax.", replace(_ROCKET, logits=True)),
)


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    return [TourStop(*stop) for stop in _STOPS]
