"""Everything that a person can set in the view "Growth"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from engine.errors import UserError

LAYERS: Final = {
    "features.act1": 6, "features.act2": 16, "classifier.act3": 120, "classifier.act4": 84, "classifier.output": 10,
}  # fmt: skip
"""The layers of LeNet-5 whose patches can be followed, with their channels."""
MOST_EPOCHS: Final = 1000


@dataclass(frozen=True, slots=True)
class GrowthSettings:
    """`epoch`: the place among the saved epochs, counted from 0; one beyond the last is the last."""

    layer: str = "features.act2"
    channel: int = 3
    epoch: int = MOST_EPOCHS

    def validated(self) -> Self:
        """The settings themselves. Raises UserError for a unit that LeNet-5 does not have."""
        if self.layer not in LAYERS:
            raise UserError(f"LeNet-5 has no layer “{self.layer}” to follow.", f"Choose {', '.join(LAYERS)}.")
        if not 0 <= self.channel < LAYERS[self.layer]:
            raise UserError(
                f"{self.layer} has the channels 0 to {LAYERS[self.layer] - 1}, not {self.channel}."
            )
        if not 0 <= self.epoch <= MOST_EPOCHS:
            raise UserError("Epochs are counted from 0.")
        return self
