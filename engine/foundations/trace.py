"""One convolution, ready to be looked at: any step with all of its products, and where every number came from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.foundations.arrays import applied_kernel, axis_sources, correlate, pad_volume
from engine.foundations.problems import Problem, ShapeError, bad_value, geometry
from engine.foundations.spec import Activation, BoolArray, ConvSpec, FloatArray, Geometry, IntArray, Shape3


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One output cell: the window on every channel, every product, every sum."""

    index: int
    filter: int
    row: int
    col: int
    channels: tuple[int, ...]
    rows: IntArray  # [kh] padded rows that the taps read
    cols: IntArray  # [kw]
    patch: FloatArray  # [C/groups, kh, kw]
    kernel: FloatArray  # [C/groups, kh, kw] as applied
    products: FloatArray  # [C/groups, kh, kw]
    channel_sums: FloatArray  # [C/groups]
    total: float
    bias: float
    pre: float
    value: float
    activation: Activation


@dataclass(frozen=True, eq=False)
class Trace:
    """One convolution, ready to be looked at. Made by `trace`; all arrays are read-only.

    ``x`` float64[C, H, W], ``weight`` float64[F, C/groups, kh, kw], ``bias`` float64[F], ``padded``
    float64[C, Hp, Wp]. ``len`` is the number of steps, filter by filter, row by row.
    """

    x: FloatArray
    weight: FloatArray
    bias: FloatArray
    spec: ConvSpec
    geometry: Geometry
    padded: FloatArray
    kernel: FloatArray  # float64[F, C/groups, kh, kw] as applied

    @property
    def shape(self) -> Shape3:
        """(F, Ho, Wo)."""
        return (self.weight.shape[0], *self.geometry.output_hw)

    def __len__(self) -> int:
        filters, rows, cols = self.shape
        return filters * rows * cols

    @cached_property
    def pre_activation(self) -> FloatArray:
        """float64[F, Ho, Wo]: sums plus bias."""
        sums: FloatArray = correlate(self.padded, self.kernel, self.geometry, self.spec.groups)
        sums += self.bias[:, None, None]
        return _frozen(sums)

    @cached_property
    def output(self) -> FloatArray:
        """float64[F, Ho, Wo]: after the activation."""
        return (
            _frozen(np.maximum(self.pre_activation, 0))
            if self.spec.activation == "relu"
            else self.pre_activation
        )

    # -- single steps

    def step(self, i: int) -> Step:
        """Step ``i`` with all of its products, worked out now. Raises IndexError outside 0..len-1."""
        filters, rows, cols = self.shape
        if not 0 <= i < filters * rows * cols:
            raise IndexError(f"step {i} of {filters * rows * cols}")
        f, place = divmod(i, rows * cols)
        row, col = divmod(place, cols)
        g, depth = self.geometry, self.weight.shape[1]
        y, x, (dy, dx), (ey, ex) = row * g.stride[0], col * g.stride[1], g.dilation, g.effective_kernel_hw
        first = f // (filters // self.spec.groups) * depth
        patch = self.padded[first : first + depth, y : y + ey : dy, x : x + ex : dx]
        products = patch * self.kernel[f]
        sums = products.sum((1, 2))
        total, bias = float(sums.sum()), float(self.bias[f])
        pre = total + bias
        relu = self.spec.activation == "relu"
        return Step(
            index=i,
            filter=f,
            row=row,
            col=col,
            channels=tuple(range(first, first + depth)),
            rows=np.arange(y, y + ey, dy),
            cols=np.arange(x, x + ex, dx),
            patch=patch,
            kernel=self.kernel[f],
            products=products,
            channel_sums=sums,
            total=total,
            bias=bias,
            pre=pre,
            value=max(pre, 0.0) if relu else pre,
            activation=self.spec.activation,
        )

    def index_of(self, filter: int, row: int, col: int) -> int:
        """The step that fills output cell (filter, row, col). Raises IndexError outside the output."""
        filters, rows, cols = self.shape
        if not (0 <= filter < filters and 0 <= row < rows and 0 <= col < cols):
            raise IndexError(f"cell {(filter, row, col)} of an output {self.shape}")
        return (filter * rows + row) * cols + col

    def nearest_step(self, y: int, x: int, filter: int = 0) -> int:
        """The step of a filter whose window has its centre nearest to padded cell (y, x).

        That window covers the cell if any window does. Of two at the same distance the earlier one.
        """
        g, nearest = self.geometry, []
        axes = zip((y, x), g.effective_kernel_hw, g.stride, g.output_hw, strict=True)
        for at, extent, stride, count in axes:
            # The smallest o of those that minimise |o * stride + (extent - 1) / 2 - at|.
            o = -((extent - 1 + stride - 2 * at) // (2 * stride))
            nearest.append(min(max(o, 0), count - 1))
        return self.index_of(filter, nearest[0], nearest[1])

    # -- where numbers come from and go to

    @cached_property
    def _sources(self) -> tuple[IntArray, IntArray]:
        (top, bottom, left, right), (h, w), (sy, sx) = (
            self.geometry.pads,
            self.geometry.input_hw,
            self.geometry.spacing,
        )
        mode = self.spec.padding_mode
        return axis_sources(h, top, bottom, sy, mode), axis_sources(w, left, right, sx, mode)

    @cached_property
    def _taps(self) -> tuple[IntArray, IntArray]:
        """Padded rows [Ho, kh] and columns [Wo, kw] that the taps of every window read."""
        g = self.geometry
        rows, cols = (
            np.arange(count)[:, None] * stride + np.arange(k) * dilation
            for count, stride, k, dilation in zip(g.output_hw, g.stride, g.kernel_hw, g.dilation, strict=True)
        )
        return rows, cols

    @cached_property
    def source(self) -> IntArray:
        """int[Hp, Wp, 2]: the input (row, col) of every padded cell, (-1, -1) for zeros that were put in."""
        rows, cols = self._sources
        both = np.stack(np.broadcast_arrays(rows[:, None], cols[None, :]), axis=-1)
        return _frozen(np.where(both.min(-1, keepdims=True) < 0, -1, both))

    @cached_property
    def is_padding(self) -> BoolArray:
        """bool[Hp, Wp]: all cells but the pixels of the input themselves; mirrored copies are padding."""
        (top, _, left, _), (h, w), (sy, sx) = (
            self.geometry.pads,
            self.geometry.input_hw,
            self.geometry.spacing,
        )
        padding = np.ones(self.geometry.padded_hw, np.bool_)
        padding[top : top + (h - 1) * sy + 1 : sy, left : left + (w - 1) * sx + 1 : sx] = False
        return _frozen(padding)

    @cached_property
    def _padded_reads(self) -> tuple[IntArray, IntArray]:
        (rows, cols), (height, width) = self._taps, self.geometry.padded_hw
        return np.bincount(rows.ravel(), minlength=height), np.bincount(cols.ravel(), minlength=width)

    @cached_property
    def reads(self) -> IntArray:
        """int[H, W]: how often one filter reads each input pixel, mirrored and repeated copies included."""
        counts = []
        for source, reads, n in zip(self._sources, self._padded_reads, self.geometry.input_hw, strict=True):
            real = source >= 0
            counts.append(np.bincount(source[real], weights=reads[real], minlength=n).astype(np.intp))
        return _frozen(np.outer(counts[0], counts[1]))

    @cached_property
    def unread(self) -> BoolArray:
        """bool[Hp, Wp]: padded cells that no window reads: left over by the floor or stepped over."""
        rows, cols = self._padded_reads
        return _frozen(np.outer(rows, cols) == 0)

    def readers(self, y: int, x: int) -> list[tuple[int, int]]:
        """Output cells (row, col) that read input pixel (y, x), directly or through the padding."""
        rows, cols = (
            np.flatnonzero((source[taps] == at).any(1)).tolist()
            for source, taps, at in zip(self._sources, self._taps, (y, x), strict=True)
        )
        return [(row, col) for row in rows for col in cols]

    def receptive_field(self, row: int, col: int) -> tuple[int, int, int, int]:
        """(top, left, bottom, right), ends excluded, in input coordinates: the pixels between which the
        window reads.

        May reach below 0 and beyond H, W: there it reads padding. A window of a transposed convolution that
        meets inserted zeros only has an empty field (bottom == top or right == left).
        """
        spans = []
        g, taps = self.geometry, self._taps
        for axis, at in ((0, row), (1, col)):
            places = taps[axis][at] - g.pads[2 * axis]
            hit = places[places % g.spacing[axis] == 0] // g.spacing[axis]
            edge = int(-(-places[0] // g.spacing[axis]))
            spans.append((int(hit[0]), int(hit[-1]) + 1) if hit.size else (edge, edge))
        return spans[0][0], spans[1][0], spans[0][1], spans[1][1]


def trace(
    x: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None, spec: ConvSpec | None = None
) -> Trace:
    """A convolution to look at: ``x`` [C, H, W] (or [H, W]), ``weight`` [F, C/groups, kh, kw] (or [kh, kw]),
    ``bias`` [F].

    Only checks, copies and pads; steps and output are worked out when asked for. Raises ShapeError where
    shapes do not go together or a value is not finite or beyond VALUE_LIMIT.
    """
    spec = ConvSpec() if spec is None else spec
    volume = np.array(x, dtype=np.float64)
    filters = np.array(weight, dtype=np.float64)
    volume = volume[None] if volume.ndim == 2 else volume
    filters = filters[None, None] if filters.ndim == 2 else filters
    g = geometry(spec, volume.shape, filters.shape)
    offsets = np.zeros(len(filters)) if bias is None else np.atleast_1d(np.array(bias, dtype=np.float64))
    if offsets.shape != filters.shape[:1]:
        raise ShapeError(
            [Problem("bias", f"There are {len(filters)} filters but {offsets.size} biases.", len(filters))]
        )
    found = [
        p
        for field, values in (("input", volume), ("weight", filters), ("bias", offsets))
        if (p := bad_value(field, values))
    ]
    if found:
        raise ShapeError(found)
    padded = _frozen(pad_volume(volume, g, spec.padding_mode))
    kernel = _frozen(np.ascontiguousarray(applied_kernel(filters, spec)))
    return Trace(_frozen(volume), _frozen(filters), _frozen(offsets), spec, g, padded, kernel)


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.flags.writeable = False
    return array
