"""What can be set in the view of the adjoint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import Self

from engine.errors import UserError
from engine.foundations.algebra.presets import Grid, drawn, row
from engine.foundations.algebra.products import MODES, Kind, Mode, extents
from gui.pages.mathematics.grids import checked, resized, shape_of
from gui.pages.mathematics.laws.state import MAX_SEED, Numbers

MAX_LINE, MAX_LINE_KERNEL = 8, 5
MAX_SIDE, MAX_KERNEL = 4, 3

_X, _K, _Y = row(1, 3, 0, 2, -1, 2), row(1, 2, 3), row(2, -1, 1, 3)


@dataclass(frozen=True, slots=True)
class AdjointState:
    """x, k and y; the map is x ★ k or x * k in a mode. `row` counts the rows of the matrix, then of its transpose."""

    kind: Kind = "correlation"
    mode: Mode = "valid"
    x: Grid = _X
    k: Grid = _K
    y: Grid = _Y
    numbers: Numbers = "whole"
    seed: int = 0
    row: int = 1

    @property
    def axes(self) -> int:
        return 1 if len(self.x) == len(self.k) == 1 else 2

    @property
    def output(self) -> tuple[int, int]:
        """The shape of the map's output, which y has, too."""
        (_, rows), (_, columns) = extents(shape_of(self.x), shape_of(self.k), self.mode)
        return rows, columns

    @property
    def rows(self) -> int:
        """Rows of the matrix and of its transpose together."""
        return prod(self.output) + prod(shape_of(self.x))

    @property
    def zeros_move(self) -> bool:
        """Whether the adjoint has its zeros on other sides than the "same" product: where a side of k is even."""
        return self.mode == "same" and any(side % 2 == 0 for side in shape_of(self.k))

    def validated(self) -> Self:
        """The state itself; raises UserError where something is out of range or does not go together."""
        line = self.axes == 1
        checked("x", self.x, *_sides(line, MAX_LINE, MAX_SIDE))
        checked("k", self.k, *_sides(line, MAX_LINE_KERNEL, MAX_KERNEL))
        if self.mode not in MODES:
            raise UserError(f"There is no mode “{self.mode}”.")
        if shape_of(self.y) != self.output:
            raise UserError(f"y has the shape of the output, {self.output[0]} × {self.output[1]}.")
        checked("y", self.y, (1, 99), (1, 99))
        if not 0 <= self.row < self.rows:
            raise UserError(
                f"The matrix and its transpose have {self.rows} rows; there is no row {self.row + 1}."
            )
        if not 0 <= self.seed <= MAX_SEED:
            raise UserError(f"The seed goes from 0 to {MAX_SEED}, not {self.seed}.")
        return self


def _sides(line: bool, longest: int, side: int) -> tuple[tuple[int, int], tuple[int, int]]:
    return ((1, 1), (1, longest)) if line else ((1, side), (1, side))


def fitted(state: AdjointState) -> AdjointState:
    """The same with a y as large as the output, and a row that exists; raises ShapeError where "valid" has no room."""
    y = state.y if shape_of(state.y) == state.output else resized(state.y, *state.output)
    return replace(state, y=y, row=min(state.row, replace(state, y=y).rows - 1))


def redrawn(state: AdjointState) -> AdjointState:
    """Other random x and y."""
    seed, whole = (state.seed + 1) % (MAX_SEED + 1), state.numbers == "whole"
    x = drawn(shape_of(state.x), 2 * seed, whole=whole)
    return replace(state, seed=seed, x=x, y=drawn(state.output, 2 * seed + 1, whole=whole))
