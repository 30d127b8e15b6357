"""What the stepper counts in each view: the windows of the small input, or the degrees of a turning kernel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from gui.pages.edges.state import MAX_ANGLE, WINDOWS, EdgesState
from gui.widgets.stepper import BASE_INTERVAL_MS, Stepper

TURN_MS: Final = 60
"""A degree at speed 1×: half a turn takes eleven seconds."""
STEPPED: Final = ("kernel", "rotate")


@dataclass(frozen=True, slots=True)
class Position:
    """Where the stepper stands."""

    index: int
    count: int
    noun: str
    first: int
    pace: int


def position(state: EdgesState) -> Position | None:
    """The stepper's position for a state; None in views without steps."""
    if state.view == "kernel":
        return Position(state.step, WINDOWS, "window", 1, BASE_INTERVAL_MS)
    if state.view == "rotate":
        return Position(round(state.shown_kernel.angle), MAX_ANGLE + 1, "degree", 0, TURN_MS)
    return None


def at_position(state: EdgesState, index: int) -> EdgesState:
    """The state at an index of the stepper."""
    if state.view == "rotate":
        return replace(state, kernel=replace(state.shown_kernel, angle=float(index)))
    return replace(state, step=index)


def show_position(stepper: Stepper, state: EdgesState) -> bool:
    """Put the stepper where the state says; whether it has a meaning there."""
    where = position(state)
    if where is None:
        return False
    stepper.set_pace(where.pace)
    stepper.set_range(where.count, where.index, where.noun, first=where.first)
    return True
