"""The words behind the page's "explain" button."""

EXPLANATION = """
<p><b>Graph.</b> Every box is a layer; on the lines stands what flows, height × width × channels. Point at a box: its
inputs and outputs light up. Click it for its formulas and numbers. Modules fold and unfold with a double click.</p>
<p><b>What if.</b> Change a stride, a width or a kernel of the selected layer on the right, or leave the layer out. All
that follows is counted anew at once; where the layers no longer fit together, the page says where and why.</p>
<p><b>Table.</b> Every layer with its output, parameters, MACs and receptive field; a click on a column sorts. A MAC is
one multiplication with one addition; FLOPs count both, and the bias additions. Course tables sometimes print other
numbers: the note beneath says why.</p>
<p><b>One pixel.</b> Pick a unit of any layer and see which part of every earlier layer, and of the photo, it looks
at. Hatched is padding; in the strip of layers, a side of a frame without a line goes on beyond what is drawn.</p>
<p><b>Compare.</b> Two networks side by side, or the changed one beside its original.</p>
<p><b>Skip connections.</b> The residual block in numbers, and why 56 layers train with it and not without.</p>
<p><b>Counting.</b> Rows, columns and units are counted from 0, as PyTorch does; steps of the stepper from 1. A place
with a minus sign lies in the padding, above or to the left of the picture.</p>
<p>Receptive fields follow Araujo, Norris &amp; Sim, <i>Computing receptive fields of convolutional neural networks</i>
(2019).</p>
"""
