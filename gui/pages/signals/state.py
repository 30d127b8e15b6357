"""Everything that a person can set on the page of signals and volumes, as one frozen state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, Self

import numpy as np

from engine.errors import UserError
from engine.foundations.convolution import VALUE_LIMIT, Problem
from engine.foundations.signals.filters import FILTERS_1D, FILTERS_3D, preset
from engine.foundations.signals.spec import SlideSpec, problems
from engine.foundations.spec import FloatArray

AxesName = Literal["1d", "3d"]
View = Literal["steps", "whole", "layers", "back"]
Weighs = Literal["outputs", "ones"]
Place = tuple[int, int, int]

CUSTOM: Final = "custom"
SIDE: Final = 14
"""Samples of the piece of a signal, and cells a side of the volume, that are walked step by step."""
RATES: Final = (50, 100, 250)
MAX_SIZE: Final = {1: 11, 3: 5}
MAX_STRIDE: Final = 5
MAX_PAD: Final = 10
MAX_DILATION: Final = 4
MAX_HEART_RATE: Final = 160
MIN_HEART_RATE: Final = 40
MAX_NOISE: Final = 200
MAX_GRAIN: Final = 100
MAX_SEED: Final = 999
LAYER_STEPS: Final = 16
"""Ten places (or slices) of the first layer, six of the second."""


@dataclass(frozen=True, slots=True)
class FilterState:
    """One filter and how it slides: `weights` are all of its cells, row by row; `step` is the output cell on show."""

    kind: str
    size: int
    weights: tuple[float, ...]
    bias: float = 0.0
    stride: int = 1
    pad: int = 0
    dilation: int = 1
    seed: int = 0
    step: int = 0

    @property
    def spec(self) -> SlideSpec:
        return SlideSpec(self.stride, self.pad, self.dilation)

    def array(self, axes: int) -> FloatArray:
        """float64[size] or float64[size, size, size]."""
        return np.array(self.weights, np.float64).reshape((self.size,) * axes)


def made(axes: int, kind: str, size: int, rate: int = RATES[0], seed: int = 0) -> tuple[float, ...]:
    """All cells of a kernel of the list."""
    return tuple(float(v) for v in preset(axes, kind).build(size, rate, seed).ravel())


def _line() -> FilterState:
    return FilterState("matched", 5, made(1, "matched", 5), step=4)


def _cube() -> FilterState:
    return FilterState("edge-z", 3, made(3, "edge-z", 3), step=10 * 144 + 5 * 12 + 6)


@dataclass(frozen=True, slots=True)
class SignalsState:
    """One view of the page, as plain values.

    `signal_file` and `volume_file` are paths, "" for the synthetic ECG and the phantom. `noise` is in µV, `grain` in
    Hounsfield units. `start` is the first sample of the piece that is walked, `edits` its samples that were typed over
    (place, value). `sample` is the output sample that the whole signal's lens shows, `place` the voxel (z, y, x) in
    which the planes of the whole volume meet. `weighs` says what the way back spreads.
    """

    axes: AxesName = "1d"
    view: View = "steps"
    signal_file: str = ""
    heart_rate: int = 66
    noise: int = 20
    ectopic: bool = False
    rate: int = 50
    start: int = 111
    edits: tuple[tuple[int, float], ...] = ()
    volume_file: str = ""
    grain: int = 8
    line: FilterState = field(default_factory=_line)
    cube: FilterState = field(default_factory=_cube)
    sample: int = 115
    place: Place = (33, 35, 26)
    relu: bool = True
    seed: int = 0
    layer_step: int = LAYER_STEPS - 1
    fill: bool = True
    weighs: Weighs = "outputs"

    @property
    def dims(self) -> int:
        """How many axes: 1 or 3."""
        return 1 if self.axes == "1d" else 3

    @property
    def filter(self) -> FilterState:
        """The filter on show."""
        return self.line if self.axes == "1d" else self.cube

    def problems(self) -> tuple[Problem, ...]:
        """Why one of the two filters cannot slide over its input; empty where both can."""
        return (*filter_problems(1, self.line), *filter_problems(3, self.cube))

    def validated(self) -> Self:
        """The state itself.

        Raises:
            UserError: a value is out of range, or a filter does not go with its input.
        """
        for name, low, high in RANGES:
            check_range(name, getattr(self, name), low, high)
        if self.rate not in RATES:
            raise UserError(f"The ECG has {', '.join(map(str, RATES))} samples a second, not {self.rate}.")
        if min(self.place) < 0:
            raise UserError(f"The planes cannot meet at {self.place}: that is outside every volume.")
        for name in ("signal_file", "volume_file"):
            if "\0" in getattr(self, name):
                raise UserError("The name of the saved file has a character that no name can have.")
        for place, value in self.edits:
            if not (0 <= place < SIDE and abs(value) <= VALUE_LIMIT):
                raise UserError(f"The edited sample {place} of this view lies outside, or holds no number.")
        for axes, one in ((1, self.line), (3, self.cube)):
            _check_filter(axes, one)
        found = self.problems()
        if found:
            raise UserError(found[0].message)
        return self


def filter_problems(axes: int, one: FilterState) -> tuple[Problem, ...]:
    """Why a filter cannot slide over the small input, in the names of its fields."""
    if one.kind != CUSTOM and one.size < preset(axes, one.kind).least:
        least = preset(axes, one.kind).least
        title = preset(axes, one.kind).title
        return (Problem("size", f"The filter {title} needs at least {least} cells a side.", least),)
    found = problems(one.spec, (SIDE,) * axes, (one.size,) * axes)
    return tuple(
        Problem("pad" if problem.field == "padding" else problem.field, problem.message, problem.nearest)
        for problem in found
    )


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raises UserError where a value is not within its bounds (NaN never is)."""
    if not low <= value <= high:
        label = name.replace("_", " ").capitalize()
        raise UserError(f"{label} must be {low:g} to {high:g}, not {value:g}.")


def _check_filter(axes: int, one: FilterState) -> None:
    if one.kind not in {preset.name for preset in (FILTERS_1D if axes == 1 else FILTERS_3D)} | {CUSTOM}:
        raise UserError(f'There is no filter named "{one.kind}".')
    for name, low, high in FILTER_RANGES:
        check_range(name, getattr(one, name), low, high)
    check_range("size", one.size, 1, MAX_SIZE[axes])
    check_range("bias", one.bias, -VALUE_LIMIT, VALUE_LIMIT)
    if len(one.weights) != one.size**axes:
        raise UserError(
            f"The filter of this view has {len(one.weights)} weights; its size needs {one.size**axes}."
        )
    if not all(abs(value) <= VALUE_LIMIT for value in one.weights):
        raise UserError("A weight of this view is not a finite number.")


RANGES: Final = (
    ("heart_rate", MIN_HEART_RATE, MAX_HEART_RATE), ("noise", 0, MAX_NOISE), ("grain", 0, MAX_GRAIN),
    ("start", 0, 1 << 31), ("sample", 0, 1 << 31), ("seed", 0, MAX_SEED), ("layer_step", 0, LAYER_STEPS - 1),
)  # fmt: skip
FILTER_RANGES: Final = (
    ("stride", 1, MAX_STRIDE), ("pad", 0, MAX_PAD), ("dilation", 1, MAX_DILATION), ("seed", 0, MAX_SEED),
    ("step", 0, 1 << 31),
)  # fmt: skip
