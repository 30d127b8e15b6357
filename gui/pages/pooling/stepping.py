"""What the stepper counts in each view, the scene of each view, and what a cell of the stage stands for."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSizeF

from engine.images import Frame
from gui.pages.pooling import scene_parts as parts
from gui.pages.pooling.backward_scene import Pointed, backward_scene
from gui.pages.pooling.resolve import Resolved, Resolver
from gui.pages.pooling.shift_scene import shift_scene
from gui.pages.pooling.state import PoolingState
from gui.pages.pooling.steps_scene import steps_scene
from gui.pages.pooling.stochastic_scene import stochastic_scene
from gui.widgets.scene import Scene

STEPPED = ("steps", "backward", "stochastic")
"""Views in which a step means something."""


def position(state: PoolingState, resolved: Resolved) -> tuple[int, int, str]:
    """The stepper's (index, count, noun): windows, or rolls of the dice."""
    if state.view == "stochastic":
        return state.roll, state.samples, "roll"
    _, rows, cols = resolved.trace.shape
    return min(state.step, rows * cols - 1), rows * cols, "window"


def at_position(state: PoolingState, index: int) -> PoolingState:
    """The state at an index of the stepper."""
    if state.view == "stochastic":
        return replace(state, roll=min(index, state.samples - 1))
    return replace(state, step=index)


def scene_of(
    resolved: Resolved, resolver: Resolver, frame: Frame | None, pointed: Pointed | None, size: QSizeF
) -> Scene:
    """The scene of the view that the state asks for."""
    view = resolved.state.view
    if view == "backward":
        return backward_scene(resolved, size, pointed)
    if view == "stochastic":
        return stochastic_scene(resolved, size)
    if view == "shift":
        return shift_scene(resolved, resolver.shift(resolved, frame), size)
    return steps_scene(resolved, size)


def window_at(resolved: Resolved, key: str, row: int, column: int) -> tuple[int, int] | None:
    """The output (row, col) that a cell of the stage stands for; None for cells of no single window."""
    kind, _, rest = key.partition("/")
    if resolved.state.view == "shift" or not rest.isdigit():
        return None
    if f"{kind}/" in (parts.OUTPUT, parts.GRAD_OUT, parts.EXPECTED):
        return row, column
    if f"{kind}/" == parts.INPUT:
        return resolved.trace.nearest(row, column)
    return None


def pointed_at(resolved: Resolved, key: str, row: int, column: int) -> Pointed | None:
    """The input cell whose gradient is asked for, in the backward view."""
    if resolved.state.view != "backward" or not key.startswith(parts.GRAD_IN):
        return None
    return Pointed(row, column)
