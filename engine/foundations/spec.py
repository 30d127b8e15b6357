"""What a convolution is made of besides its numbers, and where its windows lie.

A transposed convolution is laid out in its gather form (Dumoulin & Visin, *A guide to convolution arithmetic
for deep learning*, 2016, chapter 4): ``stride - 1`` zeros between the pixels, ``d(k - 1) - p`` zeros around
them, then windows with stride 1 and the kernel rotated by 180 degrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.foundations.sizes import effective_kernel, same_tf_padding

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]
Shape3 = tuple[int, int, int]
Shape4 = tuple[int, int, int, int]

PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]
NamedPadding = Literal["valid", "same", "same_tf"]
Activation = Literal["none", "relu"]
Padding = int | tuple[int, int] | tuple[int, int, int, int] | NamedPadding


@dataclass(frozen=True, slots=True)
class ConvSpec:
    """Everything about a convolution but its numbers. Pairs are (vertical, horizontal).

    ``padding``: pixels of each side, a pair, (top, bottom, left, right), "valid" (none), "same" (``(f - 1) /
    2`` of each side) or "same_tf" (output ``ceil(n / stride)``, uneven where it must be). For a transposed
    convolution it is what is cut off the full output; "same_tf" then gives ``n * stride``. ``flip``: True is
    the convolution of mathematics (kernel rotated by 180 degrees), False the cross-correlation that
    deep-learning libraries compute. ``output_padding`` (rows and columns added at the end) only speaks for
    transposed convolutions.
    """

    stride: int | tuple[int, int] = 1
    padding: Padding = 0
    dilation: int | tuple[int, int] = 1
    groups: int = 1
    padding_mode: PaddingMode = "zeros"
    flip: bool = False
    activation: Activation = "none"
    transposed: bool = False
    output_padding: int = 0


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where the windows lie. The window of output (row, col) starts at (row, col) * stride of the padded
    input.

    ``pads`` is (top, bottom, left, right); ``spacing`` is the distance of neighbouring input pixels inside
    the padded input (1, or the stride of a transposed convolution); ``leftover_hw`` are rows and columns that
    the floor leaves over.
    """

    pads: tuple[int, int, int, int]
    input_hw: tuple[int, int]
    padded_hw: tuple[int, int]
    kernel_hw: tuple[int, int]
    effective_kernel_hw: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    output_hw: tuple[int, int]
    leftover_hw: tuple[int, int]
    spacing: tuple[int, int]


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return (value[0], value[1]) if isinstance(value, tuple) else (value, value)


def _axis_pads(spec: ConvSpec, axis: int, n: int, f: int) -> tuple[int, int]:
    """(before, after) along one axis as the padding asks; for a transposed convolution what is cut off."""
    padding, stride = spec.padding, _pair(spec.stride)[axis]
    if isinstance(padding, tuple):
        return (
            (padding[2 * axis], padding[2 * axis + 1])
            if len(padding) == 4
            else (padding[axis], padding[axis])
        )
    if padding == "same":
        return (f - 1) // 2, (f - 1) // 2
    if padding == "same_tf" and spec.transposed:
        cut = f - stride  # below zero: the full output is short of n * stride, zeros are added after it
        return (cut // 2, cut - cut // 2) if cut >= 0 else (0, cut)
    if padding == "same_tf":
        return same_tf_padding(n, f, stride)
    return (0, 0) if isinstance(padding, str) else (padding, padding)


def layout(spec: ConvSpec, input_shape: Shape3, weight_shape: Shape4) -> Geometry:
    """The geometry by the formulas alone, possible or not; `engine.foundations.problems` says which."""
    hw, kernel = input_shape[1:], weight_shape[2:]
    stride, dilation = _pair(spec.stride), _pair(spec.dilation)
    extent = (effective_kernel(kernel[0], dilation[0]), effective_kernel(kernel[1], dilation[1]))
    (top, bottom), (left, right) = (_axis_pads(spec, a, hw[a], extent[a]) for a in (0, 1))
    spacing = (1, 1)
    if spec.transposed:
        top, left = extent[0] - 1 - top, extent[1] - 1 - left
        bottom = extent[0] - 1 - bottom + spec.output_padding
        right = extent[1] - 1 - right + spec.output_padding
        spacing, stride = stride, (1, 1)
    padded = ((hw[0] - 1) * spacing[0] + 1 + top + bottom, (hw[1] - 1) * spacing[1] + 1 + left + right)
    free = (padded[0] - extent[0], padded[1] - extent[1])
    return Geometry(
        pads=(top, bottom, left, right),
        input_hw=(hw[0], hw[1]),
        padded_hw=padded,
        kernel_hw=(kernel[0], kernel[1]),
        effective_kernel_hw=extent,
        stride=stride,
        dilation=dilation,
        output_hw=(free[0] // stride[0] + 1, free[1] // stride[1] + 1),
        leftover_hw=(free[0] % stride[0], free[1] % stride[1]),
        spacing=spacing,
    )
