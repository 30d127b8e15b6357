"""Everything that a person can set on the page of mathematics, as one frozen state: the view, and a part for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Self

from gui.pages.mathematics.adjoint.state import AdjointState
from gui.pages.mathematics.filters.state import FiltersState
from gui.pages.mathematics.fourier.state import FourierState
from gui.pages.mathematics.laws.state import LawsState
from gui.pages.mathematics.sums.state import SumsState

View = Literal["sums", "laws", "filters", "adjoint", "fourier"]


@dataclass(frozen=True, slots=True)
class MathematicsState:
    """One view of the page, as plain values; every part has the name of its view."""

    view: View = "sums"
    sums: SumsState = field(default_factory=SumsState)
    laws: LawsState = field(default_factory=LawsState)
    filters: FiltersState = field(default_factory=FiltersState)
    adjoint: AdjointState = field(default_factory=AdjointState)
    fourier: FourierState = field(default_factory=FourierState)

    def validated(self) -> Self:
        """The state itself.

        Raises:
            UserError: a number is out of range, or operands do not go together.
        """
        for part in (self.sums, self.laws, self.filters, self.adjoint, self.fourier):
            part.validated()
        return self
