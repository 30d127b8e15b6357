"""What a view of this page is: from the state to a scene, and from the pointer back to the state. No widgets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeAlias, TypeVar

import numpy.typing as npt
from PySide6.QtCore import QSizeF

from engine.images import Frame
from gui.pages.channels.state import ChannelsState, Key
from gui.widgets.facts import Fact
from gui.widgets.scene import Scene

Cell: TypeAlias = tuple[str, int, int]
"""The key of a plate, row and column of a cell on it."""
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Position:
    """Where the stepper stands: the position, how many there are, and what one is called."""

    index: int
    count: int
    noun: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of the inspector under one title."""

    title: str
    rows: Sequence[Fact]


class View(ABC, Generic[R]):
    """One demonstration. `R` is what it shows for a state: computed numbers and what is marked."""

    key: ClassVar[Key]
    title: ClassVar[str]
    tip: ClassVar[str]

    @abstractmethod
    def resolve(self, state: ChannelsState, frame: Frame | None, hover: Cell | None = None) -> R:
        """What to show; `hover` is the cell under the pointer. Raises ValueError where a picture is missing."""

    @abstractmethod
    def scene(self, shown: R, size: QSizeF) -> Scene:
        """Lay it out for a stage of `size`."""

    @abstractmethod
    def under(self, shown: R, cell: Cell) -> list[Fact]:
        """What the inspector says about a cell."""

    @abstractmethod
    def formula(self, shown: R) -> tuple[str, ...]:
        """The formula in mathtext; few different ones, since each takes its time when it is new."""

    @abstractmethod
    def groups(self, shown: R) -> list[Group]:
        """The live numbers and what it costs."""

    @abstractmethod
    def question(self, shown: R) -> object:
        """The request that checks what is on show; the same object while it is the same computation."""

    @abstractmethod
    def arrays(self, shown: R) -> list[tuple[str, npt.ArrayLike]]:
        """Named arrays to save."""

    @abstractmethod
    def script(self, shown: R) -> str:
        """A PyTorch script that computes what is on show."""

    def position(self, shown: R) -> Position | None:
        """Where the stepper stands, None in a view without steps."""
        return None

    def at(self, state: ChannelsState, index: int) -> ChannelsState:
        """The state at a position of the stepper."""
        return state

    def index_at(self, shown: R, cell: Cell) -> int | None:
        """The position that a click on a cell means, None for none."""
        return None

    def moved(self, shown: R, rows: int, columns: int) -> int | None:
        """The position that lies so many cells away, None in a view without steps."""
        return None

    def edited(self, state: ChannelsState, shown: R, cell: Cell, value: float) -> ChannelsState | None:
        """The state with a cell typed over, None for cells that are computed."""
        return None
