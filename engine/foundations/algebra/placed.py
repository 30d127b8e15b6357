"""Functions on the grid of whole numbers, zero outside of a block of values: what the laws are about.

Where a block begins matters: a cross-correlation of blocks that begin at 0 begins at a negative index.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.foundations.algebra import products
from engine.foundations.algebra.exact import Values, frozen, largest, numbers
from engine.foundations.algebra.products import Kind

Place = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """``values`` ``[*N]`` whose first cell has the index ``origin``; zero everywhere else."""

    values: Values
    origin: Place

    @property
    def end(self) -> Place:
        """The index behind the last cell, along every axis."""
        return tuple(o + n for o, n in zip(self.origin, self.values.shape, strict=True))

    def times(self, kind: Kind, other: Placed) -> Placed:
        """self * other, or self ★ other; nothing is cut off."""
        values = products.multiply(kind, self.values, other.values)
        if kind == "convolution":
            return Placed(values, tuple(a + b for a, b in zip(self.origin, other.origin, strict=True)))
        ends = zip(self.origin, other.end, strict=True)
        return Placed(values, tuple(a - (end - 1) for a, end in ends))

    def flipped(self) -> Placed:
        """The function n -> self(−n)."""
        return Placed(products.flip(self.values), tuple(1 - end for end in self.end))

    def shifted(self, by: Place) -> Placed:
        """The function n -> self(n − by)."""
        return Placed(self.values, tuple(o + s for o, s in zip(self.origin, by, strict=True)))

    def within(self, origin: Place, end: Place) -> Placed:
        """The same function on a larger block. Raises ValueError where the block would cut something off."""
        before = [o - first for o, first in zip(self.origin, origin, strict=True)]
        after = [last - e for e, last in zip(self.end, end, strict=True)]
        if min(*before, *after) < 0:
            raise ValueError(f"the block {origin} to {end} is smaller than {self.origin} to {self.end}")
        return Placed(frozen(np.pad(self.values, list(zip(before, after, strict=True)))), origin)


def placed(values: Values, origin: Place | None = None) -> Placed:
    """A function whose block begins at ``origin``, by default at 0."""
    return Placed(numbers(values), (0,) * values.ndim if origin is None else origin)


def delta(shape: Place) -> Placed:
    """The identity of convolution: 1 at the index 0, which is the middle of a block of zeros."""
    values = np.zeros(shape, np.int64)
    middle = tuple((n - 1) // 2 for n in shape)
    values[middle] = 1
    return Placed(frozen(values), tuple(-m for m in middle))


def together(*functions: Placed) -> tuple[Placed, ...]:
    """The same functions on the smallest block that holds them all."""
    origin = tuple(map(min, zip(*(one.origin for one in functions), strict=True)))
    end = tuple(map(max, zip(*(one.end for one in functions), strict=True)))
    return tuple(one.within(origin, end) for one in functions)


def plus(a: Placed, b: Placed) -> Placed:
    """a + b."""
    first, second = together(a, b)
    return Placed(frozen(first.values + second.values), first.origin)


def difference(a: Placed, b: Placed) -> Placed:
    """a − b."""
    first, second = together(a, b)
    return Placed(frozen(first.values - second.values), first.origin)


def distance(a: Placed, b: Placed) -> float:
    """The largest difference between two functions; 0 where they are equal, exactly so for whole numbers."""
    return largest(difference(a, b).values)
