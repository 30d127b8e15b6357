"""What can be set about the 1x1 convolution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from engine.errors import UserError
from engine.foundations.channels.features import MOST_CHANNELS
from engine.foundations.channels.recipes import RECIPES, recipe
from engine.foundations.spec import FloatArray
from gui.pages.channels.values import (
    MOST_SEED,
    Edit,
    Matrix,
    Vector,
    check_edits,
    check_numbers,
    check_ranges,
    inside,
    matrix,
    vector,
)

CUSTOM: Final = "custom"
MOST_FILTERS: Final = 6
MOST_SIDE: Final = 12
MOST_DETAIL: Final = 128
LEAST_DETAIL: Final = 4
RANGES: Final = (
    ("channels", "The number of channels", 1, MOST_CHANNELS), ("filters", "The number of outputs", 1, MOST_FILTERS),
    ("height", "The height", 1, MOST_SIDE), ("width", "The width", 1, MOST_SIDE),
    ("detail", "The detail", LEAST_DETAIL, MOST_DETAIL), ("seed", "The seed", 0, MOST_SEED),
    ("step", "The pixel", 0, 1 << 31),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MixState:
    """The table and the size of its input.

    `height`, `width`: of a volume of numbers; `detail`: cells along the longer side of a picture. `recipe` names where
    the table comes from; "custom" has its numbers in `weight` [filters][channels] and `bias` [filters]. `edits`: cells
    of the input that were typed over. `step` is the pixel on show, row by row.
    """

    channels: int = 3
    height: int = 4
    width: int = 4
    detail: int = 64
    recipe: str = "sepia"
    filters: int = 3
    seed: int = 0
    weight: Matrix = ()
    bias: Vector = ()
    relu: bool = False
    edits: tuple[Edit, ...] = ()
    step: int = 796

    def validated(self) -> Self:
        """The state itself.

        Raises:
            UserError: a value is out of range, or the table does not go with the channels.
        """
        check_ranges(self, RANGES)
        check_edits(self.edits, "the input")
        if self.recipe == CUSTOM:
            rows = {len(row) for row in self.weight}
            if (len(self.weight), len(self.bias)) != (self.filters, self.filters) or rows != {self.channels}:
                raise UserError(
                    f"The table must have {self.filters} rows of {self.channels} weights, each with a bias."
                )
            check_numbers([*self.bias, *(w for row in self.weight for w in row)], "The table")
        elif self.recipe not in {one.name for one in RECIPES}:
            raise UserError(f"There is no table named “{self.recipe}”.")
        elif recipe(self.recipe).least > self.channels:
            least = recipe(self.recipe).least
            raise UserError(f"{recipe(self.recipe).title} needs {least} channels, not {self.channels}.")
        return self


Table = tuple[FloatArray, FloatArray]


def with_table(state: MixState, weight: FloatArray, bias: FloatArray) -> MixState:
    """The person's own table."""
    return replace(state, recipe=CUSTOM, filters=len(weight), weight=matrix(weight), bias=vector(bias))


def with_weight(state: MixState, table: Table, row: int, column: int, value: float) -> MixState:
    """One weight of the table on show typed over."""
    weight = table[0].copy()
    weight[row, column] = value
    return with_table(state, weight, table[1])


def with_bias(state: MixState, table: Table, row: int, value: float) -> MixState:
    """One bias of the table on show typed over."""
    bias = table[1].copy()
    bias[row] = value
    return with_table(state, table[0], bias)


def with_recipe(state: MixState, name: str, table: Table) -> MixState:
    """Another recipe, with as many channels as it needs; "custom" begins with the table on show."""
    if name == CUSTOM:
        return with_table(state, *table)
    channels = max(state.channels, recipe(name).least)
    return replace(state, recipe=name, channels=channels, weight=(), bias=())


def with_filters(state: MixState, filters: int, table: Table) -> MixState:
    """So many outputs: a free recipe makes them, any other table is cut off or goes on with zeros."""
    if state.recipe != CUSTOM and recipe(state.recipe).free:
        return replace(state, filters=filters)
    weight, bias = np.zeros((filters, table[0].shape[1])), np.zeros(filters)
    kept = min(filters, len(table[0]))
    weight[:kept], bias[:kept] = table[0][:kept], table[1][:kept]
    return with_table(state, weight, bias)


def with_channels(state: MixState, channels: int, table: Table) -> MixState:
    """So many channels; a table of one's own is cut off or goes on with zeros, a recipe gives way to one it can do."""
    state = replace(state, channels=channels, edits=())
    if state.recipe == CUSTOM:
        weight = np.zeros((len(table[0]), channels))
        kept = min(channels, table[0].shape[1])
        weight[:, :kept] = table[0][:, :kept]
        return with_table(state, weight, table[1])
    return state if recipe(state.recipe).least <= channels else replace(state, recipe="grey")


def with_size(state: MixState, name: str, value: int) -> MixState:
    """Another height, width or detail; cells that were typed over leave with their grid."""
    changed = replace(state, **{name: value})  # type: ignore[arg-type]  # the names of the three fields
    if name == "detail":
        return replace(changed, edits=())
    return replace(changed, edits=inside(state.edits, (state.channels, changed.height, changed.width)))
