"""Numbers that are exact where they can be: whole ones stay whole, others are float64 and differ by roundings."""

from __future__ import annotations

from math import prod
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Values: TypeAlias = npt.NDArray[np.int64] | npt.NDArray[np.float64]

VALUE_LIMIT: Final = 1000
"""Largest magnitude of an operand: sums of products of three of them are whole numbers below 2**53."""


ROUNDING: Final = 1e-12
"""What roundings of float64 may add up to here, in parts of what was added up (of 1 where that is smaller)."""


def numbers(values: npt.ArrayLike) -> Values:
    """``int64[...]`` where every value is whole, else ``float64[...]``; a read-only copy.

    Raises ValueError where a value is not finite or beyond VALUE_LIMIT.
    """
    floats = np.array(values, np.float64)
    if floats.size == 0:
        raise ValueError("an operand needs at least one value")
    if not (np.abs(floats) <= VALUE_LIMIT).all():  # NaN fails every comparison
        raise ValueError(f"values must be numbers of at most {VALUE_LIMIT}")
    whole = floats.astype(np.int64)
    return frozen(whole if np.array_equal(whole, floats) else floats)


def frozen(values: npt.NDArray[Any]) -> Values:
    """The same array, read-only."""
    values.flags.writeable = False
    return values


def is_exact(*arrays: Values) -> bool:
    """Whether all arrays hold whole numbers: what is computed from them has no rounding."""
    return all(array.dtype == np.int64 for array in arrays)


def largest(values: Values) -> float:
    """The largest magnitude, 0 for an empty array."""
    return float(np.abs(values).max(initial=0))


def bound(first: Values, *others: Values) -> float:
    """The most that products of these operands can add up to: roundings follow it, even where the terms cancel."""
    return largest(first) * prod(float(np.abs(other).sum()) for other in others)


def agree(difference: float, scale: float, *, exact: bool) -> bool:
    """Whether a difference is 0 for whole numbers, or for others no more than roundings of sums up to ``scale``."""
    return difference == 0 if exact else difference <= ROUNDING * max(1.0, scale)


def inner(a: Values, b: Values) -> int | float:
    """The inner product <a, b>: an int where both are whole. Raises ValueError for different shapes."""
    if a.shape != b.shape:
        raise ValueError(f"there is no inner product of shapes {a.shape} and {b.shape}")
    total = (a * b).sum()
    return int(total) if is_exact(a, b) else float(total)
