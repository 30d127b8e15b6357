"""Input volumes for the 1x1 convolution: the channels of a picture with a few fixed filters, or plain numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.foundations.spec import FloatArray
from engine.images import luminance

MOST_CHANNELS: Final = 6
NAMES: Final = ("red", "green", "blue", "edges │", "edges ─", "Laplacian")
"""The channels of a picture, in order; a picture with one channel is grey."""
PIXEL_CHANNELS: Final = 3
"""So many of them are pixels of 0..255; the others have signs."""


def channel_names(count: int) -> tuple[str, ...]:
    """The names of a picture's first ``count`` channels, 1 to MOST_CHANNELS."""
    return ("grey",) if count == 1 else NAMES[:count]


def picture_channels(pixels: npt.NDArray[np.uint8], count: int) -> FloatArray:
    """Pixels uint8[H, W, 3] as float64[count, H, W] of whole numbers.

    1: grey levels; 2: red and green; 3: RGB; 4 to 6: Sobel responses to upright and to level edges and a Laplacian of
    the grey levels, each over 4 so that they lie within -255..255. Beyond the border the picture goes on as it ends.
    """
    grey = np.rint(luminance(pixels)).astype(np.float64)
    if count == 1:
        return grey[None]
    planes = [pixels[..., c].astype(np.float64) for c in range(min(count, PIXEL_CHANNELS))]
    if count > PIXEL_CHANNELS:
        around = np.pad(grey, 1, mode="edge")
        planes += [respond(around) for respond in (_upright, _level, _laplacian)[: count - PIXEL_CHANNELS]]
    return np.stack(planes)


def _upright(around: FloatArray) -> FloatArray:
    """Sobel's filter for edges from left to right, of a picture with a border of 1."""
    rows = around[:-2] + 2 * around[1:-1] + around[2:]
    return np.rint((rows[:, 2:] - rows[:, :-2]) / 4)


def _level(around: FloatArray) -> FloatArray:
    columns = around[:, :-2] + 2 * around[:, 1:-1] + around[:, 2:]
    return np.rint((columns[2:] - columns[:-2]) / 4)


def _laplacian(around: FloatArray) -> FloatArray:
    middle = around[1:-1, 1:-1]
    four = around[:-2, 1:-1] + around[2:, 1:-1] + around[1:-1, :-2] + around[1:-1, 2:]
    return np.rint((four - 4 * middle) / 4)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A volume of small numbers to start from."""

    name: str
    title: str
    description: str
    build: Callable[[int, int, int], FloatArray]

    def make(self, channels: int, height: int, width: int) -> FloatArray:
        """A new float64[C, H, W]."""
        return self.build(channels, height, width)


def _count(channels: int, height: int, width: int) -> FloatArray:
    return np.arange(float(channels * height * width)).reshape(channels, height, width)


def _random(channels: int, height: int, width: int) -> FloatArray:
    return np.random.default_rng(2013).integers(0, 10, (channels, height, width)).astype(np.float64)


def _signed(channels: int, height: int, width: int) -> FloatArray:
    return np.random.default_rng(11).integers(-9, 10, (channels, height, width)).astype(np.float64)


def _alone(channels: int, height: int, width: int) -> FloatArray:
    """Every pixel has a 9 in one of its channels, in turn, and zeros in the others."""
    places = np.arange(height * width).reshape(height, width) % channels
    return np.where(places == np.arange(channels)[:, None, None], 9.0, 0.0)


NUMBERS: Final[tuple[Numbers, ...]] = (
    Numbers("random", "Random", "Whole numbers from 0 to 9, the same ones every time.", _random),
    Numbers("count", "Counting", "Counts up channel by channel: every value tells where it is.", _count),
    Numbers("signed", "Signed", "Whole numbers from −9 to 9: a ReLU has something to do.", _signed),
    Numbers("alone", "One channel a pixel", "One channel is 9, the others 0: a pixel picks a column.", _alone),
)  # fmt: skip


def numbers(name: str) -> Numbers:
    """The volume of a name. Raises KeyError."""
    return {one.name: one for one in NUMBERS}[name]
