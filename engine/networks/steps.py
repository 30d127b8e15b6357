"""Work in small steps, of which each tells how far it is."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from time import perf_counter
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


def paced(steps: Generator[Any, None, Result], seconds: float = 0.02) -> Generator[None, None, Result]:
    """The same work in fewer steps: one ends when it took `seconds`, so that steps of microseconds cost nothing."""
    with closing(steps):
        began = perf_counter()
        while True:
            try:
                next(steps)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            if perf_counter() - began >= seconds:
                yield
                began = perf_counter()


def timed(steps: Generator[Any, None, Result]) -> Generator[Any, None, tuple[Result, float]]:
    """The same work; its result, and the seconds that it took itself: what ran between two steps is not its own."""
    with closing(steps):
        seconds = 0.0
        while True:
            began = perf_counter()
            try:
                step = next(steps)
            except StopIteration as stop:
                return stop.value, seconds + perf_counter() - began
            seconds += perf_counter() - began
            yield step


def at_once(steps: Generator[Any, None, Result]) -> Result:
    """The result of work that nobody interrupts."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result
