"""Everything that a person can set on the page of 1x1 and dense layers: one part a view."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Self, TypeAlias

from engine.errors import UserError
from engine.foundations.channels.bottleneck import Block, problem
from engine.foundations.channels.features import NUMBERS
from gui.pages.channels.dense.state import DenseState
from gui.pages.channels.flat.state import FlatState
from gui.pages.channels.mix.state import MixState
from gui.widgets.source_state import SourceState

Key: TypeAlias = Literal["mix", "bottleneck", "flat", "dense"]


@dataclass(frozen=True, slots=True)
class ChannelsState:
    """One view of the page, as plain values: which demonstration is on show, and the settings of each.

    `source` feeds the 1x1 convolution: a picture, or a volume of numbers (a preset of that name).
    """

    view: Key = "mix"
    source: SourceState = field(default_factory=SourceState)
    mix: MixState = field(default_factory=MixState)
    block: Block = field(default_factory=Block)
    flat: FlatState = field(default_factory=FlatState)
    dense: DenseState = field(default_factory=DenseState)

    @property
    def from_picture(self) -> bool:
        """Whether the 1x1 convolution reads a picture."""
        return self.source.kind != "preset"

    def validated(self) -> Self:
        """The state itself.

        Raises:
            UserError: a value is out of range, or parts do not go together.
        """
        self.source.validated()
        if not self.from_picture and self.source.value not in {one.name for one in NUMBERS}:
            raise UserError(f"There are no numbers named “{self.source.value}”.")
        self.mix.validated()
        found = problem(self.block)
        if found:
            raise UserError(found)
        self.flat.validated()
        self.dense.validated()
        return self
