"""What can be set in the view of the laws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.foundations.algebra.laws import LAWS, Law
from engine.foundations.algebra.presets import Grid, drawn, grid
from engine.foundations.algebra.products import Kind
from gui.pages.mathematics.grids import checked

Numbers = Literal["whole", "decimal"]

MAX_A, MAX_B = 4, 3
MAX_LINE_A, MAX_LINE_B = 6, 4
MAX_SHIFT: Final = 2
MAX_SEED: Final = 9999

_A: Final = grid((1, 2, 0), (0, 1, 3), (2, 0, 1))
_B: Final = grid((1, 0, -1), (2, 1, 0), (0, 3, 1))
_C: Final = grid((1, 1), (0, -2))


@dataclass(frozen=True, slots=True)
class LawsState:
    """The law, the product, three operands; `seed` and `numbers` are those of the next draw."""

    law: Law = "commute"
    kind: Kind = "convolution"
    a: Grid = _A
    b: Grid = _B
    c: Grid = _C
    shift_x: int = 1
    shift_y: int = 1
    numbers: Numbers = "whole"
    seed: int = 0

    @property
    def axes(self) -> int:
        return 1 if len(self.a) == len(self.b) == len(self.c) == 1 else 2

    @property
    def shift(self) -> tuple[int, int]:
        """(rows, columns)."""
        return (0 if self.axes == 1 else self.shift_y, self.shift_x)

    def validated(self) -> Self:
        """The state itself; raises UserError where something is out of range."""
        if self.law not in LAWS:
            raise UserError(f"There is no law “{self.law}”.")
        line = self.axes == 1
        for name, longest, side in (
            ("a", MAX_LINE_A, MAX_A),
            ("b", MAX_LINE_B, MAX_B),
            ("c", MAX_LINE_B, MAX_B),
        ):
            sides = ((1, 1), (1, longest)) if line else ((1, side), (1, side))
            checked(name, getattr(self, name), *sides)
        for name in ("shift_x", "shift_y"):
            if not -MAX_SHIFT <= getattr(self, name) <= MAX_SHIFT:
                raise UserError(
                    f"A shift goes from −{MAX_SHIFT} to {MAX_SHIFT} cells, not {getattr(self, name)}."
                )
        if not 0 <= self.seed <= MAX_SEED:
            raise UserError(f"The seed goes from 0 to {MAX_SEED}, not {self.seed}.")
        return self


def draw_operands(shapes: dict[str, tuple[int, int]], seed: int, numbers: Numbers) -> dict[str, Grid]:
    """Random grids by name, others for every seed."""
    return {
        name: drawn(shape, seed * len(shapes) + place, whole=numbers == "whole")
        for place, (name, shape) in enumerate(shapes.items())
    }
