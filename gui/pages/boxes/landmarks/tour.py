"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.boxes.landmarks.settings import LandmarksSettings
from gui.pages.boxes.state import BoxesState

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "landmarks",
        "Landmarks in two orders",
        "A face and its mirror image whose numbers were not exchanged: the mean face collapses.",
        BoxesState(view="landmarks"),
    ),
    (
        "landmarks-relabelled",
        "Landmarks in one order",
        "Left and right relabelled after mirroring: every number has one cloud, and the mean is a face.",
        BoxesState(view="landmarks", landmarks=LandmarksSettings(consistent=True)),
    ),
    (
        "landmarks-hand",
        "A hand of 21 points",
        "Two persons who count the fingers from different ends: the mean of their labels is no hand.",
        BoxesState(view="landmarks", landmarks=LandmarksSettings(layout="hand", second="person")),
    ),
)
