"""Colour histograms (Swain & Ballard 1991): how many pixels of a picture fall into each bin of a colour space.

Bins are found in whole numbers, so that no rounding decides about a pixel on an edge.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, Self

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.images import Frame, publish

Space = Literal["channels", "joint", "hue"]
Pixels = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int16]

FEWEST_BINS: Final = 2
MOST_BINS: Final[dict[str, int]] = {"channels": 64, "joint": 8, "hue": 36}
LEVELS: Final = 256
NOT_COUNTED: Final = -1
GREY_BELOW: Final = 10
"""Per cent of saturation (HSV) below which a pixel has no hue worth counting."""


@dataclass(frozen=True, slots=True)
class HistogramSpec:
    """Which colours share a bin.

    `space`: "channels" counts red, green and blue apart, `bins` each; "joint" counts the combinations of the three,
    `bins` a channel, so `bins` ** 3 in all; "hue" counts angles of the colour circle and leaves grey pixels out.
    """

    space: Space = "channels"
    bins: int = 16

    def validated(self) -> Self:
        """The spec itself. Raises UserError where the number of bins is out of range."""
        most = MOST_BINS[self.space]
        if not FEWEST_BINS <= self.bins <= most:
            raise UserError(
                f"A histogram of this kind has {FEWEST_BINS} to {most} bins, not {self.bins}.",
                f"Take at most {most}: the joint histogram has bins × bins × bins of them."
                if self.space == "joint"
                else f"Take at most {most}.",
            )
        return self

    @property
    def groups(self) -> int:
        """How many histograms are counted side by side: three for single channels, else one."""
        return 3 if self.space == "channels" else 1

    @property
    def size(self) -> int:
        """Numbers in the descriptor."""
        return {"channels": 3 * self.bins, "joint": self.bins**3, "hue": self.bins}[self.space]


@dataclass(frozen=True, slots=True, eq=False)
class ColourHistogram:
    """The histogram of a picture; all arrays are read-only.

    `pixels` uint8[H, W, 3] is what was counted, `places` int16[G, H, W] the bin of every pixel in each of the G
    histograms (-1: not counted), `counts` int64[G, B], `colours` uint8[G, B, 3] a colour that stands for each bin.
    `frame` is the picture as it came; `note` says what was done to it first.
    """

    spec: HistogramSpec
    frame: Frame
    pixels: Pixels
    places: Places
    counts: npt.NDArray[np.int64]
    colours: Pixels
    note: str = ""

    @property
    def total(self) -> int:
        """Pixels of the picture."""
        return int(self.pixels.shape[0] * self.pixels.shape[1])

    @property
    def shares(self) -> npt.NDArray[np.float64]:
        """The descriptor: float64[G, B], the share of all pixels in each bin."""
        return self.counts / self.total

    @property
    def uncounted(self) -> int:
        """Pixels that are in no bin: without a hue."""
        return self.total - int(self.counts[0].sum())

    def members(self, group: int, bin_: int) -> npt.NDArray[np.bool_]:
        """Which pixels a bin holds, bool[H, W]."""
        return np.asarray(self.places[group] == bin_)


def colour_histogram(
    frame: Frame, spec: HistogramSpec, pixels: Pixels | None = None, note: str = ""
) -> ColourHistogram:
    """Count the colours of `pixels` (by default those of the frame). Raises UserError for a spec out of range."""
    spec.validated()
    counted = frame.pixels if pixels is None else pixels
    places = {"channels": _channels, "joint": _joint, "hue": _hue}[spec.space](counted, spec.bins)
    size = spec.size // spec.groups
    counts = np.stack([_counted(plane.ravel(), size) for plane in places])
    return ColourHistogram(
        spec,
        frame,
        publish(counted),
        publish(places),
        publish(counts),
        bin_colours(spec),
        note,
    )


def _counted(places: Places, size: int) -> npt.NDArray[np.int64]:
    """How often each bin occurs, int64[size]; places that are not counted fall into one that is cut off."""
    return np.bincount(places + 1, minlength=size + 1)[1:].astype(np.int64)


def _channels(pixels: Pixels, bins: int) -> Places:
    return np.ascontiguousarray(_level_bins(bins).take(pixels).transpose(2, 0, 1))


def _joint(pixels: Pixels, bins: int) -> Places:
    table = _level_bins(bins)
    red, green, blue = (table.take(pixels[..., channel]) for channel in range(3))
    return np.asarray((red * bins + green) * bins + blue, np.int16)[None]


@cache
def _level_bins(bins: int) -> Places:
    """The bin of every level 0..255: ⌊level · bins / 256⌋."""
    return (np.arange(LEVELS) * bins // LEVELS).astype(np.int16)


def _hue(pixels: Pixels, bins: int) -> Places:
    """The hue of HSV in sixths of the circle is offset + (difference of two channels) / (max - min)."""
    red, green, blue = (np.ascontiguousarray(pixels[..., c]).astype(np.int32) for c in range(3))
    high, low = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    span = high - low
    turned = np.where(
        high == red, green - blue, np.where(high == green, 2 * span + blue - red, 4 * span + red - green)
    )
    sixths = np.maximum(6 * span, 1)
    turned += np.where(turned < 0, sixths, 0)
    places = (turned * bins // sixths).astype(np.int16)
    places[100 * span < GREY_BELOW * high] = NOT_COUNTED
    places[span == 0] = NOT_COUNTED
    return np.asarray(places[None], np.int16)


@cache
def bin_colours(spec: HistogramSpec) -> Pixels:
    """A colour for every bin, uint8[G, B, 3]: the middle of the bin; for single channels a shade of the channel."""
    if spec.space == "hue":
        wheel = [colorsys.hsv_to_rgb((b + 0.5) / spec.bins, 0.85, 0.9) for b in range(spec.bins)]
        return publish(np.rint(np.array(wheel) * (LEVELS - 1)).astype(np.uint8)[None])
    middles = np.rint((np.arange(spec.bins) + 0.5) * LEVELS / spec.bins).astype(np.uint8)
    if spec.space == "joint":
        return publish(np.stack(np.meshgrid(middles, middles, middles, indexing="ij"), -1).reshape(1, -1, 3))
    shades = np.zeros((3, spec.bins, 3), np.uint8)
    for channel in range(3):
        shades[channel, :, channel] = middles
    return publish(shades)


def bin_name(spec: HistogramSpec, group: int, bin_: int) -> str:
    """What a bin holds, in words: "red 64–79", "red 0–63, green 64–127, blue 0–63", "hue 20°–40°"."""
    if spec.space == "hue":
        return f"hue {360 * bin_ / spec.bins:.0f}°–{360 * (bin_ + 1) / spec.bins:.0f}°"
    names = ("red", "green", "blue")
    if spec.space == "channels":
        return f"{names[group]} {_levels_of(bin_, spec.bins)}"
    parts = (bin_ // spec.bins**2, bin_ // spec.bins % spec.bins, bin_ % spec.bins)
    return ", ".join(f"{name} {_levels_of(part, spec.bins)}" for name, part in zip(names, parts, strict=True))


def _levels_of(bin_: int, bins: int) -> str:
    low, high = -(-bin_ * LEVELS // bins), -(-(bin_ + 1) * LEVELS // bins) - 1
    return f"{low}–{high}" if high > low else f"{low}"


def grey_histogram(pictures: npt.NDArray[Any], levels: int) -> npt.NDArray[np.float64]:
    """How often each grey level 0..levels-1 occurs in every picture: [N, H, W] -> float64[N, levels] shares."""
    flat = np.asarray(pictures, np.int64).reshape(len(pictures), -1)
    places = flat + levels * np.arange(len(flat))[:, None]
    counts = np.bincount(places.ravel(), minlength=levels * len(flat)).reshape(len(flat), levels)
    return counts / flat.shape[1]
