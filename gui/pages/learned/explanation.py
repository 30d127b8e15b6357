"""The words behind the page's "explain" button."""

EXPLANATION = """
<p><b>What you see.</b> A kernel begins as noise. Gradient descent changes its numbers until it answers to the photo as
a target kernel does: nobody tells it what an edge is. The upper row holds the photo, the response that is wanted, the
response now, and their difference; beneath lie the pixels in the window, the target, the kernel now, and the gradient.
This is how every filter of a CNN comes about, and why nobody designs them any more.</p>
<p><b>Try this.</b> Space trains, the arrow keys go update by update, back, too; click the curve to go there. Point at a
picture to see its window; a click keeps it. Choose <i>Hidden kernel</i>, type numbers that nobody sees, train, let the
class guess, press R.</p>
<p><b>The loss</b> is the mean of the squared differences, L = 1/N · sum of (w ⋆ x + b − t)². Its gradient is again a
correlation, of the photo with the difference: dL/dw(a, c) = 2/N · sum of (y − t)(r, q) · x(r + a, q + c)
(LeCun et al., <i>Backpropagation applied to handwritten zip code recognition</i>, 1989).</p>
<p><b>Directions.</b> L is a quadratic bowl. Along a direction of curvature λ an update multiplies what is wrong by
1 − η·λ: quick where the bowl is steep, slow where it is flat, and exploding once η is above 2/λ
(LeCun, Bottou, Orr &amp; Müller, <i>Efficient BackProp</i>, 1998). Photos are smooth, so their bowls are long
valleys; white noise has a round one; a flat picture teaches only the sum of the kernel. Subtracting the mean of the
pixels makes the steepest direction less steep: this is why nets are fed centred pictures.</p>
<p><b>Momentum</b> (Polyak 1964) is stable up to 2(1 + μ)/λ; <b>Adam</b> (Kingma &amp; Ba 2015) divides every
step by the size of its gradients. Random crops give gradients that are noisy, and cheap (Robbins &amp; Monro 1951).</p>
<p><b>Compare.</b> Least squares solves the nine equations in one go. The badge says by how much training with autograd
and training with a gradient derived by hand differ, over all updates.</p>
<p><b>Colours.</b> Responses blue to red, kernels brown to teal, both with zero in the middle; all responses share one
scale, so the difference fades as it shrinks.</p>
"""
