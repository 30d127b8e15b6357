"""From a state to what must be drawn and what the engine owes: pure, no Qt, no torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isqrt
from typing import Final

from engine.foundations.convolution import Step, Trace, trace
from engine.foundations.edges.catalogue import EdgeKernel, weight
from engine.foundations.edges.inputs import make
from engine.foundations.edges.requests import FilteredPicture, FilterPicture, What
from engine.images import Frame
from gui.pages.edges.changes import colour_counts
from gui.pages.edges.state import INSTEAD, WINDOWS, EdgesState, View, with_name

WHAT: Final[dict[View, What]] = {
    "picture": "response", "rotate": "response", "gradient": "gradient", "compare": "compare",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owed:
    """What the engine owes a view of a picture; two are the same where the same maps answer them."""

    kernel: EdgeKernel
    what: What
    colour: bool
    frame: Frame

    def request(self) -> FilterPicture:
        return FilterPicture(self.frame, self.kernel, self.what, self.colour)

    def answered_by(self, result: FilteredPicture | None) -> bool:
        """Whether an answer is about this."""
        if result is None:
            return False
        asked = result.request
        return Owed(asked.kernel, asked.what, asked.colour, asked.frame) == self


def owed(state: EdgesState, frame: Frame | None) -> Owed | None:
    """What the engine owes a state; None for the small input and before there is a picture."""
    if not state.on_picture or frame is None:
        return None
    kernel, what = state.shown_kernel, WHAT[state.view]
    if what == "gradient":
        kernel = replace(kernel, angle=0.0)
    elif what == "compare":
        kernel = with_name(kernel, INSTEAD)
    return Owed(kernel, what, state.colour and colour_counts(state), frame)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The small input under the kernel, and the window on show."""

    state: EdgesState
    trace: Trace
    step: Step


class GridResolver:
    """Turns states into grids; remembers the last convolution, so that a moved window costs one step."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] | None = None
        self._trace: Trace | None = None

    def resolve(self, state: EdgesState, hover: tuple[int, int] | None = None) -> Grid:
        """What to draw; `hover` shows the window of another output (row, column) while the pointer is on it."""
        key = (state.shown_kernel, state.input, state.direction, state.flipped)
        if self._trace is None or key != self._key:
            x = make(state.input, state.side, state.direction, state.flipped)
            self._trace, self._key = trace(x, weight(state.shown_kernel)), key
        done = self._trace
        index = min(state.step, WINDOWS - 1) if hover is None else done.index_of(0, *hover)
        return Grid(state, done, done.step(index))


def moved_step(state: EdgesState, rows: int, columns: int) -> int:
    """The step whose window lies `rows`, `columns` cells away, stopping at the edges."""
    side = isqrt(WINDOWS)
    row, column = divmod(state.step, side)
    return min(max(row + rows, 0), side - 1) * side + min(max(column + columns, 0), side - 1)
