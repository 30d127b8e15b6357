"""What a view of this page is: its state, its controls, its scene, its words, and what torch is asked about it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import numpy.typing as npt
from PySide6.QtCore import QSizeF

from engine.foundations.algebra.requests import Back, Product, Round
from gui.pages.mathematics.grids import changed
from gui.widgets.facts import Fact
from gui.widgets.scene import Scene

S = TypeVar("S", bound=Any)
R = TypeVar("R")
Claim = Product | Back | Round


@dataclass(frozen=True, slots=True)
class Pick:
    """One of a few options (key, text); `wide` shows them all side by side, else in a list."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    tip: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `low` to `high`."""

    name: str
    label: str
    low: int
    high: int
    tip: str


@dataclass(frozen=True, slots=True)
class Press:
    """A button."""

    name: str
    text: str
    tip: str


@dataclass(frozen=True, slots=True)
class Switch:
    """A toggle."""

    name: str
    text: str
    tip: str


@dataclass(frozen=True, slots=True)
class Group:
    """Controls that belong together; `words` names the text beneath them (see Chapter.words)."""

    title: str
    controls: tuple[Pick | Whole | Press | Switch, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Walked:
    """Where a walk stands: what the stepper shows."""

    index: int
    count: int
    noun: str
    first: int = 1


class Chapter(ABC, Generic[S, R]):
    """One view. Pure: it turns its state into what is drawn and said, and what a person does into the next state.

    Keys of plates that can be edited are the name of a grid of the state, or "name@anything"; others have none.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    tip: ClassVar[str]
    groups: ClassVar[tuple[Group, ...]]

    @abstractmethod
    def resolve(self, state: S) -> R:
        """Everything that is worked out for a state that was validated."""

    @abstractmethod
    def scene(self, shown: R, size: QSizeF) -> Scene:
        """The stage."""

    @abstractmethod
    def claims(self, shown: R) -> tuple[Claim, ...]:
        """What is checked against torch."""

    @abstractmethod
    def arrays(self, shown: R) -> Sequence[tuple[str, npt.ArrayLike]]:
        """The numbers on show, named."""

    @abstractmethod
    def formula(self, state: S) -> tuple[str, ...]:
        """What is computed, in mathtext, without numbers."""

    @abstractmethod
    def note(self, shown: R) -> str:
        """What the letters of the formula stand for."""

    @abstractmethod
    def facts(self, shown: R) -> list[Fact]:
        """The numbers beneath the formula."""

    @abstractmethod
    def under(self, shown: R, key: str, row: int, column: int) -> list[Fact]:
        """What the cell under the pointer is, beside its value and place."""

    # --- a walk, in views that have one ----------------------------------------------------------------------

    def walked(self, state: S) -> Walked | None:
        """Where the stepper stands; None in views without steps."""
        return None

    def at(self, state: S, index: int) -> S:
        """The state at an index of the walk."""
        return state

    def index_of(self, shown: R, key: str, row: int, column: int) -> int | None:
        """The index of the walk that a cell stands for."""
        return None

    def row_length(self, state: S) -> int:
        """How many indices of the walk the arrow down goes on."""
        return 1

    def flips(self, before: S, after: S) -> tuple[str, ...]:
        """Keys of plates that turn over on the way from one state to the next."""
        return ()

    # --- controls ----------------------------------------------------------------------------------------------

    def value(self, state: S, name: str) -> Any:
        """Where a control stands."""
        return getattr(state, name)

    def with_value(self, state: S, name: str, value: Any) -> S:
        """The state with one control moved; the caller validates it."""
        return changed(state, **{name: value})

    def pressed(self, state: S, name: str) -> S:
        """The state after a button."""
        raise KeyError(name)

    def offers(self, state: S, name: str) -> bool:
        """Whether a control has a meaning now."""
        return True

    def words(self, state: S, name: str) -> str:
        """The text of a group."""
        return ""

    def edited(self, state: S, key: str, row: int, column: int, value: float) -> S:
        """The state with a cell typed over."""
        raise KeyError(key)
