"""From a state to what is drawn: the measured chain, the layer on show, and what is still hidden. Pure, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from engine.foundations.calculator.chain import Chain, Step, measure
from engine.foundations.calculator.layers import Layer, Shape
from engine.foundations.calculator.requests import CheckChain, Counted
from gui.pages.shapes.state import BYTES, ShapesState


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the page shows. Outputs of layers from `hidden_from` on are not to be given away."""

    state: ShapesState
    chain: Chain
    hidden_from: int

    @property
    def step(self) -> Step | None:
        """The layer on show, None for the input."""
        return self.chain.steps[self.state.step - 1] if self.state.step else None

    @property
    def secret(self) -> bool:
        """Whether anything is hidden: sums would give it away."""
        return self.hidden_from <= len(self.chain.steps)

    @property
    def shown(self) -> tuple[Step, ...]:
        """The layers whose outputs may be seen."""
        return self.chain.steps[: self.hidden_from - 1]

    def hides(self, index: int) -> bool:
        """Whether the output of a layer is still a secret."""
        return index >= self.hidden_from

    def shape(self, index: int) -> Shape | None:
        """The shape behind layer `index` (0: the input), None where there is none."""
        return self.chain.input_shape if index == 0 else self.chain.steps[index - 1].out_shape

    def bytes_of(self, values: int) -> int:
        """Memory of so many values of every example of the batch."""
        return values * self.state.batch * BYTES[self.state.precision]


@lru_cache(maxsize=64)
def measured(input_shape: Shape, layers: tuple[Layer, ...]) -> Chain:
    """The chain, from memory while one only looks around."""
    return measure(input_shape, layers)


def resolve(state: ShapesState, answered: frozenset[int] = frozenset()) -> Resolved:
    """What to draw; `answered`: layers whose outputs were predicted, or given up."""
    chain = measured(state.input_shape, state.layers)
    hidden = len(chain.steps) + 1
    if state.reveal or state.predict:
        hidden = state.step + 1
    if state.predict and state.step and state.step not in answered:
        step = chain.steps[state.step - 1]
        hidden = state.step if step.out_shape is not None else hidden
    return Resolved(state, chain, hidden)


def question(state: ShapesState) -> CheckChain | None:
    """What torch is asked about: the chain as far as it fits; None where not even its first layer does."""
    chain = measured(state.input_shape, state.layers)
    fitting = [step for step in chain.steps if step.out_shape is not None]
    if not fitting:
        return None
    expected = [
        Counted(s.out_shape, s.cost.parameters, s.cost.macs) for s in fitting if s.out_shape and s.cost
    ]
    return CheckChain(chain.input_shape, tuple(s.layer for s in fitting), tuple(expected), state.batch)
