"""The convolution theorem worked out for a state."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.foundations.algebra.presets import Grid
from engine.foundations.algebra.spectrum import Circle, circled
from gui.pages.mathematics.fourier.state import FourierState
from gui.pages.mathematics.grids import array
from gui.pages.mathematics.look import BoolArray


@dataclass(frozen=True, eq=False)
class Shown:
    """A state with both sequences on their circle."""

    state: FourierState

    @cached_property
    def circle(self) -> Circle:
        a, b = (circled(array(grid)[0], self.state.length) for grid in (self.state.a, self.state.b))
        return Circle(a, b)

    @property
    def wraps(self) -> bool:
        """Whether the circle is too short for the product: its end lies over its beginning."""
        return self.state.length < self.state.needed

    def around(self, grid: Grid) -> BoolArray:
        """bool[1, length]: the zeros behind a sequence."""
        around = np.ones((1, self.state.length), np.bool_)
        around[0, : len(grid[0])] = False
        return around
