"""How often a sliding window computes what, counted exactly: windows, multiplications, looks at a pixel. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection.sliding.window_net import FILTERS, HIDDEN, KERNEL, LABELS, POOL, POOLED, WINDOW
from engine.errors import UserError

CountArray = npt.NDArray[np.int64]
Size = tuple[int, int]
"""Height and width."""

FLAT: Final = FILTERS * POOLED * POOLED
_ONE_CONV_CELL: Final = FILTERS * KERNEL * KERNEL


def places(size: int, stride: int = POOL) -> int:
    """How many windows fit along a side of `size` pixels, one every `stride`; 0 where it is shorter than one."""
    return 0 if size < WINDOW else (size - WINDOW) // stride + 1


def grid(size: Size, stride: int = POOL) -> Size:
    """Rows and columns of windows. Raises UserError where the picture is smaller than the window, or stride below 1."""
    if stride < 1:
        raise UserError(f"The stride is {stride}.", "A window moves by 1 pixel at least.")
    if min(size) < WINDOW:
        raise UserError(
            f"The picture is {size[1]} × {size[0]} pixels, smaller than the window of {WINDOW} × {WINDOW}.",
            f"Make it at least {WINDOW} pixels high and wide.",
        )
    return places(size[0], stride), places(size[1], stride)


def check_convolvable(stride: int) -> None:
    """Raises UserError for a stride that the net cannot have as a convolution."""
    if stride < POOL or stride % POOL:
        raise UserError(
            f"As a convolution the net cannot move by {stride} pixel{'s' * (stride != 1)}.",
            f"Its max pool halves the picture, so that answers are {POOL} pixels apart, or a multiple of that.",
        )


@dataclass(frozen=True, slots=True)
class LayerCost:
    """Multiplications (MACs) of one layer: for one window, for all of them one by one, and in one pass."""

    name: str
    once: int
    separate: int
    shared: int

    @property
    def saved(self) -> float:
        """How many times as much the windows do one by one."""
        return self.separate / self.shared


@dataclass(frozen=True, slots=True)
class Cost:
    """What sliding over one picture, or over several, takes."""

    windows: int
    layers: tuple[LayerCost, ...]

    @property
    def once(self) -> int:
        """MACs of one window."""
        return sum(layer.once for layer in self.layers)

    @property
    def separate(self) -> int:
        """MACs of all windows, one by one."""
        return sum(layer.separate for layer in self.layers)

    @property
    def shared(self) -> int:
        """MACs of one pass over each picture."""
        return sum(layer.shared for layer in self.layers)

    @property
    def saved(self) -> float:
        """How many times as much the windows do one by one."""
        return self.separate / self.shared


def cost(sizes: list[Size], stride: int = POOL) -> Cost:
    """MACs over all pictures of these sizes; biases, ReLU and max pool are not counted. Raises UserError (see grid).

    In one pass the 5x5 convolution is computed once at every place of the picture; in the place of the first fully
    connected layer a convolution of stride `stride / 2` gives just the windows that are asked for.
    """
    check_convolvable(stride)
    grids = [grid(size, stride) for size in sizes]
    windows = sum(rows * columns for rows, columns in grids)
    side = WINDOW - KERNEL + 1
    cells = sum((height - KERNEL + 1) * (width - KERNEL + 1) for height, width in sizes)
    heads = (
        ("5×5 convolution", side * side * _ONE_CONV_CELL, cells * _ONE_CONV_CELL),
        ("fully connected", FLAT * HIDDEN, windows * FLAT * HIDDEN),
        ("fully connected", HIDDEN * HIDDEN, windows * HIDDEN * HIDDEN),
        ("answers", HIDDEN * len(LABELS), windows * HIDDEN * len(LABELS)),
    )
    return Cost(windows, tuple(LayerCost(name, once, windows * once, shared) for name, once, shared in heads))


def looks(size: Size, stride: int = POOL) -> CountArray:
    """int64[H, W]: how many windows look at each pixel."""
    rows, columns = grid(size, stride)
    return np.outer(
        _looks_along(size[0], rows, stride, WINDOW), _looks_along(size[1], columns, stride, WINDOW)
    )


def conv_looks(size: Size, stride: int = POOL) -> CountArray:
    """int64[H-4, W-4]: how often each cell of the convolution's maps is computed, window by window."""
    rows, columns = grid(size, stride)
    cut, side = KERNEL - 1, WINDOW - KERNEL + 1
    return np.outer(
        _looks_along(size[0] - cut, rows, stride, side), _looks_along(size[1] - cut, columns, stride, side)
    )


def _looks_along(length: int, count: int, stride: int, side: int) -> CountArray:
    """int64[length]: windows over each place of an axis, from where they begin and end."""
    steps = np.zeros(length + 1, np.int64)
    first = np.arange(count) * stride
    np.add.at(steps, first, 1)
    np.add.at(steps, first + side, -1)
    return np.cumsum(steps)[:length]


def common(first: Size, second: Size, stride: int = POOL) -> Size:
    """Height and width in pixels that two windows, given by row and column of their answers, have in common."""
    apart = (abs(first[0] - second[0]) * stride, abs(first[1] - second[1]) * stride)
    tall, wide = max(WINDOW - apart[0], 0), max(WINDOW - apart[1], 0)
    return (tall, wide) if tall and wide else (0, 0)


def volumes(size: Size) -> tuple[tuple[int, int, int], ...]:
    """(height, width, channels) of what comes in and after every layer, at stride 2. Raises UserError (see grid)."""
    rows, columns = grid(size)
    tall, wide = size[0] - KERNEL + 1, size[1] - KERNEL + 1
    return (
        (size[0], size[1], 1), (tall, wide, FILTERS), (tall // POOL, wide // POOL, FILTERS),
        (rows, columns, HIDDEN), (rows, columns, HIDDEN), (rows, columns, len(LABELS)),
    )  # fmt: skip
