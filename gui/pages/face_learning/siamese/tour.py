"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.face_learning.siamese.settings import SiameseSettings
from gui.pages.face_learning.state import FaceLearningState

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "siamese",
        "The same, or not?",
        "One net, two pictures: twelve differences, weighed by a logistic regression and summed term by term.",
        FaceLearningState(view="siamese", siamese=SiameseSettings(step=7)),
    ),
    (
        "chi-square",
        "DeepFace's chi-square",
        "Squared differences over sums; and why the features of a gallery are kept and not computed again.",
        FaceLearningState(
            view="siamese", siamese=SiameseSettings(source="digits", form="chi-square", second=35, people=4.0)
        ),
    ),
)
