"""The words behind the page's "explain" button, and the keys of the page. Every view brings a paragraph of its own."""

from __future__ import annotations

from typing import Final

from gui.pages.boxes.anchors import words as anchors
from gui.pages.boxes.grid import words as grid
from gui.pages.boxes.landmarks import words as landmarks
from gui.pages.boxes.overlap import words as overlap
from gui.pages.boxes.proposals import words as proposals
from gui.pages.boxes.scoring import words as scoring
from gui.pages.boxes.sliding import words as sliding
from gui.pages.boxes.suppression import words as suppression
from gui.pages.boxes.target import words as target

SHORTCUTS: Final = (
    ("Boxes: the next one, the one before", "Tab / Shift+Tab"),
    ("Boxes: move by a pixel, by ten", "Arrows / Shift+Arrows"),
    ("Boxes: resize by a pixel", "Alt+Arrows"),
    ("Boxes: take away", "Delete"),
    ("Boxes: class 1 to 9", "1 … 9"),
    ("Suppression: the next card, to its decision", "Up / Down, Enter"),
    ("k-means: the next shape", "Up / Down"),
    ("YOLO grid: the next cell", "Shift+Arrows, Up / Down"),
    ("Scoring: the next find, the next class", "Left / Right, Up / Down"),
    ("Sliding windows: colour the shared work", "C"),
    ("Region proposals: the next region, back to the merges", "Down / Up, Esc"),
    ("Region proposals: a net's picture alone, and back", "Enter, Esc"),
)

HEAD: Final = """
<p><b>What you see.</b> A detector says what is where. These views lead there step by step: what the right answer for
one object is, how two boxes are compared, which of many boxes are kept, and how a grid of answers becomes boxes.
Boxes are corners (x1, y1, x2, y2) in pixels, counted from the upper left corner of the picture.</p>
"""

EXPLANATION: Final = "\n".join(
    (
        HEAD,
        target.EXPLANATION,
        landmarks.EXPLANATION,
        overlap.EXPLANATION,
        suppression.EXPLANATION,
        anchors.EXPLANATION,
        grid.EXPLANATION,
        sliding.EXPLANATION,
        proposals.EXPLANATION,
        scoring.EXPLANATION,
    )
)
