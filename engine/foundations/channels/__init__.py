"""Layers that mix channels: the 1x1 convolution, what it saves, and the fully connected layer as a convolution.

mixing.py      the 1x1 convolution: one table of channels for every pixel
features.py    the channels of a picture, and small volumes of numbers
principal.py   the table that loses least: principal components of the channels
recipes.py     tables to start from
bottleneck.py  what a convolution costs directly, behind a 1x1 bottleneck, and split into depthwise and pointwise
measuring.py   the same three run by torch, with a clock
flattening.py  which pixel of which channel becomes which entry of a vector
dense.py       the fully connected layer as a matrix, as kernels of full size, and slid over a larger picture
check.py       the same by torch
"""
