"""The arithmetic of whole arrays: framing an input, folding windows into values, finding switches.

Window sums, maxima and minima are folded row by row, then column by column: ``kh + kw`` passes over the array instead
of ``kh * kw``. Every pass ends with a ``yield``, so that a photograph does not hold up what is more urgent.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from engine.foundations.pooling.spec import IntArray, PoolGeometry, PoolSpec

Array = npt.NDArray[Any]
_BLOCK_VALUES = 1 << 20  # values of one block of unfolded windows: 8 MB in float64, stays near the caches
_FILL = {"max": -np.inf, "min": np.inf, "average": 0.0, "l2": 0.0, "stochastic": 0.0}


def framed(x: Array, g: PoolGeometry, fill: float) -> Array:
    """[C, H, W] -> [C, Fh, Fw], same dtype: the input with what lies around it."""
    if g.frame_hw == g.input_hw:
        return x
    frame = np.full((x.shape[0], *g.frame_hw), fill, x.dtype)
    frame[:, g.pads[0] : g.pads[0] + g.input_hw[0], g.pads[1] : g.pads[1] + g.input_hw[1]] = x
    return frame


def fill_of(spec: PoolSpec) -> float:
    """What stands outside the input: never the largest, never the smallest, nothing in a sum."""
    return _FILL[spec.rule]


def pooled(x: Array, spec: PoolSpec, g: PoolGeometry, dice: Array | None = None) -> Array:
    """Pool [C, H, W] -> [C, Ho, Wo], dtype as given (floating point); ``dice`` [C, Ho, Wo] in 0..1 for stochastic."""
    steps = passes(x, spec, g, dice)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: Array = stop.value
            return result


def passes(
    x: Array, spec: PoolSpec, g: PoolGeometry, dice: Array | None = None
) -> Generator[None, None, Array]:
    """The same as `pooled`, in steps of one pass over the array."""
    if spec.is_global:
        return _whole(x, spec)
    if spec.rule == "stochastic":
        if dice is None:
            raise ValueError("stochastic pooling needs a roll of the dice for every window")
        return (yield from _drawn(x, g, dice))
    frame = framed(x, g, fill_of(spec))
    if spec.rule in ("max", "min"):
        return (yield from _folded(np.maximum if spec.rule == "max" else np.minimum, frame, g))
    if spec.rule == "l2":
        squares = yield from _folded(np.add, frame * frame, g)
        np.sqrt(squares, out=squares)
        return squares
    sums = yield from _folded(np.add, frame, g)
    np.divide(sums, divisors(g, spec.count_include_pad).astype(x.dtype), out=sums)
    return sums


def _whole(x: Array, spec: PoolSpec) -> Array:
    """One value a channel; sums of a whole picture need all digits of float64."""
    axes = (1, 2)
    whole = x.max(axes, keepdims=True) if spec.rule == "max" else x.mean(axes, np.float64, keepdims=True)
    result: Array = whole.astype(x.dtype)
    return result


def _folded(operation: np.ufunc, frame: Array, g: PoolGeometry) -> Generator[None, None, Array]:
    for axis in (1, 2):
        count, size, stride = g.output_hw[axis - 1], g.size[axis - 1], g.stride[axis - 1]
        result = _every(frame, axis, 0, count, stride).copy()
        for offset in range(1, size):
            operation(result, _every(frame, axis, offset, count, stride), out=result)
            yield None
        frame = result
    return frame


def _every(x: Array, axis: int, first: int, count: int, stride: int) -> Array:
    """``count`` rows (axis 1) or columns (axis 2), ``stride`` apart, as a view."""
    places = slice(first, first + (count - 1) * stride + 1, stride)
    return x[:, places] if axis == 1 else x[:, :, places]


def tap(frame: Array, g: PoolGeometry, row: int, col: int) -> Array:
    """What one cell of the window (row, col) sees in all windows: a view [C, Ho, Wo] of [C, Fh, Fw]."""
    down = _every(frame, 1, row, g.output_hw[0], g.stride[0])
    return _every(down, 2, col, g.output_hw[1], g.stride[1])


def _drawn(x: Array, g: PoolGeometry, dice: Array) -> Generator[None, None, Array]:
    switches = to_input((yield from _picks(x, g, dice)), g)
    return _values_at(x, switches)


def _values_at(x: Array, switches: IntArray) -> Array:
    """[C, Ho, Wo]: the values that switches point at, 0 where there is none."""
    channels = len(x)
    places = np.maximum(switches, 0).reshape(channels, -1)
    values = np.take_along_axis(x.reshape(channels, -1), places, 1).reshape(switches.shape)
    values[switches < 0] = 0
    return values


def _picks(x: Array, g: PoolGeometry, dice: Array) -> Generator[None, None, IntArray]:
    """int[C, Ho, Wo]: which cell of every window the dice pick, as ``row * kw + col``; -1 where none can be.

    A cell owns the stretch of 0..1 between the sums of the activations before it and with it, divided by their total:
    the number of sums that the dice have passed is the cell. Whole numbers (uint8 pixels) are summed as such, exactly.
    """
    frame = framed(np.maximum(x, 0), g, 0)
    cells = [(i, j) for i in range(g.size[0]) for j in range(g.size[1])]
    shape = (x.shape[0], *g.output_hw)
    total = np.zeros(shape, _sum_type(x, len(cells)))
    for i, j in cells:
        total += tap(frame, g, i, j)
        yield None
    threshold = dice * total
    if total.dtype != np.float64:
        threshold = np.floor(threshold).astype(total.dtype)
    sums, passed = np.zeros_like(total), np.zeros(shape, np.uint16)
    for i, j in cells:
        sums += tap(frame, g, i, j)
        passed += sums <= threshold
        yield None
    return np.where(passed == len(cells), -1, passed.astype(np.intp))


def _sum_type(x: Array, count: int) -> npt.DTypeLike:
    """The smallest type that holds the sum of a window exactly; float64 for all but pixels."""
    if x.dtype != np.uint8:
        return np.float64
    return np.uint16 if count * 255 < 1 << 16 else np.uint32


def divisors(g: PoolGeometry, count_include_pad: bool) -> IntArray:
    """int[Ho, Wo]: how many cells an average divides by."""
    counts = []
    for axis in (0, 1):
        starts = np.arange(g.output_hw[axis]) * g.stride[axis]
        first = 0 if count_include_pad else g.pads[axis]
        last = g.padded_hw[axis] if count_include_pad else g.pads[axis] + g.input_hw[axis]
        ends = np.minimum(starts + g.size[axis], last)
        counts.append(ends - np.maximum(starts, first))
    return np.outer(counts[0], counts[1])


def extreme_switches(x: Array, spec: PoolSpec, g: PoolGeometry) -> IntArray:
    """int[C, Ho, Wo]: where the largest (smallest) value of each window is, as ``row * W + col`` of the input.

    Of equal values the first, row by row: the index that torch returns.
    """
    frame = framed(x, g, fill_of(spec))
    windows = sliding_window_view(frame, g.size, axis=(1, 2))[:, :: g.stride[0], :: g.stride[1]]
    rows, cols = g.output_hw
    found = np.empty((x.shape[0], rows, cols), np.intp)
    block = max(1, _BLOCK_VALUES // (x.shape[0] * cols * g.size[0] * g.size[1]))
    for start in range(0, rows, block):
        part = windows[:, start : start + block]
        flat = part.reshape(*part.shape[:3], -1)
        found[:, start : start + block] = flat.argmax(-1) if spec.rule == "max" else flat.argmin(-1)
    return to_input(found, g)


def drawn_switches(x: Array, g: PoolGeometry, dice: Array) -> IntArray:
    """int[C, Ho, Wo]: which cell the dice picked, as ``row * W + col``; -1 where no activation is above zero."""
    steps = _picks(x, g, dice)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return to_input(stop.value, g)


def to_input(local: IntArray, g: PoolGeometry) -> IntArray:
    """Places inside windows (``row * kw + col``, [C, Ho, Wo]) as places of the input (``row * W + col``); -1 stays."""
    down, right = np.ogrid[: g.output_hw[0], : g.output_hw[1]]
    rows = down * g.stride[0] + local // g.size[1] - g.pads[0]
    cols = right * g.stride[1] + local % g.size[1] - g.pads[1]
    return np.where(local < 0, -1, rows * g.input_hw[1] + cols)
