"""What a person can set on the view "Threshold"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.errors import UserError
from gui.pages.faces.group import Whom, checked_whom

Part = Literal["distances", "many", "people"]
PARTS: Final[tuple[tuple[str, str, str], ...]] = (
    ("distances", "Distances", "All pairs of photos: histogram, curve, and the pairs that are mistaken"),
    ("many", "1 : K", "How the error grows with the number of people that a face is compared with"),
    ("people", "Everybody", "Who is mistaken how often, and for whom"),
)


@dataclass(frozen=True, slots=True)
class ThresholdSettings:
    """`group`: whom the figures are about. `part`: what is on show. `pair`: two photos (their numbers) that are looked
    into, None for the figures."""

    group: Whom = "crowd"
    part: Part = "distances"
    pair: tuple[int, int] | None = None

    def validated(self) -> Self:
        """The settings themselves, or a UserError that says what is wrong with them."""
        checked_whom(self.group)
        if self.part not in {key for key, _, _ in PARTS}:
            raise UserError(
                f"The view Threshold has no part “{self.part}”.", "Choose one of its three parts."
            )
        return self
