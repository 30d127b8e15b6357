"""From a state to what must be drawn: numpy at once, no Qt, no torch. `Resolver` remembers what did not change."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np

from engine.foundations.signals.ecg import Signal, ecg
from engine.foundations.signals.layers import Layers, random_layers
from engine.foundations.signals.phantom import averaged, phantom
from engine.foundations.signals.requests import CheckSlide, Volume
from engine.foundations.signals.spec import Sizes
from engine.foundations.signals.trace import Step, Trace, trace
from engine.foundations.signals.transposed import gradient_to_input
from engine.foundations.spec import FloatArray
from gui.pages.signals.changes import centred_piece
from gui.pages.signals.state import LAYER_STEPS, SIDE, SignalsState

T = TypeVar("T")

LINE_DIGITS, CUBE_DIGITS = 3, 4
OUTLIERS = 2.0
"""Percent of a volume's outputs that may lie beyond the ends of the colours."""
PHANTOM = "Phantom of a head"


@dataclass(frozen=True, slots=True, eq=False)
class Back:
    """The way back: `weighs` float64[1, *M] is spread; `whole` float64[1, *N] is the sum of all that was spread.

    `so_far` is the sum up to the step on show, `spread` float64[*k] what this step adds.
    """

    weighs: FloatArray
    value: float
    spread: FloatArray
    so_far: FloatArray
    whole: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Resolved:
    """What the page shows for a state. `first` is the first sample of the piece within the signal."""

    state: SignalsState
    trace: Trace
    step: Step
    signal: Signal
    first: int
    unit: str
    limit: float
    check: CheckSlide
    """What the badge speaks of: the numbers of the view; the same object as long as they stay the same."""
    back: Back | None = None
    layers: Layers | None = None
    whole: Trace | None = None


def legible(values: FloatArray, digits: int) -> FloatArray:
    """Rounded to some digits of the largest magnitude, so that the numbers on show are those that are used."""
    largest = float(np.abs(values).max(initial=0.0))
    if largest == 0:
        return values
    decimals = digits - 1 - math.floor(math.log10(largest))
    return np.asarray(np.round(values, decimals) + 0.0, np.float64)


def signal_of(state: SignalsState, opened: Signal | None) -> Signal:
    """The signal on show: the one that was opened, or the synthetic ECG."""
    if opened is not None:
        return opened
    return ecg(state.rate, state.heart_rate, state.noise / 1000, state.ectopic)


def volume_of(state: SignalsState, opened: Volume | None) -> Volume:
    """The volume on show: the one that was opened, or the phantom."""
    if opened is not None:
        return opened
    return _phantom(state.grain)


@lru_cache(maxsize=2)
def _phantom(grain: int) -> Volume:
    """The same object for the same noise: answers about a volume are told apart by it."""
    return Volume(phantom(noise=float(grain)), "HU", PHANTOM)


class Resolver:
    """Turns states into what is drawn."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[Any, ...], Any]] = {}

    def resolve(
        self, state: SignalsState, signal: Signal, volume: Volume, hover: int | None = None
    ) -> Resolved:
        """What to draw; `hover` shows another step for as long as the pointer is on it.

        Raises ShapeError for shapes that do not go together (a state that was `validated` has none).
        """
        first = centred_piece(len(signal.samples), state.start + SIDE // 2)
        one, dims = state.filter, state.dims
        small = self._small_line(state, signal, first) if dims == 1 else self._small_cube(volume)
        weight = (one.weights, one.size, one.bias, one.spec)
        done = self._keep("trace", (small, *weight), lambda: _traced(small, state))
        index = min(one.step if hover is None else hover, len(done) - 1)
        unit = signal.unit if dims == 1 else volume.unit
        limit = self._keep("limit", (done,), lambda: _limit(done))
        back = self._back(done, index, state) if state.view == "back" else None
        layers = self._layers(small, state) if state.view == "layers" else None
        whole = self._whole(state, signal) if state.view == "whole" and dims == 1 else None
        check = self._check(done, back, layers, whole, state)
        return Resolved(
            state, done, done.step(index), signal, first, unit, limit, check, back, layers, whole
        )  # fmt: skip

    def _check(
        self, done: Trace, back: Back | None, layers: Layers | None, whole: Trace | None, state: SignalsState
    ) -> CheckSlide:
        """What torch is asked to compute again: the numbers of the view, of the layers those of the one on show."""
        if back is not None:
            extra = done.layout.leftover
            return self._keep(
                "check",
                (back.weighs, back.whole),
                lambda: CheckSlide(back.weighs, done.weight, None, done.spec, back.whole, True, extra),
            )
        one = whole or done
        if layers is not None:
            one = layers.traces[layer_of(state.layer_step)[0] - 1]
        return self._keep(
            "check", (one,), lambda: CheckSlide(one.x, one.weight, one.bias, one.spec, one.output)
        )

    def _small_line(self, state: SignalsState, signal: Signal, first: int) -> FloatArray:
        def cut() -> FloatArray:
            piece = legible(signal.samples[first : first + SIDE], LINE_DIGITS).copy()
            for place, value in state.edits:
                piece[place] = value
            return piece[None]

        return self._keep("line", (signal, first, state.edits), cut)

    def _small_cube(self, volume: Volume) -> FloatArray:
        return self._keep(
            "cube", (volume.voxels,), lambda: legible(averaged(volume.voxels, (SIDE,) * 3), CUBE_DIGITS)[None]
        )

    def _back(self, done: Trace, index: int, state: SignalsState) -> Back:
        ones = state.weighs == "ones"
        weighs = self._keep(
            "weighs", (done, ones), lambda: np.ones_like(done.output) if ones else done.output
        )
        sizes = done.layout.sizes
        whole = self._keep(
            "back", (weighs, done), lambda: gradient_to_input(weighs, done.weight, sizes, done.spec)
        )
        if state.fill:
            seen = weighs.copy()
            seen.flat[index + 1 :] = 0
            so_far = self._keep(
                "so far",
                (weighs, done, index),
                lambda: gradient_to_input(seen, done.weight, sizes, done.spec),
            )
        else:
            so_far = whole
        value = float(weighs.flat[index])
        return Back(weighs, value, value * done.weight[0, 0], so_far, whole)

    def _layers(self, small: FloatArray, state: SignalsState) -> Layers:
        key = (small, state.seed, state.relu)
        return self._keep("layers", key, lambda: random_layers(small, state.seed, relu=state.relu))

    def _whole(self, state: SignalsState, signal: Signal) -> Trace:
        one = state.line
        key = (signal, one.weights, one.bias, one.spec)
        return self._keep("whole", key, lambda: _traced(signal.samples[None], state))

    def _keep(self, name: str, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """What was made for the same key; arrays and objects are the same only if they are the very same."""
        known = self._known.get(name)
        if known is not None and len(known[0]) == len(key):
            pairs = zip(known[0], key, strict=True)
            if all(a is b or (type(a) in _PLAIN and a == b) for a, b in pairs):
                kept: T = known[1]
                return kept
        value = make()
        self._known[name] = (key, value)
        return value


_PLAIN = (int, float, bool, str, tuple, type(SignalsState().line.spec))


def rounded_up(value: float) -> float:
    """The next number with two significant digits: the end of a colour bar that can be read."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return math.ceil(value / unit - 1e-9) * unit


def _limit(done: Trace) -> float:
    """Where the colours of the output saturate: at its largest magnitude, in a volume at nearly the largest."""
    magnitudes = np.abs(done.output)
    if len(done.layout.sizes) == 1:
        return float(magnitudes.max(initial=0.0)) or 1.0
    return rounded_up(float(np.percentile(magnitudes, 100 - OUTLIERS)))


def _traced(x: FloatArray, state: SignalsState) -> Trace:
    one = state.filter
    return trace(x, one.array(state.dims)[None, None], [one.bias], one.spec)


def count_steps(resolved: Resolved, planes: int) -> tuple[int, int, str]:
    """The stepper's (count, index, noun); `planes` is the number of axial slices of the whole volume."""
    state = resolved.state
    if state.view == "layers":
        return LAYER_STEPS, state.layer_step, "place" if state.dims == 1 else "slice"
    if state.view == "whole" and state.dims == 3:
        return planes, min(state.place[0], planes - 1), "slice"
    if resolved.whole is not None:
        count = len(resolved.whole)
        return count, min(state.sample, count - 1), "sample"
    return len(resolved.trace), min(state.filter.step, len(resolved.trace) - 1), "step"


def layer_of(step: int) -> tuple[int, int]:
    """(layer, place or slice) of a step of the view of the layers: layer 1 first, then layer 2."""
    first = SIDE - 4
    return (1, step) if step < first else (2, step - first)


def moved(resolved: Resolved, delta: Sizes) -> int:
    """The step whose window lies `delta` output cells away along every axis, stopping at the edges."""
    place = [
        min(max(at + by, 0), count - 1)
        for at, by, count in zip(resolved.step.place, delta, resolved.trace.layout.output, strict=True)
    ]
    return resolved.trace.index_of(0, *place)
