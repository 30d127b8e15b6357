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
from gui.widgets.plate import Mark, MarkRole, Plate

FloatArray = npt.NDArray[np.float64]

GIVEN, Z1, A1, Z2, SUM, OUT, SLOPE = range(7)
"""The steps: what is new in each."""
EDITABLE: Final = ("x", "w1", "b1", "w2", "b2", "ws")
DIGITS: Final = 5
_NEW: Final = {"z1": Z1, "a1": A1, "z2": Z2, "total": SUM, "out": OUT, "plain": OUT}


def shape_of(numbers: BlockNumbers, key: str) -> tuple[int, int]:
    values: FloatArray = getattr(numbers, key)
    return (values.shape[0], 1) if values.ndim == 1 else (values.shape[0], values.shape[1])


def plate_of(
    state: SkipState, numbers: BlockNumbers, key: str, known: int, cell: float, left: float, middle: float
) -> Plate:
    """One array as a plate, centred on a height; hidden before its step, marked in the step that makes it."""
    values: FloatArray = getattr(numbers, key)
    values = values[:, None] if values.ndim == 1 else values
    rows, columns = values.shape
    colors = _colors(numbers, key, values)
    rect = QRectF(round(left), round(middle - rows * cell / 2), columns * cell, rows * cell)
    hidden = np.full(values.shape, True) if state.step < known else None
    plate = Plate(
        key,
        values,
        colors,
        title=_TITLES[key],
        rect=rect,
        hidden=hidden,
        editable=key in EDITABLE,
        digits=DIGITS,
    )
    plate.marks = _marks(state, key, rows, columns)
    return plate


_TITLES: Final = {
    "x": "a[l]", "w1": "W[l+1]", "b1": "b[l+1]", "z1": "z[l+1]", "a1": "a[l+1]", "w2": "W[l+2]", "b2": "b[l+2]",
    "z2": "z[l+2]", "ws": "W_s", "skip": "W_s a[l]", "total": "z[l+2] + a[l]", "out": "a[l+2]",
    "plain": "a[l+2] without the skip", "slope": "derivative with the skip", "plain_slope": "derivative without it",
}  # fmt: skip
_READ: Final[dict[int, tuple[tuple[str, bool], ...]]] = {
    Z1: (("w1", True), ("b1", True), ("x", False)),
    A1: (("z1", True),),
    Z2: (("w2", True), ("b2", True), ("a1", False)),
    SUM: (("z2", True), ("x", True), ("skip", True), ("ws", True)),
    OUT: (("total", True), ("z2", True)),
}
"""What the row on show is made of in each step: the array, and whether only that row of it."""


def _marks(state: SkipState, key: str, rows: int, columns: int) -> tuple[Mark, ...]:
    row = min(state.row, rows - 1)
    if state.step == SLOPE and key in ("slope", "plain_slope"):
        return (
            tuple(Mark.cell(MarkRole.LINKED, i, i) for i in range(min(rows, columns)))
            if key == "slope"
            else ()
        )
    made = _NEW.get(key)
    if made == state.step and state.step > GIVEN:
        return (Mark(MarkRole.WINDOW, row, 0, row + 1, columns),)
    for name, single in _READ.get(state.step, ()):
        if name == key:
            if key == "x" and state.step == SUM and state.projection:
                single = False
            return (
                Mark(MarkRole.LINKED, row, 0, row + 1, columns)
                if single
                else Mark(MarkRole.LINKED, 0, 0, rows, columns),
            )
    return ()


def _colors(numbers: BlockNumbers, key: str, values: FloatArray) -> npt.NDArray[np.uint8]:
    if key in ("w1", "w2", "ws", "b1", "b2"):
        return colormaps.weights(values, _limit(numbers, ("w1", "w2", "b1", "b2")))
    if key in ("slope", "plain_slope"):
        return colormaps.activations(values, _limit(numbers, ("slope", "plain_slope")))
    return colormaps.activations(values, _limit(numbers, ("x", "z1", "a1", "z2", "total", "out")))


def _limit(numbers: BlockNumbers, keys: Sequence[str]) -> float:
    """One scale for all plates of a kind, so that colours can be compared."""
    return max(float(np.abs(getattr(numbers, key)).max(initial=0.0)) for key in keys) or 1.0
