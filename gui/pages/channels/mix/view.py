"""The view of the 1x1 convolution."""

from __future__ import annotations

from dataclasses import replace

import numpy.typing as npt
from PySide6.QtCore import QSizeF

from engine.foundations.channels.snippet import mix_script
from engine.images import Frame
from gui.pages.channels.mix.facts import formula, groups, under
from gui.pages.channels.mix.resolve import (
    BIAS,
    COLOUR_IN,
    COLOUR_OUT,
    INPUT,
    OUTPUT,
    TABLE,
    MixResolver,
    ShownMix,
)
from gui.pages.channels.mix.scene import mix_scene
from gui.pages.channels.mix.state import Table, with_bias, with_weight
from gui.pages.channels.state import ChannelsState
from gui.pages.channels.values import with_edit
from gui.pages.channels.view import Cell, Group, Position, View
from gui.widgets.facts import Fact
from gui.widgets.scene import Scene


class MixView(View[ShownMix]):
    """Network in network: one table of channels for every pixel."""

    key = "mix"
    title = "1×1 convolution"
    tip = "One table mixes the channels of every pixel (Alt+1)"

    def __init__(self) -> None:
        self._resolver = MixResolver()

    @property
    def table(self) -> Table:
        """Weights [F, C] and bias [F] of the table that was resolved last; a single 1 before the first."""
        return self._resolver.table

    def resolve(self, state: ChannelsState, frame: Frame | None, hover: Cell | None = None) -> ShownMix:
        return self._resolver.resolve(state, frame, hover)

    def scene(self, shown: ShownMix, size: QSizeF) -> Scene:
        return mix_scene(shown, size)

    def under(self, shown: ShownMix, cell: Cell) -> list[Fact]:
        return under(shown, *cell)

    def formula(self, shown: ShownMix) -> tuple[str, ...]:
        return formula(shown)

    def groups(self, shown: ShownMix) -> list[Group]:
        return groups(shown)

    def question(self, shown: ShownMix) -> object:
        return shown.mixture.question

    def position(self, shown: ShownMix) -> Position:
        return Position(min(shown.state.step, len(shown.mix) - 1), len(shown.mix), "pixel")

    def at(self, state: ChannelsState, index: int) -> ChannelsState:
        return replace(state, mix=replace(state.mix, step=index))

    def index_at(self, shown: ShownMix, cell: Cell) -> int | None:
        key, row, column = cell
        if key.startswith((INPUT, OUTPUT)) or key in (COLOUR_IN, COLOUR_OUT):
            return row * int(shown.mix.x.shape[2]) + column
        return None

    def moved(self, shown: ShownMix, rows: int, columns: int) -> int:
        _, height, width = shown.mix.x.shape
        row, col = divmod(min(shown.state.step, len(shown.mix) - 1), width)
        row, col = min(max(row + rows, 0), height - 1), min(max(col + columns, 0), width - 1)
        return int(row * width + col)

    def edited(self, state: ChannelsState, shown: ShownMix, cell: Cell, value: float) -> ChannelsState | None:
        key, row, column = cell
        own, table = state.mix, shown.mixture.table
        if key == TABLE:
            return replace(state, mix=with_weight(own, table, row, column, value))
        if key == BIAS:
            return replace(state, mix=with_bias(own, table, row, value))
        if not key.startswith(INPUT):
            return None
        place = (int(key.removeprefix(INPUT)), row, column)
        return replace(state, mix=replace(own, edits=with_edit(own.edits, place, value)))

    def arrays(self, shown: ShownMix) -> list[tuple[str, npt.ArrayLike]]:
        mix = shown.mix
        blocks: list[tuple[str, npt.ArrayLike]] = [("weights", mix.weight), ("bias", mix.bias)]
        names = shown.mixture.names
        blocks += [(f"input {name}", plane) for name, plane in zip(names, mix.x, strict=True)]
        blocks += [(f"output {row}", plane) for row, plane in enumerate(mix.output)]
        return blocks

    def script(self, shown: ShownMix) -> str:
        return mix_script(shown.mix)
