"""The states in which the tour shows the view."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from gui.pages.face_learning.state import FaceLearningState
from gui.pages.face_learning.training.settings import FACES, TrainingSettings

_PEOPLE: Final = replace(FACES, updates=60)

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "training",
        "Which triplets teach?",
        "Three nets from one start: random triplets soon are easy, semi-hard ones go on teaching, hard ones collapse.",
        FaceLearningState(view="training"),
    ),
    (
        "people",
        "Drawn people",
        "Embeddings of 128 numbers and length 1 on their two main axes; framed people were never trained on.",
        FaceLearningState(view="training", training=TrainingSettings(_PEOPLE)),
    ),
)
