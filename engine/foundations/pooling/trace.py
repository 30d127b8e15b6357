"""One pooling, ready to be looked at: any window with its values, where its result came from, where gradients go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.foundations.pooling import backward, stochastic, windows
from engine.foundations.pooling.problems import geometry
from engine.foundations.pooling.spec import BoolArray, FloatArray, IntArray, PoolGeometry, PoolSpec, Shape3
from engine.foundations.problems import ShapeError, bad_value

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class PoolStep:
    """One output cell: its window, the values that count, and what became of them.

    ``values`` holds what the window sees, outside the input what padding stands for (-inf, inf or 0). ``inside``: cells
    of the input. ``counted``: cells that an average divides by. ``switch``: the input's (row, col) that won or was
    drawn, None where there is none. ``probabilities``, ``dice`` and ``expected`` speak for stochastic pooling.
    """

    index: int
    channel: int
    row: int
    col: int
    rows: IntArray  # [kh] rows of the frame
    cols: IntArray  # [kw]
    values: FloatArray  # [kh, kw]
    inside: BoolArray  # [kh, kw]
    counted: BoolArray  # [kh, kw]
    result: float
    switch: Cell | None
    shares: FloatArray  # [kh, kw] of the output's gradient
    probabilities: FloatArray  # [kh, kw]
    dice: float
    expected: float

    @property
    def divisor(self) -> int:
        """What an average divides by."""
        return int(self.counted.sum())


@dataclass(frozen=True, eq=False)
class PoolTrace:
    """One pooling of a volume, channel by channel. Made by `trace`; all arrays are read-only.

    ``x`` float64[C, H, W]; ``frame`` float64[C, Fh, Fw] is the input with what lies around it; ``dice``
    float64[C, Ho, Wo] in 0..1. ``len`` is the number of windows, channel by channel, row by row.
    """

    x: FloatArray
    spec: PoolSpec
    geometry: PoolGeometry
    dice: FloatArray

    @property
    def shape(self) -> Shape3:
        """(C, Ho, Wo)."""
        return (len(self.x), *self.geometry.output_hw)

    def __len__(self) -> int:
        channels, rows, cols = self.shape
        return channels * rows * cols

    @cached_property
    def frame(self) -> FloatArray:
        return _frozen(windows.framed(self.x, self.geometry, windows.fill_of(self.spec)))

    @cached_property
    def output(self) -> FloatArray:
        """float64[C, Ho, Wo]."""
        return _frozen(windows.pooled(self.x, self.spec, self.geometry, self.dice))

    @cached_property
    def switches(self) -> IntArray | None:
        """int[C, Ho, Wo]: where each value came from, as ``row * W + col`` of its channel, as torch counts.

        -1 where stochastic pooling drew nothing; None for average and L2, which come from all cells of a window.
        """
        if self.spec.rule == "stochastic":
            return _frozen(windows.drawn_switches(self.x, self.geometry, self.dice))
        if self.spec.rule in ("max", "min"):
            return _frozen(windows.extreme_switches(self.x, self.spec, self.geometry))
        return None

    @cached_property
    def expected(self) -> FloatArray:
        """float64[C, Ho, Wo]: the probability-weighted output of stochastic pooling at test time."""
        return _frozen(stochastic.weighted(self.x, self.geometry))

    def backward(self, grad_output: npt.ArrayLike) -> FloatArray:
        """The gradient of the input float64[C, H, W] from that of the output [C, Ho, Wo].

        Raises ValueError for another shape.
        """
        grad = np.asarray(grad_output, np.float64)
        if grad.shape != self.shape:
            raise ValueError(f"a gradient of the output has the shape {self.shape}, not {grad.shape}")
        if self.switches is not None:
            return _frozen(backward.unpool(grad, self.switches, self.geometry.input_hw))
        if self.spec.rule == "l2":
            return _frozen(backward.along_values(grad, self.x, self.output, self.geometry))
        return _frozen(backward.spread(grad, self.spec, self.geometry))

    # -- single windows

    def step(self, i: int) -> PoolStep:
        """Window ``i`` with all of its values, worked out now. Raises IndexError outside 0..len-1."""
        channels, rows, cols = self.shape
        if not 0 <= i < channels * rows * cols:
            raise IndexError(f"window {i} of {channels * rows * cols}")
        channel, place = divmod(i, rows * cols)
        row, col = divmod(place, cols)
        g = self.geometry
        y, x = row * g.stride[0], col * g.stride[1]
        block = (slice(y, y + g.size[0]), slice(x, x + g.size[1]))
        values, inside = self.frame[channel][block], ~self.is_outside[block]
        probabilities = stochastic.probabilities(np.where(inside, values, 0.0))
        switch = None if self.switches is None else int(self.switches[channel, row, col])
        counted = inside
        if self.spec.count_include_pad and not self.spec.is_global:
            counted = ~self.is_beyond[block]
        result = float(self.output[channel, row, col])
        won = None if switch is None or switch < 0 else divmod(switch, g.input_hw[1])
        return PoolStep(
            index=i,
            channel=channel,
            row=row,
            col=col,
            rows=np.arange(y, y + g.size[0]),
            cols=np.arange(x, x + g.size[1]),
            values=values,
            inside=inside,
            counted=counted,
            result=result,
            switch=won,
            shares=self._shares((y, x), values, inside, int(counted.sum()), result, won),
            probabilities=probabilities,
            dice=float(self.dice[channel, row, col]),
            expected=float((probabilities * np.where(inside, values, 0.0)).sum()),
        )

    def _shares(
        self,
        start: Cell,
        values: FloatArray,
        inside: BoolArray,
        divisor: int,
        result: float,
        won: Cell | None,
    ) -> FloatArray:
        """float64[kh, kw]: what part of the output's gradient goes to each cell of a window."""
        shares = np.zeros(values.shape)
        if self.spec.rule == "average":
            shares[inside] = 1.0 / divisor
        elif self.spec.rule == "l2":
            shares[inside] = values[inside] / result if result > 0 else 0.0
        elif won is not None:
            top, left = self.geometry.pads
            shares[won[0] + top - start[0], won[1] + left - start[1]] = 1.0
        return shares

    def index_of(self, channel: int, row: int, col: int) -> int:
        """The step of output cell (channel, row, col). Raises IndexError outside the output."""
        channels, rows, cols = self.shape
        if not (0 <= channel < channels and 0 <= row < rows and 0 <= col < cols):
            raise IndexError(f"cell {(channel, row, col)} of an output {self.shape}")
        return (channel * rows + row) * cols + col

    def nearest(self, y: int, x: int) -> Cell:
        """The output (row, col) whose window has its middle nearest to frame cell (y, x); of two the earlier one."""
        g, found = self.geometry, []
        for at, size, stride, count in zip((y, x), g.size, g.stride, g.output_hw, strict=True):
            # The smallest o of those that minimise |o * stride + (size - 1) / 2 - at|.
            o = -((size - 1 + stride - 2 * at) // (2 * stride))
            found.append(min(max(o, 0), count - 1))
        return found[0], found[1]

    # -- which cells

    @cached_property
    def is_outside(self) -> BoolArray:
        """bool[Fh, Fw]: cells of the frame that are not the input's."""
        outside = np.ones(self.geometry.frame_hw, np.bool_)
        (top, left), (height, width) = self.geometry.pads, self.geometry.input_hw
        outside[top : top + height, left : left + width] = False
        return _frozen(outside)

    @cached_property
    def is_beyond(self) -> BoolArray:
        """bool[Fh, Fw]: cells beyond the padding that a last window of ceil mode hangs over."""
        beyond = np.zeros(self.geometry.frame_hw, np.bool_)
        beyond[self.geometry.padded_hw[0] :] = True
        beyond[:, self.geometry.padded_hw[1] :] = True
        return _frozen(beyond)

    @cached_property
    def reads(self) -> IntArray:
        """int[Fh, Fw]: how many windows see each cell of the frame."""
        counts = []
        g = self.geometry
        for axis in (0, 1):
            taps = np.arange(g.output_hw[axis])[:, None] * g.stride[axis] + np.arange(g.size[axis])
            counts.append(np.bincount(taps.ravel(), minlength=g.frame_hw[axis]))
        return _frozen(np.outer(counts[0], counts[1]))

    def readers(self, y: int, x: int) -> list[Cell]:
        """Output cells (row, col) whose window sees input cell (y, x)."""
        g, spans = self.geometry, []
        for axis, at in enumerate((y + g.pads[0], x + g.pads[1])):
            first = max(-((g.size[axis] - 1 - at) // g.stride[axis]), 0)
            spans.append(range(first, min(at // g.stride[axis], g.output_hw[axis] - 1) + 1))
        return [(row, col) for row in spans[0] for col in spans[1]]


def trace(x: npt.ArrayLike, spec: PoolSpec | None = None, seed: int = 0, roll: int = 0) -> PoolTrace:
    """A pooling to look at: ``x`` [C, H, W] (or [H, W]).

    Only checks and copies; windows, output and gradients are worked out when asked for. ``seed`` and ``roll`` (0, 1,
    ...) say how the dice of stochastic pooling fall. Raises ShapeError where the window does not go with the input or
    a value is not finite or beyond VALUE_LIMIT.
    """
    spec = PoolSpec() if spec is None else spec
    volume = np.array(x, dtype=np.float64)
    volume = volume[None] if volume.ndim == 2 else volume
    g = geometry(spec, (*volume.shape,))
    bad = bad_value("input", volume)
    if bad is not None:
        raise ShapeError([bad])
    dice = stochastic.dice(seed, (len(volume), *g.output_hw), roll)
    return PoolTrace(_frozen(volume), spec, g, _frozen(dice))


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.flags.writeable = False
    return array
