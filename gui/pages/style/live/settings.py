"""What a person sets in the view "Live"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.style.fast.requests import LARGEST, SMALLEST
from engine.style.fast.settings import FastSettings

Way = Literal["net", "paint"]
Look = Literal["picture", "wipe", "pair"]
MOST_EVALUATIONS: Final = 20
LARGEST_PAINTED: Final = 512


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """`way`: one pass through a kept net, or a few steps of the optimisation a frame.

    `net`: the name of a kept one, "" for the first of the list. `size`, `paint_size`: the longer side in pixels of
    either way. `evaluations`: steps a frame. `look`, `divider` as in the view "Paint". `fast`, `folder` ("" for the
    bundled photos): of the next training.
    """

    way: Way = "net"
    net: str = ""
    size: int = 320
    paint_size: int = 160
    evaluations: int = 3
    look: Look = "wipe"
    divider: float = 0.5
    fast: FastSettings = field(default_factory=FastSettings)
    folder: str = ""

    def validated(self) -> Self:
        """The settings themselves. Raises UserError for a number out of range."""
        if not SMALLEST <= self.size <= LARGEST:
            raise UserError(
                f"A net paints {SMALLEST} to {LARGEST} pixels of the longer side, not {self.size}."
            )
        if not SMALLEST <= self.paint_size <= LARGEST_PAINTED:
            raise UserError(
                f"Live painting takes {SMALLEST} to {LARGEST_PAINTED} pixels, not {self.paint_size}."
            )
        if not 1 <= self.evaluations <= MOST_EVALUATIONS:
            raise UserError(f"A frame gets 1 to {MOST_EVALUATIONS} steps, not {self.evaluations}.")
        if not 0 <= self.divider <= 1:
            raise UserError("The divider stands between 0 and 1 of the picture's width.")
        self.fast.validated()
        return self
