"""The words behind the page's "explain" button, and the keys of the page."""

from __future__ import annotations

from typing import Final

SHORTCUTS: Final = (
    ("Next or previous channel", "] / ["),
    ("Next or previous layer", "U / O"),
    ("Where the map is strongest", "M"),
    ("Occlusion: move the square", "Arrows"),
    ("Occlusion: a larger or smaller square", "+ / −"),
)

EXPLANATION: Final = """
<p><b>What you see.</b> One unit of a net: a channel of a layer, at one place of its map. The views ask in different
ways what it responds to.</p>
<p><b>Deconvnet.</b> The unit's activation is kept, all others are set to zero, and the net is run backwards to the
pixels. Three things happen on the way down: <i>unpooling</i> puts every value back where the largest one came from
(the <i>switches</i>, recorded on the way up), <i>rectification</i> cuts off what is negative, and every convolution
is undone by its <i>transposed filters</i>.</p>
<p><b>Three rules that differ at the ReLU only.</b> With x the input of a ReLU on the way up and s the signal that
comes down:</p>
<p>deconvnet: max(0, s) &nbsp; gradient: s · [x &gt; 0] &nbsp; guided backpropagation: max(0, s) · [x &gt; 0]</p>
<p>Without ReLUs all three are the same: a convolution's transpose is its gradient, and so is unpooling.</p>
<p><b>Where the papers say nothing.</b> A skip connection sends the signal down both ways; a concatenation sends every
branch its own slice; an average pool hands out equal parts; a batch norm is a factor, folded into its convolution.
A local response norm or a layer norm divides by what it divided by on the way up, and a gate
(squeeze-and-excitation) keeps the value that it had; only the gradient differentiates them, too. At GELU, SiLU and
their like the deconvnet rectifies as at a ReLU; tanh and sigmoid multiply by their slope. Attention is refused.</p>
<p><b>Occlusion.</b> A square hides a part of the picture, and the net answers again. By hand: drag it. As maps: it
stands at every place in turn, and each place gets the colour of the probability, or of the energy of a map (the sum of
its activations), that is left: p(class | the place hidden). What the net reads is covered, not the photo, so a digit
stays where it is.</p>
<p><b>Ask.</b> With y the logit of a class, A the maps of a layer, x the picture:</p>
<p>Grad-CAM: ReLU(Σ<sub>k</sub> α<sub>k</sub> A<sub>k</sub>), α<sub>k</sub> the mean of ∂y/∂A<sub>k</sub> over its
map. &nbsp; Gradient: |∂y/∂x|. &nbsp; SmoothGrad: the mean of ∂y/∂x over noisy copies of x. &nbsp; Integrated gradients:
(x − x′) · ∫ ∂y/∂x along the way from a baseline x′ to x; all of them add up to y(x) − y(x′), which the page checks in
numbers.</p>
<p>A picture that <i>grows</i> climbs ∂y/∂x from noise; jitter, blur and a penalty on differences of neighbours keep it
from ending in patterns that only a net can see.</p>
<p><b>Growth.</b> LeNet-5 at ten epochs of its training: the first filters, and what excites a channel most, on the
stepper.</p>
<p><b>Top patches.</b> Every picture of a collection goes through the net once, and every unit keeps the nine pictures
in which its map is largest: max over x, y of a(x, y), one place a picture. Each patch is what the unit reads there,
cut out of the picture (hatched: padding outside of it), beside the unit's projection by the deconvnet. Choose a folder
of your own; it is looked through in the background, and what was found is kept for the next time.</p>
<p><b>Try this.</b> Click on the map to move the unit. Play the descent: at every max pool the dots are its switches.
Draw a digit and see which strokes hold up a unit of LeNet.</p>
<p>Zeiler &amp; Fergus, <i>Visualizing and understanding convolutional networks</i> (2013). Simonyan, Vedaldi &amp;
Zisserman, <i>Deep inside convolutional networks</i> (2013): the gradient. Springenberg, Dosovitskiy, Brox &amp;
Riedmiller, <i>Striving for simplicity</i> (2014): guided backpropagation. Nie, Zhang &amp; Patel (2018) and Adebayo et
al. (2018): deconvnet and guided backpropagation partly redraw the picture, whatever the unit learned; the gradient
does not.</p>
<p>Occlusion, feature evolution: Zeiler &amp; Fergus (2013), sections 4.1 and 4.2. Grad-CAM: Selvaraju et al. (2017).
SmoothGrad: Smilkov et al. (2017). Integrated gradients: Sundararajan, Taly &amp; Yan (2017). Activation maximisation:
Erhan et al. (2009); its regularisation: Mahendran &amp; Vedaldi (2015), Olah, Mordvintsev &amp; Schubert (2017).</p>
"""
