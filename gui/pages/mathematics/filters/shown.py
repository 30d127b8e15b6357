"""Filters joined and taken apart, worked out for a state."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from engine.foundations.algebra.exact import Values, agree, bound, is_exact, largest
from engine.foundations.algebra.joined import Joined
from engine.foundations.algebra.products import multiply
from engine.foundations.algebra.separable import Separation, separate
from gui.pages.mathematics.filters.state import FiltersState
from gui.pages.mathematics.grids import array


@dataclass(frozen=True, eq=False)
class Shown:
    """A state with everything that both parts of the view compare."""

    state: FiltersState

    @cached_property
    def x(self) -> Values:
        return array(self.state.x)

    @cached_property
    def joined(self) -> Joined:
        state = self.state
        return Joined(self.x, array(state.first), array(state.second), state.kind, state.mode)

    @cached_property
    def separation(self) -> Separation:
        return separate(array(self.state.kernel))

    @cached_property
    def direct(self) -> Values:
        """x with the kernel."""
        return multiply(self.state.kind, self.x, self.separation.kernel, self.state.mode)

    @cached_property
    def between(self) -> Values:
        """x with the column."""
        return multiply(self.state.kind, self.x, self.separation.column, self.state.mode)

    @cached_property
    def through(self) -> Values:
        """x with the column, then with the row."""
        return multiply(self.state.kind, self.between, self.separation.row, self.state.mode)

    @property
    def apart(self) -> float:
        """The largest difference between the kernel and column and row."""
        return largest(self.direct - self.through)

    @property
    def exact(self) -> bool:
        """Whether column and row give whole numbers."""
        return is_exact(self.x, self.separation.column, self.separation.row)

    @property
    def holds(self) -> bool:
        """Whether column and row give what the kernel gives."""
        split = self.separation
        return agree(self.apart, bound(self.x, split.column, split.row), exact=self.exact)

    @property
    def costs(self) -> tuple[int, int]:
        """Products for one output: the shorter way's name first, as (two filters, one kernel)."""
        if self.state.part == "sequence":
            return self.joined.products_apart, self.joined.products_merged
        return self.separation.column.size + self.separation.row.size, self.separation.kernel.size
