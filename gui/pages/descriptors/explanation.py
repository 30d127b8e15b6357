"""The words behind the page's "explain" button."""

EXPLANATION = """
<p><b>What you see.</b> How pictures were turned into numbers before networks learned to do it: a <i>colour
histogram</i> counts colours, <i>HOG</i> counts edge orientations cell by cell, a <i>bag of visual words</i> counts
patches that look alike. A classifier then worked on these numbers.</p>
<p><b>Colour histogram.</b> h(b) = (pixels in bin b) / (all pixels). It does not know where a colour is: shuffle the
pixels and it stays the same. Point at a bar to see its pixels. (Swain &amp; Ballard, 1991)</p>
<p><b>HOG.</b> Gradients g_x, g_y by [−1, 0, 1]; each pixel votes with |g| for its angle modulo 180°; the histograms of
a block of cells are normalised together, v / √(‖v‖² + ε²), cut at 0.2 and normalised again (L2-Hys). Length: blocks ·
cells a block · orientations. Here, as in scikit-image, a vote goes to one bin of one cell; the paper shares it among
neighbours. (Dalal &amp; Triggs, 2005)</p>
<p><b>Visual words.</b> k-means minimises Σ ‖x − c(x)‖² over the patches x and their nearest words c(x): assign, update,
and again. The words here are learned from this picture alone, and from grey levels; the paper learned them from many
pictures, from SIFT descriptors. (Csurka et al., 2004; k-means++: Arthur &amp; Vassilvitskii, 2007)</p>
<p><b>Side by side.</b> Point at a picture: the same place lights up everywhere. The net is the bundled TinyVGG; its
kernels were learned from the labelled pictures of CIFAR-10.</p>
<p><b>Experiment.</b> Five kinds of features, one classifier, scikit-learn's digits of 8 × 8 pixels. The learned
features come from LeNet-5, trained on digits of MNIST, not on these: data was spent beforehand, and few examples are
enough now. Move the test digits by a pixel to see what each kind of feature stands on.</p>
<p><b>Keys.</b> Alt+1 to Alt+5: views. Space and arrows: steps of HOG and of k-means. Arrows on the HOG picture: the
cell under the lens. Esc: back.</p>
"""
