"""The legal ways to change the state: refusals with a way out, the hidden kernel, cells that are typed over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from engine.errors import UserError
from engine.foundations.convolution import Problem
from engine.foundations.learned.spec import RANGES as SPEC_RANGES
from gui.pages.learned.state import LARGEST_WEIGHT, RANGES, LearnedState
from gui.widgets.fields import FieldProblem, parse_number

BOUNDS: Final = {name: (low, high) for name, low, high in (*SPEC_RANGES, *RANGES)}


def set_value(state: LearnedState, name: str, value: Any) -> LearnedState:
    """The state with one control moved."""
    if name == "size":
        return replace(state, size=value, hidden=(), place=None)
    if name == "updates":
        return replace(state, updates=value, step=min(state.step, value))
    if name == "side":
        return replace(state, side=value, place=None)
    if name == "target":
        return replace(state, target=value, revealed=False)
    return replace(state, **{name: value})


def refusal(state: LearnedState, name: str, value: Any) -> Problem | None:
    """Why a control must not take a value, with the nearest one that it may take; None where it may."""
    try:
        set_value(state, name, value).validated()
    except UserError as error:
        low, high = BOUNDS[name]
        nearest = min(max(value, low), high)
        return Problem(name, error.sentence, nearest)
    return None


def with_cell(state: LearnedState, row: int, column: int, value: float) -> LearnedState:
    """A number of the target typed over: it becomes a kernel of one's own, open to see."""
    kernel = state.kernel.copy()
    kernel[row, column] = value
    numbers = tuple(float(v) for v in kernel.ravel())
    return replace(state, target="hidden", hidden=numbers, revealed=True)


def typed_kernel(text: str, size: int) -> tuple[float, ...]:
    """The numbers of a kernel as they are typed, with blanks, semicolons or lines between them.

    Raises FieldProblem for what is no number, for too many or too few, and for large ones.
    """
    parts = text.replace(";", " ").split()
    numbers = tuple(float(parse_number(part, low=-LARGEST_WEIGHT, high=LARGEST_WEIGHT)) for part in parts)
    if len(numbers) != size**2:
        raise FieldProblem(f"{size**2} numbers are needed, row by row; here are {len(numbers)}.")
    return numbers
