"""The words behind the page's "explain" button."""

EXPLANATION = """
<p><b>1×1 convolution.</b> Every pixel's channels are multiplied with one and the same table of weights: y<sub>f</sub>
= Σ<sub>c</sub> W<sub>f,c</sub> x<sub>c</sub> + b<sub>f</sub>. No neighbour is looked at. Each channel stands above
its column, each output at the end of its row, and every cell shows its product for the pixel on show. With a ReLU
behind it, this is a small net at every pixel (Lin, Chen &amp; Yan, <i>Network in network</i>, 2013). <i>Bottleneck
(PCA)</i> takes the principal components of this picture's channels: as few numbers as you like, with the least loss
in the mean of squares (Pearson, 1901).</p>
<p><b>Bottleneck.</b> n² · f² · c · n<sub>f</sub> multiplications become n² · (c · r + f² · r · n<sub>f</sub>) when a
1×1 convolution first reduces c channels to r (Szegedy et al., <i>Going deeper with convolutions</i>, 2015). Depthwise
and pointwise apart: n² · (f² · c + c · n<sub>f</sub>) (Howard et al., <i>MobileNets</i>, 2017). The times are
measured on this computer, and need not follow the counts.</p>
<p><b>Flatten.</b> Channels first, as PyTorch does it: entry = (c · H + r) · W + q; channels last: (r · W + q) · C +
c.</p>
<p><b>Fully connected.</b> Each row of the matrix, folded back to the shape of the input, is a kernel that fills it:
the same numbers, the same sums. As kernels the layer can slide over a larger picture and answers at every place;
a second dense layer behind it becomes a 1×1 convolution (Sermanet et al., <i>OverFeat</i>, 2013).</p>
<p><b>Try this.</b> Point at any cell; double-click one of the input or of the weights (or press F2) to change it.
Space plays, the arrow keys step. Alt+1 to Alt+4 change the view.</p>
<p><b>Colours.</b> Grey: pixels and other values without a sign. Blue to red: signed values, centred on zero. Brown to
teal: weights, centred on zero. In <i>Flatten</i> every channel has a hue, stronger for larger values.</p>
"""
