"""What can be set about flattening."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import Any, Final, Self

from engine.errors import UserError
from engine.foundations.channels.features import NUMBERS
from engine.foundations.channels.flattening import Order, entry_of, place_of
from engine.foundations.spec import Shape3
from gui.pages.channels.values import Edit, check_edits, check_ranges, inside

MOST_CHANNELS: Final = 4
MOST_SIDE: Final = 6
RANGES: Final = (
    ("channels", "The number of channels", 1, MOST_CHANNELS), ("height", "The height", 1, MOST_SIDE),
    ("width", "The width", 1, MOST_SIDE), ("entry", "The entry", 0, MOST_CHANNELS * MOST_SIDE**2 - 1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FlatState:
    """A volume and the order in which it becomes a vector. `numbers`: the values' preset; `entry` is the one on show.

    `fill`: entries behind the one on show are still empty. `indices`: cells show their entry instead of their value.
    """

    channels: int = 3
    height: int = 3
    width: int = 3
    numbers: str = "random"
    edits: tuple[Edit, ...] = ()
    order: Order = "first"
    entry: int = 14
    fill: bool = True
    indices: bool = False

    @property
    def shape(self) -> Shape3:
        """(C, H, W)."""
        return self.channels, self.height, self.width

    def validated(self) -> Self:
        """The state itself.

        Raises:
            UserError: a value is out of range.
        """
        check_ranges(self, RANGES)
        check_edits(self.edits, "the volume")
        if self.numbers not in {one.name for one in NUMBERS}:
            raise UserError(f"There are no numbers named “{self.numbers}”.")
        if self.entry >= prod(self.shape):
            raise UserError(f"The vector has {prod(self.shape)} entries; there is no entry {self.entry}.")
        return self


def with_value(state: FlatState, name: str, value: Any) -> FlatState:
    """One control moved: the entry on show stays inside, edits leave with their cells."""
    changed = replace(state, **{name: value})
    entry = min(changed.entry, prod(changed.shape) - 1)
    edits = () if name == "numbers" else inside(changed.edits, changed.shape)
    return replace(changed, entry=entry, edits=edits)


def with_order(state: FlatState, order: Order) -> FlatState:
    """The other convention, with the same cell on show."""
    place = place_of(state.shape, state.entry, state.order)
    return replace(state, order=order, entry=entry_of(state.shape, place, order))
