"""The states in which the tour shows the view."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from gui.pages.face_learning.state import FaceLearningState
from gui.pages.face_learning.triplet.settings import MORE, START, TripletSettings

_CLASS: Final = TripletSettings(points=(*START, *MORE[:8]), mining="semi-hard")
_FLAT: Final = tuple((0.0, 0.0) for _ in START)

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "triplet",
        "One triplet",
        "Anchor, positive, negative: two distances, a margin, three gradients that autograd agrees with.",
        FaceLearningState(triplet=TripletSettings(step=5)),
    ),
    (
        "mining",
        "Which negative?",
        "Of nine negatives only those within the ring teach: hard ones, semi-hard ones; easy ones have no gradient.",
        FaceLearningState(triplet=_CLASS),
    ),
    (
        "trap",
        "The trap",
        "f = 0 for every picture makes every distance 0. Without a margin that is a perfect loss.",
        FaceLearningState(triplet=replace(TripletSettings(), points=_FLAT, margin=0.0)),
    ),
    (
        "circle",
        "On the unit circle",
        "Embeddings of length 1 move along the circle. They cannot shrink to 0, but all can still come to one point.",
        FaceLearningState(
            triplet=TripletSettings(
                points=((1.0, 0.0), (0.1736, 0.9848), (0.7071, -0.7071)), unit=True, step=10
            )
        ),
    ),
)
