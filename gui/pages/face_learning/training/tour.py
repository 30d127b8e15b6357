"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.face_learning.state import FaceLearningState

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "training",
        "Which triplets teach?",
        "Three nets from one start: random triplets soon are easy, semi-hard ones go on teaching, hard ones collapse.",
        FaceLearningState(view="training"),
    ),
)
