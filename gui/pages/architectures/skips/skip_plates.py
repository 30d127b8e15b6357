"""The arrays of a residual block as plates: what is hidden before its step, what is marked, which colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF

from gui import colormaps
from gui.pages.architectures.skips.skip_numbers import BlockNumbers
from gui.pages.architectures.skips.skip_state import SkipState
from gui.widgets.plate import Mark, MarkRole, Plate, decimals_for, number_texts

FloatArray = npt.NDArray[np.float64]

GIVEN, Z1, A1, Z2, SUM, OUT, SLOPE = range(7)
"""The steps: what is new in each."""
EDITABLE: Final = ("x", "w1", "b1", "w2", "b2", "ws")
LEAST_DIGITS: Final = 5
A1_AGAIN: Final = "second/a1"
"""a[l+1] where the second layer reads it."""
_NEW: Final = {"z1": Z1, "a1": A1, A1_AGAIN: A1, "z2": Z2, "total": SUM, "out": OUT, "plain": OUT}
_SLOPES: Final = ("slope", "plain_slope", "through", "added")


def values_of(numbers: BlockNumbers, key: str) -> FloatArray:
    """The array behind a plate, float64[rows, columns]."""
    values: FloatArray = getattr(numbers, key.rpartition("/")[2])
    return values[:, None] if values.ndim == 1 else values


def shape_of(numbers: BlockNumbers, key: str) -> tuple[int, int]:
    rows, columns = values_of(numbers, key).shape
    return rows, columns


def plate_of(
    state: SkipState, numbers: BlockNumbers, key: str, known: int, cell: float, left: float, top: float
) -> Plate:
    """One array as a plate; hidden before its step, marked in the step that makes it."""
    values = values_of(numbers, key)
    rows, columns = values.shape
    decimals, digits = _digits(numbers, _SLOPES if key in _SLOPES else _VALUES)
    plate = Plate(
        key,
        values,
        _colors(numbers, key, values),
        title=_title(key, projection=state.projection),
        rect=QRectF(round(left), round(top), columns * cell, rows * cell),
        hidden=np.full(values.shape, True) if state.step < known else None,
        editable=key in EDITABLE,
        digits=digits,
        decimals=decimals,
    )
    plate.marks = _marks(state, key, rows, columns)
    return plate


def _digits(numbers: BlockNumbers, keys: Sequence[str]) -> tuple[int, int]:
    """Decimals of all numbers that stand side by side, and how many characters the longest of them has."""
    arrays = [getattr(numbers, key) for key in keys]
    every = np.concatenate([array.ravel() for array in arrays if array is not None])[None]
    decimals = decimals_for(every)
    return decimals, max(number_texts(every, decimals)[1], LEAST_DIGITS)


def _title(key: str, *, projection: bool) -> str:
    if projection and key in ("skip", "total"):
        return {"skip": "Wₛ a[l]", "total": "z[l+2] + Wₛ a[l]"}[key]
    return _TITLES[key.rpartition("/")[2]]


_VALUES: Final = ("x", "w1", "b1", "z1", "a1", "w2", "b2", "z2", "ws", "skip", "total", "out", "plain")
_TITLES: Final = {
    "x": "a[l]", "w1": "W[l+1]", "b1": "b[l+1]", "z1": "z[l+1]", "a1": "a[l+1]", "w2": "W[l+2]", "b2": "b[l+2]",
    "z2": "z[l+2]", "ws": "Wₛ", "skip": "a[l]", "total": "z[l+2] + a[l]", "out": "a[l+2]",
    "plain": "a[l+2] without the skip", "slope": "derivative with the skip", "plain_slope": "derivative without it",
    "through": "way through both layers", "added": "what the skip adds",
}  # fmt: skip
_READ: Final[dict[int, tuple[tuple[str, bool], ...]]] = {
    Z1: (("w1", True), ("b1", True), ("x", False)),
    A1: (("z1", True),),
    Z2: (("w2", True), ("b2", True), (A1_AGAIN, False)),
    SUM: (("z2", True), ("skip", True), ("ws", True)),
    OUT: (("total", True), ("z2", True)),
}
"""What the row on show is made of in each step: the array, and whether only that row of it."""


def _marks(state: SkipState, key: str, rows: int, columns: int) -> tuple[Mark, ...]:
    row = min(state.row, rows - 1)
    if state.step == SLOPE:
        if key not in ("slope", "added"):
            return ()
        if state.projection:  # all of Wₛ is added
            return (Mark(MarkRole.LINKED, 0, 0, rows, columns),)
        return tuple(Mark.cell(MarkRole.LINKED, i, i) for i in range(min(rows, columns)))
    made = _NEW.get(key)
    if made == state.step and state.step > GIVEN:
        return (Mark(MarkRole.WINDOW, row, 0, row + 1, columns),)
    for name, single in _READ.get(state.step, ()):
        if name == key:
            return (
                Mark(MarkRole.LINKED, row, 0, row + 1, columns)
                if single
                else Mark(MarkRole.LINKED, 0, 0, rows, columns),
            )
    return ()


def _colors(numbers: BlockNumbers, key: str, values: FloatArray) -> npt.NDArray[np.uint8]:
    if key in ("w1", "w2", "ws", "b1", "b2"):
        return colormaps.weights(values, _limit(numbers, ("w1", "w2", "b1", "b2")))
    if key in _SLOPES:
        return colormaps.activations(values, _limit(numbers, _SLOPES))
    return colormaps.activations(values, _limit(numbers, ("x", "z1", "a1", "z2", "skip", "total", "out")))


def _limit(numbers: BlockNumbers, keys: Sequence[str]) -> float:
    """One scale for all plates of a kind, so that colours can be compared."""
    return max(float(np.abs(getattr(numbers, key)).max(initial=0.0)) for key in keys) or 1.0
