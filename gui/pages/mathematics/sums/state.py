"""What can be set in the view of the sum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.foundations.algebra.presets import PAIRS, Grid, pair
from engine.foundations.algebra.products import MODES, Mode, extents
from gui.pages.mathematics.grids import checked, shape_of

Reading = Literal["numbers", "dice", "polynomial"]

MAX_LINE, MAX_LINE_KERNEL = 10, 6
MAX_SIDE, MAX_KERNEL = 7, 4
START: Final = pair("steps")


@dataclass(frozen=True, slots=True)
class SumsState:
    """f, g and where the walk stands: step 0 is the kernel before the flip, step i the output i − 1.

    `fill`: outputs appear as the kernel reaches them. A grid of one row is a sequence; both are, or none.
    """

    preset: str = START.name
    f: Grid = START.f
    g: Grid = START.g
    mode: Mode = "full"
    reading: Reading = "numbers"
    step: int = 4
    fill: bool = True

    @property
    def axes(self) -> int:
        return 1 if len(self.f) == len(self.g) == 1 else 2

    @property
    def outputs(self) -> int:
        """How many numbers the product has."""
        (_, rows), (_, columns) = extents(shape_of(self.f), shape_of(self.g), self.mode)
        return rows * columns

    def validated(self) -> Self:
        """The state itself; raises UserError where something is out of range or does not go together."""
        if self.preset not in {one.name for one in PAIRS}:
            raise UserError(f"There is no example named “{self.preset}”.")
        line = self.axes == 1
        checked("f", self.f, *_limits(line, MAX_LINE, MAX_SIDE))
        checked("g", self.g, *_limits(line, MAX_LINE_KERNEL, MAX_KERNEL))
        if self.mode not in MODES:
            raise UserError(f"There is no mode “{self.mode}”.")
        if self.reading != "numbers" and not line:
            raise UserError("Dice and polynomials are sequences: they have one row.")
        if self.reading == "dice":
            self._check_dice()
        if not 0 <= self.step <= self.outputs:
            raise UserError(f"There is no step {self.step} among {self.outputs} outputs.")
        return self

    def _check_dice(self) -> None:
        for name, faces in (("f", self.f[0]), ("g", self.g[0])):
            if min(faces) < 0 or sum(faces) == 0:
                raise UserError(
                    f"{name} is read as a die: no face can come up less than never, and one of them has to.",
                    "Choose “numbers” first to type anything.",
                )


def _limits(line: bool, longest: int, side: int) -> tuple[tuple[int, int], tuple[int, int]]:
    return ((1, 1), (1, longest)) if line else ((1, side), (1, side))


def fitted(state: SumsState) -> SumsState:
    """The nearest state with a step and a reading that exist; raises ShapeError where the mode has no room."""
    reading = state.reading if state.axes == 1 else "numbers"
    return replace(state, reading=reading, step=min(state.step, state.outputs))
