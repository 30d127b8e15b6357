"""Work in small steps, of which each tells how far it is."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any, TypeVar

Step = TypeVar("Step")
Result = TypeVar("Result")


def told(
    steps: Generator[Step, None, Result], tell: Callable[[Step], object]
) -> Generator[Any, None, Result]:
    """The same work, with `tell(step)` in the place of each step; returns its result."""
    with closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            yield tell(step)


def at_once(steps: Generator[Any, None, Result]) -> Result:
    """The result of work that nobody interrupts."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result
