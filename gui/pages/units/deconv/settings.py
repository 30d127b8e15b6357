"""What a person can set on the deconvnet view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.errors import UserError

MOST_STEPS: Final = 10_000


@dataclass(frozen=True, slots=True)
class DeconvSettings:
    """`rule`: whose way down is stepped through; `step`: how far. `zoom`: only what the unit reads, rather than the
    whole picture. `show`: the signal in colours, grey where it is zero, or its strength."""

    rule: Literal["deconvnet", "guided", "gradient"] = "deconvnet"
    step: int = 0
    zoom: bool = True
    show: Literal["colour", "strength"] = "colour"

    def validated(self) -> Self:
        """The settings themselves, or a UserError."""
        if not 0 <= self.step <= MOST_STEPS:
            raise UserError(f"The saved descent has no step {self.step}.", "Steps are counted from 0.")
        return self
