"""A law worked out for a state."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from engine.foundations.algebra.laws import Demonstration, demonstrate
from engine.foundations.algebra.placed import Placed, placed
from gui.pages.mathematics.grids import array
from gui.pages.mathematics.laws.state import LawsState


@dataclass(frozen=True, eq=False)
class Shown:
    """A state, its operands by name, and what the law makes of them."""

    state: LawsState

    @cached_property
    def operands(self) -> dict[str, Placed]:
        return {name: placed(array(getattr(self.state, name))) for name in ("a", "b", "c")}

    @cached_property
    def demo(self) -> Demonstration:
        state, of = self.state, self.operands
        return demonstrate(state.law, state.kind, of["a"], of["b"], of["c"], state.shift)

    def placed(self, key: str) -> Placed | None:
        """What a plate of the scene shows; None for differences."""
        claim, instead = self.demo.claim, self.demo.instead
        name = key.partition("@")[0]
        if name in self.operands:
            return self.operands[name]
        side, _, which = name.partition("/")
        equation = instead if side == "instead" and instead is not None else claim
        if side not in ("left", "right", "instead"):
            return None
        shown = equation.left if side == "left" else equation.right
        if which == "first":
            return shown.first.value
        if which == "second":
            return None if shown.second is None else shown.second.value
        return equation.results[0 if side == "left" else 1]
