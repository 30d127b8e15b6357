"""What the dense view shows: the layer with its numbers, and the step of the walk from matrix to kernels. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.foundations.channels.dense import Dense, dense
from engine.foundations.channels.flattening import place_of
from engine.foundations.channels.requests import CheckDense
from gui.pages.channels.dense.state import DenseState
from gui.pages.channels.values import edited

Kind = Literal["row", "cut", "fold", "apply", "slide"]
FOLDING: tuple[Kind, ...] = ("cut", "fold", "apply")
INPUT, KERNEL, PRODUCT, MAP = "input/", "kernel/", "product/", "map/"
"""Keys with a channel, or with an output, behind them. The input's cells are those of the larger picture."""
FLAT, WEIGHTS, BIAS, OUTPUT = "flat", "weights", "bias", "output"


@dataclass(frozen=True, slots=True)
class Phase:
    """One step of the walk.

    "row": a row of the matrix is worked out; "cut", "fold", "apply": the same row becomes a kernel that lies on the
    input; "slide": all kernels lie on the larger picture at `row`, `col`. `output` is the row of the matrix.
    """

    kind: Kind
    output: int
    row: int = 0
    col: int = 0


def steps_of(state: DenseState) -> int:
    """How many steps the walk has: every output as a row, then folded, then all places of the larger picture."""
    return (1 + len(FOLDING)) * state.outputs + (state.more + 1) ** 2


def phase_of(state: DenseState, step: int) -> Phase:
    """The step of a number; beyond the last one: the last."""
    step = min(step, steps_of(state) - 1)
    if step < state.outputs:
        return Phase("row", step)
    step -= state.outputs
    if step < len(FOLDING) * state.outputs:
        output, part = divmod(step, len(FOLDING))
        return Phase(FOLDING[part], output)
    row, col = divmod(step - len(FOLDING) * state.outputs, state.more + 1)
    return Phase("slide", 0, row, col)


def step_of(state: DenseState, phase: Phase) -> int:
    """The number of a step."""
    if phase.kind == "row":
        return phase.output
    if phase.kind == "slide":
        return (1 + len(FOLDING)) * state.outputs + phase.row * (state.more + 1) + phase.col
    return state.outputs + phase.output * len(FOLDING) + FOLDING.index(phase.kind)


@dataclass(frozen=True, slots=True, eq=False)
class ShownDense:
    """`entry`: the entry of the vector under the pointer (None: none); `phase` may be the one pointed at."""

    state: DenseState
    dense: Dense
    phase: Phase
    question: CheckDense
    entry: int | None = None


class DenseResolver:
    """Remembers the last layer, so that a step costs nothing."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] | None = None
        self._made: tuple[Dense, CheckDense] | None = None

    def resolve(self, state: DenseState, hover: tuple[str, int, int] | None) -> ShownDense:
        """What to show; another output's row, or place of the picture, is on show while the pointer is on it."""
        done, question = self._of(state)
        phase = phase_of(state, state.step)
        entry = None
        if hover is not None:
            phase, entry = pointed(state, phase, hover), entry_at(state, phase, hover)
        return ShownDense(state, done, phase, question, entry)

    def _of(self, state: DenseState) -> tuple[Dense, CheckDense]:
        sizes = (state.shape, state.outputs, state.more, state.seed)
        key = (sizes, state.edits, state.weight_edits)
        if self._made is None or key != self._key:
            done = made(state)
            self._made, self._key = (done, CheckDense(done)), key
        return self._made


def made(state: DenseState) -> Dense:
    """The layer of a state: small whole numbers, each drawn from a stream of its own, so that sizes change little."""
    side = state.side + state.more
    pictures, weights, biases = (np.random.default_rng((state.seed, part)) for part in range(3))
    image = edited(pictures.integers(0, 10, (state.channels, side, side)).astype(np.float64), state.edits)
    drawn = weights.integers(-2, 3, (1, state.outputs, state.inputs)).astype(np.float64)
    weight = edited(drawn, state.weight_edits)[0]
    bias = biases.integers(-3, 4, state.outputs).astype(np.float64)
    return dense(image[:, : state.side, : state.side], weight, bias, image)


def pointed(state: DenseState, phase: Phase, cell: tuple[str, int, int]) -> Phase:
    """The step that the cell under the pointer belongs to; the one of the walk for cells of no single one."""
    key, row, column = cell
    if key.startswith(MAP):
        return Phase("slide", int(key.removeprefix(MAP)), row, column)
    if phase.kind == "row" and key in (WEIGHTS, BIAS, OUTPUT):
        return Phase("row", row)
    return phase


def entry_at(state: DenseState, phase: Phase, cell: tuple[str, int, int]) -> int | None:
    """The entry of the vector that a cell stands for; None for outputs and for what lies outside of the input."""
    key, row, column = cell
    side = state.side
    if key in (FLAT, WEIGHTS):
        return column
    if key.startswith((KERNEL, PRODUCT)):
        channel = int(key.partition("/")[2])
        flat = phase.kind == "cut"
        return channel * side * side + (column if flat else row * side + column)
    if key.startswith(INPUT) and row < side and column < side and phase.kind != "slide":
        return (int(key.removeprefix(INPUT)) * side + row) * side + column
    return None


def place(state: DenseState, entry: int) -> tuple[int, int, int]:
    """Channel, row, column of an entry."""
    return place_of(state.shape, entry)
