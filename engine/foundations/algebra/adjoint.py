"""The adjoint: one linear map there, its transpose back, as sums and as matrices.

Of x ★ k "valid" it is y * k "full", of x * k "full" it is y ★ k "valid": cross-correlation and convolution are each
other's adjoint, and with every "full" comes a "valid". "same" keeps its size; its zeros change sides where k is even.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from engine.foundations.algebra.exact import Values, agree, bound, frozen, inner, is_exact
from engine.foundations.algebra.products import OTHER, Kind, Mode, extents, multiply


def matrix(kernel: Values, shape: tuple[int, ...], kind: Kind, mode: Mode) -> Values:
    """The matrix T of x -> x * k (or x ★ k): ``[outputs, inputs]``, both counted row by row.

    Banded, with the same numbers along every diagonal (Toeplitz); with two axes blocks of such matrices. Written down
    entry by entry from the definition, so that it shares nothing with `products`. Raises ShapeError as `extents` does.
    """
    found = extents(shape, kernel.shape, mode)
    sizes = tuple(length for _, length in found)
    rows = np.zeros((prod(sizes), prod(shape)), kernel.dtype)
    for row, out in enumerate(np.ndindex(sizes)):
        for column, at in enumerate(np.ndindex(shape)):
            n = [o + start for o, (start, _) in zip(out, found, strict=True)]
            tap = tuple(i - j for i, j in zip(n, at, strict=True))
            if kind == "correlation":
                tap = tuple(m - 1 - t for t, m in zip(tap, kernel.shape, strict=True))
            if all(0 <= t < m for t, m in zip(tap, kernel.shape, strict=True)):
                rows[row, column] = kernel[tap]
    return frozen(rows)


def adjoint(kind: Kind, y: Values, kernel: Values, shape: tuple[int, ...], mode: Mode) -> Values:
    """The adjoint of x -> x * k (or x ★ k) at y: ``[*output]`` -> ``[*shape]``.

    y is laid into the zeros that stand for what the mode cut off; then the other product, where it fits.

    Raises:
        ValueError: y has not the shape of the output.
    """
    found = extents(shape, kernel.shape, mode)
    if y.shape != tuple(length for _, length in found):
        raise ValueError(f"y has the shape {y.shape}, the output has another")
    around = [
        (start, n + m - 1 - start - length)
        for (start, length), n, m in zip(found, shape, kernel.shape, strict=True)
    ]
    return multiply(OTHER[kind], frozen(np.pad(y, around)), kernel, "valid")


def adjoint_mode(mode: Mode) -> Mode:
    """The mode of the adjoint: every "full" has a "valid"."""
    modes: dict[Mode, Mode] = {"full": "valid", "valid": "full", "same": "same"}
    return modes[mode]


@dataclass(frozen=True, eq=False)
class Pairing:
    """x, k and y with both inner products: <x ★ k, y> and <x, y * k>, or the other way round.

    ``x`` ``[*N]``, ``kernel`` ``[*M]``, ``y`` with the shape of the output.
    """

    x: Values
    kernel: Values
    y: Values
    kind: Kind
    mode: Mode

    @cached_property
    def forward(self) -> Values:
        """What the map makes of x."""
        return multiply(self.kind, self.x, self.kernel, self.mode)

    @cached_property
    def backward(self) -> Values:
        """What the adjoint makes of y."""
        return adjoint(self.kind, self.y, self.kernel, self.x.shape, self.mode)

    @cached_property
    def matrix(self) -> Values:
        """T, ``[outputs, inputs]``."""
        return matrix(self.kernel, self.x.shape, self.kind, self.mode)

    @property
    def left(self) -> int | float:
        """<T x, y>."""
        return inner(self.forward, self.y)

    @property
    def right(self) -> int | float:
        """<x, Tᵀ y>."""
        return inner(self.x, self.backward)

    @property
    def exact(self) -> bool:
        return is_exact(self.x, self.kernel, self.y)

    @property
    def agrees(self) -> bool:
        """Whether both inner products are one number."""
        return agree(abs(self.left - self.right), bound(self.x, self.kernel, self.y), exact=self.exact)
