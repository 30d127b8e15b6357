"""The adjoint worked out for a state, and which cells belong to the row of the matrix on show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.foundations.algebra.adjoint import Pairing, matrix
from engine.foundations.algebra.exact import Values
from gui.pages.mathematics.adjoint.state import AdjointState
from gui.pages.mathematics.grids import array
from gui.pages.mathematics.look import BoolArray


@dataclass(frozen=True, eq=False)
class Shown:
    """A state with both ways. `forth`: the row on show is one of T, not of its transpose; `row` is its number there."""

    state: AdjointState

    @cached_property
    def pairing(self) -> Pairing:
        state = self.state
        return Pairing(array(state.x), array(state.k), array(state.y), state.kind, state.mode)

    @property
    def forth(self) -> bool:
        return self.state.row < self.pairing.forward.size

    @property
    def row(self) -> int:
        return self.state.row if self.forth else self.state.row - self.pairing.forward.size

    @cached_property
    def band(self) -> BoolArray:
        """bool[outputs, inputs]: where the matrix has a weight, be it zero."""
        ones = np.ones(self.pairing.kernel.shape, np.int64)
        found: BoolArray = matrix(ones, self.pairing.x.shape, self.state.kind, self.state.mode) > 0
        return found

    @property
    def taking_part(self) -> BoolArray:
        """bool[inputs] or bool[outputs]: what the row on show adds up."""
        row: BoolArray = self.band[self.row] if self.forth else self.band[:, self.row]
        return row

    @property
    def weights(self) -> Values:
        """The row on show."""
        whole = self.pairing.matrix
        return whole[self.row] if self.forth else whole[:, self.row]
