"""Kernels that are a column times a row: found by their singular values, f + f products in place of f times f.

The singular value decomposition gives the nearest column times row of any kernel (Eckart & Young 1936).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.foundations.algebra.exact import Values, frozen, is_exact

RANK_TOLERANCE: Final = 1e-9
"""Singular values below this share of the largest count as zero."""


@dataclass(frozen=True, slots=True, eq=False)
class Separation:
    """A kernel ``[f, g]`` and the column ``[f, 1]`` times row ``[1, g]`` that is nearest to it.

    ``singular`` float64[min(f, g)] in falling order; ``outer`` is column times row, ``rest`` what is left. For whole
    numbers of rank 1 column and row are whole, and ``rest`` is exactly zero. ``energy`` is the share 0..1 of the
    kernel's sum of squares that column times row has.
    """

    kernel: Values
    singular: npt.NDArray[np.float64]
    rank: int
    column: Values
    row: Values
    outer: Values
    rest: Values
    energy: float

    @property
    def separable(self) -> bool:
        return self.rank == 1


def separate(kernel: Values) -> Separation:
    """Take a kernel ``[f, g]`` apart. Raises ValueError where it has not two axes."""
    if kernel.ndim != 2:
        raise ValueError("only a kernel with rows and columns can be a column times a row")
    u, singular, vt = np.linalg.svd(kernel.astype(np.float64), full_matrices=False)
    rank = int((singular > RANK_TOLERANCE * max(singular[0], 1e-300)).sum()) if singular[0] > 0 else 0
    if is_exact(kernel) and rank == 1:
        column, row = _whole(kernel)
    else:
        column, row = _even(u[:, :1] * np.sqrt(singular[0]), vt[:1] * np.sqrt(singular[0]))
    outer = frozen(column * row)
    total = float((singular**2).sum())
    energy = float(singular[0] ** 2) / total if total else 1.0
    singular.flags.writeable = False
    return Separation(kernel, singular, rank, column, row, outer, frozen(kernel - outer), energy)


def _whole(kernel: Values) -> tuple[Values, Values]:
    """Column and row of whole numbers: every row of such a kernel is a multiple of one without a common divisor."""
    first = int(np.flatnonzero(np.abs(kernel).sum(axis=1))[0])
    divisor = gcd(*(int(v) for v in kernel[first]))
    row = kernel[first] // divisor
    lead = int(np.flatnonzero(row)[0])
    if row[lead] < 0:
        row = -row
    column = kernel[:, lead] // row[lead]
    return frozen(column[:, None].copy()), frozen(row[None].copy())


def _even(column: npt.NDArray[np.float64], row: npt.NDArray[np.float64]) -> tuple[Values, Values]:
    """The signs of a singular vector are arbitrary: the column's largest value is to be positive."""
    sign = -1.0 if column.flat[int(np.abs(column).argmax())] < 0 else 1.0
    return frozen(sign * column + 0.0), frozen(sign * row + 0.0)
