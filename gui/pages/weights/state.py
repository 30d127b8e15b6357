"""What a person can set on the weights page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from engine.errors import UserError

Task = Literal["all", "classification", "detection", "faces"]
LONGEST_QUERY = 100


@dataclass(frozen=True, slots=True)
class WeightsState:
    """`selected`: a name of the weights store, "" for none. `here`: only what is on this computer."""

    selected: str = ""
    task: Task = "all"
    here: bool = False
    query: str = ""

    def validated(self) -> Self:
        """The state itself; raises UserError where a text is absurdly long."""
        if len(self.query) > LONGEST_QUERY:
            raise UserError(f"A search of more than {LONGEST_QUERY} characters finds nothing.")
        if len(self.selected) > 1000:
            raise UserError("No weights have such a long name.")
        return self
