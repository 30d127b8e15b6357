"""A convolution along one, two or three axes, ready to be looked at: any step with all of its products.

What deep learning calls convolution: the kernel slides as it is stored (cross-correlation). The sums are numpy's in
float64; `engine.foundations.signals.check` holds them against torch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from engine.foundations.problems import Problem, ShapeError, bad_value
from engine.foundations.signals.spec import Layout, Sizes, SlideSpec, layout
from engine.foundations.spec import FloatArray, IntArray

_BLOCK_VALUES = (
    1 << 19
)  # of unfolded windows at a time: 4 MB, so that a long signal needs no more memory than a short


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One output cell: ``patch``, ``kernel`` and ``products`` float64[C, *k]; ``taps`` int[k] padded places an axis.

    ``slice_sums`` float64[k0] are the sums of the products of each slice along the first axis, over all channels.
    """

    index: int
    filter: int
    place: Sizes
    taps: tuple[IntArray, ...]
    patch: FloatArray
    kernel: FloatArray
    products: FloatArray
    slice_sums: FloatArray
    total: float
    bias: float
    value: float


@dataclass(frozen=True, eq=False)
class Trace:
    """Made by `trace`; all arrays are read-only. ``len`` is the number of steps, filter by filter, last axis fastest.

    ``x`` float64[C, *N], ``weight`` float64[F, C, *k], ``bias`` float64[F], ``padded`` float64[C, *N + 2p].
    """

    x: FloatArray
    weight: FloatArray
    bias: FloatArray
    spec: SlideSpec
    layout: Layout
    padded: FloatArray

    @property
    def shape(self) -> Sizes:
        """(F, *M)."""
        return (len(self.weight), *self.layout.output)

    def __len__(self) -> int:
        return math.prod(self.shape)

    @cached_property
    def output(self) -> FloatArray:
        """float64[F, *M]: sums plus bias."""
        out = correlate(self.padded, self.weight, self.spec, self.layout)
        out += self.bias.reshape(-1, *[1] * len(self.layout.sizes))
        return _frozen(out)

    def step(self, i: int) -> Step:
        """Step ``i`` with all of its products, worked out now. Raises IndexError outside 0..len-1."""
        if not 0 <= i < len(self):
            raise IndexError(f"step {i} of {len(self)}")
        which, *cell = (int(n) for n in np.unravel_index(i, self.shape))
        taps = tuple(
            np.arange(k) * self.spec.dilation + at * self.spec.stride
            for at, k in zip(cell, self.layout.kernel, strict=True)
        )
        patch = self.padded[np.ix_(np.arange(len(self.padded)), *taps)]
        kernel = self.weight[which]
        products = patch * kernel
        slices = products.sum(axis=(0, *range(2, products.ndim)))
        total, bias = float(slices.sum()), float(self.bias[which])
        return Step(
            i, which, tuple(cell), taps, patch, kernel, products, slices, total, bias, total + bias
        )  # fmt: skip

    def index_of(self, filter: int, *place: int) -> int:
        """The step that fills an output cell. Raises IndexError outside the output."""
        cell = (filter, *place)
        if len(cell) != len(self.shape) or not all(0 <= n < m for n, m in zip(cell, self.shape, strict=True)):
            raise IndexError(f"cell {cell} of an output {self.shape}")
        return int(np.ravel_multi_index(cell, self.shape))

    def nearest_step(self, *place: int) -> int:
        """The step of the first filter whose window has its centre nearest to a padded cell; of two the earlier."""
        nearest = []
        for at, extent, count in zip(place, self.layout.extent, self.layout.output, strict=True):
            # The smallest o of those that minimise |o * stride + (extent - 1) / 2 - at|.
            o = -((extent - 1 + self.spec.stride - 2 * at) // (2 * self.spec.stride))
            nearest.append(min(max(o, 0), count - 1))
        return self.index_of(0, *nearest)

    def centre(self, step: Step) -> Sizes:
        """The padded cell in the middle of a step's window (the earlier of two)."""
        return tuple(int(t[0] + (e - 1) // 2) for t, e in zip(step.taps, self.layout.extent, strict=True))


def trace(
    x: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None, spec: SlideSpec | None = None
) -> Trace:
    """A convolution to look at: ``x`` [C, *N], ``weight`` [F, C, *k], ``bias`` [F]; any number of axes.

    Only checks, copies and pads. Raises ShapeError where shapes do not go together or a value is not finite or
    beyond VALUE_LIMIT.
    """
    spec = SlideSpec() if spec is None else spec
    volume, filters = np.array(x, np.float64), np.array(weight, np.float64)
    if volume.ndim < 2 or filters.ndim != volume.ndim + 1 or filters.shape[1] != volume.shape[0]:
        text = (
            f"Filters {filters.shape} do not go with an input {volume.shape}: they need (F, C, kernel ...)."
        )
        raise ShapeError([Problem("weight", text)])
    offsets = np.zeros(len(filters)) if bias is None else np.array(bias, np.float64)
    if offsets.shape != (len(filters),):
        raise ShapeError([Problem("bias", f"There are {len(filters)} filters but {offsets.size} biases.")])
    found = layout(spec, volume.shape[1:], filters.shape[2:])
    named = (("input", volume), ("weight", filters), ("bias", offsets))
    bad = [problem for field, values in named if (problem := bad_value(field, values))]
    if bad:
        raise ShapeError(bad)
    border = [(0, 0), *[(spec.padding, spec.padding)] * len(found.sizes)]
    padded = np.pad(volume, border)
    return Trace(_frozen(volume), _frozen(filters), _frozen(offsets), spec, found, _frozen(padded))


def trace_1d(
    x: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None, spec: SlideSpec | None = None
) -> Trace:
    """`trace` of a signal: ``x`` [C, N] or [N], ``weight`` [F, C, k] or [k]."""
    return trace(*_with_channels(x, weight, 1), bias, spec)


def trace_3d(
    x: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None, spec: SlideSpec | None = None
) -> Trace:
    """`trace` of a volume: ``x`` [C, D, H, W] or [D, H, W], ``weight`` [F, C, kd, kh, kw] or [kd, kh, kw]."""
    return trace(*_with_channels(x, weight, 3), bias, spec)


def correlate(padded: FloatArray, weight: FloatArray, spec: SlideSpec, found: Layout) -> FloatArray:
    """Slide every kernel over a padded input: [C, *Np], [F, C, *k] -> [F, *M], in blocks of the first axis."""
    axes = len(found.sizes)
    windows = sliding_window_view(padded, found.extent, axis=tuple(range(1, axes + 1)))
    hops = [slice(None, None, spec.stride)] * axes + [slice(None, None, spec.dilation)] * axes
    taken = windows[(slice(None), *hops)]  # [C, *M, *k]
    order = (0, *range(axes + 1, 2 * axes + 1), *range(1, axes + 1))
    flat = weight.reshape(len(weight), -1)
    out = np.empty((len(weight), *found.output), np.result_type(padded, weight))
    block = max(1, _BLOCK_VALUES // (flat.shape[1] * math.prod(found.output[1:])))
    for start in range(0, found.output[0], block):
        part = taken[:, start : start + block].transpose(order)
        product = flat @ part.reshape(flat.shape[1], -1)
        out[:, start : start + block] = product.reshape(len(weight), -1, *found.output[1:])
    return out


def _with_channels(x: npt.ArrayLike, weight: npt.ArrayLike, axes: int) -> tuple[FloatArray, FloatArray]:
    values, filters = np.asarray(x, np.float64), np.asarray(weight, np.float64)
    values = values[None] if values.ndim == axes else values
    filters = filters[None, None] if filters.ndim == axes else filters
    if values.ndim != axes + 1 or filters.ndim != axes + 2:
        text = f"An input {values.shape} with filters {filters.shape} is no convolution along {axes} axes."
        raise ShapeError([Problem("input", text)])
    return values, filters


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.flags.writeable = False
    return array
