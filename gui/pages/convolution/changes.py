"""The legal ways to change the convolution page's state: filters that fit, examples, refusals with a way out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.foundations import presets
from engine.foundations.convolution import ConvSpec, Problem
from engine.images import Frame
from gui.pages.convolution.cropping import placed
from gui.pages.convolution.state import (
    CUSTOM,
    LAST_PHASE,
    MAX_FILTERS,
    RANGES,
    ConvolutionState,
    Filter,
)
from gui.widgets.source_state import SourceState

FloatArray = npt.NDArray[np.float64]


def freeze(weights: FloatArray) -> tuple[Filter, ...]:
    """Filters `float64[F, C, k, k]` as nested tuples."""
    return tuple(
        tuple(tuple(tuple(float(v) for v in row) for row in plane) for plane in one) for one in weights
    )


def refit(state: ConvolutionState, *, filters: int | None = None, **changes: Any) -> ConvolutionState:
    """A changed state whose filters have the shape that the change needs.

    A kernel from the list is made anew in the new size; a kernel of the person's own keeps its cells, centred,
    with zeros around. Edits of cells that no longer exist are dropped.
    """
    changed = replace(state, **changes)
    count = state.filters if filters is None else filters
    depth = max(changed.channels // max(changed.groups, 1), 1)
    shape = (count, depth, changed.size, changed.size)
    old = state.weight_array
    if "weights" not in changes and (old.shape != shape or changed.kernel != state.kernel):
        changed = replace(changed, weights=freeze(_filters(changed.kernel, shape, old)))
    if "biases" not in changes:
        changed = replace(changed, biases=(state.biases + (0.0,) * count)[:count])
    _, height, width = changed.input_shape
    edits = tuple(e for e in changed.edits if e[0] < changed.channels and e[1] < height and e[2] < width)
    return replace(changed, edits=edits)


def _filters(kernel: str, shape: tuple[int, int, int, int], old: FloatArray) -> FloatArray:
    if kernel == CUSTOM:
        return _keep_cells(old, shape)
    filters, depth, size, _ = shape
    first = presets.kernel_preset(kernel).make(size, depth)
    planes = [first if index == 0 else _variant(kernel, index, size, depth) for index in range(filters)]
    return np.stack(planes)


def _variant(kernel: str, index: int, size: int, depth: int) -> FloatArray:
    """Further filters of a bank differ from the first, so that every output map shows something of its own."""
    others = [name for name in _BANK if name != kernel]
    return presets.kernel_preset(others[(index - 1) % len(others)]).make(size, depth)


_BANK: Final = (
    "vertical-edge", "horizontal-edge", "laplacian", "box-blur", "sharpen", "emboss", "sobel-vertical",
    "sobel-horizontal", "identity",
)  # fmt: skip


def _keep_cells(old: FloatArray, shape: tuple[int, int, int, int]) -> FloatArray:
    new = np.zeros(shape)
    filters, depth = min(old.shape[0], shape[0]), min(old.shape[1], shape[1])
    shared = min(old.shape[2], shape[2])
    source, target = (old.shape[2] - shared) // 2, (shape[2] - shared) // 2
    block = old[:filters, :depth, source : source + shared, source : source + shared]
    new[:filters, :depth, target : target + shared, target : target + shared] = block
    new[filters:] = new[0]
    new[:, depth:] = new[:, :1]
    return new


def with_weight(
    state: ConvolutionState, filter_: int, channel: int, row: int, column: int, value: float
) -> ConvolutionState:
    """One kernel cell typed over; the kernel is then the person's own."""
    weights = state.weight_array
    weights[filter_, channel, row, column] = value
    return replace(state, weights=freeze(weights), kernel=CUSTOM)


def with_edit(state: ConvolutionState, channel: int, row: int, column: int, value: float) -> ConvolutionState:
    """One input cell typed over."""
    kept = tuple(edit for edit in state.edits if edit[:3] != (channel, row, column))
    return replace(state, edits=(*kept, (channel, row, column, value)))


def with_preset(state: ConvolutionState, name: str) -> ConvolutionState:
    """An example input with the filters and the settings that belong to it."""
    preset = presets.input_preset(name)
    x = preset.make()
    changed = replace(
        state, source=SourceState(kind="preset", value=name), edits=(), step=0, phase=LAST_PHASE,
        channels=x.shape[0], height=x.shape[1], width=x.shape[2],
        view="steps" if state.view == "image" else state.view,
    )  # fmt: skip
    if preset.weight is None:
        return made_legal(refit(changed, groups=1))
    weight = np.asarray(preset.weight, dtype=np.float64)
    bias = np.zeros(len(weight)) if preset.bias is None else np.asarray(preset.bias, dtype=np.float64)
    return _with_spec(
        replace(
            changed,
            kernel=recognised(weight),
            size=weight.shape[2],
            weights=freeze(weight),
            biases=tuple(float(b) for b in bias),
        ),
        preset.spec or ConvSpec(),
    )


def _with_spec(state: ConvolutionState, spec: ConvSpec) -> ConvolutionState:
    """The state that slides its kernel as `spec` says; presets use whole numbers, the same for both axes."""
    pad = spec.padding if isinstance(spec.padding, int) else 0
    return replace(
        state,
        stride=_whole(spec.stride),
        dilation=_whole(spec.dilation),
        padding=CUSTOM if pad else "valid",
        pad=pad or state.pad,
        groups=spec.groups,
        padding_mode=spec.padding_mode,
        flip=spec.flip,
        relu=spec.activation == "relu",
        transposed=spec.transposed,
    )


def recognised(weight: FloatArray) -> str:
    """The name of the kernel from the list that these filters are, else "custom"."""
    if len(weight) == 1:
        for preset in presets.KERNELS:
            fits = preset.fits(weight.shape[2])
            if fits and np.array_equal(preset.make(weight.shape[2], weight.shape[1]), weight[0]):
                return preset.name
    return CUSTOM


def _whole(value: int | tuple[int, int]) -> int:
    return value[0] if isinstance(value, tuple) else value


def made_legal(state: ConvolutionState) -> ConvolutionState:
    """The nearest state that can be computed: a smaller kernel (or the middle of one), else plain padding."""
    while state.problems() and state.size > 1:
        smaller = state.size - 1
        fits = state.kernel != CUSTOM and presets.kernel_preset(state.kernel).fits(smaller)
        state = refit(state, size=smaller, kernel=state.kernel if fits else CUSTOM)
    return replace(state, padding="valid") if state.problems() else state


def set_value(state: ConvolutionState, name: str, value: Any) -> ConvolutionState:
    """The state with one control moved, its filters made to fit."""
    if name == "filters":
        return refit(state, filters=int(value))
    if name in ("size", "channels", "groups", "height", "width", "kernel"):
        return refit(state, **{name: value})
    if name == "transposed" and value:
        return replace(state, transposed=True, padding_mode="zeros")
    return replace(state, **{name: value})


# Which fields of a Problem blame which control.
_BLAMED: Final = {"kernel": "size", "padding": "pad", "weight": "channels", "input": "height"}


def refusal(state: ConvolutionState, name: str, value: Any, frame: Frame | None = None) -> Problem | None:
    """Why a control must not take a value, with the nearest value that it may take; None where it may.

    `frame` is the picture that is cropped, None for an example's numbers.
    """
    found = _objections(set_value(state, name, value), frame)
    if not found:
        return None
    message = found[0].message
    for problem in found:
        if _BLAMED.get(problem.field, problem.field) == name:
            message = problem.message
    return Problem(name, message, _nearest_legal(state, name, value, frame))


def _objections(state: ConvolutionState, frame: Frame | None) -> tuple[Problem, ...]:
    if frame is not None:
        problem = placed(state, frame).problem
        if problem:
            return (Problem("pixel_size", problem),)
    return state.problems()


def _nearest_legal(state: ConvolutionState, name: str, value: Any, frame: Frame | None) -> Any:
    bounds = {row[0]: row[1:] for row in RANGES} | {"filters": (1, MAX_FILTERS)}
    if name not in bounds or not isinstance(value, int):
        return None
    low, high = bounds[name]
    for candidate in sorted(range(int(low), int(high) + 1), key=lambda other: (abs(other - value), other)):
        if not _objections(set_value(state, name, candidate), frame):
            return candidate
    return None
