"""What a cell of the stage stands for: a step of the walk, a pixel of the input, a stored weight. Pure functions."""

from __future__ import annotations

from gui.pages.convolution import scene_parts as parts
from gui.pages.convolution.coverage_scene import READS, Pointed
from gui.pages.convolution.resolve import Resolved

SHIFTED_INPUT = f"{parts.INPUT}x"
"""The input plate of the shift view; its cells belong to no step."""


def pixel_at(resolved: Resolved, key: str, row: int, column: int) -> Pointed | None:
    """The input pixel that a cell of the coverage view stands for, None for padding and for other grids."""
    if key.startswith(READS):
        return Pointed(row, column)
    if key.startswith(parts.INPUT) and key != SHIFTED_INPUT:
        y, x = (int(v) for v in resolved.trace.source[row, column])
        return Pointed(y, x) if y >= 0 else None
    return None


def step_at(resolved: Resolved, key: str, row: int, column: int) -> int | None:
    """The step that a cell of an output fills, or whose window lies nearest to a cell of the padded input."""
    trace = resolved.trace
    if key.startswith(parts.OUTPUT):
        index = int(key.removeprefix(parts.OUTPUT))
        return trace.index_of(index, row, column) if index < trace.shape[0] else None
    if key.startswith(parts.INPUT) and key != SHIFTED_INPUT:
        channel = int(key.removeprefix(parts.INPUT))
        return trace.nearest_step(row, column, filter_reading(resolved, channel))
    return None


def filter_reading(resolved: Resolved, channel: int) -> int:
    """The filter of the walk if it reads a channel, else the first of the group that does."""
    filters, rows, columns = resolved.trace.shape
    walked = min(resolved.state.step // (rows * columns), filters - 1)
    per_group = filters // resolved.state.groups
    group = channel // resolved.trace.weight.shape[1]
    return walked if walked // per_group == group else group * per_group


def weight_place(resolved: Resolved, key: str, row: int, column: int) -> tuple[int, int, int, int]:
    """(filter, channel, row, column) of the stored weight that a kernel cell on the stage shows: it may lie rotated."""
    step, spec = resolved.step, resolved.trace.spec
    channel = step.channels.index(int(key.removeprefix(parts.KERNEL)))
    last = resolved.state.size - 1
    turned = spec.flip != spec.transposed
    return (
        (step.filter, channel, last - row, last - column) if turned else (step.filter, channel, row, column)
    )
