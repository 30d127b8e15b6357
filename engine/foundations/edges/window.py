"""One pixel of a filtered picture: the window that it came from, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.foundations.edges.catalogue import pair, weight
from engine.foundations.edges.kernels import FloatArray
from engine.foundations.edges.picture import CHANNELS, STRONGEST, bank
from engine.foundations.edges.requests import FilteredPicture
from engine.images import luminance

GREY = "luminance"


@dataclass(frozen=True, slots=True, eq=False)
class PixelWindow:
    """The arithmetic of one pixel of a map: `patch`, `kernel` and `products` float64[k, k], their sum `total`.

    `channel` says what the patch was read from: "luminance", "red", "green" or "blue".
    """

    channel: str
    patch: FloatArray
    kernel: FloatArray
    products: FloatArray
    total: float


def kernel_of(result: FilteredPicture, name: str) -> FloatArray:
    """float64[k, k]: the kernel behind a map. Raises ValueError for magnitude and angle, which have none."""
    request = result.request
    if request.what == "compare":
        member = bank(request.kernel)[result.names.index(name)]
        return member.plane / member.divisor
    if request.what == "gradient":
        return pair(request.kernel)[("gx", "gy").index(name)]
    return weight(request.kernel)


def channel_of(result: FilteredPicture, name: str, row: int, col: int) -> str:
    """Where the number at a pixel of a map was read: of the strongest channel's map, which channel that was."""
    if name != STRONGEST:
        return name if name in CHANNELS else GREY
    at = [abs(float(result.map(channel)[row, col])) for channel in CHANNELS]
    return CHANNELS[at.index(max(at))]


def window_at(result: FilteredPicture, name: str, row: int, col: int) -> PixelWindow:
    """The window of a pixel (row, column) of a map; border pixels are repeated outwards.

    Raises IndexError outside the picture, ValueError for magnitude and angle and for gradients of colours.
    """
    height, width = result.pixels.shape[:2]
    if not (0 <= row < height and 0 <= col < width):
        raise IndexError(f"pixel {(row, col)} of a picture of {height} × {width}")
    if result.request.what == "gradient" and result.request.colour:
        raise ValueError("the steepest channel changes from pixel to pixel")
    kernel, channel = kernel_of(result, name), channel_of(result, name, row, col)
    reach = np.arange(len(kernel)) - len(kernel) // 2
    seen = result.pixels[np.ix_(np.clip(row + reach, 0, height - 1), np.clip(col + reach, 0, width - 1))]
    patch = luminance(seen) if channel == GREY else seen[..., CHANNELS.index(channel)]
    products = patch.astype(np.float64) * kernel
    return PixelWindow(channel, patch.astype(np.float64), kernel, products, float(products.sum()))
