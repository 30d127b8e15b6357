"""Where the gradient goes, and unpooling: what switches are for.

Max and min pooling hand the gradient of an output to the cell that won (its switch), an average to all of its cells in
equal parts, L2 pooling to each in proportion to its value (``a / |a|``), stochastic pooling to the cell that was drawn.
Where windows overlap, a cell receives from each of them and the parts add up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.foundations.pooling.spec import FloatArray, IntArray, Pair, PoolGeometry, PoolSpec
from engine.foundations.pooling.windows import divisors, tap

Array = npt.NDArray[Any]


def unpool(values: Array, switches: IntArray, hw: Pair) -> Array:
    """Put values back where they came from: [C, Ho, Wo], int[C, Ho, Wo] -> [C, H, W], zeros elsewhere.

    Switches are ``row * W + col`` of the input; -1 puts the value nowhere. Values that share a switch (overlapping
    windows) are added up: this is the transpose of the pooling with its switches held, and hence its gradient. With
    windows side by side it is the unpooling of Zeiler & Fergus, *Visualizing and understanding convolutional networks*
    (2014). Raises ValueError where the shapes differ or a switch lies outside the input.
    """
    if values.shape != switches.shape:
        raise ValueError(f"values {values.shape} and switches {switches.shape} differ in shape")
    size = hw[0] * hw[1]
    if switches.size and not (switches.min() >= -1 and switches.max() < size):
        raise ValueError(f"a switch lies outside the {hw[0]} x {hw[1]} cells of the input")
    channels = len(values)
    places = switches + np.arange(channels)[:, None, None] * size
    there = switches >= 0
    flat = np.bincount(places[there], weights=values[there], minlength=channels * size)
    return flat.reshape(channels, *hw).astype(values.dtype)


def spread(grad: FloatArray, spec: PoolSpec, g: PoolGeometry) -> FloatArray:
    """The gradient of an average: every window gives ``1 / divisor`` of its own to each cell; padding keeps its part.

    ``grad`` float64[C, Ho, Wo] -> float64[C, H, W].
    """
    return _gathered(grad / divisors(g, spec.count_include_pad), g)


def along_values(grad: FloatArray, x: FloatArray, norms: FloatArray, g: PoolGeometry) -> FloatArray:
    """The gradient of L2 pooling, ``a / |a|`` of each window's own; a window of zeros has no direction and gives 0.

    ``grad``, ``norms`` float64[C, Ho, Wo], ``x`` float64[C, H, W] -> float64[C, H, W].
    """
    lengths = np.where(norms > 0, norms, 1.0)
    return x * _gathered(np.where(norms > 0, grad / lengths, 0.0), g)


def _gathered(parts: FloatArray, g: PoolGeometry) -> FloatArray:
    """float64[C, H, W]: for every input cell the sum of a number that each window reading it carries."""
    frame = np.zeros((parts.shape[0], *g.frame_hw))
    for i in range(g.size[0]):
        for j in range(g.size[1]):
            target = tap(frame, g, i, j)
            target += parts
    (top, left), (height, width) = g.pads, g.input_hw
    return frame[:, top : top + height, left : left + width]
