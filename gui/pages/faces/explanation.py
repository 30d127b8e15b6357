"""The words behind the page's "explain" button, and the keys of the page."""

from __future__ import annotations

from typing import Final

SHORTCUTS: Final = (
    ("The next face, the one before", "] / ["),
    ("Is this the one? yes, no", "Y / N"),
    ("Film what plays, or end the film (Recognise)", "V"),
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
<p><b>Threshold with eyes open.</b> Of a group all pairs of photos are compared. False accept rate (FAR): the share of
pairs of two people within the threshold; false reject rate (FRR): the share of pairs of one person beyond it. The ROC
shows both for every threshold; at the equal error rate they are alike. A stranger who is compared with K people gets
one of their names with a chance of about 1 − (1 − FAR)<sup>K</sup>. Rates differ from person to person and between
groups of people (Buolamwini and Gebru, <i>Gender Shades</i>, 2018): one threshold for all hides that.</p>
<p><b>The map</b> lays all embeddings into a plane: by the two directions in which they vary most (PCA), or by t-SNE
(van der Maaten and Hinton, 2008), which keeps neighbours together and nothing else.</p>
<p><b>People.</b> Everything is in one SQLite file. “Forget” deletes a person's rows, overwrites them with zeros, writes
the file anew, and searches all its bytes for what is left. It does not reach exported files, backups, or what a disk
keeps beneath its files. The log of recognitions is off at every start. While it is on, the view Recognise writes down
whom it recognised and when, no picture; it can be read and emptied on the view People, and is not exported.</p>
<p><b>Liveness</b> is a demonstration. A photo does not blink or turn its head; a film does. Nobody should be let in by
it.</p>
<p><b>Consent.</b> Nothing is stored before a click on “I agree” by the person enrolled. All of it stays on this
computer: the page uses no network. Drawn people, who never lived, have a gallery of their own.</p>
<p>Schroff, Kalenichenko and Philbin, <i>FaceNet: a unified embedding for face recognition and clustering</i> (2015).
Taigman, Yang, Ranzato and Wolf, <i>DeepFace: closing the gap to human-level performance in face verification</i>
(2014). Viola and Jones, <i>Rapid object detection using a boosted cascade of simple features</i> (2001), is the
cascade. It gives boxes; a small net of this project finds five points in each, the mean places under five heatmaps
(Nibali et al., <i>Numerical coordinate regression with convolutional neural networks</i>, 2018). The crop then takes
its place and size from the box, and its turn from the points; with YuNet all three come from the points.</p>
"""
