"""The arithmetic of the arrays: padding, sliding, and the two layouts of a weight."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from engine.foundations.spec import ConvSpec, Geometry, IntArray, PaddingMode

_BLOCK_VALUES = 1 << 20  # values of one block of unfolded windows: 8 MB in float64, stays near the caches
_NUMPY_MODES: dict[PaddingMode, Literal["reflect", "edge", "wrap"]] = {
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}


def pad_volume(x: npt.NDArray[Any], g: Geometry, mode: PaddingMode) -> npt.NDArray[Any]:
    """[C, H, W] -> [C, Hp, Wp], same dtype: the mode's border, or zeros around and between the pixels."""
    top, bottom, left, right = g.pads
    (h, w), (sy, sx) = g.input_hw, g.spacing
    if mode != "zeros":
        return x.take(axis_sources(h, top, bottom, 1, mode), 1).take(axis_sources(w, left, right, 1, mode), 2)
    padded = np.zeros((x.shape[0], *g.padded_hw), x.dtype)
    padded[:, top : top + (h - 1) * sy + 1 : sy, left : left + (w - 1) * sx + 1 : sx] = x
    return padded


def correlate(
    padded: npt.NDArray[Any], kernel: npt.NDArray[Any], g: Geometry, groups: int
) -> npt.NDArray[Any]:
    """Slide every kernel over a padded volume: [C, Hp, Wp], [F, C/groups, kh, kw] -> [F, Ho, Wo], dtype as
    given.

    Windows are unfolded in blocks of output rows, so that memory stays bounded whatever the size of the
    picture.
    """
    filters, depth = kernel.shape[:2]
    (rows, cols), (sy, sx), (dy, dx) = g.output_hw, g.stride, g.dilation
    windows = sliding_window_view(padded, g.effective_kernel_hw, axis=(1, 2))[:, ::sy, ::sx, ::dy, ::dx]
    flat = kernel.reshape(groups, filters // groups, -1)
    out = np.empty((filters, rows, cols), np.result_type(padded, kernel))
    block = max(1, _BLOCK_VALUES // (flat.shape[2] * cols))
    for group in range(groups):
        mine = windows[group * depth : (group + 1) * depth]
        target = out[group * flat.shape[1] : (group + 1) * flat.shape[1]]
        for start in range(0, rows, block):
            part = mine[:, start : start + block].transpose(0, 3, 4, 1, 2)
            product = flat[group] @ part.reshape(flat.shape[2], -1)
            target[:, start : start + block] = product.reshape(-1, part.shape[3], cols)
    return out


def applied_kernel(weight: npt.NDArray[Any], spec: ConvSpec) -> npt.NDArray[Any]:
    """The kernels as they lie on the window: rotated by ``flip``, once more by a transposed convolution."""
    return weight[..., ::-1, ::-1] if spec.flip != spec.transposed else weight


def transposed_weight(weight: npt.NDArray[Any], groups: int) -> npt.NDArray[Any]:
    """(F, C/groups, kh, kw) -> (C, F/groups, kh, kw), the layout of ``conv_transpose2d``; its own inverse."""
    filters, depth, kh, kw = weight.shape
    split = weight.reshape(groups, filters // groups, depth, kh, kw).swapaxes(1, 2)
    return split.reshape(groups * depth, filters // groups, kh, kw)


def axis_sources(n: int, before: int, after: int, spacing: int, mode: PaddingMode) -> IntArray:
    """For every padded row (or column) the input row it comes from, -1 where it is a zero."""
    if mode != "zeros":
        return np.pad(np.arange(n), (before, after), mode=_NUMPY_MODES[mode])
    source = np.full((n - 1) * spacing + 1 + before + after, -1, np.intp)
    source[before : before + (n - 1) * spacing + 1 : spacing] = np.arange(n)
    return source
