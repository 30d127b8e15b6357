"""What the states of this page's views have in common: typed-over cells and numbers in their ranges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

import numpy as np

from engine.errors import UserError
from engine.foundations.numerals import in_one_notation
from engine.foundations.problems import VALUE_LIMIT
from engine.foundations.spec import FloatArray

Vector: TypeAlias = tuple[float, ...]
Matrix: TypeAlias = tuple[Vector, ...]
Edit: TypeAlias = tuple[int, int, int, float]
"""Channel, row, column, value of a cell that was typed over."""
Ranges: TypeAlias = Iterable[tuple[str, str, int, int]]
"""Field, its name in a sentence, lowest and highest value."""
MOST_SEED: Final = 9999
_LIMIT: Final = in_one_notation(VALUE_LIMIT)[0]


def check_ranges(state: object, ranges: Ranges) -> None:
    """Raises UserError for the first field that is out of its range."""
    for field, name, low, high in ranges:
        value = getattr(state, field)
        if not low <= value <= high:
            raise UserError(f"{name} must be {low} to {high}, not {value}.")


def check_numbers(values: Iterable[float], what: str) -> None:
    """Raises UserError for a number that cannot be computed with."""
    if not all(abs(value) <= VALUE_LIMIT for value in values):  # NaN fails every comparison
        raise UserError(f"{what} holds no number of at most {_LIMIT}.")


def check_edits(edits: Iterable[Edit], what: str) -> None:
    """Raises UserError for a cell of a negative place, or with a number that cannot be computed with."""
    for *place, value in edits:
        check_numbers([value], f"The edited cell {tuple(place)} of {what}")
        if min(place) < 0:
            raise UserError(f"The edited cell {tuple(place)} lies outside of {what}.")


def with_edit(edits: tuple[Edit, ...], place: tuple[int, int, int], value: float) -> tuple[Edit, ...]:
    """One cell typed over, once more or for the first time."""
    return (*(edit for edit in edits if edit[:3] != place), (*place, value))


def inside(edits: tuple[Edit, ...], shape: tuple[int, int, int]) -> tuple[Edit, ...]:
    """The edits of cells that a volume still has."""
    return tuple(edit for edit in edits if all(at < n for at, n in zip(edit[:3], shape, strict=True)))


def edited(x: FloatArray, edits: Iterable[Edit]) -> FloatArray:
    """A copy of a volume [C, H, W] with its cells typed over; edits of cells that it lacks are left out."""
    volume = np.array(x, np.float64)
    for channel, row, column, value in edits:
        if channel < volume.shape[0] and row < volume.shape[1] and column < volume.shape[2]:
            volume[channel, row, column] = value
    return volume


def matrix(values: FloatArray) -> Matrix:
    """A table as plain values; no minus zero."""
    return tuple(tuple(row) for row in (np.asarray(values, np.float64) + 0.0).tolist())


def vector(values: FloatArray) -> Vector:
    """A column as plain values; no minus zero."""
    return tuple((np.asarray(values, np.float64) + 0.0).tolist())
