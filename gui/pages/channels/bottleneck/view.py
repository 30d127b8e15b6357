"""The view of the bottleneck."""

from __future__ import annotations

from dataclasses import replace

import numpy.typing as npt
from PySide6.QtCore import QSizeF

from engine.foundations.channels.bottleneck import Block
from engine.foundations.channels.requests import CheckCosts, Measured
from engine.foundations.channels.snippet import costs_script
from engine.images import Frame
from gui.pages.channels.bottleneck.facts import FORMULA, groups, under
from gui.pages.channels.bottleneck.resolve import ShownBlock, Times, charts, resolved
from gui.pages.channels.bottleneck.scene import bottleneck_scene
from gui.pages.channels.state import ChannelsState
from gui.pages.channels.view import Cell, Group, View
from gui.widgets.facts import Fact
from gui.widgets.scene import Scene


class BottleneckView(View[ShownBlock]):
    """Direct, through a bottleneck, or separable: what each costs."""

    key = "bottleneck"
    title = "Bottleneck"
    tip = "Fewer channels before the expensive filters (Alt+2)"

    def __init__(self) -> None:
        self._measured: Measured | None = None
        self._refused: tuple[Block, str] | None = None

    def take(self, found: Measured) -> None:
        """Times were measured."""
        self._measured, self._refused = found, None

    def refuse(self, block: Block, reason: str) -> None:
        """The times of a block cannot be had."""
        self._refused = (block, reason)

    def forget(self) -> None:
        """What was measured is old."""
        self._measured = self._refused = None

    def resolve(self, state: ChannelsState, frame: Frame | None, hover: Cell | None = None) -> ShownBlock:
        block = state.block
        measured = self._measured
        reason = self._refused[1] if self._refused is not None and self._refused[0] == block else ""
        times = Times(measured, reason, stale=measured is not None and measured.block != block)
        return resolved(block, times, CheckCosts(block), hover)

    def scene(self, shown: ShownBlock, size: QSizeF) -> Scene:
        return bottleneck_scene(shown, size)

    def under(self, shown: ShownBlock, cell: Cell) -> list[Fact]:
        return under(resolved(shown.block, shown.times, shown.question, cell))

    def formula(self, shown: ShownBlock) -> tuple[str, ...]:
        return FORMULA

    def groups(self, shown: ShownBlock) -> list[Group]:
        return groups(shown)

    def question(self, shown: ShownBlock) -> object:
        return shown.question

    def arrays(self, shown: ShownBlock) -> list[tuple[str, npt.ArrayLike]]:
        titles = ", ".join(variant.title for variant in shown.variants)
        found = charts(replace(shown, times=Times()) if shown.times.stale else shown)
        return [(f"{chart.title}: {titles}", chart.totals) for chart in found if any(chart.totals)]

    def script(self, shown: ShownBlock) -> str:
        return costs_script(shown.block)
