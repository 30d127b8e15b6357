"""The words behind the page's "explain" button, and the keys of the page."""

from __future__ import annotations

from typing import Final

SHORTCUTS: Final = (
    ("Freeze the picture, or go on; reconnect a lost camera", "F"),
    ("Grid of cells", "G"),
    ("Anchors", "A"),
    ("Boxes before suppression", "R"),
    ("Numbers and trails", "T"),
    ("Counts over time", "C"),
    ("Record, or stop recording", "V"),
    ("Next or previous box", "] / ["),
    ("Another cell, or another picture of the folder", "Arrows"),
    ("Clear the paper", "Delete"),
)

EXPLANATION: Final = """
<p><b>What you see.</b> A detector looks at every picture once and says what is where: boxes with a name and a score.
Every box is drawn on the very frame that it was found on. Write on the paper: the digits are read while you write.</p>
<p><b>How a YOLO net finds boxes.</b> Its last layer is a grid of cells. Each cell answers with a few boxes, one an
<i>anchor</i>, a template of width p<sub>w</sub> and height p<sub>h</sub>; the cell in which the middle of a thing lies
is responsible for it. From the net's numbers t to a box, with c the cell's column and row and s its size in pixels:</p>
<p>b<sub>x</sub> = (σ(t<sub>x</sub>) + c<sub>x</sub>) · s &nbsp; b<sub>w</sub> = p<sub>w</sub> · exp(t<sub>w</sub>)
&nbsp; (b<sub>y</sub>, b<sub>h</sub> alike)<br>
score = objectness · p(class) &nbsp; with objectness = σ(t<sub>o</sub>)</p>
<p>Freeze the picture (F), show the grid (G) and click a cell: the inspector puts the numbers into these formulas.</p>
<p><b>From thousands of boxes to a few.</b> Boxes that are scored low go. Of those that lie over each other the best one
stays: a box goes where its IoU with a better one is above the threshold, among boxes of its class or among all of
them (non-maximum suppression). R shows what there was before. Both thresholds act at once, without the net being run
again.</p>
<p><b>Numbers and trails.</b> A find that overlaps one of the frame before (IoU 0.3 or more, same class) is the same
thing and keeps its number. Nothing else is compared: things that cross may swap their numbers.</p>
<p><b>What it cannot do.</b> A detector knows the classes that it was trained on, and no others. A score is no
probability that can be trusted on pictures of another kind.</p>
<p>Redmon, Divvala, Girshick &amp; Farhadi, <i>You only look once</i> (2016): the grid. Redmon &amp; Farhadi,
<i>YOLO9000</i> (2017): anchors. Redmon &amp; Farhadi, <i>YOLOv3</i> (2018): several grids. Bochinski, Eiselein &amp;
Sikora (2017): tracking by overlap.</p>
"""
