"""The words behind the page's "explain" button, and the keys of the page."""

from __future__ import annotations

from typing import Final

SHORTCUTS: Final = (
    ("The next face, the one before", "] / ["),
    ("Is this the one? yes, no", "Y / N"),
    ("Hold the picture, let it go on", "F"),
    ("Move the threshold (on the line of distances)", "Left / Right"),
)

EXPLANATION: Final = """
<p><b>What you see.</b> A face is found in the picture, turned and scaled so that its eyes, nose and mouth lie where
they always lie (the aligned crop: what the net sees), and turned into a list of numbers f of length 1. Photos of one
person lie close together, those of two people far apart: d(a, b) = ‖f(a) − f(b)‖² = Σ<sub>k</sub> (f<sub>k</sub>(a) −
f<sub>k</sub>(b))², from 0 (the same numbers) to 4 (opposite ones).</p>
<p><b>Verification (1:1)</b> asks about one claimed name: d to that person's nearest photo, and is it within the
threshold? <b>Recognition (1:K)</b> asks about all K enrolled people: the nearest of all wins, not the first within the
threshold, and beyond it the face is “unknown”. With K people there are K chances to be mistaken, so recognition needs a
much better net than verification does.</p>
<p><b>The threshold</b> is a choice, not a fact: a larger one takes strangers for friends, a smaller one friends for
strangers. Drag it and watch the names change.</p>
<p><b>Liveness</b> is a demonstration. A photo does not blink or turn its head; a film does. Nobody should be let in by
it.</p>
<p><b>Consent.</b> Nothing is stored before a click on “I agree” by the person enrolled. All of it stays on this
computer: the page uses no network. Drawn people, who never lived, have a gallery of their own.</p>
<p>Schroff, Kalenichenko and Philbin, <i>FaceNet: a unified embedding for face recognition and clustering</i> (2015).
Taigman, Yang, Ranzato and Wolf, <i>DeepFace: closing the gap to human-level performance in face verification</i>
(2014). Viola and Jones, <i>Rapid object detection using a boosted cascade of simple features</i> (2001), is the
cascade.</p>
"""
