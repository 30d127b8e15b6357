"""Where the windows of a whole picture's response lie, and what one of them holds.

A window is read from the picture itself, so that pointing at a pixel never pads a whole photograph.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.foundations.convolution import Geometry, PaddingMode, Step, applied_kernel, geometry
from engine.foundations.requests import WholeImage
from engine.foundations.spec import BoolArray, IntArray
from engine.foundations.whole_image import volume


@dataclass(frozen=True, slots=True, eq=False)
class PixelWindows:
    """The windows of a WholeImage; made by `pixel_windows`. Places are (row, column), counted from 0."""

    request: WholeImage
    geometry: Geometry

    def nearest(self, y: int, x: int) -> tuple[int, int]:
        """The output cell whose window has its centre nearest to a pixel; of two the earlier one."""
        g, cell = self.geometry, []
        for axis, at in enumerate((y + g.pads[0], x + g.pads[2])):
            stride, extent = g.stride[axis], g.effective_kernel_hw[axis]
            # The smallest o of those that minimise |o * stride + (extent - 1) / 2 - at|.
            o = -((extent - 1 + stride - 2 * at) // (2 * stride))
            cell.append(min(max(o, 0), g.output_hw[axis] - 1))
        return cell[0], cell[1]

    def area(self, row: int, col: int) -> tuple[int, int, int, int]:
        """(top, left, bottom, right) of a window in pixels, ends excluded; beyond the picture it reads padding."""
        g = self.geometry
        top, left = row * g.stride[0] - g.pads[0], col * g.stride[1] - g.pads[2]
        return top, left, top + g.effective_kernel_hw[0], left + g.effective_kernel_hw[1]

    def centre(self, row: int, col: int) -> tuple[int, int]:
        """The pixel in the middle of a window (upper left of the middle for even kernels), inside the picture."""
        top, left, bottom, right = self.area(row, col)
        height, width = self.geometry.input_hw
        y, x = top + (bottom - top - 1) // 2, left + (right - left - 1) // 2
        return min(max(y, 0), height - 1), min(max(x, 0), width - 1)

    def padding(self, row: int, col: int) -> BoolArray:
        """bool[kh, kw]: taps that lie outside the picture, whatever the padding puts there."""
        ys, xs = self._taps(row, col)
        height, width = self.geometry.input_hw
        outside: BoolArray = ((ys < 0) | (ys >= height))[:, None] | ((xs < 0) | (xs >= width))[None]
        return outside

    def step(self, filter: int, row: int, col: int) -> Step:
        """The arithmetic of one output cell, as `Trace.step` gives it. Raises IndexError outside the response."""
        request, g = self.request, self.geometry
        weight = np.asarray(request.weight, np.float64)
        filters, depth = weight.shape[:2]
        if not (0 <= filter < filters and 0 <= row < g.output_hw[0] and 0 <= col < g.output_hw[1]):
            raise IndexError(f"cell {(filter, row, col)} of a response {(filters, *g.output_hw)}")
        first = filter // (filters // request.spec.groups) * depth
        patch = self._patch(row, col)[first : first + depth]
        kernel = np.ascontiguousarray(applied_kernel(weight[filter], request.spec))
        products = patch * kernel
        sums = products.sum((1, 2))
        total = float(sums.sum())
        bias = 0.0 if request.bias is None else float(request.bias[filter])
        pre, relu = total + bias, request.spec.activation == "relu"
        ys, xs = self._taps(row, col)
        return Step(
            index=(filter * g.output_hw[0] + row) * g.output_hw[1] + col, filter=filter, row=row, col=col,
            channels=tuple(range(first, first + depth)), rows=ys + g.pads[0], cols=xs + g.pads[2],
            patch=patch, kernel=kernel, products=products, channel_sums=sums, total=total, bias=bias, pre=pre,
            value=max(pre, 0.0) if relu else pre, activation=request.spec.activation,
        )  # fmt: skip

    def _taps(self, row: int, col: int) -> tuple[IntArray, IntArray]:
        """Rows [kh] and columns [kw] of the picture that the taps read, below 0 and beyond it for padding."""
        g, (top, left, bottom, right) = self.geometry, self.area(row, col)
        return np.arange(top, bottom, g.dilation[0]), np.arange(left, right, g.dilation[1])

    def _patch(self, row: int, col: int) -> npt.NDArray[np.float64]:
        """float64[C, kh, kw]: what the taps read on every channel."""
        mode = self.request.spec.padding_mode
        ys, xs = (
            _source(taps, n, mode)
            for taps, n in zip(self._taps(row, col), self.geometry.input_hw, strict=True)
        )
        seen = volume(self.request.pixels[np.ix_(ys, xs)], self.request.channels).astype(np.float64)
        seen[:, (ys < 0)[:, None] | (xs < 0)[None]] = 0.0
        return seen


def pixel_windows(request: WholeImage) -> PixelWindows | None:
    """The windows of a question that was answered; None for a transposed convolution, which spreads pixels instead.

    Raises ShapeError where the kernel does not go with the picture.
    """
    if request.spec.transposed:
        return None
    height, width = request.pixels.shape[:2]
    return PixelWindows(
        request, geometry(request.spec, (request.channels, height, width), request.weight.shape)
    )


def _source(taps: IntArray, n: int, mode: PaddingMode) -> IntArray:
    """The rows (or columns) of a picture of `n` that taps stand for; -1 where they read a zero."""
    if mode == "replicate":
        return np.clip(taps, 0, n - 1)
    if mode == "circular":
        return taps % n
    if mode == "reflect":
        folded: IntArray = (n - 1) - np.abs(taps % max(2 * n - 2, 1) - (n - 1))
        return folded
    return np.where((taps >= 0) & (taps < n), taps, -1)
