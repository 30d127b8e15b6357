"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.boxes.anchors.settings import ANCHOR_SETS, EXAMPLES, AnchorsSettings
from gui.pages.boxes.state import BoxesState


def _state(**changes: Any) -> BoxesState:
    return BoxesState(view="anchors", anchors=AnchorsSettings(**changes))


STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "anchors",
        "Two things in one cell",
        "Both midpoints lie in the middle cell; each thing goes to the anchor of its shape, so both are in the target.",
        _state(),
    ),
    (
        "anchors-one",
        "One anchor is not enough",
        "The same two things with one anchor a cell: the second one is lost.",
        _state(anchors=ANCHOR_SETS[1]),
    ),
    (
        "anchors-equal",
        "Two equal shapes",
        "Two pedestrians in one cell want the same anchor: the second one is lost although the other anchor is free.",
        _state(things=EXAMPLES["equal"]),
    ),
    (
        "anchors-kmeans",
        "k-means begins",
        "Widths and heights of a street's pedestrians and cars, and three anchors that begin somewhere.",
        _state(part="kmeans", turn=1),
    ),
    (
        "anchors-kmeans-end",
        "Anchors that fit",
        "Where the anchors end, and how the average IoU rose.",
        _state(part="kmeans", count=5, turn=10_000),
    ),
    (
        "anchors-digits",
        "Anchors for digits",
        "The shapes of digits in scenes like those that the bundled detector was trained on.",
        _state(part="kmeans", data="digits", turn=10_000),
    ),
    (
        "anchors-drawn",
        "Of your own boxes",
        "Boxes drawn on a photo, and what k-means makes of their shapes.",
        _state(part="kmeans", data="drawn", count=2, turn=3),
    ),
)
