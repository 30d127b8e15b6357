"""The badge's second route: the same run once more, with the gradient and the optimiser written by hand in numpy."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.foundations.learned.by_hand import walk
from engine.foundations.learned.requests import CheckRun
from engine.foundations.requests import CheckResult

TOLERANCE: Final = 1e-9
_OPTIMISERS: Final = {"sgd": "SGD", "momentum": "heavy ball", "adam": "Adam"}


def check(request: CheckRun, context: Context) -> Generator[None, None, CheckResult]:
    """Compare weights, loss and gradient of every moment.

    Differences of numbers larger than 1 are taken relative to them: a run that diverges has no absolute ones.
    """
    run, difference = request.run, 0.0
    for moment, mine in zip(range(len(run.losses)), walk(run.exercise, run.spec), strict=False):
        theirs = (run.weights[moment], np.array([run.losses[moment]]), run.gradients[moment])
        for a, b in zip(theirs, (mine.weights, np.array([mine.loss]), mine.gradient), strict=True):
            difference = max(difference, _apart(a, b))
        context.cancel.check()
        yield
    return CheckResult(
        max_abs_difference=difference,
        tolerance=TOLERANCE,
        agrees=difference <= TOLERANCE,
        reference=f"{len(run.losses)} moments, gradient and {_OPTIMISERS[run.spec.optimiser]} by hand, float64",
    )


def _apart(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> float:
    """The largest difference, relative to the largest number where that exceeds 1; infinite for what is no number."""
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        same = np.array_equal(np.isfinite(first), np.isfinite(second))
        return 0.0 if same else float("inf")
    return float(np.abs(first - second).max()) / max(1.0, float(np.abs(first).max()))
