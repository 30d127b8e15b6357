"""Shapes of one picture's values, windows that slide over them, and what does not go together.

A shape is that of one picture, without the batch axis: (C, H, W) for maps, (D,) for vectors, (T, D) for tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Literal, TypeAlias

from engine.errors import UserError

Shape: TypeAlias = tuple[int, ...]
Pair: TypeAlias = tuple[int, int]


class Misfit(UserError):
    """A layer that cannot take what it is given; the sentence says why, the hint what would help."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which input positions an output position reads: rows y * stride - padding + i * dilation, i < kernel."""

    kernel: Pair = (1, 1)
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)

    @property
    def extent(self) -> Pair:
        """From the first to the last position read, dilation included."""
        (kh, kw), (dh, dw) = self.kernel, self.dilation
        return (kh - 1) * dh + 1, (kw - 1) * dw + 1


Reach: TypeAlias = Window | Literal["everything", "unknown"]
"""How far an output position looks: through a window, at the whole input, or in a way that windows do not describe."""

POINT = Window()


def shape_text(shape: Shape) -> str:
    """A shape as courses write it, with the channels last: (6, 28, 28) is "28 × 28 × 6"."""
    if len(shape) == 3:
        channels, height, width = shape
        return f"{height} × {width} × {channels}"
    return " × ".join(str(n) for n in shape)


def slid(window: Window, size: Pair, round_up: bool = False) -> Pair:
    """The number of positions of a window along both axes. Raises Misfit where it does not fit once."""
    rows, columns = (
        _positions(n, window, axis, round_up) for axis, n in enumerate(size)
    )  # fmt: skip
    return rows, columns


def _positions(n: int, window: Window, axis: int, round_up: bool) -> int:
    extent, stride, padding = window.extent[axis], window.stride[axis], window.padding[axis]
    count = (ceil if round_up else floor)((n + 2 * padding - extent) / stride) + 1
    if round_up and (count - 1) * stride >= n + padding:
        count -= 1
    if count < 1:
        what = ("rows", "columns")[axis]
        raise Misfit(
            f"A window of {extent} {what} does not fit into {n}{f' + 2 × {padding} of padding' if padding else ''}.",
            "Use a smaller kernel, more padding, or less stride in the layers before.",
        )
    return count
