"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.boxes.sliding.settings import FOLD_STEPS, SlidingSettings
from gui.pages.boxes.state import BoxesState


def _at(**settings: Any) -> BoxesState:
    return BoxesState(view="sliding", sliding=SlidingSettings(**settings))


def _step(name: str, **settings: Any) -> BoxesState:
    return _at(part="fold", step=FOLD_STEPS.index(name), **settings)


STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "sliding",
        "A window slides",
        "A net for 14 × 14 pixels passes over three scales of the picture; windows, multiplications and seconds.",
        _at(),
    ),
    (
        "sliding-net",
        "The net for one window",
        "A convolution, a max pool and three fully connected layers, with all of their weights.",
        _step("net"),
    ),
    (
        "sliding-row",
        "A row of the matrix",
        "The 400 weights of one neuron, beneath what they are multiplied with.",
        _step("row"),
    ),
    ("sliding-fold", "A row becomes a filter", "The same 400 numbers as a filter of 5 × 5 × 16.", _step("fold")),
    (
        "sliding-apply",
        "One place to lie",
        "The filter on its input: the same products and the same sum as in the matrix.",
        _step("apply"),
    ),
    (
        "sliding-filters",
        "All rows are filters",
        "Fully connected layers as 5 × 5 and 1 × 1 convolutions.",
        _step("filters"),
    ),
    (
        "sliding-16",
        "16 × 16 pixels, 2 × 2 answers",
        "Four windows in one pass, and how many of them look at each pixel.",
        _step("larger", size=16, shared=True),
    ),
    (
        "sliding-28",
        "28 × 28 pixels, 8 × 8 answers",
        "64 windows in one pass; one of them with what it shares with its neighbour.",
        _step("larger"),
    ),
    (
        "sliding-compare",
        "One by one and in one pass",
        "The same answers, the same boxes; times, and multiplications layer by layer.",
        _at(part="compare"),
    ),
)  # fmt: skip
