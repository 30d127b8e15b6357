"""From the state to a mixed picture, without Qt. The last one is remembered, so that another pixel costs a step."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.foundations.channels.features import PIXEL_CHANNELS, channel_names, numbers, picture_channels
from engine.foundations.channels.mixing import Mix, MixStep, mix
from engine.foundations.channels.principal import Principal, principal
from engine.foundations.channels.recipes import recipe
from engine.foundations.channels.requests import CheckMix
from engine.foundations.spec import FloatArray
from engine.images import Frame
from gui.pages.channels.mix.state import CUSTOM, MixState
from gui.pages.channels.state import ChannelsState
from gui.pages.channels.values import edited
from gui.widgets.crop_frame import crop
from gui.widgets.stage_text import signed

WHITE = 255.0
INPUT, OUTPUT = "input/", "output/"
TABLE, BIAS, SUM, RESULT = "table", "bias", "sum", "result"
COLOUR_IN, COLOUR_OUT = "colour/in", "colour/out"
Pixel = tuple[int, int]
"""Row and column."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """A mixed volume and what follows from it. Compares by identity.

    `picture`: its first channels are pixels of 0..255. `block`: so many pixels of the picture are one cell's side.
    """

    mix: Mix
    names: tuple[str, ...]
    picture: bool
    pca: bool
    block: int
    question: CheckMix

    @property
    def table(self) -> tuple[FloatArray, FloatArray]:
        """Weights [F, C] and bias [F]."""
        return self.mix.weight, self.mix.bias

    @cached_property
    def principal(self) -> Principal:
        return principal(self.mix.x)

    @cached_property
    def signed_inputs(self) -> tuple[bool, ...]:
        """Which channels are drawn in the colours of signed values."""
        if self.picture:
            return tuple(c >= PIXEL_CHANNELS for c in range(len(self.names)))
        return (signed(self.mix.x),) * len(self.names)

    @cached_property
    def signed_outputs(self) -> bool:
        return signed(self.mix.sums)

    @cached_property
    def colour_in(self) -> npt.NDArray[np.uint8] | None:
        """The input as a picture in colour, uint8[H, W, 3], None for plain numbers and for too few channels."""
        return in_colour(self.mix.x) if self.picture and len(self.mix.x) >= PIXEL_CHANNELS else None

    @cached_property
    def colour_out(self) -> tuple[npt.NDArray[np.uint8], str] | None:
        """What comes out as a picture, and what it is called; None where it is none."""
        if self.colour_in is None:
            return None
        output = self.mix.output
        if self.pca and not self.mix.relu:
            return in_colour(self.principal.restored(output)), f"Restored from {len(output)}"
        if len(output) == 1:
            return in_colour(np.repeat(output, 3, axis=0)), "Output in grey"
        return (in_colour(output), "Output in colour") if len(output) >= PIXEL_CHANNELS else None


def in_colour(volume: FloatArray) -> npt.NDArray[np.uint8]:
    """The first three planes of [C, H, W] as uint8[H, W, 3]; what lies outside of 0..255 is cut off."""
    planes = np.clip(np.rint(volume[:PIXEL_CHANNELS]), 0, WHITE)
    return np.ascontiguousarray(np.moveaxis(planes, 0, -1)).astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class ShownMix:
    """What the view shows: the mixture, the pixel on show, the row of the table in focus, the cell pointed at."""

    state: MixState
    mixture: Mixture
    step: MixStep
    focus: int
    cell: tuple[int, int] | None = None
    """Row and column of the table, where the pointer is on it."""

    @property
    def mix(self) -> Mix:
        return self.mixture.mix


def cells_of(frame: Frame, detail: int) -> tuple[npt.NDArray[np.uint8], int]:
    """A picture averaged to at most `detail` cells along its longer side, uint8[h, w, 3], and a cell's side."""
    block = min(-(-max(frame.height, frame.width) // detail), frame.height, frame.width)
    return crop(frame, 0, 0, frame.height // block, frame.width // block, block), block


@dataclass
class MixResolver:
    """Turns states into what is drawn."""

    _frame: Frame | None = None
    _cells: dict[int, tuple[npt.NDArray[np.uint8], int]] = field(default_factory=dict)
    _key: tuple[object, ...] | None = None
    _mixture: Mixture | None = None

    @property
    def table(self) -> tuple[FloatArray, FloatArray]:
        """Weights [F, C] and bias [F] of the last mixture; a single 1 before the first."""
        return (np.ones((1, 1)), np.zeros(1)) if self._mixture is None else self._mixture.table

    def resolve(
        self, state: ChannelsState, frame: Frame | None, hover: tuple[str, int, int] | None = None
    ) -> ShownMix:
        """What to draw for a state; the pixel under the pointer is on show while it is there.

        Raises ValueError where a picture is needed and there is none.
        """
        mixture, own = self._of(state, frame), state.mix
        count, width = len(mixture.mix), mixture.mix.x.shape[2]
        index, focus, cell = min(own.step, count - 1), 0, None
        if hover is not None:
            key, row, column = hover
            if _is_map(key):
                index = min(row * width + column, count - 1)
            if key.startswith(OUTPUT):
                focus = int(key.removeprefix(OUTPUT))
            elif key in (TABLE, BIAS, SUM, RESULT):
                focus = row
                cell = (row, column) if key == TABLE else None
        focus = min(focus, len(mixture.mix.weight) - 1)
        return ShownMix(own, mixture, mixture.mix.step(index), focus, cell)

    def _of(self, state: ChannelsState, frame: Frame | None) -> Mixture:
        if state.from_picture and frame is None:
            raise ValueError("a picture's pixels are needed and there is none")
        own = state.mix
        size = (own.detail,) if state.from_picture else (own.height, own.width)
        table = (own.recipe, own.filters, own.seed, own.weight, own.bias, own.relu)
        shown = id(frame) if state.from_picture else state.source.value
        key = (shown, own.channels, size, own.edits, table)
        if self._mixture is None or key != self._key:
            self._keep(frame if state.from_picture else None)
            self._mixture, self._key = self._mixed(state), key
        return self._mixture

    def _keep(self, frame: Frame | None) -> None:
        """Hold on to the picture: its id cannot be given to another one, and its cells are averaged once."""
        if frame is not self._frame:
            self._frame, self._cells = frame, {}

    def _mixed(self, state: ChannelsState) -> Mixture:
        own, block = state.mix, 1
        if self._frame is not None:
            if own.detail not in self._cells:
                self._cells[own.detail] = cells_of(self._frame, own.detail)
            cells, block = self._cells[own.detail]
            x = picture_channels(cells, own.channels)
            names = channel_names(own.channels)
        else:
            x = numbers(state.source.value).make(own.channels, own.height, own.width)
            names = tuple(f"channel {c}" for c in range(own.channels))
        x = edited(x, own.edits)
        if own.recipe == CUSTOM:
            weight, bias = np.array(own.weight), np.array(own.bias)
        else:
            weight, bias = recipe(own.recipe).make(x, own.filters, own.seed)
        done = mix(x, weight, bias, relu=own.relu)
        return Mixture(done, names, self._frame is not None, own.recipe == "pca", block, CheckMix(done))


def _is_map(key: str) -> bool:
    """Whether the cells of a plate are pixels."""
    return key.startswith((INPUT, OUTPUT)) or key in (COLOUR_IN, COLOUR_OUT)
