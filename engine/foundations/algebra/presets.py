"""Numbers to begin with: small, whole, and each with something to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.foundations.algebra.exact import Values, frozen

Grid = tuple[tuple[float, ...], ...]
"""Rows of numbers; a sequence is a grid of one row."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two operands, and how the product of them can be read ("numbers", "dice", "polynomial")."""

    name: str
    title: str
    description: str
    f: Grid
    g: Grid
    reading: str = "numbers"

    @property
    def axes(self) -> int:
        return 1 if len(self.f) == len(self.g) == 1 else 2


def row(*values: float) -> Grid:
    """A sequence."""
    return (tuple(float(v) for v in values),)


def grid(*rows: tuple[float, ...]) -> Grid:
    """A matrix."""
    return tuple(tuple(float(v) for v in one) for one in rows)


BOX3: Final = grid((1, 1, 1), (1, 1, 1), (1, 1, 1))
SOBEL: Final = grid((1, 0, -1), (2, 0, -2), (1, 0, -1))
LAPLACE: Final = grid((0, 1, 0), (1, -4, 1), (0, 1, 0))
BINOMIAL3: Final = grid((1, 2, 1), (2, 4, 2), (1, 2, 1))
CORNER: Final = grid((1, 2), (3, 4))
_BINOMIAL = (1, 4, 6, 4, 1)

PAIRS: Final = (
    Pair(
        "steps", "Seven numbers and three",
        "Small enough to do in the head; the kernel is not symmetric, so that the flip is seen.",
        row(1, 3, 2, 0, 4, 1, 2), row(1, 2, 3),
    ),
    Pair(
        "dice", "Two dice",
        "Every face counts once; the convolution counts the ways to every sum, from 2 to 12.",
        row(1, 1, 1, 1, 1, 1), row(1, 1, 1, 1, 1, 1), "dice",
    ),
    Pair(
        "loaded", "A fair and a loaded die", "The second die shows six five times as often as each other face.",
        row(1, 1, 1, 1, 1, 1), row(1, 1, 1, 1, 1, 5), "dice",
    ),
    Pair(
        "polynomial", "Two polynomials", "Coefficients convolved: what school calls multiplying out.",
        row(1, 2, 0, 1), row(2, -1, 3), "polynomial",
    ),
    Pair(
        "binomial", "Smoothing with 1 2 1", "A symmetric kernel: flipped or not, the sums are the same.",
        row(0, 0, 4, 0, 0, 8, 0), row(1, 2, 1),
    ),
    Pair(
        "edge", "A step and a difference", "The flip turns the sign of an edge: +1 −1 becomes −1 +1.",
        row(0, 0, 0, 5, 5, 5, 5), row(1, -1),
    ),
    Pair(
        "corner", "A matrix and a 2 × 2 kernel", "In two dimensions the flip is a rotation by 180 degrees.",
        grid((1, 2, 0, 1), (0, 1, 3, 1), (2, 0, 1, 2), (1, 1, 0, 1)), CORNER,
    ),
    Pair(
        "sobel", "A bright half and Sobel’s kernel", "The flip turns the sign: an edge from dark to bright.",
        grid(*[(0, 0, 0, 9, 9, 9)] * 5), SOBEL,
    ),
    Pair(
        "impulse", "One bright cell", "Convolution copies the kernel, cross-correlation copies it rotated.",
        grid((0, 0, 0, 0, 0), (0, 0, 0, 0, 0), (0, 0, 1, 0, 0), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0)),
        grid((1, 2, 3), (4, 5, 6), (7, 8, 9)),
    ),
)  # fmt: skip

KERNELS: Final[dict[str, tuple[str, Grid]]] = {
    "binomial": (
        "Binomial 5 × 5, nearly Gaussian",
        grid(*[tuple(a * b for b in _BINOMIAL) for a in _BINOMIAL]),
    ),
    "box": ("Box 3 × 3", BOX3),
    "sobel": ("Sobel", SOBEL),
    "prewitt": ("Prewitt", grid((1, 0, -1), (1, 0, -1), (1, 0, -1))),
    "laplace": ("Laplace, rank 2", LAPLACE),
    "diagonal": ("Diagonal, rank 3", grid((1, 0, 0), (0, 1, 0), (0, 0, 1))),
    "soft": ("Blur with decimals", grid((0.05, 0.1, 0.05), (0.1, 0.4, 0.1), (0.05, 0.1, 0.05))),
}


def pair(name: str) -> Pair:
    """The pair of that name. Raises KeyError."""
    found = {one.name: one for one in PAIRS}
    return found[name]


def drawn(shape: tuple[int, int], seed: int, *, whole: bool = True, low: int = -3, high: int = 4) -> Grid:
    """Random numbers of low..high, the same for the same seed: whole ones, or decimals with one place."""
    generator = np.random.default_rng(seed)
    values = (
        generator.integers(low, high, shape, endpoint=True) if whole else generator.uniform(low, high, shape)
    )
    return tuple(tuple(round(float(v), 1) for v in one) for one in values)


def scene(rows: int, columns: int) -> Values:
    """A small picture of whole numbers ``int64[rows, columns]``: a bright square on a slope, 0..9."""
    y, x = np.mgrid[0:rows, 0:columns]
    slope = (x + y) * 3 // max(rows + columns - 2, 1)
    square = (abs(2 * y - rows + 1) < rows / 2 + 1) & (abs(2 * x - columns + 1) < columns / 2 + 1)
    return frozen(np.where(square, 9 - slope, slope).astype(np.int64))
