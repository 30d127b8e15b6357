"""The words behind the page's "explain" button."""

EXPLANATION = """
<p><b>What you see.</b> Small kernels of fixed numbers that find edges: y(r,q) = Σ k(i,j) · x(r+i, q+j), the
cross-correlation that networks compute. Left minus right (1, 0, −1) answers plus where bright turns to dark, minus
where dark turns to bright, 0 where nothing changes. A network learns kernels like these by itself in its first
layer.</p>
<p><b>On a small input.</b> Press F to exchange bright and dark: the answer changes its sign. Turn the edge and the
kernel against each other: the answer falls with the cosine of the angle between them.</p>
<p><b>The kernels.</b> Prewitt (1970), Sobel &amp; Feldman (1968), Scharr (2000): a slope along one axis, smoothed
along the other. Laplacian: the second derivative, with 4 or 8 neighbours. Gabor (1946; Daugman, 1985): a wave under a
Gaussian, the shape of receptive fields in the visual cortex. Box, Gaussian, sharpen, emboss and identity have the sum
1: their answer is a picture. Double-click a cell of the kernel (or F2) and type: it becomes a custom one.</p>
<p><b>Magnitude and angle.</b> g = (gx, gy); |g| = √(gx² + gy²); θ = atan2(gy, gx), 0° to the right, 90° down. With left
minus right the vector points from bright to dark. Angles are coloured on a wheel, the darker the less there is
to see.</p>
<p><b>Rotate.</b> K(θ) = cos θ · Kx + sin θ · Ky. For derivatives of a Gaussian this is exactly the turned kernel
(Freeman &amp; Adelson, <i>The design and use of steerable filters</i>, 1991); for Sobel and its kin it is the kernel of
the directional derivative that they estimate.</p>
<p><b>Colour.</b> Red, green and blue are filtered apart, and the strongest answer of the three is shown, as HOG does it
(Dalal &amp; Triggs, 2005).</p>
<p><b>Keys.</b> F: flip. T, Shift+T: turn by 5°. C: colour. W: wipe. Space and arrows: steps. Ctrl+arrows: the divider.
Esc: back. Alt+1 to Alt+5: views.</p>
"""
