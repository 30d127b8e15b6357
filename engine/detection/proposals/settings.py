"""What a person can set of the search for regions. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from engine.errors import UserError

TERMS: Final = ("colour", "texture", "size", "fill")
"""What two neighbouring regions are compared by, in the order of the paper."""
SIDE: Final = 320
"""Pixels of the longer side of the picture that is searched; larger ones are averaged down."""
SCALES: Final = (20.0, 800.0)
SIGMAS: Final = (0.0, 2.0)
SIZES: Final = (20, 600)


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """Felzenszwalb & Huttenlocher (2004): `scale`, `sigma`, `min_size`; Uijlings et al. (2013): which terms count.

    `scale`: how different pixels may be within a segment, and with it how large segments get. `sigma` in pixels of
    the blur before. `min_size` in pixels of a segment. `seed` of the ranking.
    """

    scale: float = 100.0
    sigma: float = 0.8
    min_size: int = 60
    colour: bool = True
    texture: bool = True
    size: bool = True
    fill: bool = True
    seed: int = 0

    @property
    def terms(self) -> tuple[bool, bool, bool, bool]:
        """Whether each of TERMS counts."""
        return self.colour, self.texture, self.size, self.fill

    def validated(self) -> Self:
        """The settings themselves. Raises UserError for what is out of range."""
        for name, value, (low, high) in (
            ("scale", self.scale, SCALES), ("blur", self.sigma, SIGMAS), ("smallest segment", self.min_size, SIZES),
        ):  # fmt: skip
            if not low <= value <= high:  # written so that NaN fails as well
                raise UserError(f"The {name} of the segmentation is {low:g} to {high:g}.")
        if not any(self.terms):
            raise UserError("Regions are compared by at least one of colour, texture, size and fill.")
        if not 0 <= self.seed < 2**31:
            raise UserError("The seed is a whole number from 0 on.")
        return self
