"""The words behind the page's "explain" button."""

EXPLANATION = """
<p><b>What you see.</b> The same convolution as with pictures, along one axis and along three. In <i>1-D</i> a
filter of a few numbers slides along a signal: the numbers in the window times the weights, summed, are one output
sample. In <i>3-D</i> the window is a cube that slides through a volume; its products are summed slice by slice.</p>
<p><i>z(i) = &Sigma;<sub>j</sub> x(s i + d j &minus; p) w(j) + b</i>, with stride s, dilation d, padding p, bias b.
In 3-D the sum runs over three indices. An axis of n cells gives &lfloor;(n + 2p &minus; d(f &minus; 1) &minus; 1) /
s&rfloor; + 1 outputs: 14 and a filter of 5 give 10, and 10 give 6.</p>
<p><b>Views.</b> <i>Step by step</i> has every number. <i>Whole</i> shows the full signal as curves, or the full
volume in three planes that meet in a crosshair. <i>Layers</i> is the chain 14 &rarr; 10 &times; 16 &rarr; 6 &times;
32 with real values. <i>The way back</i> is the transposed convolution: every output is spread over the window it
came from, which also is the gradient with respect to the input.</p>
<p><b>Try this.</b> Press Space, or the arrow keys; in a volume Page up and Page down change the slice. Choose the
matched filter and add noise: the beats are still found. Switch the ectopic beat on: it does not look like the
template. Type over a weight (double-click or F2). Drop a WAV, CSV or NumPy file, or a folder of slices.</p>
<p><b>Sources.</b> Sizes and the transposed convolution: Dumoulin &amp; Visin, <i>A guide to convolution arithmetic
for deep learning</i> (2016). ECG: McSharry et al., <i>A dynamical model for generating synthetic electrocardiogram
signals</i> (2003); a model, not a patient. Phantom: Shepp &amp; Logan (1974) with a thicker skull, in
Hounsfield-like units. Matched filter: North (1943). Ricker wavelet: Ricker (1953).</p>
"""
