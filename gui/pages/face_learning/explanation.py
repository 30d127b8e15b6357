"""The words behind the page's "explain" button, and the keys of the page. Every view brings a paragraph of its own."""

from __future__ import annotations

from typing import Final

from gui.pages.face_learning.oneshot import words as oneshot
from gui.pages.face_learning.siamese import words as siamese
from gui.pages.face_learning.training import words as training
from gui.pages.face_learning.triplet import words as triplet

SHORTCUTS: Final = (
    ("Triplet: the next point, the one before", "Tab / Shift+Tab"),
    ("Triplet: move the point, further", "Arrows / Shift+Arrows"),
    ("All views: take a step, or play", "Right, Space"),
    ("Triplet: let the point go", "Esc"),
    ("Training: the next picture, the one before", "Down / Up"),
    ("Siamese: the next picture of A, of B", "A / B"),
)

HEAD: Final = """
<p><b>What you see.</b> A net that recognises people has no output for each of them. It turns a picture into a list of
numbers f(x), so that pictures of one person lie close together and those of different people far apart; then one photo
is enough to enrol somebody. These views show how such numbers are learned, and what they are good for.</p>
"""

EXPLANATION: Final = "\n".join(
    (HEAD, triplet.EXPLANATION, training.EXPLANATION, siamese.EXPLANATION, oneshot.EXPLANATION)
)
