"""Everything that a person can set on the pooling page, as one frozen state."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal, Self

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.foundations.convolution import VALUE_LIMIT, Problem
from engine.foundations.numerals import in_one_notation
from engine.foundations.pooling import Kind, PoolSpec, problems
from engine.foundations.pooling.presets import INPUTS
from gui.widgets.source_state import SourceState

FloatArray = npt.NDArray[np.float64]
View = Literal["steps", "backward", "stochastic", "shift", "photo"]
Gradient = Literal["count", "ones", "signed"]
Edit = tuple[int, int, int, float]
"""Channel, row, column, value of a cell that was typed over."""

MAX_SIDE: Final = 64
MAX_CHANNELS: Final = 3
MAX_WINDOW: Final = 16
MAX_PIXEL_SIZE: Final = 64
MAX_SHIFT: Final = 3
MAX_SAMPLES: Final = 10_000
MAX_SEED: Final = 9999
PICTURE_SIDE: Final = 4 * MAX_WINDOW
"""A picture has at least so many pixels a side, as far as the window's fields are concerned."""
_LIMIT: Final = in_one_notation(VALUE_LIMIT)[0]


@dataclass(frozen=True, slots=True)
class PoolingState:
    """One view of the pooling page, as plain values.

    `rows` and `cols` are the window's, `edits` cells of the input that were typed over, `grad_edits` cells of the
    output's gradient. `crop`, `pixel_size`, `picture` are those of the convolution page. `step` counts the positions of
    the window, which all channels share; `channel` is the one that views of a single channel show. `roll` counts the
    rolls of the dice, of which there are `samples`.
    """

    view: View = "steps"
    source: SourceState = field(default_factory=lambda: SourceState(kind="preset", value="ng-4x4"))
    channels: int = 1
    height: int = 4
    width: int = 4
    edits: tuple[Edit, ...] = ()
    picture: SourceState = field(default_factory=lambda: SourceState(kind="sample", value="astronaut"))
    crop: tuple[int, int] | None = None
    pixel_size: int = 0
    kind: Kind = "max"
    rows: int = 2
    cols: int = 2
    stride: int = 2
    pad: int = 0
    ceil_mode: bool = False
    count_pad: bool = True
    step: int = 0
    channel: int = 0
    fill: bool = True
    gradient: Gradient = "count"
    grad_edits: tuple[Edit, ...] = ()
    seed: int = 2013
    roll: int = 0
    samples: int = 1000
    shift_x: int = 1
    shift_y: int = 0
    true_size: bool = False

    @property
    def shown_source(self) -> SourceState:
        """Where pixels come from: an example has none, the picture view shows `picture` then."""
        return self.picture if self.view == "photo" and self.source.kind == "preset" else self.source

    @property
    def spec(self) -> PoolSpec:
        """The pooling that the engine's functions understand; the view with the dice rolls them whatever the kind."""
        return PoolSpec(
            kind="stochastic" if self.view == "stochastic" else self.kind,
            size=(self.rows, self.cols),
            stride=self.stride,
            padding=self.pad,
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_pad,
        )

    @property
    def input_shape(self) -> tuple[int, int, int]:
        return self.channels, self.height, self.width

    def problems(self) -> tuple[Problem, ...]:
        """Why the pooling on show cannot be done; a whole picture has room for every window."""
        shape = (3, PICTURE_SIDE, PICTURE_SIDE) if self.view == "photo" else self.input_shape
        return problems(replace(self.spec, kind="max"), shape)

    def grid_problems(self) -> tuple[Problem, ...]:
        """Why the grids cannot be pooled; windows have to fit for global kinds, too, since other views slide them."""
        return problems(replace(self.spec, kind="max"), self.input_shape)

    def validated(self) -> Self:
        """The state itself.

        Raises:
            UserError: a value is out of range, or the window does not go with the input.
        """
        for name, low, high in RANGES:
            value = getattr(self, name)
            if not low <= value <= high:
                raise UserError(
                    f"{_NAMES.get(name, name.capitalize())} must be {low} to {high}, not {value}."
                )
        if self.source.kind == "preset" and self.source.value not in {preset.name for preset in INPUTS}:
            raise UserError(f'There is no example named "{self.source.value}".')
        if self.picture.kind == "preset":
            raise UserError("The view of the whole picture needs a picture, not an example.")
        if self.crop is not None and min(self.crop) < 0:
            raise UserError(f"The crop cannot begin at {self.crop}: that is outside every picture.")
        if self.roll >= self.samples:
            raise UserError(
                f"There are {self.samples} rolls of the dice, so roll {self.roll + 1} is none of them."
            )
        if self.channel >= self.channels:
            raise UserError(
                f"The input has {self.channels} channels, so channel {self.channel + 1} cannot be shown."
            )
        self.source.validated()
        self.picture.validated()
        found = self.problems()
        if found:
            raise UserError(found[0].message)
        self._check_edits()
        return self

    def _check_edits(self) -> None:
        for channel, row, column, value in (*self.edits, *self.grad_edits):
            if not abs(value) <= VALUE_LIMIT:  # NaN fails every comparison
                raise UserError(
                    f"The edited cell ({channel}, {row}, {column}) holds no number of at most {_LIMIT}."
                )
        for channel, row, column, _ in self.edits:
            if not (0 <= channel < self.channels and 0 <= row < self.height and 0 <= column < self.width):
                raise UserError(f"The edited cell ({channel}, {row}, {column}) lies outside the input.")
        for edit in self.grad_edits:
            if min(edit[:3]) < 0:
                raise UserError(f"The edited gradient {edit[:3]} lies outside the output.")


RANGES: Final = (
    ("channels", 1, MAX_CHANNELS), ("height", 1, MAX_SIDE), ("width", 1, MAX_SIDE), ("rows", 1, MAX_WINDOW),
    ("cols", 1, MAX_WINDOW), ("stride", 1, MAX_WINDOW), ("pad", 0, MAX_WINDOW // 2), ("pixel_size", 0, MAX_PIXEL_SIZE),
    ("step", 0, 1 << 31), ("channel", 0, MAX_CHANNELS - 1), ("seed", 0, MAX_SEED), ("samples", 1, MAX_SAMPLES),
    ("roll", 0, MAX_SAMPLES - 1), ("shift_x", -MAX_SHIFT, MAX_SHIFT), ("shift_y", -MAX_SHIFT, MAX_SHIFT),
)  # fmt: skip
_NAMES: Final = {
    "rows": "The window's height", "cols": "The window's width", "pad": "Padding", "pixel_size": "Pixel size",
    "shift_x": "The shift to the right", "shift_y": "The shift down",
}  # fmt: skip
