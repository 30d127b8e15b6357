"""The states in which the tour shows the page; all of them work offline. The stops of a view stand in its package."""

from __future__ import annotations

from gui.pages.base import TourStop
from gui.pages.boxes.anchors import tour as anchors
from gui.pages.boxes.grid import tour as grid
from gui.pages.boxes.landmarks import tour as landmarks
from gui.pages.boxes.overlap import tour as overlap
from gui.pages.boxes.proposals import tour as proposals
from gui.pages.boxes.scoring import tour as scoring
from gui.pages.boxes.sliding import tour as sliding
from gui.pages.boxes.suppression import tour as suppression
from gui.pages.boxes.target import tour as target


def stops() -> list[TourStop]:
    """Every view with everything that it can show."""
    return [
        TourStop(*stop)
        for stop in (
            *target.STOPS,
            *landmarks.STOPS,
            *overlap.STOPS,
            *suppression.STOPS,
            *anchors.STOPS,
            *grid.STOPS,
            *sliding.STOPS,
            *proposals.STOPS,
            *scoring.STOPS,
        )
    ]
