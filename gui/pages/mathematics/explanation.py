"""The words behind the page's "explain" button."""

EXPLANATION = """
<p><b>What you see.</b> Convolution as mathematics writes it, in numbers that you can change. <i>(f * g)(n) =
&Sigma;<sub>k</sub> f(k) g(n &minus; k)</i>: the kernel g is flipped, slid to n, multiplied with f and summed.
Without the flip it is the cross-correlation <i>(f ★ g)(n) = &Sigma;<sub>k</sub> f(k) g(k &minus; n)</i>, which
is what deep learning calls convolution. Its kernels are learned, so nobody misses the flip there; the laws do.</p>
<p><b>The sum.</b> Press Space: step 0 has the kernel as it is stored, step 1 flips it, then it slides. Read two dice:
the convolution of their faces counts the ways to every sum, the cross-correlation those to every difference.</p>
<p><b>Laws.</b> Both sides of each law and their difference. Whole numbers are added exactly, so that 0 is 0; draw
decimals and the last digits round (about 10<sup>&minus;16</sup>). Cross-correlation does not commute and does not
associate: <i>a ★ b</i> is the flip of <i>b ★ a</i>, and <i>(a ★ b) ★ c = a ★
(b * c)</i>.</p>
<p><b>Filters.</b> Two filters in a row are one, with f + f &minus; 1 rows: two 3 &times; 3 see as far as a 5 &times; 5
(Simonyan &amp; Zisserman, <i>Very deep convolutional networks</i>, 2015). A kernel of rank 1 is a column times a row:
2f products in place of f&sup2;; the singular values tell (Eckart &amp; Young, 1936).</p>
<p><b>Adjoint.</b> <i>&lang;x ★ k, y&rang; = &lang;x, y * k&rang;</i> for all x and y: what the product does
forth, the other one does back. As matrices T and T<sup>T</sup>: backpropagation multiplies by T<sup>T</sup>, and a
transposed convolution is T<sup>T</sup> (Dumoulin &amp; Visin, <i>A guide to convolution arithmetic</i>, 2016).
&ldquo;Valid&rdquo; one way is &ldquo;full&rdquo; the other way.</p>
<p><b>Fourier.</b> On a circle of N places the spectrum of a product is the product of the spectra (Cooley &amp;
Tukey, 1965, made that the fast way); with zeros enough the circle is a line.</p>
<p><b>Try this.</b> Double-click a cell (or F2) and type. R draws other numbers. Point at a row of T. Hatched cells
are zeros around a grid. Blue to red: values; brown to teal: kernels.</p>
"""
