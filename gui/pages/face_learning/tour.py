"""The states in which the tour shows the page; all of them work offline. The stops of a view stand in its package."""

from __future__ import annotations

from gui.pages.base import TourStop
from gui.pages.face_learning.oneshot import tour as oneshot
from gui.pages.face_learning.siamese import tour as siamese
from gui.pages.face_learning.training import tour as training
from gui.pages.face_learning.triplet import tour as triplet


def stops() -> list[TourStop]:
    """Every view with what it can show."""
    return [TourStop(*stop) for stop in (*triplet.STOPS, *training.STOPS, *siamese.STOPS, *oneshot.STOPS)]
