"""The one table of steps on the way to a detector. A view is a package here and one line in `VIEWS`."""

from __future__ import annotations

from typing import Final

from gui.pages.boxes.view import BoxesView
from gui.pages.views.view import ViewEntry

VIEWS: Final[tuple[ViewEntry[BoxesView], ...]] = (
    ViewEntry(
        "target",
        "Target vector",
        "What a net is to answer for one object: is it there, where, how large, which class",
        "gui.pages.boxes.target.view:TargetView",
    ),
    ViewEntry(
        "landmarks",
        "Landmarks",
        "Numbered points on a face or a hand, and why their order must be the same in every picture",
        "gui.pages.boxes.landmarks.view:LandmarksView",
    ),
    ViewEntry(
        "overlap",
        "IoU",
        "How much two boxes have in common: intersection over union, and its generalisation",
        "gui.pages.boxes.overlap.view:OverlapView",
    ),
    ViewEntry(
        "suppression",
        "Non-max suppression",
        "Many boxes for one thing, and which of them is kept: a card game, decision by decision",
        "gui.pages.boxes.suppression.view:SuppressionView",
    ),
    ViewEntry(
        "anchors",
        "Anchors",
        "Several things in one cell, each with an anchor of its shape; anchors by k-means with 1 − IoU",
        "gui.pages.boxes.anchors.view:AnchorsView",
    ),
    ViewEntry(
        "grid",
        "YOLO grid",
        "Labels cell by cell on an S × S grid, the target tensor, and the way from a prediction to an answer",
        "gui.pages.boxes.grid.view:GridView",
    ),
    ViewEntry(
        "sliding",
        "Sliding windows",
        "A small net slides over a picture, window by window; then its layers fold into convolutions",
        "gui.pages.boxes.sliding.view:SlidingView",
    ),
    ViewEntry(
        "proposals",
        "Region proposals",
        "Segments merged into a hierarchy of boxes; R-CNN, Fast and Faster R-CNN; RoI pooling",
        "gui.pages.boxes.proposals.view:ProposalsView",
    ),
    ViewEntry(
        "scoring",
        "Scoring",
        "Which finds are right, precision and recall find by find, average precision and its mean",
        "gui.pages.boxes.scoring.view:ScoringView",
    ),
)
