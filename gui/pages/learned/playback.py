"""What the page's stepper counts: the updates of a run, from the noise on."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from engine.foundations.learned.requests import Run
from gui.pages.learned.resolve import Resolved
from gui.pages.learned.state import LearnedState
from gui.widgets.stepper import Stepper

BASE_MS: Final = 100
"""An update at the speed 1×: ten a second; 8× shows eighty."""


def moments(state: LearnedState, run: Run | None) -> int:
    """How many moments there are to show: one more than updates, fewer where the run diverged."""
    if run is not None and run.outcome == "diverged":
        return run.last + 1
    return state.updates + 1


def at_moment(state: LearnedState, index: int) -> LearnedState:
    """The state at an index of the stepper."""
    return replace(state, step=min(index, state.updates))


def show_on(stepper: Stepper, resolved: Resolved) -> None:
    """Put the stepper on the moment that is shown: where the run has not come so far as is wanted, it waits there."""
    stepper.set_range(moments(resolved.state, resolved.run), resolved.moment, "update", first=0)
