"""What decides how a feed-forward net learns a style, beside the style itself. Free of torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Self

from engine.errors import UserError

FEWEST_STEPS, MOST_STEPS = 1, 100_000
SMALLEST_CROP, LARGEST_CROP = 32, 512
LARGEST_BATCH: Final = 16
MOST_CONTENT: Final = 1000.0


@dataclass(frozen=True, slots=True)
class FastSettings:
    """`steps` of Adam, each on `batch` crops of `side` pixels; `rate`: at the beginning, falling to 0 along a cosine.

    `content`: the content counts so many times as much as in a painting, which begins as the content, as a net does
    not. `seed`: of the net's first weights and of the crops.
    """

    steps: int = 300
    batch: int = 4
    side: int = 96
    rate: float = 0.003
    content: float = 30.0
    seed: int = 0

    def validated(self) -> Self:
        """The settings themselves, or a UserError that names the first number out of range."""
        if not FEWEST_STEPS <= self.steps <= MOST_STEPS:
            raise UserError(f"There must be {FEWEST_STEPS} to {MOST_STEPS:,} steps, not {self.steps:,}.")
        if not 1 <= self.batch <= LARGEST_BATCH:
            raise UserError(f"A step can look at 1 to {LARGEST_BATCH} crops, not {self.batch}.")
        if not SMALLEST_CROP <= self.side <= LARGEST_CROP:
            raise UserError(f"Crops can be {SMALLEST_CROP} to {LARGEST_CROP} pixels wide, not {self.side}.")
        if not (math.isfinite(self.rate) and 0 < self.rate <= 1):
            raise UserError(f"The learning rate must lie between 0 and 1, not {self.rate:g}.")
        if not (math.isfinite(self.content) and 0 <= self.content <= MOST_CONTENT):
            raise UserError(
                f"The content can count 0 to {MOST_CONTENT:g} times as much, not {self.content:g}."
            )
        if not 0 <= self.seed < 2**31:
            raise UserError("The seed must be a whole number from 0.")
        return self
