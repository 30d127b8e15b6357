"""From a state to what must be drawn: pure functions, no Qt, no torch.

`Resolver` remembers the last input and trace, so that a moved window costs one step and not the whole convolution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.foundations import presets
from engine.foundations.arithmetic import Cost, conv_cost
from engine.foundations.convolution import Step, Trace, trace
from engine.images import Frame
from gui.pages.convolution.state import LAST_PHASE, PHASES, ConvolutionState
from gui.widgets.crop_frame import crop
from gui.widgets.cropping import placed
from gui.widgets.cropping import split_channels as split_channels

FloatArray = npt.NDArray[np.float64]

SHRINK = 0.98
"""How much of its colour range a live picture keeps from one frame to the next."""

CHANNEL_NAMES = {
    1: ("grey",),
    2: ("red", "green"),
    3: ("red", "green", "blue"),
    4: ("red", "green", "blue", "grey"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Resolved:
    """What the page shows for a state: the convolution, the step, its cost. `phase` is 4 when the whole step shows."""

    state: ConvolutionState
    trace: Trace
    step: Step
    phase: int
    cost: Cost
    channel_names: tuple[str, ...]
    output_limit: float
    """Where the output's colours saturate: its largest magnitude, held for a while when the picture is live."""
    pixels: bool
    """True where the input's values are pixels of 0..255 of a picture."""


def base_input(state: ConvolutionState, frame: Frame | None) -> FloatArray:
    """The input before any cell was typed over, `float64[C, H, W]`: a preset's numbers or a crop (0..255).

    Raises ValueError where the crop does not lie in the picture; `cropping.inside` puts it there.
    """
    if state.source.kind == "preset":
        return _fitted(presets.input_preset(state.source.value), state)
    if frame is None:
        raise ValueError("a picture's pixels are needed and there is none")
    area = placed(state, frame)
    block = crop(frame, area.x, area.y, state.height, state.width, area.pixel_size)
    return split_channels(block, state.channels)


def _fitted(preset: presets.InputPreset, state: ConvolutionState) -> FloatArray:
    """A preset in another size: made anew where it can be, else cut or surrounded by zeros, channels repeated."""
    x = np.asarray(preset.make(state.height, state.width, state.channels), dtype=np.float64)
    if x.shape == state.input_shape:
        return x
    fitted = np.zeros(state.input_shape)
    height, width = min(x.shape[1], state.height), min(x.shape[2], state.width)
    for channel in range(state.channels):
        fitted[channel, :height, :width] = x[channel % x.shape[0], :height, :width]
    return fitted


def rounded_up(value: float) -> float:
    """The next number with two significant digits: the ends of a live colour bar should not flicker."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return math.ceil(value / unit - 1e-9) * unit


class Resolver:
    """Turns states into what is drawn; remembers the last convolution."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] | None = None
        self._limit = self._held = 0.0
        self._equivariance: tuple[Trace, tuple[int, int], Equivariance] | None = None
        self._trace: Trace | None = None
        self._cost: Cost | None = None

    def resolve(
        self, state: ConvolutionState, frame: Frame | None, hover: int | None = None, *, live: bool = False
    ) -> Resolved:
        """What to draw for a state; `hover` shows another step for as long as the pointer is on it.

        `live`: pictures keep coming, so the colour range shrinks slowly instead of jumping with every one.

        Raises:
            ShapeError: the state's shapes do not go together (a state that was `validated` never does).
        """
        done = self._convolution(state, frame, live)
        index = min(state.step, len(done) - 1) if hover is None else min(hover, len(done) - 1)
        phase = LAST_PHASE if hover is not None or not state.slow else state.phase
        from_picture = state.source.kind != "preset"
        names = (
            CHANNEL_NAMES[state.channels]
            if from_picture
            else tuple(f"{c + 1}" for c in range(state.channels))
        )
        if self._cost is None:
            raise RuntimeError("a convolution without its cost")
        return Resolved(state, done, done.step(index), phase, self._cost, names, self._limit, from_picture)

    def equivariance(self, resolved: Resolved) -> Equivariance:
        """The two ways round for what is on show, computed once for the same shift."""
        shift = (resolved.state.shift_y, resolved.state.shift_x)
        known = self._equivariance
        if known is None or known[0] is not resolved.trace or known[1] != shift:
            known = self._equivariance = (resolved.trace, shift, equivariance(resolved))
        return known[2]

    def _convolution(self, state: ConvolutionState, frame: Frame | None, live: bool) -> Trace:
        key: tuple[object, ...] = (
            state.source, state.channels, state.height, state.width, state.edits, state.weights, state.biases,
            state.spec, state.crop, state.pixel_size,
            None if state.source.kind == "preset" else id(frame),
        )  # fmt: skip
        if self._trace is None or key != self._key:
            x = base_input(state, frame)
            for channel, row, column, value in state.edits:
                x[channel, row, column] = value
            self._trace = trace(x, state.weight_array, state.bias_array, state.spec)
            self._cost = conv_cost(state.input_shape, state.weight_shape, state.spec)
            self._key = key
            largest = float(np.abs(self._trace.output).max(initial=0.0)) or 1.0
            self._held = max(largest, self._held * SHRINK) if live else largest
            self._limit = rounded_up(self._held) if live else largest
            self._frame = frame  # keeps the frame alive, so that its id cannot be given to another one
        return self._trace


def position(state: ConvolutionState) -> tuple[int, int]:
    """The stepper's (index, factor): in slow motion every step takes five phases."""
    factor = len(PHASES) if state.slow else 1
    return state.step * factor + (state.phase if state.slow else 0), factor


def at_position(state: ConvolutionState, index: int) -> ConvolutionState:
    """The state at an index of the stepper."""
    if not state.slow:
        return replace(state, step=index, phase=LAST_PHASE)
    step, phase = divmod(index, len(PHASES))
    return replace(state, step=step, phase=phase)


def moved(resolved: Resolved, rows: int, columns: int, *, by_stride: int = 1) -> int:
    """The step whose window lies `rows`, `columns` output cells away, stopping at the edges."""
    filters, height, width = resolved.trace.shape
    step = resolved.step
    row = min(max(step.row + rows * by_stride, 0), height - 1)
    column = min(max(step.col + columns * by_stride, 0), width - 1)
    return resolved.trace.index_of(min(step.filter, filters - 1), row, column)


def shifted(x: FloatArray, rows: int, columns: int) -> FloatArray:
    """A volume `[C, H, W]` moved by whole pixels, zeros where nothing comes from."""
    result = np.zeros_like(x)
    height, width = x.shape[1:]
    if abs(rows) >= height or abs(columns) >= width:
        return result
    target = (slice(max(rows, 0), height + min(rows, 0)), slice(max(columns, 0), width + min(columns, 0)))
    source = (slice(max(-rows, 0), height + min(-rows, 0)), slice(max(-columns, 0), width + min(-columns, 0)))
    result[:, target[0], target[1]] = x[:, source[0], source[1]]
    return result


@dataclass(frozen=True, slots=True, eq=False)
class Equivariance:
    """The two ways round: shift then convolve, convolve then shift; `inner` cells read nothing from outside."""

    shifted_input: FloatArray
    output_of_shifted: FloatArray
    shifted_output: FloatArray
    difference: FloatArray
    inner: npt.NDArray[np.bool_]
    output_shift: tuple[int, int] | None
    """How far the output moves in whole cells; None where the shift is no multiple of the stride."""


def equivariance(resolved: Resolved) -> Equivariance:
    """conv(shift(x)) beside shift(conv(x)); at the border they differ, where cells came in from outside."""
    state, done = resolved.state, resolved.trace
    moved_input = shifted(done.x, state.shift_y, state.shift_x)
    other = trace(moved_input, done.weight, done.bias, done.spec)
    factor = state.stride if not state.transposed else 1
    whole = state.shift_y % factor == 0 and state.shift_x % factor == 0
    multiply = state.stride if state.transposed else 1
    by = (_toward_zero(state.shift_y, factor) * multiply, _toward_zero(state.shift_x, factor) * multiply)
    moved_output = shifted(done.output, *by)
    return Equivariance(
        moved_input,
        other.output,
        moved_output,
        np.abs(other.output - moved_output),
        _inner(done, other, by),
        by if whole else None,
    )


def _toward_zero(shift: int, factor: int) -> int:
    return int(shift / factor)


def _inner(done: Trace, other: Trace, by: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Output cells whose windows read the same pixels in both runs: no border, nothing moved out or in."""
    _, height, width = done.shape
    reads_border = _touches_border(other)
    came_from = shifted(np.ones((1, height, width)), *by)[0] > 0
    before = shifted((~_touches_border(done)).astype(np.float64)[None], *by)[0] > 0
    inner: npt.NDArray[np.bool_] = came_from & before & ~reads_border
    return inner


def _touches_border(done: Trace) -> npt.NDArray[np.bool_]:
    """Output cells whose window reads padding."""
    outside = done.is_padding.copy()
    if done.spec.transposed:
        outside[:] = False
        top, bottom, left, right = done.geometry.pads
        outside[:top], outside[outside.shape[0] - bottom :] = True, True
        outside[:, :left], outside[:, outside.shape[1] - right :] = True, True
    ones = trace(outside.astype(np.float64), np.ones(done.geometry.kernel_hw), None, replace(
        done.spec, padding=0, transposed=False, groups=1, activation="none", output_padding=0,
        stride=done.geometry.stride, padding_mode="zeros",
    ))  # fmt: skip
    touched: npt.NDArray[np.bool_] = ones.output[0] > 0
    return touched
