"""How a person looks at a run in the view "Paint": nothing in here decides what is painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.errors import UserError

THINNEST, THICKEST = 0.01, 0.25
BRUSH: Final = 0.08

Look = Literal["picture", "wipe", "pair"]
Curves = Literal["terms", "layers"]


@dataclass(frozen=True, slots=True)
class PaintSettings:
    """`look`: the painting alone, the content left of a divider, or another run (or the content) beside it.

    `divider`: its place as a share of the width. `curves`: J with its terms, or the style's layers; `weighted`: as they
    count in J. `masking`: the pointer paints where style applies, with a brush of `brush` (a share of the longer side)
    that erases if `erasing`. `background`: the run goes on while another page is in view.
    """

    look: Look = "picture"
    divider: float = 0.5
    curves: Curves = "terms"
    weighted: bool = True
    masking: bool = False
    brush: float = BRUSH
    erasing: bool = False
    background: bool = False

    def validated(self) -> Self:
        """The settings themselves. Raises UserError for a number out of range."""
        if not 0 <= self.divider <= 1:
            raise UserError("The divider stands between 0 and 1 of the picture's width.")
        if not THINNEST <= self.brush <= THICKEST:
            raise UserError(
                f"The brush is {THINNEST * 100:.0f} to {THICKEST * 100:.0f} % of the longer side wide."
            )
        return self
