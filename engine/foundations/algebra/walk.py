"""A product of two arrays as a walk: at every output the kernel as it lies, what it lies on, products and their sum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from engine.foundations.algebra.exact import Values, frozen, is_exact
from engine.foundations.algebra.products import Kind, Mode, extents, flip, multiply

Place = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """One output.

    ``place`` its cell, ``n`` the argument of (f * g)(n), ``first`` the first padded cell under the kernel; ``patch``,
    ``kernel`` (as it lies) and ``products`` ``[*M]``; ``inside`` bool[*M]: where the patch is f and not a zero around.
    """

    index: int
    place: Place
    n: Place
    first: Place
    patch: Values
    kernel: Values
    products: Values
    inside: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    total: int | float


@dataclass(frozen=True, eq=False)
class Walk:
    """f * g or f ★ g in one of the three modes; ``len`` is the number of outputs, last axis fastest.

    Raises ShapeError where "valid" has no room.
    """

    f: Values
    g: Values
    kind: Kind
    mode: Mode

    def __post_init__(self) -> None:
        extents(self.f.shape, self.g.shape, self.mode)

    def __len__(self) -> int:
        return prod(self.shape)

    @cached_property
    def shape(self) -> Place:
        """The shape of the output."""
        return tuple(length for _, length in extents(self.f.shape, self.g.shape, self.mode))

    @cached_property
    def before(self) -> Place:
        """Zeros in front of f along every axis."""
        found = extents(self.f.shape, self.g.shape, self.mode)
        return tuple(m - 1 - start for (start, _), m in zip(found, self.g.shape, strict=True))

    @cached_property
    def padded(self) -> Values:
        """f with the zeros that the kernel meets around it, ``[*output + M - 1]``."""
        whole = np.zeros(
            [length + m - 1 for length, m in zip(self.shape, self.g.shape, strict=True)], self.f.dtype
        )
        whole[tuple(slice(b, b + n) for b, n in zip(self.before, self.f.shape, strict=True))] = self.f
        return frozen(whole)

    @cached_property
    def is_around(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """bool[*padded]: the zeros around f."""
        around = np.ones(self.padded.shape, np.bool_)
        around[tuple(slice(b, b + n) for b, n in zip(self.before, self.f.shape, strict=True))] = False
        return around

    @cached_property
    def kernel(self) -> Values:
        """g as it lies on f: flipped by a convolution."""
        return flip(self.g) if self.kind == "convolution" else self.g

    @cached_property
    def output(self) -> Values:
        """Every output."""
        return multiply(self.kind, self.f, self.g, self.mode)

    @cached_property
    def first_n(self) -> Place:
        """The argument n of the first output: (f * g) begins at 0, (f ★ g) at −(M − 1), each moved by the mode."""
        found = extents(self.f.shape, self.g.shape, self.mode)
        lag = 0 if self.kind == "convolution" else 1
        return tuple(start - lag * (m - 1) for (start, _), m in zip(found, self.g.shape, strict=True))

    def step(self, i: int) -> Sum:
        """Output ``i`` with all of its products. Raises IndexError outside 0..len-1."""
        if not 0 <= i < len(self):
            raise IndexError(f"output {i} of {len(self)}")
        place = tuple(int(p) for p in np.unravel_index(i, self.shape))
        under = tuple(slice(p, p + m) for p, m in zip(place, self.g.shape, strict=True))
        patch, inside = self.padded[under], ~self.is_around[under]
        products = patch * self.kernel
        total = products.sum()
        exact = int(total) if is_exact(self.f, self.g) else float(total)
        n = tuple(p + first for p, first in zip(place, self.first_n, strict=True))
        return Sum(i, place, n, place, patch, self.kernel, products, inside, exact)

    def stored(self, *place: int) -> Place:
        """The index in g of a cell of the kernel as it lies."""
        if self.kind == "correlation":
            return place
        return tuple(m - 1 - p for p, m in zip(place, self.g.shape, strict=True))
