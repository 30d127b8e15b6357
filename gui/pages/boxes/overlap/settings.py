"""Everything that a person can set in the view "IoU"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self

from gui.pages.boxes.shares import Shares, check_box

TRUTH: Final[Shares] = (0.30, 0.06, 0.56, 0.42)
PREDICTION: Final[Shares] = (0.36, 0.13, 0.64, 0.47)


@dataclass(frozen=True, slots=True)
class OverlapSettings:
    """Two boxes as shares of the picture: what is there, and what a net says. `axis`: where the plot moves it."""

    truth: Shares = TRUTH
    prediction: Shares = PREDICTION
    axis: Literal["x", "y"] = "x"
    enclosing: bool = True

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        check_box(self.truth)
        check_box(self.prediction)
        return self
