"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.face_learning.oneshot.settings import STAGES, OneshotSettings
from gui.pages.face_learning.state import FaceLearningState


def _at(stage: str) -> FaceLearningState:
    return FaceLearningState(view="oneshot", oneshot=OneshotSettings(stage=STAGES.index(stage)))


STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "stranger",
        "A stranger at the door",
        "The classifier has no output for somebody new, and names somebody else.",
        _at("door"),
    ),
    (
        "forgetting",
        "Retrained, and forgotten",
        "Trained on the new photo alone, the classifier forgets the class; the embedding only got a row.",
        _at("alone"),
    ),
)
