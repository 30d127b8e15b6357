"""What can be set in the view of joined and separable filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.foundations.algebra.presets import BINOMIAL3, KERNELS, SOBEL, Grid, scene
from engine.foundations.algebra.products import MODES, Kind, Mode, extents
from gui.pages.mathematics.grids import checked, grid_of, shape_of

Part = Literal["sequence", "separable"]

SIDE: Final = 7
SIZES: Final = (1, 3, 5)
PICTURE: Final = grid_of(scene(SIDE, SIDE))
MAX_FILTER, MAX_KERNEL = 5, 5


@dataclass(frozen=True, slots=True)
class FiltersState:
    """An input, two filters in a row and their one kernel; or one kernel, which may be a column times a row.

    Filters in a row have odd sizes: two even ones in "same" would each be half a cell off.
    """

    part: Part = "sequence"
    kind: Kind = "convolution"
    mode: Mode = "valid"
    x: Grid = PICTURE
    first: Grid = BINOMIAL3
    second: Grid = SOBEL
    preset: str = "sobel"
    kernel: Grid = SOBEL

    def validated(self) -> Self:
        """The state itself; raises UserError where something is out of range or does not go together."""
        checked("x", self.x, (SIDE, SIDE), (SIDE, SIDE))
        for name in ("first", "second"):
            filter_ = getattr(self, name)
            checked(f"the {name} filter", filter_, (1, MAX_FILTER), (1, MAX_FILTER))
            if shape_of(filter_)[0] not in SIZES or shape_of(filter_)[1] not in SIZES:
                raise UserError("Filters in a row have sizes of 1, 3 or 5 here.")
        checked("the kernel", self.kernel, (1, MAX_KERNEL), (1, MAX_KERNEL))
        if self.preset not in KERNELS:
            raise UserError(f"There is no kernel named “{self.preset}”.")
        if self.mode not in MODES:
            raise UserError(f"There is no mode “{self.mode}”.")
        (rows, columns), (more, others) = shape_of(self.first), shape_of(self.second)
        merged = (rows + more - 1, columns + others - 1)
        if self.part == "sequence" and self.mode == "valid" and max(merged) > SIDE:
            raise UserError(
                f"Both filters together reach over {max(merged)} cells, more than the {SIDE} of the input: "
                "“valid” has no room for that."
            )
        extents(shape_of(self.x), shape_of(self.kernel), self.mode)
        return self
