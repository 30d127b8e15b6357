"""The one table of views. A view is a package here and one line in `VIEWS`."""

from __future__ import annotations

from typing import Final

from gui.pages.face_learning.view import LearningView
from gui.pages.views.view import ViewEntry

VIEWS: Final[tuple[ViewEntry[LearningView], ...]] = (
    ViewEntry(
        "triplet",
        "Triplet loss",
        "An anchor, a positive and a negative in the plane: loss, gradients, and the trap that the margin closes",
        "gui.pages.face_learning.triplet.view:TripletView",
    ),
    ViewEntry(
        "training",
        "Live training",
        "Three nets from one start: random, semi-hard and hard triplets, side by side",
        "gui.pages.face_learning.training.view:TrainingView",
    ),
    ViewEntry(
        "siamese",
        "Siamese",
        "Two pictures, one net: the differences of their features, weighed and summed to one answer",
        "gui.pages.face_learning.siamese.view:SiameseView",
    ),
    ViewEntry(
        "oneshot",
        "One-shot",
        "One photo each: a softmax classifier and an embedding when somebody new joins",
        "gui.pages.face_learning.oneshot.view:OneshotView",
    ),
)
