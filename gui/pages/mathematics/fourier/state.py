"""What can be set in the view of the convolution theorem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from engine.errors import UserError
from engine.foundations.algebra.presets import Grid, row
from gui.pages.mathematics.grids import checked

MAX_LENGTH = 12
MAX_A, MAX_B = 8, 5

_A, _B = row(1, 3, 2, 0, 4, 1), row(1, 2, 1)


@dataclass(frozen=True, slots=True)
class FourierState:
    """Two sequences laid on a circle of `length` places; `frequency` is the one on show."""

    a: Grid = _A
    b: Grid = _B
    length: int = 8
    frequency: int = 1

    @property
    def needed(self) -> int:
        """From this length on the circle is long enough to be a line."""
        return len(self.a[0]) + len(self.b[0]) - 1

    def validated(self) -> Self:
        """The state itself; raises UserError where something is out of range."""
        checked("a", self.a, (1, 1), (1, MAX_A))
        checked("b", self.b, (1, 1), (1, MAX_B))
        longest = max(len(self.a[0]), len(self.b[0]))
        if not longest <= self.length <= MAX_LENGTH:
            raise UserError(f"The circle has {longest} to {MAX_LENGTH} places here, not {self.length}.")
        if not 0 <= self.frequency < self.length:
            raise UserError(f"A circle of {self.length} places has the frequencies 0 to {self.length - 1}.")
        return self
