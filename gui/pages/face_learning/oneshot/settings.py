"""Everything that a person can set in the view "One-shot"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.faces.learning.requests import MeetNewcomer

STAGES: Final = ("class", "door", "enrolled", "alone", "together", "anew")
"""What the stepper goes through."""


@dataclass(frozen=True, slots=True)
class OneshotSettings:
    """`people`: with one photo each, before somebody joins. `stage`: 0..5, see STAGES. `visitor`: who is at the door,
    "auto" for whom the stage is about."""

    source: Literal["digits", "drawn"] = "drawn"
    people: int = 4
    updates: int = 60
    seed: int = 2
    stage: int = 0
    visitor: Literal["auto", "known", "new"] = "auto"

    @property
    def request(self) -> MeetNewcomer:
        return MeetNewcomer(self.source, self.people, self.updates, self.seed)

    @property
    def meets(self) -> int:
        """Which of the two visits is on show: 0 a known person, 1 the newcomer."""
        if self.visitor != "auto":
            return int(self.visitor == "new")
        return 0 if STAGES[self.stage] in ("class", "alone") else 1

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        self.request.validated()
        if not 0 <= self.stage < len(STAGES):
            raise UserError(f"Stages are 0 to {len(STAGES) - 1}, not {self.stage}.")
        return self
