"""What goes down a net: the values of a tensor that can be other than zero, and where in it they are."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """A tensor of the shape `shape`, of which `values` are the rows and columns from (`top`, `left`) on.

    The rest is zero. Only maps, Tensor[N, C, H, W], are cut down to a window; anything else is whole.
    """

    values: Tensor
    shape: tuple[int, ...]
    top: int = 0
    left: int = 0

    @property
    def is_whole(self) -> bool:
        return tuple(self.values.shape) == self.shape

    @property
    def bottom(self) -> int:
        """The row after the last one; of maps only."""
        return self.top + self.values.shape[-2]

    @property
    def right(self) -> int:
        return self.left + self.values.shape[-1]

    def whole(self) -> Tensor:
        """The tensor with its zeros."""
        if self.is_whole:
            return self.values
        height, width = self.shape[-2:]
        return functional.pad(self.values, (self.left, width - self.right, self.top, height - self.bottom))

    def of(self, values: Tensor) -> Signal:
        """Other values in the same place."""
        shape = self.shape if values.shape[1:2] == self.values.shape[1:2] else _channels(self.shape, values)
        return Signal(values, shape, self.top, self.left)

    def cut(self, tensor: Tensor) -> Tensor:
        """What another tensor over the same rows and columns has where this signal is."""
        if self.is_whole:
            return tensor
        return tensor[..., self.top : self.bottom, self.left : self.right]


def whole(values: Tensor) -> Signal:
    """A signal without a border of zeros that is known."""
    return Signal(values, tuple(values.shape))


def clipped(values: Tensor, shape: tuple[int, ...], top: int, left: int) -> Signal:
    """Values from (`top`, `left`) on, which may lie outside of maps of that shape: padding has no pixels."""
    height, width = shape[-2:]
    first_row, first_column = max(-top, 0), max(-left, 0)
    last_row, last_column = min(height - top, values.shape[-2]), min(width - left, values.shape[-1])
    inside = values[..., first_row:last_row, first_column:last_column]
    return Signal(inside, shape, top + first_row, left + first_column)


def added(one: Signal, other: Signal) -> Signal:
    """The sum of what comes down two ways."""
    same = one.values.shape == other.values.shape and (one.top, one.left) == (other.top, other.left)
    if same:
        return Signal(one.values + other.values, one.shape, one.top, one.left)
    top, left = min(one.top, other.top), min(one.left, other.left)
    bottom, right = max(one.bottom, other.bottom), max(one.right, other.right)
    values = torch.zeros(
        (*one.values.shape[:-2], bottom - top, right - left), dtype=one.values.dtype, device=one.values.device
    )
    for signal in (one, other):
        values[..., signal.top - top : signal.bottom - top, signal.left - left : signal.right - left] += (
            signal.values
        )
    return Signal(values, one.shape, top, left)


def _channels(shape: tuple[int, ...], values: Tensor) -> tuple[int, ...]:
    return shape[0], values.shape[1], *shape[2:]
