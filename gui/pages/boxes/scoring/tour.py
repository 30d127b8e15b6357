"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.boxes.scoring.settings import ScoringSettings
from gui.pages.boxes.state import BoxesState


def _state(**changes: Any) -> BoxesState:
    return BoxesState(view="scoring", scoring=ScoringSettings(**changes))


STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "scoring",
        "Precision and recall, find by find",
        "Each find is right or wrong, and why; with it the curve grows. A page of digits that needs no files.",
        _state(step=3),
    ),
    (
        "scoring-whole",
        "Average precision, and its mean",
        "The area beneath the envelope is the class's AP; the table has all classes at ten IoU thresholds.",
        _state(),
    ),
    (
        "scoring-strict",
        "A stricter threshold, eleven recalls",
        "At IoU ≥ 0.85 good finds become wrong ones: too little overlap. VOC 2007 averaged eleven recalls.",
        _state(kind=None, least=0.85, how="11"),
    ),
)
