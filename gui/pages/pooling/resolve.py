"""From a state to what must be drawn: pure functions, no Qt widgets, no torch.

`Resolver` remembers the last pooling, so that a moved window costs one step and not the whole of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.foundations.pooling import PoolStep, PoolTrace, trace
from engine.foundations.pooling import stochastic as draws
from engine.foundations.pooling.presets import PoolPreset, input_preset
from engine.foundations.pooling.shift import Kept, compare, moved, views
from engine.images import Frame, luminance
from gui.pages.pooling.state import MAX_SHIFT, PoolingState
from gui.widgets.crop_frame import crop
from gui.widgets.cropping import placed, split_channels

FloatArray = npt.NDArray[np.float64]
CHANNEL_NAMES = {1: ("grey",), 2: ("red", "green"), 3: ("red", "green", "blue")}
SHIFTED_SIDE = 160
"""The longer side of a photo in the shift view, at most: cells are averaged until it is."""


@dataclass(frozen=True, eq=False)
class Pooled:
    """A pooling and the gradient that is sent back through it: what the check is about. Compares by identity."""

    trace: PoolTrace
    grad_output: FloatArray

    @cached_property
    def grad_input(self) -> FloatArray:
        """float64[C, H, W]."""
        return self.trace.backward(self.grad_output)


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """The window on show under the dice: float64[kh, kw] each.

    `activations`: what counts (0 for negative values and outside the input); `chances`; `shares`: how often each cell
    came up in the rolls so far, of which there are `count`.
    """

    activations: FloatArray
    chances: FloatArray
    shares: FloatArray
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Resolved:
    """What the page shows for a state: the pooling and the window on show, one step a channel."""

    state: PoolingState
    pooled: Pooled
    row: int
    col: int
    steps: tuple[PoolStep, ...]
    channel_names: tuple[str, ...]
    pixels: bool
    """True where the input's values are pixels of 0..255 of a picture."""

    @property
    def trace(self) -> PoolTrace:
        return self.pooled.trace

    @property
    def step(self) -> PoolStep:
        """The window of the channel that is shown alone."""
        return self.steps[self.state.channel]


def base_input(state: PoolingState, frame: Frame | None) -> FloatArray:
    """The input before any cell was typed over, `float64[C, H, W]`: an example's numbers or a crop (0..255).

    Raises ValueError where a picture is needed and there is none.
    """
    if state.source.kind == "preset":
        return _fitted(input_preset(state.source.value), state)
    if frame is None:
        raise ValueError("a picture's pixels are needed and there is none")
    area = placed(state, frame)
    return split_channels(
        crop(frame, area.x, area.y, state.height, state.width, area.pixel_size), state.channels
    )


def _fitted(preset: PoolPreset, state: PoolingState) -> FloatArray:
    """An example in another size: made anew where it can be, else cut or surrounded by zeros, channels repeated."""
    x = preset.make(state.height, state.width, state.channels)
    if x.shape == state.input_shape:
        return x
    fitted = np.zeros(state.input_shape)
    height, width = min(x.shape[1], state.height), min(x.shape[2], state.width)
    for channel in range(state.channels):
        fitted[channel, :height, :width] = x[channel % x.shape[0], :height, :width]
    return fitted


def gradient_of(state: PoolingState, shape: tuple[int, int, int]) -> FloatArray:
    """The gradient of the output, `float64[C, Ho, Wo]`: counted up, all ones, or signed, with what was typed over."""
    count = shape[0] * shape[1] * shape[2]
    if state.gradient == "ones":
        grad = np.ones(shape)
    elif state.gradient == "signed":
        grad = np.random.default_rng(9).integers(-4, 5, shape).astype(np.float64)
    else:
        grad = np.arange(1.0, count + 1).reshape(shape)
    for channel, row, column, value in state.grad_edits:
        if channel < shape[0] and row < shape[1] and column < shape[2]:
            grad[channel, row, column] = value
    return grad


class Resolver:
    """Turns states into what is drawn; remembers the last pooling and the last comparison of a shift."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] | None = None
        self._pooled: Pooled | None = None
        self._shift_key: tuple[object, ...] | None = None
        self._shift: tuple[Kept, ...] = ()
        self._frames: tuple[Frame | None, Frame | None] = (None, None)

    def resolve(
        self, state: PoolingState, frame: Frame | None, hover: tuple[int, int] | None = None
    ) -> Resolved:
        """What to draw for a state; `hover` shows the window of another output (row, col) while the pointer is on it.

        Raises:
            ShapeError: the window does not go with the input (a state that was `validated` never does).
        """
        pooled = self._pooling(state, frame)
        _, rows, cols = pooled.trace.shape
        row, col = hover if hover is not None else divmod(min(state.step, rows * cols - 1), cols)
        row, col = min(row, rows - 1), min(col, cols - 1)
        steps = tuple(
            pooled.trace.step(pooled.trace.index_of(channel, row, col)) for channel in range(state.channels)
        )
        from_picture = state.source.kind != "preset"
        names = (
            CHANNEL_NAMES[state.channels]
            if from_picture
            else tuple(f"{c + 1}" for c in range(state.channels))
        )
        return Resolved(state, pooled, row, col, steps, names, from_picture)

    def shift(self, resolved: Resolved, frame: Frame | None) -> tuple[Kept, ...]:
        """Input, max, average and every s-th value, before and after the shift, of the channel on show."""
        state = resolved.state
        key = (resolved.pooled, id(frame), state.shift_y, state.shift_x, state.channel)
        if key != self._shift_key:
            self._shift = compare(*shifted_pair(resolved, frame), resolved.trace.spec)
            self._shift_key, self._frames = key, (frame, self._frames[1])
        return self._shift

    def _pooling(self, state: PoolingState, frame: Frame | None) -> Pooled:
        key: tuple[object, ...] = (
            state.source, state.input_shape, state.edits, state.spec, state.crop, state.pixel_size,
            state.gradient, state.grad_edits, state.seed, state.roll,
            None if state.source.kind == "preset" else id(frame),
        )  # fmt: skip
        if self._pooled is None or key != self._key:
            x = base_input(state, frame)
            for channel, row, column, value in state.edits:
                x[channel, row, column] = value
            done = trace(x, state.spec, state.seed, state.roll)
            self._pooled = Pooled(done, gradient_of(state, done.shape))
            self._key = key
            self._frames = (self._frames[0], frame)  # keeps it alive: its id cannot be given to another one
        return self._pooled


def shifted_pair(resolved: Resolved, frame: Frame | None) -> tuple[FloatArray, FloatArray]:
    """What the shift view compares, both float64[1, H, W]: a photo as a whole, in grey, or the example's channel.

    Real pixels come into a photo that moves, zeros into an example.
    """
    state = resolved.state
    if resolved.pixels and frame is not None:
        grey = small_grey(frame)
        margin = MAX_SHIFT if min(grey.shape[1:]) > 2 * MAX_SHIFT + max(state.rows, state.cols) else 0
        if margin:
            return views(grey, state.shift_y, state.shift_x, margin)
        return grey, moved(grey, state.shift_y, state.shift_x)
    x = resolved.trace.x[state.channel : state.channel + 1]
    return x, moved(x, state.shift_y, state.shift_x)


def small_grey(frame: Frame) -> FloatArray:
    """A photo in grey levels, float64[1, h, w], whole numbers of 0..255; averaged to at most `SHIFTED_SIDE`."""
    side = max(-(-max(frame.height, frame.width) // SHIFTED_SIDE), 1)
    side = min(side, frame.height, frame.width)
    cells = crop(frame, 0, 0, frame.height // side, frame.width // side, side)
    return np.rint(luminance(cells)).astype(np.float64)[None]


def region(resolved: Resolved) -> Region:
    """The window on show under the dice, with all rolls up to the one on show."""
    state, step = resolved.state, resolved.step
    activations = np.maximum(np.where(step.inside, step.values, 0.0), 0.0)
    dice = draws.dice_of(state.seed, step.index, state.roll + 1)
    return Region(activations, step.probabilities, draws.frequencies(activations, dice), state.roll + 1)


def moved_step(resolved: Resolved, rows: int, columns: int) -> int:
    """The step whose window lies `rows`, `columns` output cells away, stopping at the edges."""
    _, height, width = resolved.trace.shape
    row = min(max(resolved.row + rows, 0), height - 1)
    return row * width + min(max(resolved.col + columns, 0), width - 1)
