"""The words behind the page's "explain" button."""

EXPLANATION = """
<p><b>What you see.</b> On the left the input volume, one grid a channel. The framed window is multiplied cell by
cell with the kernel; the products are summed over the window and over the channels, the bias is added, and the sum
becomes one cell of the output. Then the window moves on by the stride. Every filter makes one output map.</p>
<p><b>Try this.</b> Press Space to let the window run, or move it with the arrow keys. Point at any input or output
cell. Double-click a cell of the input or of the kernel (or press F2) to change its number. Switch <i>Flip</i> to see
how the convolution of mathematics differs from what deep-learning libraries compute. Choose a photo or the camera as
the source and drag the crop frame.</p>
<p><b>Views.</b> <i>Whole picture</i> runs the same kernel over a full-size photo or the camera. <i>Who reads what</i>
shows how often every pixel is read, the receptive field, and what the floor leaves over. <i>Shift</i> shows
translation equivariance.</p>
<p><b>Colours.</b> Blue to red: activations, centred on zero. Brown to teal: weights, centred on zero. Grey: pixels,
0 to 255. Hatched cells are padding; a marked corner: no window reads the cell.</p>
<p>Sizes follow Dumoulin &amp; Visin, <i>A guide to convolution arithmetic for deep learning</i> (2016).</p>
"""
