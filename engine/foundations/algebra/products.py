"""The two products: convolution, which flips the kernel, and cross-correlation, which does not.

    (f * g)(n) = sum over k of f(k) g(n - k)        (f ★ g)(n) = sum over m of f(n + m) g(m)

for arrays with any number of axes. What deep learning calls convolution is the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from engine.foundations.algebra.exact import Values, frozen
from engine.foundations.problems import Problem, ShapeError

Kind = Literal["convolution", "correlation"]
Mode = Literal["full", "same", "valid"]

MODES: Final[tuple[Mode, ...]] = ("full", "same", "valid")
OTHER: Final[dict[Kind, Kind]] = {"convolution": "correlation", "correlation": "convolution"}
SIGNS: Final[dict[Kind, str]] = {"convolution": "*", "correlation": "★"}


def flip(a: Values) -> Values:
    """The same values with every axis reversed: a(−n), a rotation by 180 degrees in two dimensions."""
    return frozen(np.ascontiguousarray(a[(slice(None, None, -1),) * a.ndim]))


def extent(n: int, m: int, mode: Mode) -> tuple[int, int]:
    """Where an axis of the output begins in the full product of n and m values, and how long it is.

    "same" has the n values of the first operand, the middle ones (one nearer to the beginning where m is even).
    """
    if mode == "full":
        return 0, n + m - 1
    return ((m - 1) // 2, n) if mode == "same" else (m - 1, n - m + 1)


def extents(shape: Sequence[int], kernel: Sequence[int], mode: Mode) -> list[tuple[int, int]]:
    """`extent` of every axis.

    Raises:
        ShapeError: the kernel has another number of axes, or is larger than what it has to lie in ("valid").
    """
    if len(shape) != len(kernel):
        text = f"An operand with {len(shape)} axes does not go with one with {len(kernel)}."
        raise ShapeError([Problem("kernel", text)])
    found = [extent(n, m, mode) for n, m in zip(shape, kernel, strict=True)]
    if min(length for _, length in found) < 1:
        sizes = (" × ".join(map(str, one)) for one in (kernel, shape))
        text = "The second operand ({}) does not fit into the first ({}); “valid” needs that.".format(*sizes)
        raise ShapeError([Problem("mode", text)])
    return found


def convolve(f: Values, g: Values, mode: Mode = "full") -> Values:
    """f * g: ``[*N]``, ``[*M]`` -> ``[*N + M - 1]`` (full), ``[*N]`` (same) or ``[*N - M + 1]`` (valid).

    Whole numbers give whole numbers. Raises ShapeError as `extents` does.
    """
    found = extents(f.shape, g.shape, mode)
    full = np.zeros([n + m - 1 for n, m in zip(f.shape, g.shape, strict=True)], np.result_type(f, g))
    for place in np.ndindex(g.shape):
        block = tuple(slice(i, i + n) for i, n in zip(place, f.shape, strict=True))
        full[block] += f * g[place]
    return frozen(full[tuple(slice(start, start + length) for start, length in found)].copy())


def correlate(f: Values, g: Values, mode: Mode = "full") -> Values:
    """f ★ g, which is f * flip(g); shapes and errors as `convolve`. In "full" the first cell is n = −(M − 1)."""
    return convolve(f, flip(g), mode)


def multiply(kind: Kind, f: Values, g: Values, mode: Mode = "full") -> Values:
    """One of the two products."""
    return convolve(f, g, mode) if kind == "convolution" else correlate(f, g, mode)


def is_symmetric(g: Values) -> bool:
    """Whether flipping changes nothing, so that both products with it are the same numbers."""
    return bool(np.array_equal(g, flip(g)))
