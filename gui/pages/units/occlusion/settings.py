"""Everything that a person can set in the view "Occlusion"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from engine.errors import UserError
from engine.inside.occlusion.occluder import Fill, Occluder

FINEST, COARSEST = 1 / 64, 0.25
MOST_CLASSES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class OcclusionSettings:
    """The square (see engine.inside.occlusion.occluder), its place as shares, and the sweep.

    `stride`: share of the side from place to place. `target`: the class, None for the net's own best answer.
    `strongest`: the energy is that of the layer's strongest map, as in the paper; else that of the chosen unit's.
    `strength`: how much of the photo the colours of a map hide.
    """

    size: float = 0.25
    fill: Fill = "grey"
    blur: float = 0.08
    row: float = 0.5
    column: float = 0.5
    stride: float = 1 / 16
    target: int | None = None
    strongest: bool = True
    strength: float = 0.75

    @property
    def occluder(self) -> Occluder:
        return Occluder(self.size, self.fill, self.blur)

    def validated(self) -> Self:
        """The settings themselves. Raises UserError for what is out of range."""
        self.occluder.validated()
        if not (0 <= self.row <= 1 and 0 <= self.column <= 1):  # written so that NaN fails as well
            raise UserError("The square stands beside the picture.", "Drag it back.")
        if not FINEST <= self.stride <= COARSEST:
            raise UserError(f"The stride is {FINEST:.1%} to {COARSEST:.0%} of the picture's side.")
        if self.target is not None and not 0 <= self.target < MOST_CLASSES:
            raise UserError(f"There is no class {self.target}.")
        if not 0 <= self.strength <= 1:
            raise UserError("The map hides 0 to 100 % of the photo.")
        return self
