"""The legal ways to change the pooling page's state: windows that fit, examples, refusals with a way out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from engine.foundations.convolution import Problem
from engine.foundations.pooling import PoolSpec, pooled_size
from engine.foundations.pooling.presets import input_preset
from engine.images import Frame
from gui.pages.pooling.state import RANGES, PoolingState
from gui.widgets.cropping import placed
from gui.widgets.source_state import SourceState

PICTURE_CELLS: Final = 12
USUAL_SIDE: Final = 8
SIZE: Final = "size"
"""The control that sets both sides of the window."""


def set_value(state: PoolingState, name: str, value: Any) -> PoolingState:
    """The state with one control moved.

    The stride follows the window for as long as the two are equal: windows that lie side by side stay so.
    """
    if name == SIZE:
        follows = state.stride == state.rows == state.cols
        changed = replace(state, rows=value, cols=value, stride=value if follows else state.stride)
    elif name == "samples":
        changed = replace(state, samples=value, roll=min(state.roll, value - 1))
    else:
        changed = replace(state, **{name: value})
    return _trimmed(changed)


def _trimmed(state: PoolingState) -> PoolingState:
    """Edits of cells that no longer exist are dropped, and a step or a channel beyond the last becomes the last."""
    channels, height, width = state.input_shape
    edits = tuple(e for e in state.edits if e[0] < channels and e[1] < height and e[2] < width)
    if state.grid_problems():
        return replace(state, edits=edits)
    rows, cols = output_hw(state)
    grads = tuple(e for e in state.grad_edits if e[0] < channels and e[1] < rows and e[2] < cols)
    return replace(
        state,
        edits=edits,
        grad_edits=grads,
        step=min(state.step, rows * cols - 1),
        channel=min(state.channel, channels - 1),
    )


def output_hw(state: PoolingState) -> tuple[int, int]:
    """Rows and columns of the output of a legal state."""
    if state.spec.is_global:
        return 1, 1
    rows, cols = (
        pooled_size(n, f, state.pad, state.stride, state.ceil_mode)
        for n, f in ((state.height, state.rows), (state.width, state.cols))
    )
    return rows, cols


def with_edit(state: PoolingState, channel: int, row: int, column: int, value: float) -> PoolingState:
    """One input cell typed over."""
    kept = tuple(edit for edit in state.edits if edit[:3] != (channel, row, column))
    return replace(state, edits=(*kept, (channel, row, column, value)))


def with_gradient(state: PoolingState, channel: int, row: int, column: int, value: float) -> PoolingState:
    """One cell of the output's gradient typed over."""
    kept = tuple(edit for edit in state.grad_edits if edit[:3] != (channel, row, column))
    return replace(state, grad_edits=(*kept, (channel, row, column, value)))


def with_preset(state: PoolingState, name: str) -> PoolingState:
    """An example input, with the pooling that belongs to it."""
    preset = input_preset(name)
    channels, height, width = preset.fixed or (state.channels, USUAL_SIDE, USUAL_SIDE)
    changed = replace(
        state, source=SourceState(kind="preset", value=name), edits=(), grad_edits=(), step=0, roll=0, channel=0,
        channels=channels, height=height, width=width, view="steps" if state.view == "photo" else state.view,
    )  # fmt: skip
    if preset.spec is not None:
        changed = _with_spec(changed, preset.spec)
    return made_legal(changed)


def _with_spec(state: PoolingState, spec: PoolSpec) -> PoolingState:
    (rows, cols), stride = spec.size_hw, spec.stride_hw[0]
    return replace(state, kind=spec.kind, rows=rows, cols=cols, stride=stride, pad=0, ceil_mode=False)


def for_picture(state: PoolingState) -> PoolingState:
    """Good settings for a first look at a picture: a dozen cells a side, in colour."""
    changed = replace(
        state, edits=(), grad_edits=(), step=0, channel=0, crop=None, pixel_size=0, height=PICTURE_CELLS,
        width=PICTURE_CELLS, channels=3,
    )  # fmt: skip
    return made_legal(changed)


def made_legal(state: PoolingState) -> PoolingState:
    """The nearest state that can be computed: less padding, then a smaller window."""
    if state.grid_problems():
        pad = min(state.pad, state.rows // 2, state.cols // 2)
        room_y, room_x = state.height + 2 * pad, state.width + 2 * pad
        state = replace(state, pad=pad, rows=min(state.rows, room_y), cols=min(state.cols, room_x))
    if state.grid_problems():
        state = replace(state, pad=min(state.rows, state.cols) // 2)
    return _trimmed(state)


# Which field of a Problem blames which control.
_BLAMED: Final = {"padding": "pad", "input": "height"}


def refusal(state: PoolingState, name: str, value: Any, frame: Frame | None = None) -> Problem | None:
    """Why a control must not take a value, with the nearest value that it may take; None where it may.

    `frame` is the picture that is cropped, None for an example's numbers.
    """
    found = _objections(set_value(state, name, value), frame)
    if not found:
        return None
    message = next((p.message for p in found if _BLAMED.get(p.field, p.field) == name), found[0].message)
    return Problem(name, message, _nearest_legal(state, name, value, frame))


def _objections(state: PoolingState, frame: Frame | None) -> tuple[Problem, ...]:
    if frame is not None and state.view not in ("photo", "shift"):
        problem = placed(state, frame).problem
        if problem:
            return (Problem("pixel_size", problem),)
    return state.problems()


def _nearest_legal(state: PoolingState, name: str, value: Any, frame: Frame | None) -> Any:
    bounds = {row[0]: row[1:] for row in RANGES}
    bounds[SIZE] = bounds["rows"]
    if name not in bounds or not isinstance(value, int):
        return None
    low, high = bounds[name]
    for candidate in sorted(range(low, high + 1), key=lambda other: (abs(other - value), other)):
        if not _objections(set_value(state, name, candidate), frame):
            return candidate
    return None
