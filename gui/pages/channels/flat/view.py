"""The view of flattening."""

from __future__ import annotations

from dataclasses import replace

import numpy.typing as npt
from PySide6.QtCore import QSizeF

from engine.foundations.channels.flattening import Order, entry_of, line_length
from engine.foundations.channels.snippet import flatten_script
from engine.images import Frame
from gui.pages.channels.flat.resolve import CELL, FlatResolver, ShownFlat, entry_at
from gui.pages.channels.flat.scene import flat_scene
from gui.pages.channels.state import ChannelsState
from gui.pages.channels.values import with_edit
from gui.pages.channels.view import Cell, Group, Position, View
from gui.widgets.facts import Fact
from gui.widgets.scene import Scene
from gui.widgets.stage_text import by, plain

FORMULAS = {
    "first": (r"v\,[(c \cdot H + r) \cdot W + q] &= x_c(r, q)",),
    "last": (r"v\,[(r \cdot W + q) \cdot C + c] &= x_c(r, q)",),
}


class FlatView(View[ShownFlat]):
    """A volume becomes a vector."""

    key = "flat"
    title = "Flatten"
    tip = "Which pixel of which channel becomes which entry (Alt+3)"

    def __init__(self) -> None:
        self._resolver = FlatResolver()

    def resolve(self, state: ChannelsState, frame: Frame | None, hover: Cell | None = None) -> ShownFlat:
        return self._resolver.resolve(state.flat, hover)

    def scene(self, shown: ShownFlat, size: QSizeF) -> Scene:
        return flat_scene(shown, size)

    def under(self, shown: ShownFlat, cell: Cell) -> list[Fact]:
        entry = entry_at(shown.state, cell)
        pointed = self._resolver.resolve(shown.state, cell)
        channel, row, col = pointed.place
        value = plain(float(pointed.flat.vector[entry]))
        tip = (
            "Double-click or F2 to change it."
            if cell[0].startswith(CELL)
            else "The same number as in the volume."
        )
        return [
            ("entry", str(entry), "Counted from 0."),
            ("value", value, tip),
            ("channel", str(channel), "Counted from 0."),
            ("place", f"row {row}, col {col}", "Counted from 0."),
        ]

    def formula(self, shown: ShownFlat) -> tuple[str, ...]:
        return FORMULAS[shown.state.order]

    def groups(self, shown: ShownFlat) -> list[Group]:
        state, (channel, row, col) = shown.state, shown.place
        channels, height, width = state.shape
        other: Order = "last" if state.order == "first" else "first"
        there = entry_of(state.shape, shown.place, other)
        now: list[Fact] = [
            ("entry", str(shown.entry), "Counted from 0."),
            ("comes from", f"channel {channel}, row {row}, col {col}", "Counted from 0."),
            (f"channels {other}", f"entry {there}", "Where the other convention puts it."),
        ]
        step_right, step_down = (1, width) if state.order == "first" else (channels, width * channels)
        next_channel = height * width if state.order == "first" else 1
        apart: list[Fact] = [
            ("next column", f"{step_right} further", "Entries from a pixel to its right neighbour."),
            ("next row", f"{step_down} further", "Entries from a pixel to the one beneath."),
            ("next channel", f"{next_channel} further", "Entries to the same pixel of the next channel."),
        ]
        shape: list[Fact] = [
            ("volume", by((height, width, channels)), "Height × width × channels."),
            ("vector", str(shown.flat.vector.size), "Their product."),
            ("parameters", "0", "Nothing is learned."),
        ]
        return [Group("This entry", now), Group("Neighbours lie", apart), Group("Shape and cost", shape)]

    def question(self, shown: ShownFlat) -> object:
        return shown.flat.question

    def position(self, shown: ShownFlat) -> Position:
        return Position(shown.state.entry, shown.flat.vector.size, "entry")

    def at(self, state: ChannelsState, index: int) -> ChannelsState:
        return replace(state, flat=replace(state.flat, entry=index))

    def index_at(self, shown: ShownFlat, cell: Cell) -> int:
        return entry_at(shown.state, cell)

    def moved(self, shown: ShownFlat, rows: int, columns: int) -> int:
        per, last = line_length(shown.state.shape, shown.state.order), shown.flat.vector.size - 1
        return min(max(shown.state.entry + columns + rows * per, 0), last)

    def edited(
        self, state: ChannelsState, shown: ShownFlat, cell: Cell, value: float
    ) -> ChannelsState | None:
        key, row, column = cell
        if shown.state.indices or not key.startswith(CELL):
            return None
        edits = with_edit(state.flat.edits, (int(key.removeprefix(CELL)), row, column), value)
        return replace(state, flat=replace(state.flat, edits=edits))

    def arrays(self, shown: ShownFlat) -> list[tuple[str, npt.ArrayLike]]:
        flat = shown.flat
        return [("volume (C, H, W)", flat.x), ("entry of every cell", flat.entries), ("vector", flat.vector)]

    def script(self, shown: ShownFlat) -> str:
        return flatten_script(shown.flat.x, shown.state.order)
