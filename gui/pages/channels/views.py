"""The views of the page, in the order of their keys."""

from __future__ import annotations

from typing import Any, Final

from engine.foundations.channels.bottleneck import Block
from engine.foundations.channels.requests import Measured
from gui.pages.channels.bottleneck.view import BottleneckView
from gui.pages.channels.dense.view import DenseView
from gui.pages.channels.flat.view import FlatView
from gui.pages.channels.mix.state import Table
from gui.pages.channels.mix.view import MixView
from gui.pages.channels.view import View

CLASSES: Final = (MixView, BottleneckView, FlatView, DenseView)
VIEWS: Final = tuple((view.key, view.title, view.tip) for view in CLASSES)


class Views:
    """One object a view, which remembers what it computed last."""

    def __init__(self) -> None:
        self.mix, self.bottleneck, self.flat, self.dense = (
            MixView(),
            BottleneckView(),
            FlatView(),
            DenseView(),
        )
        self._all: dict[str, View[Any]] = {
            view.key: view for view in (self.mix, self.bottleneck, self.flat, self.dense)
        }

    def __getitem__(self, key: str) -> View[Any]:
        return self._all[key]

    @property
    def table(self) -> Table:
        """The mixing table on show."""
        return self.mix.table

    def take_times(self, found: object) -> None:
        """The variants were measured."""
        if isinstance(found, Measured):
            self.bottleneck.take(found)

    def refuse_times(self, block: Block, reason: str) -> None:
        """They could not be measured."""
        self.bottleneck.refuse(block, reason)

    def forget_times(self) -> None:
        """They are to be measured anew."""
        self.bottleneck.forget()
