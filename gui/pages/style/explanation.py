"""The words behind the page's "explain" button, and the keys of the page."""

from __future__ import annotations

from typing import Final

SHORTCUTS: Final = (
    ("Pause the painting or go on", "Space"),
    ("Earlier and later pictures of the run", "Left / Right"),
    ("Go on from the picture on show", "G"),
    ("Paint where style applies", "M"),
    ("Mask: erase, brush", "E, [ and ]"),
    ("Move the divider", "Ctrl+Left / Ctrl+Right"),
)

EXPLANATION: Final = """
<p><b>What you see.</b> No net is trained here: the <i>picture</i> is. It begins as the content (or as noise), and
every step changes its pixels so that J gets smaller:</p>
<p>J(G) = α J<sub>content</sub>(C, G) + β J<sub>style</sub>(S, G) + 10 γ TV(G)</p>
<p><b>Content.</b> With a(C) and a(G) the features of one layer, n<sub>H</sub> × n<sub>W</sub> × n<sub>C</sub>
numbers:</p>
<p>J<sub>content</sub> = 1 / (4 n<sub>H</sub> n<sub>W</sub> n<sub>C</sub>) · Σ (a(C) − a(G))²</p>
<p><b>Style.</b> The <i>Gram matrix</i> of a layer says which of its maps answer together, wherever that is:
G<sub>kk'</sub> = Σ<sub>ij</sub> a<sub>ijk</sub> a<sub>ijk'</sub>. Where things are is lost; which strokes go with
which colours stays.</p>
<p>J<sub>style</sub> = Σ<sub>l</sub> λ<sub>l</sub> / (2 n<sub>H</sub> n<sub>W</sub> n<sub>C</sub>)² · Σ<sub>kk'</sub>
(G<sub>kk'</sub>(S) − G<sub>kk'</sub>(G))²</p>
<p>Under “Costs”, <i>balanced</i> divides each cost by the mean square of its target instead, so that all layers count
alike whatever the net; the course's and the paper's factors are there, too.</p>
<p><b>Total variation</b> is the mean squared difference of neighbouring pixels: it keeps the picture calm.</p>
<p><b>Steer it.</b> Weights act while it paints; what an optimiser knew of J before is forgotten then. The net, the
size and the start begin the painting anew. Every run is a row of the strip: click a picture to look at it, and <i>Go
on from here</i> to paint on from it with other weights. <b>Before | after</b> lays the content under a divider, and
<i>Side by side</i> compares two runs.</p>
<p><b>The net.</b> The bundled TinyVGG knows ten kinds of things at 32 × 32 pixels: it gives strokes and colours, no
large shapes. VGG-19 and SqueezeNet, on the page Weights, give more.</p>
<p><b>Coarse to fine.</b> With several sizes each begins with the picture of the one before: large shapes come
cheaply, and noise as a beginning needs it most.</p>
<p><b>A mask</b> holds the gradient back where style is not to be; the Gram matrices count only what lies within
(Gatys et al. 2017).</p>
<p><b>Live.</b> Optimising takes hundreds of steps a picture. A small net (strided convolutions, residual blocks,
nearest neighbours and convolutions, instance norm) can learn to do it in one: training changes the <i>net</i> f so that
the mean of the same J over crops of photos x gets smaller,</p>
<p>min<sub>f</sub> E<sub>x</sub> [ J(f(x)) ] with content x and the one style S.</p>
<p>It then paints any picture of any size, and can do nothing but this style. <b>Optimise live</b> needs no training:
every frame begins as the painting of the frame before, moved to the new pixels, and gets a few steps of Adam.</p>
<p><b>While nobody looks</b> a run rests, and goes on when the page is in view again; “Go on in the background” lets
it paint.</p>
<p><b>Why.</b> The view of that name shows the Gram matrices of every layer, style beside painting, and the two feature
maps behind each cell; content alone and style alone, rebuilt from noise out of one depth (Gatys et al. 2015, figure 1);
what each term adds to J = Σ weight · cost over the run, and the texture that one layer makes alone; and the cost of two
maps of 2 × 2 numbers with its gradient, ∂J/∂a = 4 / (2 n<sub>H</sub> n<sub>W</sub> n<sub>C</sub>)² · (G − A) a.</p>
<p><b>Take it away.</b> A painting that is saved as PNG keeps its settings: drop the file here, and they can be opened
again.</p>
<p>L. A. Gatys, A. S. Ecker, M. Bethge: <i>A Neural Algorithm of Artistic Style</i>, 2015 (arXiv:1508.06576); <i>Image
Style Transfer Using Convolutional Neural Networks</i>, CVPR 2016. The factors of the course are those of A. Ng's Deep
Learning Specialization. L-BFGS: D. C. Liu, J. Nocedal, 1989. Colours kept: L. A. Gatys et al., 2016
(arXiv:1606.05897). Live: J. Johnson, A. Alahi, L. Fei-Fei: <i>Perceptual Losses for Real-Time Style Transfer and
Super-Resolution</i>, ECCV 2016 (arXiv:1603.08155); instance norm: D. Ulyanov, A. Vedaldi, V. Lempitsky, 2016
(arXiv:1607.08022).</p>
"""
