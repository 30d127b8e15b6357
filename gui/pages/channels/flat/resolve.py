"""What the flatten view shows: a volume, its vector, and the entry on show. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.foundations.channels.features import numbers
from engine.foundations.channels.flattening import Place, entries, entry_of, flattened, line_length, place_of
from engine.foundations.channels.requests import CheckFlatten
from engine.foundations.spec import FloatArray, IntArray
from gui.pages.channels.flat.state import FlatState
from gui.pages.channels.values import edited

CELL, LINE = "cell/", "line/"
"""Keys of plates: a channel of the volume, a line of the vector."""


@dataclass(frozen=True, eq=False)
class Flat:
    """A flattened volume. Compares by identity."""

    x: FloatArray
    vector: FloatArray
    entries: IntArray
    question: CheckFlatten


@dataclass(frozen=True, slots=True, eq=False)
class ShownFlat:
    """`entry` and `place` are on show: those of the stepper, or what the pointer is on."""

    state: FlatState
    flat: Flat
    entry: int
    place: Place

    @property
    def lines(self) -> list[tuple[int, int]]:
        """First and last entry of every line of the vector."""
        per, count = line_length(self.state.shape, self.state.order), self.flat.vector.size
        return [(first, first + per - 1) for first in range(0, count, per)]

    def line_title(self, index: int) -> str:
        """Which entries a line holds, and whose they are."""
        first, last = self.lines[index]
        whose = f"channel {index}" if self.state.order == "first" else f"row {index}, pixel after pixel"
        return f"Entries {first} to {last}: {whose}" if last > first else f"Entry {first}: {whose}"


class FlatResolver:
    """Remembers the last volume, so that pointing around costs nothing."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] | None = None
        self._flat: Flat | None = None

    def resolve(self, state: FlatState, hover: tuple[str, int, int] | None) -> ShownFlat:
        """What to show for a state; the cell under the pointer is on show while it is there."""
        flat, entry = self._of(state), state.entry
        if hover is not None:
            entry = entry_at(state, hover)
        return ShownFlat(state, flat, entry, place_of(state.shape, entry, state.order))

    def _of(self, state: FlatState) -> Flat:
        key = (state.shape, state.numbers, state.edits, state.order)
        if self._flat is None or key != self._key:
            x = edited(numbers(state.numbers).make(*state.shape), state.edits)
            x.flags.writeable = False
            vector = np.array(flattened(x, state.order))
            vector.flags.writeable = False
            self._flat = Flat(
                x, vector, entries(state.shape, state.order), CheckFlatten(x, vector, state.order)
            )
            self._key = key
        return self._flat


def entry_at(state: FlatState, cell: tuple[str, int, int]) -> int:
    """The entry that a cell of the volume or of the vector stands for."""
    key, row, column = cell
    if key.startswith(CELL):
        return entry_of(state.shape, (int(key.removeprefix(CELL)), row, column), state.order)
    return int(key.removeprefix(LINE)) * line_length(state.shape, state.order) + column
