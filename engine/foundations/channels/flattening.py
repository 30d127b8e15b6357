"""Flatten: which pixel of which channel becomes which entry of a vector, in both conventions.

Channels first is torch's order (plane after plane), channels last the one of TensorFlow (pixel after pixel).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from engine.foundations.spec import IntArray, Shape3

Order = Literal["first", "last"]
Place = tuple[int, int, int]
"""Channel, row, column."""


def flattened(x: npt.NDArray[Any], order: Order = "first") -> npt.NDArray[Any]:
    """A volume [C, H, W] as a vector [C * H * W]."""
    return (x if order == "first" else np.moveaxis(x, 0, -1)).reshape(-1)


def entry_of(shape: Shape3, place: Place, order: Order = "first") -> int:
    """The entry that a place becomes. Raises IndexError for a place outside of the volume."""
    (channels, height, width), (channel, row, col) = shape, place
    if not (0 <= channel < channels and 0 <= row < height and 0 <= col < width):
        raise IndexError(f"{place} lies outside of {shape}")
    if order == "first":
        return (channel * height + row) * width + col
    return (row * width + col) * channels + channel


def place_of(shape: Shape3, entry: int, order: Order = "first") -> Place:
    """The place (channel, row, column) that an entry comes from. Raises IndexError."""
    channels, height, width = shape
    if not 0 <= entry < channels * height * width:
        raise IndexError(f"entry {entry} of {channels * height * width}")
    if order == "first":
        channel, rest = divmod(entry, height * width)
        return (channel, *divmod(rest, width))
    pixel, channel = divmod(entry, channels)
    return (channel, *divmod(pixel, width))


def entries(shape: Shape3, order: Order = "first") -> IntArray:
    """int[C, H, W]: for every place the entry that it becomes."""
    channels, height, width = shape
    counted = np.arange(channels * height * width, dtype=np.intp)
    if order == "first":
        return counted.reshape(shape)
    return np.moveaxis(counted.reshape(height, width, channels), -1, 0)


def line_length(shape: Shape3, order: Order = "first") -> int:
    """Entries that belong together: a whole plane (channels first), or a row of pixels (channels last)."""
    channels, height, width = shape
    return height * width if order == "first" else width * channels
