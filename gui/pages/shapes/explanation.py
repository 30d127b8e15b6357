"""The words behind the page's "explain" button."""

EXPLANATION = """
<p><b>What you see.</b> A chain of layers on paper: above as volumes, all to one scale, below as a table with one row a
layer. Nothing is run; every shape, parameter and MAC is worked out from the settings, and PyTorch builds the same
layers without numbers to check them.</p>
<p><b>The formula.</b> A window of f × f with padding p and stride s makes of n rows
⌊(n + 2p − f) / s⌋ + 1. “Valid” is p = 0, “same” p = (f − 1) / 2. Every filter is as deep as what comes in:
f × f × n<sub>C</sub><sup>[l−1]</sup>, and there are n<sub>C</sub><sup>[l]</sup> of them. (Notation: Ng,
<i>Convolutional Neural Networks</i>, 2017; sizes: Dumoulin &amp; Visin, <i>A guide to convolution arithmetic for deep
learning</i>, 2016.)</p>
<p><b>Cost.</b> A MAC is one multiplication and one addition. FLOPs are two a MAC and one for every bias that is added;
many papers print MACs under that name. Only convolutions and matrix products count, for one example. Memory is that of
the activations of m examples.</p>
<p><b>Receptive field.</b> r<sup>[l]</sup> = r<sup>[l−1]</sup> + (f − 1) j<sup>[l−1]</sup>, and the jump j grows by
the stride: j<sup>[l]</sup> = j<sup>[l−1]</sup> s (Araujo, Norris &amp; Sim, <i>Computing receptive fields of
convolutional neural networks</i>, 2019).</p>
<p><b>Try this.</b> Double-click a number of the table, or type over it. Drag rows to another place. Take the flatten
layer away and see what is said. Step with Space or the arrows; switch on <i>Predict, then reveal</i> and answer with
the keys 1 to 4; wrong answers say which mistake they come from. <i>Receptive field</i> (Alt+2, or a double click on a
volume) shows what one output sees.</p>
"""
