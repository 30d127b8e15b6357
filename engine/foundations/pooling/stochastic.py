"""Stochastic pooling: which cell of a window is drawn, how often, and what the net computes instead at test time.

Zeiler & Fergus, *Stochastic pooling for regularization of deep convolutional neural networks*, 2013. A cell is drawn
with ``p_i = a_i / sum a_k``; at test time the output is ``sum p_i a_i``. The paper pools behind a ReLU. Here a negative
value counts as zero and is never drawn; a region without any activation draws nothing: its output is 0, and so is its
gradient.
"""

from __future__ import annotations

import numpy as np

from engine.foundations.pooling.spec import FloatArray, IntArray, PoolGeometry, Shape3
from engine.foundations.pooling.windows import framed, tap


def rolls(seed: int, shape: Shape3, count: int) -> FloatArray:
    """float64[count, C, Ho, Wo] in 0..1: a number for every window and roll, the first ones whatever the count is."""
    return np.random.default_rng(seed).random((count, *shape))


def probabilities(activations: FloatArray) -> FloatArray:
    """The chance of each cell of a region, same shape; all zero where no activation is above zero."""
    positive = np.maximum(activations, 0.0)
    total = positive.sum()
    return positive / total if total > 0 else positive


def drawn(activations: FloatArray, dice: FloatArray) -> IntArray:
    """Which cell of a region (its flat index) each number of ``dice`` float64[n] in 0..1 picks; -1 where none can be.

    Cells own stretches of 0..1, one after the other, as long as their probabilities.
    """
    positive = np.maximum(activations.ravel(), 0.0)
    sums = np.cumsum(positive)
    there = np.flatnonzero(positive)
    if not there.size:
        return np.full(len(dice), -1, np.intp)
    starts = np.concatenate([[0.0], sums[:-1]])[there]
    picked: IntArray = there[np.searchsorted(starts, dice * sums[-1], side="right") - 1]
    return picked


def frequencies(activations: FloatArray, dice: FloatArray) -> FloatArray:
    """How often each cell of a region was drawn, as shares of all of ``dice``; same shape as the region."""
    picks = drawn(activations, dice)
    counts = np.bincount(picks[picks >= 0], minlength=activations.size)
    return (counts / max(len(dice), 1)).reshape(activations.shape)


def weighted(x: FloatArray, g: PoolGeometry) -> FloatArray:
    """The output at test time, ``sum p_i a_i`` of every window: float64[C, H, W] -> float64[C, Ho, Wo]."""
    frame = framed(np.maximum(x, 0.0), g, 0.0)
    totals, squares = (np.zeros((x.shape[0], *g.output_hw)) for _ in range(2))
    for i in range(g.size[0]):
        for j in range(g.size[1]):
            part = tap(frame, g, i, j)
            totals += part
            squares += part * part
    return np.divide(squares, totals, out=np.zeros_like(totals), where=totals > 0)
