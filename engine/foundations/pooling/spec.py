"""What a pooling is made of, and where its windows lie.

Sizes and windows are those of ``torch.nn.functional`` (max_pool2d, avg_pool2d): with ``ceil_mode`` a last window may
hang over the far border, as long as it begins inside the input or the near padding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]
Shape3 = tuple[int, int, int]
Pair = tuple[int, int]

Kind = Literal["max", "average", "min", "l2", "stochastic", "global_max", "global_average"]
Rule = Literal["max", "average", "min", "l2", "stochastic"]


@dataclass(frozen=True, slots=True)
class PoolSpec:
    """Everything about a pooling but its numbers. Pairs are (vertical, horizontal).

    ``stride`` None: as far as the window is large, so that windows lie side by side. ``padding`` of each side: -inf for
    max, +inf for min, zeros for average and L2, cells that are never drawn for stochastic pooling. ``ceil_mode``: the
    number of windows is rounded up. ``count_include_pad``: an average divides by the cells of the padding, too (never
    by those beyond it). Global kinds take the whole input as their only window; size, stride and padding do not speak.
    """

    kind: Kind = "max"
    size: int | Pair = 2
    stride: int | Pair | None = None
    padding: int | Pair = 0
    ceil_mode: bool = False
    count_include_pad: bool = True

    @property
    def is_global(self) -> bool:
        return self.kind in ("global_max", "global_average")

    @property
    def rule(self) -> Rule:
        """What is done with the values of a window."""
        if self.kind == "global_max":
            return "max"
        return "average" if self.kind == "global_average" else self.kind

    @property
    def size_hw(self) -> Pair:
        return pair(self.size)

    @property
    def stride_hw(self) -> Pair:
        return self.size_hw if self.stride is None else pair(self.stride)

    @property
    def padding_hw(self) -> Pair:
        return pair(self.padding)


@dataclass(frozen=True, slots=True)
class PoolGeometry:
    """Where the windows lie. The window of output (row, col) starts at (row, col) * stride of the frame.

    The frame is the input with its padding (``padded_hw``) and the rows and columns beyond that a last window of
    ``ceil_mode`` hangs over (``frame_hw``). The input starts at ``pads`` (top, left).
    """

    input_hw: Pair
    pads: Pair
    padded_hw: Pair
    frame_hw: Pair
    size: Pair
    stride: Pair
    output_hw: Pair


def pair(value: int | Pair) -> Pair:
    """A number for both axes, or the two numbers themselves."""
    return value if isinstance(value, tuple) else (value, value)


def pooled_size(n: int, f: int, p: int = 0, s: int | None = None, ceil_mode: bool = False) -> int:
    """Size of the output along one axis: ``floor((n + 2p - f) / s) + 1``, or rounded up.

    Rounded up, a window that would begin in the far padding does not count. Not positive where the window does not fit.
    """
    s = f if s is None else s
    free = n + 2 * p - f
    count = (-(-free // s) if ceil_mode else free // s) + 1
    return count - 1 if ceil_mode and (count - 1) * s >= n + p else count


def layout(spec: PoolSpec, input_hw: Pair) -> PoolGeometry:
    """The geometry by the formulas alone, possible or not; `engine.foundations.pooling.problems` says which."""
    size, stride, pads = spec.size_hw, spec.stride_hw, spec.padding_hw
    if spec.is_global:
        size, stride, pads = input_hw, input_hw, (0, 0)
    padded = (input_hw[0] + 2 * pads[0], input_hw[1] + 2 * pads[1])
    rounded_up = spec.ceil_mode and not spec.is_global
    out = tuple(pooled_size(input_hw[a], size[a], pads[a], stride[a], rounded_up) for a in (0, 1))
    frame = tuple(max(padded[a], (out[a] - 1) * stride[a] + size[a]) for a in (0, 1))
    return PoolGeometry(input_hw, pads, padded, (frame[0], frame[1]), size, stride, (out[0], out[1]))
