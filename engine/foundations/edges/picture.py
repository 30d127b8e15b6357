"""Edge kernels on a whole photograph, by the convolution of the whole-picture view (`engine.foundations.whole_image`).

Maps are as large as the picture: its border pixels are repeated outwards, so that the border is no edge.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.foundations import whole_image
from engine.foundations.convolution import ConvSpec
from engine.foundations.edges.catalogue import GRADIENTS, SMALL, EdgeKernel, gain, pair, weight
from engine.foundations.edges.kernels import FloatArray
from engine.foundations.edges.requests import FilteredPicture, FilterPicture, FloatMaps, Range
from engine.foundations.requests import WholeImage

SPEC: Final = ConvSpec(padding="same", padding_mode="replicate")
CHANNELS: Final = ("red", "green", "blue")
STRONGEST: Final = "strongest"
_SAMPLE: Final = 1 << 14  # values looked at for the range of colours
_SATURATED: Final = 0.98


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One kernel of the comparison: `plane` float64[k, k] as it is known, `divisor` what its answers are divided by.

    `second`: it is a second derivative.
    """

    title: str
    plane: FloatArray
    divisor: float
    second: bool = False


@lru_cache(maxsize=16)
def bank(kernel: EdgeKernel) -> tuple[Member, ...]:
    """Sobel, Prewitt and Scharr along the kernel's angle and across it, and both Laplacians, in its size.

    Answers are divided by the sum of the positive weights (at 0 degrees), so that they can be compared: a full step
    from 255 to 0 along a row then answers 255.
    """
    size = kernel.size if kernel.size in SMALL else SMALL[0]
    found = []
    for turn, laplacian in ((0.0, "laplacian-4"), (90.0, "laplacian-8")):
        angle = (kernel.angle + turn) % 360
        for name in GRADIENTS:
            one = EdgeKernel(name, size, angle)
            divisor = gain(pair(one)[0])  # the same at all angles: turning changes no answer's unit
            found.append(Member(f"{one.entry.title}, {angle:g}°", weight(one), divisor))
        other = EdgeKernel(laplacian, size)  # type: ignore[arg-type]  # two of KernelName
        title = f"{other.entry.title.partition(',')[0]} {laplacian[-1]}"
        found.append(Member(title, weight(other), gain(weight(other)), second=True))
    return tuple(found)


def weights_of(request: FilterPicture) -> FloatArray:
    """float64[F, k, k]: the kernels that a request applies to one channel."""
    if request.what == "gradient":
        return np.stack(pair(request.kernel))
    if request.what == "compare":
        return np.stack([member.plane / member.divisor for member in bank(request.kernel)])
    return weight(request.kernel)[None]


def in_colour(request: FilterPicture) -> bool:
    """Whether red, green and blue are filtered apart."""
    return request.colour and request.what != "compare"


def respond(request: FilterPicture, context: Context) -> Generator[Any, None, FilteredPicture]:
    """Answer a FilterPicture in steps of a few milliseconds. After an out-of-memory error the picture is halved."""
    planes = weights_of(request)
    colour = in_colour(request)
    filters = np.tile(planes, (3, 1, 1)) if colour else planes
    asked = WholeImage(
        request.frame.pixels, filters[:, None], None, replace(SPEC, groups=3 if colour else 1), 3 if colour else 1
    )  # fmt: skip
    answer = yield from whole_image.respond(asked, context)
    yield None
    names, maps = yield from _maps(request, answer.response)
    yield None
    ranges = tuple(range_of(plane) for plane in maps)
    maps.flags.writeable = False
    return FilteredPicture(
        request, names, maps, ranges, answer.pixels, answer.seconds, answer.route,
        answer.note.replace(" x ", " × "),
    )  # fmt: skip


def _maps(
    request: FilterPicture, response: FloatMaps
) -> Generator[Any, None, tuple[tuple[str, ...], FloatMaps]]:
    """The named maps that are shown, of a response float32[(3) F, H, W]."""
    if request.what == "compare":
        return tuple(member.title for member in bank(request.kernel)), response
    by_channel = response.reshape(3, -1, *response.shape[1:]) if in_colour(request) else response[None]
    if request.what == "gradient":
        return (yield from _gradient(by_channel))
    if len(by_channel) == 1:
        return ("response",), response
    if request.kernel.entry.keeps_brightness:
        return CHANNELS, response
    first, _ = strongest(by_channel, np.abs(response))
    yield None
    return (STRONGEST, *CHANNELS), np.concatenate([first, response])


def _gradient(by_channel: FloatMaps) -> Generator[Any, None, tuple[tuple[str, ...], FloatMaps]]:
    """gx, gy, magnitude and angle of float32[C, 2, H, W]; of several channels the one with the largest magnitude."""
    found = np.empty((4, *by_channel.shape[2:]), np.float32)
    # Not np.hypot, which takes five times as long: squares of sums of pixels are far from float32's ends.
    sizes = np.sqrt(by_channel[:, 0] ** 2 + by_channel[:, 1] ** 2)
    yield None
    if len(sizes) == 1:
        found[:2], found[2] = by_channel[0], sizes[0]
    else:
        found[:2], found[2] = strongest(by_channel, sizes)
    yield None
    half = found.shape[1] // 2
    for rows in (slice(0, half), slice(half, None)):
        found[3, rows] = np.degrees(np.arctan2(found[1, rows] + 0.0, found[0, rows] + 0.0))  # no minus zero
        yield None
    return ("gx", "gy", "magnitude", "angle"), found


def strongest(values: FloatMaps, sizes: FloatMaps) -> tuple[FloatMaps, FloatMaps]:
    """float32[K, H, W] and float32[H, W]: pixel by pixel the values and the size of the channel whose size is largest.

    `values` float32[C, K, H, W], `sizes` float32[C, H, W]; of equal channels the first (Dalal and Triggs, 2005).
    """
    chosen, best = values[0].copy(), sizes[0].copy()
    for others, size in zip(values[1:], sizes[1:], strict=True):
        larger = size > best
        np.copyto(chosen, others, where=larger)
        np.copyto(best, size, where=larger)
    return chosen, best


def range_of(plane: npt.NDArray[np.float32]) -> Range:
    """The extremes of a map, and where its colours saturate; never at 0."""
    low, high = float(plane.min()), float(plane.max())
    # An odd step does not run along the columns of a picture of even width.
    sample = np.abs(plane.ravel()[:: max(1, plane.size // _SAMPLE) | 1])
    place = round(_SATURATED * (sample.size - 1))
    sample.partition(place)  # np.percentile sorts no more and takes four times as long
    limit = float(sample[place])
    return Range(low, high, limit or max(-low, high) or 1.0)
