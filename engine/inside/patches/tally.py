"""An index that grows while pictures are looked at."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.inside.patches.index import MINED, SKIPPED, Index
from engine.inside.patches.ordering import Values, side_by_side, strongest
from engine.inside.patches.requests import Skipped

ENTRIES_AT_ONCE: Final = 1 << 18
"""Entries that are brought into order in one step: some 20 ms."""


class Tally:
    """Owns the arrays of an index; `index` looks at them as they are now."""

    def __init__(self, index: Index) -> None:
        self._index = replace(
            index,
            states=index.states.copy(),
            values=index.values.copy(),
            numbers=index.numbers.copy(),
            places=index.places.copy(),
        )
        self._skipped = {one.name: one for one in index.skipped}

    @property
    def index(self) -> Index:
        if len(self._skipped) != len(self._index.skipped):
            self._index = replace(self._index, skipped=tuple(self._skipped[n] for n in sorted(self._skipped)))
        return self._index

    def add(
        self, numbers: Sequence[int], values: Values, places: npt.NDArray[np.int32]
    ) -> Generator[None, None, None]:
        """Pictures that nobody has looked at before, with the largest value of every unit and its place.

        `values` float32[pictures, units], `places` int32[pictures, units]; in steps. Not to be cut off in between.
        """
        index = self._index
        step = max(ENTRIES_AT_ONCE // (index.identity.k + len(numbers)), 1)
        column = np.array(numbers, np.int32)
        for first in range(0, len(index.values), step):
            self._add_rows(slice(first, first + step), column, values, places)
            yield
        index.states[column] = MINED

    def _add_rows(
        self, part: slice, numbers: npt.NDArray[np.int32], values: Values, places: npt.NDArray[np.int32]
    ) -> None:
        index, new = self._index, values[:, part]
        # Most units have seen stronger ones long ago; a tie may still be won by the picture's number.
        rows = np.flatnonzero(new.max(axis=0) >= index.values[part, -1])
        if not len(rows):
            return
        units = rows + part.start
        known = index.values[units], index.numbers[units], index.places[units]
        came = new[:, rows].T, np.broadcast_to(numbers, (len(rows), len(numbers))), places[:, units].T
        found = strongest(side_by_side(known, came), index.identity.k)
        for whole, best in zip((index.values, index.numbers, index.places), found, strict=True):
            whole[units] = best

    def skip(self, number: int, reason: str) -> None:
        """A picture that cannot be looked at."""
        self._index.states[number] = SKIPPED
        name = self._index.pictures[number].name
        self._skipped[name] = Skipped(name, reason)
