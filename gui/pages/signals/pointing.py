"""What a cell of the stage stands for: a step of the walk, a sample, a weight. Pure functions."""

from __future__ import annotations

from gui.pages.signals import parts
from gui.pages.signals.resolve import Resolved
from gui.pages.signals.whole_line_scene import LENS_INPUT, LENS_OUTPUT, WHOLE_INPUT, WHOLE_OUTPUT, lens_start


def step_at(resolved: Resolved, key: str, row: int, column: int) -> int | None:
    """The step that a cell of an output fills, or whose window lies nearest to a cell of the input; None for others."""
    key = key.removeprefix(parts.CURVE)
    kind, _, which = key.partition("/")
    done = resolved.trace
    if which in parts.PLANES:
        index = parts.PLANES.index(which)
        if kind == "output":
            return done.index_of(0, *parts.voxel(index, parts.cell_of(resolved), row, column))
        pad = done.spec.padding if kind == "back" else 0
        row, column = row + pad, column + pad
        return done.nearest_step(*parts.voxel(index, parts.centre_of(resolved), row, column))
    if key == f"{parts.OUTPUT}0":
        return done.index_of(0, column)
    if key == f"{parts.INPUT}0":
        return done.nearest_step(column)
    if key == f"{parts.BACK}0":
        return done.nearest_step(column + done.spec.padding)
    return None


def output_sample(resolved: Resolved, key: str, column: int) -> int | None:
    """The output sample that a column of the whole signal's curves stands for; None for other plates."""
    done = resolved.whole
    if done is None or key not in (WHOLE_INPUT, WHOLE_OUTPUT, LENS_INPUT, LENS_OUTPUT):
        return None
    at = column + lens_start(key, resolved)
    if key in (WHOLE_OUTPUT, LENS_OUTPUT):
        return min(at, done.shape[1] - 1)
    return done.nearest_step(at + done.spec.padding)


def input_sample(resolved: Resolved) -> int:
    """The sample in the middle of the window of the whole signal's lens."""
    done = resolved.whole
    if done is None:
        return resolved.first
    step = done.step(min(resolved.state.sample, len(done) - 1))
    return done.centre(step)[0] - done.spec.padding


def weight_index(resolved: Resolved, key: str, row: int, column: int) -> int:
    """Which of the filter's weights, counted row by row, a cell of the filter's plates is."""
    size = resolved.state.filter.size
    if resolved.state.dims == 1:
        return column
    return (int(key.removeprefix(parts.KERNEL)) * size + row) * size + column
