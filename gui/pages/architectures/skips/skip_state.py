"""What a person can set in the view "Why skip connections", and the examples that it begins with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.errors import UserError

Part: TypeAlias = Literal["block", "gradients"]
Preset: TypeAlias = Literal["random", "identity", "small", "negative", "custom"]
Init: TypeAlias = Literal["he", "glorot", "small"]
Quantity: TypeAlias = Literal["gradient", "signal"]
Vector: TypeAlias = tuple[float, ...]
Matrix: TypeAlias = tuple[Vector, ...]

WIDTH: Final = 4
"""Values in a[l]; the layers between have as many."""
NARROW: Final = 3
"""Values that come out of the block with a projection Wₛ on its skip connection."""
DEPTHS: Final = (20, 32, 44, 56, 110)
STEPS: Final = 7
LARGEST: Final = 1e6
MOST_SEED: Final = 9999
PRESETS: Final[dict[Preset, str]] = {
    "random": "Random weights", "identity": "W = 0, b = 0: identity", "small": "Small weights",
    "negative": "Negative input", "custom": "My own numbers",
}  # fmt: skip
NO_IDENTITY: Final = "W = 0, b = 0: Wₛ alone"
"""What the preset "identity" is called where the skip connection has a projection."""


@dataclass(frozen=True, slots=True)
class SkipState:
    """The block with its numbers, and the measurement of gradients.

    `x` is a[l]; `w1`, `b1` lead to z[l+1], `w2`, `b2` to z[l+2]. With `projection` the block puts out NARROW values
    and `ws` (NARROW rows) carries the skip connection over; without, `ws` is empty. `step`: 0..STEPS-1.
    `quantity`: what the plot shows. An empty `x` stands for the numbers of the preset.
    """

    part: Part = "block"
    preset: Preset = "random"
    projection: bool = False
    seed: int = 0
    x: Vector = ()
    w1: Matrix = ()
    b1: Vector = ()
    w2: Matrix = ()
    b2: Vector = ()
    ws: Matrix = ()
    step: int = 0
    row: int = 0
    depth: int = 56
    batch_norm: bool = True
    init: Init = "he"
    net_seed: int = 0
    quantity: Quantity = "gradient"

    @property
    def out_width(self) -> int:
        return NARROW if self.projection else WIDTH

    def filled(self) -> SkipState:
        """The state with the numbers of its preset where it has none of its own."""
        return self if self.x else with_preset(self, self.preset)

    def validated(self) -> Self:
        """The state itself.

        Raises:
            UserError: a number is out of range, or an array has another size than the block.
        """
        if self.depth not in DEPTHS:
            raise UserError(f"The nets have {', '.join(map(str, DEPTHS))} layers, not {self.depth}.")
        if not 0 <= self.step < STEPS:
            raise UserError(f"The block has {STEPS} steps; there is no step {self.step + 1}.")
        if not 0 <= self.row < WIDTH:
            raise UserError(f"The block's columns have {WIDTH} rows; there is no row {self.row}.")
        if not (0 <= self.seed <= MOST_SEED and 0 <= self.net_seed <= MOST_SEED):
            raise UserError(f"A seed is a whole number from 0 to {MOST_SEED}.")
        if self.x:
            self._check_numbers()
        return self

    def _check_numbers(self) -> None:
        for name, shape in shapes(self.projection).items():
            value = getattr(self, name)
            rows = value if len(shape) == 2 else (value,)
            sizes = (len(value), *(len(row) for row in value)) if len(shape) == 2 else (len(value),)
            right = sizes[:1] == shape[:1] and all(size == shape[-1] for size in sizes[1:])
            if not right:
                raise UserError(
                    f"“{name}” must have {' × '.join(map(str, shape)) if shape[0] else 'no'} numbers."
                )
            for number in (number for row in rows for number in row):
                if not math.isfinite(number) or abs(number) > LARGEST:
                    raise UserError(f"“{name}” holds {number:g}; numbers go up to a million.")


def shapes(projection: bool) -> dict[str, tuple[int, ...]]:
    """The sizes of the block's arrays."""
    out = NARROW if projection else WIDTH
    return {
        "x": (WIDTH,), "w1": (WIDTH, WIDTH), "b1": (WIDTH,), "w2": (out, WIDTH), "b2": (out,),
        "ws": (out if projection else 0, WIDTH),
    }  # fmt: skip


def with_preset(state: SkipState, preset: Preset) -> SkipState:
    """The state with the numbers of a preset; the person's own ones stay as they are."""
    if preset == "custom" and state.x:
        return replace(state, preset=preset)
    rng = np.random.default_rng(state.seed)
    sizes = shapes(state.projection)
    x = np.round(rng.uniform(0.2, 2.0, WIDTH), 1)
    drawn = {name: rng.standard_normal(sizes[name]) for name in ("w1", "b1", "w2", "b2")}
    scale = {"small": 0.1, "identity": 0.0}.get(preset, math.sqrt(2 / WIDTH))
    arrays = {
        name: np.round(values * (scale if name in ("w1", "w2") else 0.3 * scale), 2)
        for name, values in drawn.items()
    }
    if preset == "negative":
        x = -x
    ws = (
        np.round(rng.standard_normal((NARROW, WIDTH)) / math.sqrt(WIDTH), 2)
        if state.projection
        else np.zeros((0, WIDTH))
    )
    arrays |= {"x": x, "ws": ws}
    return _with_arrays(replace(state, preset=preset), arrays)


def with_projection(state: SkipState, projection: bool) -> SkipState:
    """The block with or without Wₛ, with the numbers of its preset (of other sizes now)."""
    preset: Preset = "random" if state.preset == "custom" else state.preset
    return with_preset(replace(state, projection=projection, x=()), preset)


def with_cell(state: SkipState, name: str, row: int, column: int, value: float) -> SkipState:
    """The state with one number typed over; from then on the numbers are the person's own."""
    known = {field.name for field in fields(state)}
    if name not in known & set(shapes(state.projection)):
        raise ValueError(f"the block has no array {name!r}")
    array = np.array(getattr(state.filled(), name), dtype=np.float64)
    array[(row, column) if array.ndim == 2 else row] = value
    return _with_arrays(replace(state.filled(), preset="custom"), {name: array})


def _with_arrays(state: SkipState, arrays: Mapping[str, npt.NDArray[np.float64]]) -> SkipState:
    values: dict[str, Any] = {name: freeze(array) for name, array in arrays.items()}
    return replace(state, **values)


def freeze(array: npt.NDArray[np.float64]) -> tuple[float, ...] | tuple[tuple[float, ...], ...]:
    """An array as plain values; no minus zero."""
    values = (array + 0.0).tolist()
    return tuple(tuple(row) for row in values) if array.ndim == 2 else tuple(values)
