"""Everything that a person can set in the view "Siamese"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.faces.learning.requests import MOST_SEED, Form, LearnPairs

MOST_PEOPLE_POWER: Final = 6.0
"""A gallery of up to ten to this power."""


@dataclass(frozen=True, slots=True)
class SiameseSettings:
    """`first`, `second`: places of the two pictures in the lesson; `own`: A is a picture of one's own.

    `step`: how many terms of the sum are added, None for all. `people`: in the gallery that is counted for, as a power
    of ten.
    """

    source: Literal["digits", "drawn"] = "drawn"
    form: Form = "absolute"
    seed: int = 1
    first: int = 0
    second: int = 1
    own: bool = False
    step: int | None = None
    people: float = 2.0

    @property
    def request(self) -> LearnPairs:
        return LearnPairs(self.source, self.form, self.seed)

    @property
    def count(self) -> int:
        """People in the gallery."""
        return max(round(10**self.people), 1)

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        if not 0 <= self.seed <= MOST_SEED:
            raise UserError(f"The seed is 0 to {MOST_SEED}, not {self.seed}.")
        if min(self.first, self.second) < 0:
            raise UserError("Pictures are counted from 0.")
        if self.step is not None and self.step < 0:
            raise UserError("Terms are counted from 0.")
        if not 0 <= self.people <= MOST_PEOPLE_POWER:
            raise UserError(f"A gallery of 1 to {10**MOST_PEOPLE_POWER:,.0f} people is counted for.")
        return self
