"""The curve beneath the stage of each view: loss, errors along directions, distance to the target."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.foundations.learned import Bowl
from engine.foundations.learned.requests import Run
from gui.pages.learned.resolve import Resolved
from gui.widgets.plot.data import Content
from gui.widgets.plot.line_plot import Axis, Series

FloatArray = npt.NDArray[np.float64]
MOST_POINTS: Final = 400
"""Points of one line; a run with more updates is thinned, its end stays."""
LEAST_LOSS, LEAST_DISTANCE = 1e-30, 1e-14
"""Logarithmic curves do not go lower: that is rounding."""


def curve_of(resolved: Resolved) -> Content:
    """What is plotted for the view on show; without lines until something was trained."""
    run, view = resolved.run, resolved.state.view
    axis = Axis("update", integer=True, low=0.0, high=float(resolved.state.updates))
    if run is None:
        return Content((), axis, Axis("loss", log=True))
    if view == "directions" and resolved.bowl is not None:
        return Content(_directions(resolved, run, resolved.bowl), axis, _log("wrong along the direction"))
    if view == "compare":
        return Content(_distances(resolved, run), axis, _log("distance of the kernels"))
    series = _losses(resolved, run)
    return Content(series, axis, _log("loss: mean of the squared differences", run.losses))


def _log(name: str, values: FloatArray | None = None) -> Axis:
    """A logarithmic axis; with all values of the run, so that it stands still while the curve grows."""
    if values is None:
        return Axis(name, log=True)
    drawn = values[np.isfinite(values) & (values > LEAST_LOSS)]
    if not drawn.size:
        return Axis(name, log=True)
    return Axis(name, log=True, low=float(drawn.min()), high=float(drawn.max()))


def _losses(resolved: Resolved, run: Run) -> tuple[Series, ...]:
    if float(run.losses.max()) <= LEAST_LOSS:  # a logarithm would draw zeros as some number that they are not
        return ()
    found = [*_line("loss", run.losses, resolved, "accent")]
    bowl = resolved.bowl
    if run.spec.batch == "crops":
        found = [*_line("of the crops", run.losses, resolved, "muted")]
        if bowl is not None:
            found += _line("of the picture", bowl.losses(run.weights), resolved, "accent")
    if bowl is not None and bowl.least > 1e-12 * float(run.losses[0]):
        floor = np.full(2, bowl.least)
        ends = np.array([0.0, float(resolved.state.updates)])
        found.append(Series("least squares", floor, ends, role="good", marker="none", dashed=True))
    return tuple(found)


def _directions(resolved: Resolved, run: Run, bowl: Bowl) -> tuple[Series, ...]:
    errors = np.abs(bowl.errors(run.weights))
    last = max(bowl.rank - 1, 0)
    picked = (("steepest", 0, "accent"), ("middle", last // 2, "good"), ("flattest", last, "warn"))
    found: dict[int, list[Series]] = {}
    for name, index, role in picked:
        found.setdefault(index, _line(name, errors[:, index], resolved, role, LEAST_DISTANCE))
    return tuple(one for lines in found.values() for one in lines)


def _distances(resolved: Resolved, run: Run) -> tuple[Series, ...]:
    size = resolved.exercise.size**2
    found: list[Series] = []
    if not resolved.state.covered:
        apart = np.linalg.norm(run.weights[:, :size] - resolved.exercise.kernel.ravel(), axis=1)
        found += _line("to the target", apart, resolved, "accent", LEAST_DISTANCE)
    if resolved.bowl is not None and (resolved.exercise.noise or resolved.state.covered):
        away = np.linalg.norm(run.weights[:, :size] - resolved.bowl.solution[:size], axis=1)
        found += _line("to least squares", away, resolved, "good", LEAST_DISTANCE)
    return tuple(found)


def _line(
    name: str, values: FloatArray, resolved: Resolved, role: str, least: float = LEAST_LOSS
) -> list[Series]:
    """The line up to the moment on show, and, where the state asks for it, what lies ahead, dashed."""
    now = resolved.moment
    places = _thinned(now)
    x = places.astype(np.float64)
    lines = [Series(name, np.maximum(values[places], least), x, role=role, marker="none", growing=True)]
    if resolved.state.ahead and now < len(values) - 1:
        rest = now + _thinned(len(values) - 1 - now)
        x = rest.astype(np.float64)
        lines.insert(
            0, Series("ahead", np.maximum(values[rest], least), x, role="muted", marker="none", dashed=True)
        )
    return lines


def _thinned(last: int) -> npt.NDArray[np.intp]:
    """Indices 0 to last, at most `MOST_POINTS` of them and the last one."""
    every = -(-(last + 1) // MOST_POINTS)
    return np.unique(np.append(np.arange(0, last + 1, every), last)).astype(np.intp)
