"""Both products of f and g at one place of the kernel: what the view of the sum shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from engine.foundations.algebra.exact import is_exact
from engine.foundations.algebra.products import Kind, is_symmetric
from engine.foundations.algebra.walk import Place, Sum, Walk
from gui.pages.mathematics.grids import array
from gui.pages.mathematics.look import BoolArray
from gui.pages.mathematics.sums.state import SumsState

KINDS: Final[tuple[Kind, Kind]] = ("convolution", "correlation")


@dataclass(frozen=True, eq=False)
class Walks:
    """A state with both walks. Cells that fill in: those up to the place on show, or all."""

    state: SumsState

    @cached_property
    def walks(self) -> dict[Kind, Walk]:
        f, g = array(self.state.f), array(self.state.g)
        return {kind: Walk(f, g, kind, self.state.mode) for kind in KINDS}

    @property
    def before_flip(self) -> bool:
        """Whether the kernel still lies as it is stored."""
        return self.state.step == 0

    @cached_property
    def steps(self) -> dict[Kind, Sum]:
        """The sums on show; before the flip those of the first place, which are hidden."""
        return {kind: walk.step(max(self.state.step - 1, 0)) for kind, walk in self.walks.items()}

    @property
    def first(self) -> int:
        """The index of the first number of f and of g: the faces of a die count from 1."""
        return 1 if self.state.reading == "dice" else 0

    def argument(self, kind: Kind, n: Place) -> Place:
        """The argument of a product at `n`, which counts as if f and g began at 0: sums shift, differences do not."""
        along = n[-1] + (2 * self.first if kind == "convolution" else 0)
        return (*n[:-1], along)

    @property
    def symmetric(self) -> bool:
        return is_symmetric(self.walks["convolution"].g)

    @property
    def exact(self) -> bool:
        return is_exact(self.walks["convolution"].f, self.walks["convolution"].g)

    @cached_property
    def apart(self) -> float:
        """The largest difference of both products at the same place of the kernel."""
        first, second = (walk.output for walk in self.walks.values())
        return float(np.abs(first - second).max())

    @cached_property
    def hidden(self) -> BoolArray:
        """bool[*output]: what the walk has not reached."""
        shape = self.walks["convolution"].shape
        hidden = np.zeros(shape, np.bool_)
        if self.state.fill or self.before_flip:
            hidden.flat[self.state.step :] = True
        return hidden
