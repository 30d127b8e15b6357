"""What a person can set on the view "People". Names are not among it: they stay in the gallery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """`person`: the number of the one who is chosen, None for nobody."""

    person: int | None = None

    def validated(self) -> Self:
        """The settings themselves: a number that is nobody's chooses nobody."""
        return self
