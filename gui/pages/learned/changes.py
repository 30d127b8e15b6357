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
    """The numbers of a kernel as they are typed, with blanks, semicolons or lines between them; or commas alone.

    Raises FieldProblem for what is no number, for too many or too few, and for large ones. What was typed is not
    repeated there: a class reads along.
    """
    parts = text.replace(";", " ").split()
    if len(parts) == 1:
        parts = parts[0].split(",")
    if len(parts) != size**2:
        raise FieldProblem(f"{size**2} numbers are needed, row by row; here are {len(parts)}.")
    return tuple(_weight(part, place) for place, part in enumerate(parts, start=1))


def _weight(part: str, place: int) -> float:
    """One number of a hidden kernel; a refusal names its place instead of it."""
    try:
        value = float(parse_number(part))
    except FieldProblem as problem:
        raise FieldProblem(f"What stands at place {place} is not a number.") from problem
    if abs(value) > LARGEST_WEIGHT:
        how = "large: at most " if value > 0 else "small: at least −"
        raise FieldProblem(f"The number at place {place} is too {how}{LARGEST_WEIGHT:g}.")
    return value
