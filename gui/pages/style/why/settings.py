"""How a person looks into the costs in the view "Why"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.errors import UserError

Part = Literal["grams", "rebuild", "shares", "worked"]

MAPS: Final = 2
SIDE: Final = 2
NUMBERS: Final = MAPS * SIDE * SIDE
LIMIT: Final = 99.0
"""Of the numbers of the worked example: their products stay readable."""
STYLE_MAPS: Final = (1.0, 0.0, 0.0, 1.0, 0.0, 2.0, 1.0, 0.0)
OWN_MAPS: Final = (1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 2.0, 0.0)


@dataclass(frozen=True, slots=True)
class WhySettings:
    """`part`: which of the four is on show. `layer`: the style layer that is looked at, "" for the first one.

    `pair` (k, k'): whose maps are shown, None for the pair that differs most. `similar`: maps that are active together
    stand together, else by their number. `depth`: the layer up to which pictures are rebuilt, "" for the first.
    `style_maps`, `own_maps`: two maps of 2 x 2 numbers each, of the worked example, map after map, row after row.
    """

    part: Part = "grams"
    layer: str = ""
    pair: tuple[int, int] | None = None
    similar: bool = True
    depth: str = ""
    style_maps: tuple[float, ...] = STYLE_MAPS
    own_maps: tuple[float, ...] = OWN_MAPS

    def validated(self) -> Self:
        """The settings themselves. Raises UserError for what cannot be."""
        if self.pair is not None and min(self.pair) < 0:
            raise UserError("Feature maps are counted from 0.")
        for name, values in (("style", self.style_maps), ("generated picture", self.own_maps)):
            if len(values) != NUMBERS:
                raise UserError(
                    f"The worked example has {NUMBERS} numbers for the {name}, not {len(values)}."
                )
            if not all(math.isfinite(value) and abs(value) <= LIMIT for value in values):
                raise UserError(f"The numbers of the worked example lie between −{LIMIT:g} and {LIMIT:g}.")
        return self
