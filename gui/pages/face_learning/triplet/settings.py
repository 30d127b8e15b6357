"""Everything that a person can set in the view "Triplet loss"."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal, Self

import numpy as np

from engine.errors import UserError
from engine.faces.learning.plane import NEGATIVES, FloatArray, Mining, Rules, on_circle

Point = tuple[float, float]
REACH: Final = 2.0
"""Points lie within so much of the middle, to all sides."""
STEPS: Final = 40
MOST_NEGATIVES: Final = 12
MOST_MARGIN, LEAST_RATE, MOST_RATE = 2.0, 0.002, 0.3
DECIMALS: Final = 4
START: Final[tuple[Point, ...]] = ((-0.4, -0.2), (0.5, 0.5), (0.35, -0.95))
MORE: Final[tuple[Point, ...]] = (
    (1.2, -0.35), (-1.0, 1.0), (-0.35, 0.8), (1.5, 1.1), (-1.5, -0.8), (0.15, -0.05), (-1.2, 0.1), (0.1, 1.5),
    (-0.6, -1.5), (1.2, -1.4), (-1.7, 1.5),
)  # fmt: skip
"""Where further negatives lie first."""


@dataclass(frozen=True, slots=True)
class TripletSettings:
    """`points`: the anchor, the positive, then the negatives; `chosen`: the negative taken by hand.

    `about`: whose places the coloured regions are for. `step`: of gradient descent, 0..STEPS. `seed`: of the random
    choice and of nudges.
    """

    points: tuple[Point, ...] = START
    chosen: int = 0
    margin: float = 0.5
    rate: float = 0.004
    unit: bool = False
    plain: bool = False
    about: Literal["negative", "positive"] = "negative"
    mining: Mining = "chosen"
    step: int = 0
    seed: int = 1

    @property
    def rules(self) -> Rules:
        return Rules(self.margin, self.plain, self.unit)

    @property
    def array(self) -> FloatArray:
        """The points as float64[2 + M, 2]."""
        return np.array(self.points, np.float64)

    @property
    def negatives(self) -> int:
        return len(self.points) - NEGATIVES

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        if not 1 <= self.negatives <= MOST_NEGATIVES:
            raise UserError(f"There are 1 to {MOST_NEGATIVES} negatives, not {self.negatives}.")
        for x, y in self.points:
            if not (abs(x) <= REACH and abs(y) <= REACH):  # NaN fails every comparison
                raise UserError(f"Points lie between −{REACH:g} and {REACH:g}.")
        if not 0 <= self.chosen < self.negatives:
            raise UserError(f"The negatives are 1 to {self.negatives}, not {self.chosen + 1}.")
        if not 0 <= self.margin <= MOST_MARGIN:
            raise UserError(f"The margin is 0 to {MOST_MARGIN:g}, not {self.margin:g}.")
        if not LEAST_RATE <= self.rate <= MOST_RATE:
            raise UserError(f"The learning rate is {LEAST_RATE:g} to {MOST_RATE:g}, not {self.rate:g}.")
        if not 0 <= self.step <= STEPS:
            raise UserError(f"Steps are 0 to {STEPS}, not {self.step}.")
        if not 0 <= self.seed < 1 << 31:
            raise UserError("The seed is a whole number from 0 on.")
        return self


def placed(settings: TripletSettings, points: FloatArray) -> TripletSettings:
    """Descent starts anew from these points float64[2 + M, 2]; what lies too far out is brought back."""
    points = on_circle(points) if settings.unit else points
    inside = np.round(np.clip(points, -REACH, REACH), DECIMALS).tolist()
    return replace(settings, points=tuple((x, y) for x, y in inside), step=0)


def with_point(settings: TripletSettings, now: FloatArray, index: int, place: Point) -> TripletSettings:
    """One point is elsewhere; the others stay where they are `now`, and a moved negative is the one taken by hand."""
    points = now.copy()
    points[index] = place if all(math.isfinite(value) for value in place) else points[index]
    chosen = index - NEGATIVES if index >= NEGATIVES else settings.chosen
    return replace(placed(settings, points), chosen=chosen)


def with_negatives(settings: TripletSettings, now: FloatArray, count: int) -> TripletSettings:
    """So many negatives; new ones come to places of their own."""
    count = min(max(count, 1), MOST_NEGATIVES)
    kept = now[: NEGATIVES + count]
    more = np.array(MORE[settings.negatives - 1 : count - 1]).reshape(-1, 2)
    points = np.concatenate([kept, more]) if count > settings.negatives else kept
    return replace(placed(settings, points), chosen=min(settings.chosen, count - 1))
