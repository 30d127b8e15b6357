"""What a person can set on the view "Recognise"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from engine.errors import UserError

MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class RecogniseSettings:
    """`chosen`: which face is looked into, 0 for the largest. `liveness`: the demonstration of it, for what plays.
    `gather`: faces that nobody has named are collected and grouped."""

    chosen: int = 0
    liveness: bool = False
    gather: bool = True

    def validated(self) -> Self:
        """The settings themselves, or a UserError that says what is wrong with them."""
        if not 0 <= self.chosen < MOST:
            raise UserError(
                f"There is no face {self.chosen}.", "Faces are counted from 0, the largest first."
            )
        return self
