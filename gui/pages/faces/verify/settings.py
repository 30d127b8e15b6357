"""What a person can set on the view "Verify"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from engine.errors import UserError
from gui.pages.faces.recognise.settings import MOST


@dataclass(frozen=True, slots=True)
class VerifySettings:
    """`claimed`: the number of the person that somebody claims to be, None for the first one. `chosen`: whose face.
    `ordered`: differences by size instead of by their place in the embedding."""

    claimed: int | None = None
    chosen: int = 0
    ordered: bool = False

    def validated(self) -> Self:
        """The settings themselves, or a UserError that says what is wrong with them."""
        if not 0 <= self.chosen < MOST:
            raise UserError(
                f"There is no face {self.chosen}.", "Faces are counted from 0, the largest first."
            )
        return self
