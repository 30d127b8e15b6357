"""The states in which the tour shows the page; all of them work offline. The stops of a view stand in its package."""

from __future__ import annotations

from gui.pages.base import TourStop
from gui.pages.style.live import tour as live
from gui.pages.style.paint import tour as paint
from gui.pages.style.why import tour as why


def stops() -> list[TourStop]:
    """Every view with everything that it can show."""
    return [TourStop(*stop) for stop in (*paint.STOPS, *why.STOPS, *live.STOPS)]
