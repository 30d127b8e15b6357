"""The words behind the page's "explain" button."""

EXPLANATION = """
<p><b>What you see.</b> A window slides over each channel on its own and leaves one value of what it sees: the largest
(max), the mean (average), the smallest (min), the root of the sum of squares (L2), or one that the dice picked
(stochastic). Global pooling has one window, the whole input. There is nothing to learn: 0 parameters. The output has
⌊(n + 2p − f) / s⌋ + 1 rows; in ceil mode the division is rounded up, and a last window may hang over the border.</p>
<p><b>Try this.</b> Press Space to let the window run, or move it with the arrow keys; point at any cell. Double-click
a cell of the input (or press F2) to change its number. Make the stride smaller than the window and look at
<i>Backward</i>: windows overlap, and the gradients of a cell add up.</p>
<p><b>Backward.</b> Max and min pooling keep the place of the winner, the switch; the gradient goes there alone. An
average spreads it evenly, L2 in proportion to the values. Unpooling with the same switches is how Zeiler and Fergus
look back into a net (2014).</p>
<p><b>Stochastic.</b> A cell is drawn with the chance p = a / sum of a; at test time the output is the sum of p·a
(Zeiler &amp; Fergus, <i>Stochastic pooling for regularization of deep convolutional neural networks</i>, 2013).
Negative values count as 0, as behind a ReLU; a window without any activation draws nothing and gives 0.</p>
<p><b>Shift.</b> Move the input by up to three cells and see how much of each output stays. Pooling makes a net less
sensitive to small shifts, not insensitive (Zhang, <i>Making convolutional networks shift-invariant again</i>,
2019).</p>
<p><b>Colours.</b> Grey, or blue to red where there are negative values: the same scale for input and output. Hatched
cells are padding (−∞ for max, ∞ for min, else 0); a marked corner: the cell takes no part. Green outlines:
switches.</p>
"""
