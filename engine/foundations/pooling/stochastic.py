"""Stochastic pooling: which cell of a window is drawn, how often, and what the net computes instead at test time.

Zeiler & Fergus, *Stochastic pooling for regularization of deep convolutional neural networks*, 2013. A cell is drawn
with ``p_i = a_i / sum a_k``; at test time the output is ``sum p_i a_i``. The paper pools behind a ReLU. Here a negative
value counts as zero and is never drawn; a region without any activation draws nothing: its output is 0, and so is its
gradient.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.foundations.pooling.spec import FloatArray, IntArray, PoolGeometry, Shape3
from engine.foundations.pooling.windows import framed, tap

UintArray = npt.NDArray[np.uint64]
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def dice(seed: int, shape: Shape3, roll: int = 0) -> FloatArray:
    """float64[C, Ho, Wo] in 0..1: what the dice show for every window in one roll, counted from 0."""
    windows = np.arange(shape[0] * shape[1] * shape[2], dtype=np.uint64)
    return _uniform(seed, windows, np.full(1, roll, np.uint64)).reshape(shape)


def dice_of(seed: int, window: int, count: int) -> FloatArray:
    """float64[count] in 0..1: what the dice show for one window (its index in a trace) in the first rolls."""
    return _uniform(seed, np.full(1, window, np.uint64), np.arange(count, dtype=np.uint64))


def _uniform(seed: int, windows: UintArray, rolls: UintArray) -> FloatArray:
    """A number for every (seed, window, roll), in any order and without those before it.

    A hash, not a stream: SplitMix64 (Steele, Lea & Flood, *Fast splittable pseudorandom number generators*, 2014).
    """
    key = _mixed(np.full(1, seed % 2**64, np.uint64) + _GOLDEN)
    bits = _mixed(_mixed(key + (windows + np.uint64(1)) * _GOLDEN) + (rolls + np.uint64(1)) * _GOLDEN)
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mixed(bits: UintArray) -> UintArray:
    """SplitMix64's finalizer: products are taken modulo 2**64."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


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
