"""The view of the fully connected layer."""

from __future__ import annotations

from dataclasses import replace

import numpy.typing as npt
from PySide6.QtCore import QSizeF

from engine.foundations.channels.snippet import dense_script
from engine.images import Frame
from gui.pages.channels.dense.facts import formula, groups, under
from gui.pages.channels.dense.resolve import (
    INPUT,
    KERNEL,
    MAP,
    OUTPUT,
    WEIGHTS,
    DenseResolver,
    Phase,
    ShownDense,
    entry_at,
    phase_of,
    step_of,
    steps_of,
)
from gui.pages.channels.dense.scene import dense_scene
from gui.pages.channels.state import ChannelsState
from gui.pages.channels.values import with_edit
from gui.pages.channels.view import Cell, Group, Position, View
from gui.widgets.facts import Fact
from gui.widgets.scene import Scene


class DenseView(View[ShownDense]):
    """A dense layer is a matrix, and a convolution of full size."""

    key = "dense"
    title = "Fully connected"
    tip = "As a matrix, as kernels of full size, on a larger picture (Alt+4)"

    def __init__(self) -> None:
        self._resolver = DenseResolver()

    def resolve(self, state: ChannelsState, frame: Frame | None, hover: Cell | None = None) -> ShownDense:
        return self._resolver.resolve(state.dense, hover)

    def scene(self, shown: ShownDense, size: QSizeF) -> Scene:
        return dense_scene(shown, size)

    def under(self, shown: ShownDense, cell: Cell) -> list[Fact]:
        return under(shown, cell)

    def formula(self, shown: ShownDense) -> tuple[str, ...]:
        return formula(shown)

    def groups(self, shown: ShownDense) -> list[Group]:
        return groups(shown)

    def question(self, shown: ShownDense) -> object:
        return shown.question

    def position(self, shown: ShownDense) -> Position:
        count = steps_of(shown.state)
        return Position(min(shown.state.step, count - 1), count, "step")

    def at(self, state: ChannelsState, index: int) -> ChannelsState:
        return replace(state, dense=replace(state.dense, step=index))

    def index_at(self, shown: ShownDense, cell: Cell) -> int | None:
        key, row, column = cell
        if key.startswith(MAP):
            return step_of(shown.state, Phase("slide", 0, row, column))
        return step_of(shown.state, Phase("row", row)) if key == OUTPUT else None

    def moved(self, shown: ShownDense, rows: int, columns: int) -> int:
        phase = phase_of(shown.state, shown.state.step)
        down = shown.state.more + 1 if phase.kind == "slide" else 1
        return min(max(shown.state.step + columns + rows * down, 0), steps_of(shown.state) - 1)

    def edited(
        self, state: ChannelsState, shown: ShownDense, cell: Cell, value: float
    ) -> ChannelsState | None:
        key, row, column = cell
        own = state.dense
        if key.startswith(INPUT):
            place = (int(key.removeprefix(INPUT)), row, column)
            return replace(state, dense=replace(own, edits=with_edit(own.edits, place, value)))
        entry = entry_at(own, shown.phase, cell)
        if entry is None or not (key == WEIGHTS or key.startswith(KERNEL)):
            return None
        output = row if key == WEIGHTS else shown.phase.output
        edits = with_edit(own.weight_edits, (0, output, entry), value)
        return replace(state, dense=replace(own, weight_edits=edits))

    def arrays(self, shown: ShownDense) -> list[tuple[str, npt.ArrayLike]]:
        done = shown.dense
        return [
            ("input (C, H, W)", done.x), ("weights", done.weight), ("bias", done.bias), ("output", done.output),
            ("kernels (M, C, H, W)", done.kernels), ("larger picture", done.image), ("maps", done.slid),
        ]  # fmt: skip

    def script(self, shown: ShownDense) -> str:
        return dense_script(shown.dense)
