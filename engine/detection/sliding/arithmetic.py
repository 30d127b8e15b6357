"""The net in numpy, float64: a window through fully connected layers, a picture through convolutions. No torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from engine.detection.sliding.counting import grid
from engine.detection.sliding.window_net import FILTERS, KERNEL, POOL, POOLED, WINDOW, FloatArray, WindowNet
from engine.images import publish


@dataclass(frozen=True, slots=True, eq=False)
class Volumes:
    """Everything between a picture and its answers; read-only.

    `x` [H, W]; `conv` [16, H-4, W-4] after ReLU; `pool` [16, h, w]; `fc2`, `fc3` [400, rows, columns] after ReLU;
    `logits` and `probabilities` [11, rows, columns]. One window has one row and one column.
    """

    x: FloatArray
    conv: FloatArray
    pool: FloatArray
    fc2: FloatArray
    fc3: FloatArray
    logits: FloatArray

    @property
    def probabilities(self) -> FloatArray:
        """float64[11, rows, columns], adding up to 1 over the answers."""
        return softmax(self.logits)


def convolutional(x: npt.ArrayLike, net: WindowNet) -> Volumes:
    """A whole picture [H, W] in one pass: the fully connected layers are a 5x5 and two 1x1 convolutions.

    Raises UserError where the picture is smaller than the window.
    """
    values = np.asarray(x, np.float64)
    grid((values.shape[0], values.shape[1]))
    conv, pool = _features(values, net)
    patches = sliding_window_view(pool, (POOLED, POOLED), axis=(1, 2))
    fc2 = np.maximum(
        np.einsum("kcuv,cijuv->kij", kernels(net.fc2), patches, optimize=True) + net.fc2_bias[:, None, None],
        0,
    )
    fc3 = np.maximum(np.tensordot(net.fc3, fc2, 1) + net.fc3_bias[:, None, None], 0)
    logits = np.tensordot(net.output, fc3, 1) + net.output_bias[:, None, None]
    return Volumes(*(publish(part) for part in (values.copy(), conv, pool, fc2, fc3, logits)))


def dense(window: npt.ArrayLike, net: WindowNet) -> Volumes:
    """One window [14, 14] as the net was trained: flattened, then matrices times vectors."""
    values = np.asarray(window, np.float64)
    if values.shape != (WINDOW, WINDOW):
        raise ValueError(f"a window is [{WINDOW}, {WINDOW}], not {list(values.shape)}")
    conv, pool = _features(values, net)
    fc2 = np.maximum(net.fc2 @ pool.ravel() + net.fc2_bias, 0)
    fc3 = np.maximum(net.fc3 @ fc2 + net.fc3_bias, 0)
    logits = net.output @ fc3 + net.output_bias
    flat = (fc2[:, None, None], fc3[:, None, None], logits[:, None, None])
    return Volumes(*(publish(part) for part in (values.copy(), conv, pool, *flat)))


def kernels(matrix: FloatArray) -> FloatArray:
    """float64[neurons, 16, 5, 5]: every row of the first matrix, folded; the same numbers in the same order."""
    return matrix.reshape(len(matrix), FILTERS, POOLED, POOLED)


def softmax(logits: npt.ArrayLike) -> FloatArray:
    """Probabilities over the first axis."""
    values = np.asarray(logits, np.float64)
    powers = np.exp(values - values.max(0, keepdims=True))
    return np.asarray(powers / powers.sum(0, keepdims=True))


def _features(x: FloatArray, net: WindowNet) -> tuple[FloatArray, FloatArray]:
    """The maps of the convolution after ReLU, and their max pool; a row or column left over is dropped."""
    patches = sliding_window_view(x, (KERNEL, KERNEL))
    sums = np.einsum("kuv,ijuv->kij", net.conv[:, 0], patches, optimize=True)
    conv = np.maximum(sums + net.conv_bias[:, None, None], 0)
    tall, wide = conv.shape[1] // POOL, conv.shape[2] // POOL
    blocks = conv[:, : tall * POOL, : wide * POOL].reshape(FILTERS, tall, POOL, wide, POOL)
    return conv, np.ascontiguousarray(blocks.max((2, 4)))
