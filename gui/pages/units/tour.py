"""The states in which the tour shows the page; all of them work offline. The stops of a view stand in its package."""

from __future__ import annotations

from gui.pages.base import TourStop
from gui.pages.units.asking import tour as asking
from gui.pages.units.deconv import tour as deconv
from gui.pages.units.growth import tour as growth
from gui.pages.units.occlusion import tour as occlusion
from gui.pages.units.patches import tour as patches


def stops() -> list[TourStop]:
    """Every view with everything that it can show."""
    return [
        TourStop(*stop)
        for stop in (*deconv.STOPS, *patches.STOPS, *occlusion.STOPS, *asking.STOPS, *growth.STOPS)
    ]
