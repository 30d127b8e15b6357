"""The check of a filtered picture: the same maps from the same pixels, by OpenCV in float64."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.foundations.edges.picture import in_colour, weights_of
from engine.foundations.edges.requests import CheckFiltered, FilteredPicture
from engine.foundations.requests import CheckResult
from engine.images import luminance

FloatArray = npt.NDArray[np.float64]
_BAND_PRODUCTS: Final = 30_000_000  # work of one step: some 30 to 50 ms
_WHITE: Final = 255.0


def check(request: CheckFiltered, context: Context) -> Generator[Any, None, CheckResult]:
    """Compare every map with OpenCV's, band by band.

    Differences are those of responses; magnitude and angle are compared together, as the vector that they stand for.
    The tolerance is two millionths of the largest possible sum: float32 keeps seven digits.
    """
    from engine.cv import cv2

    result = request.result
    planes = weights_of(result.request)
    rows, cols = result.pixels.shape[:2]
    per_row = cols * planes.size * (3 if in_colour(result.request) else 1)
    height = max(8, _BAND_PRODUCTS // per_row)
    difference = 0.0
    for start in range(0, rows, height):
        end = min(start + height, rows)
        theirs = _by_opencv(result, planes, start, end)
        difference = max(
            difference, _difference(result, result.maps[:, start:end].astype(np.float64), theirs)
        )
        yield None
    tolerance = max(1e-5, 2e-6 * _WHITE * float(np.abs(planes).sum((1, 2)).max()))
    return CheckResult(
        difference, tolerance, difference <= tolerance, f"OpenCV {cv2.__version__} filter2D float64"
    )


def _by_opencv(result: FilteredPicture, planes: FloatArray, start: int, end: int) -> FloatArray:
    """float64[C, F, end - start, W]: the responses in a band of rows."""
    from engine.cv import cv2

    reach = planes.shape[1] // 2
    top = max(start - reach, 0)
    pixels = result.pixels[top : end + reach]
    if in_colour(result.request):
        channels = pixels.transpose(2, 0, 1).astype(np.float64)
    else:
        channels = luminance(pixels)[None].astype(np.float64)
    found = np.stack(
        [
            [cv2.filter2D(x, cv2.CV_64F, plane, borderType=cv2.BORDER_REPLICATE) for plane in planes]
            for x in np.ascontiguousarray(channels)
        ]
    )
    band: FloatArray = found[:, :, start - top : start - top + end - start]
    return band


def _difference(result: FilteredPicture, ours: FloatArray, theirs: FloatArray) -> float:
    """The largest difference between our maps [M, h, W] and their responses [C, F, h, W]."""
    if result.request.what == "gradient":
        gx, gy, size, angle = ours
        radians = np.deg2rad(angle)
        turned = np.stack([size * np.cos(radians), size * np.sin(radians)])
        return max(_picked(np.stack([gx, gy]), theirs), _picked(turned, theirs))
    if len(ours) == len(theirs) + 1:  # the strongest of three comes first
        return max(_picked(ours[:1], theirs), float(np.abs(ours[1:] - theirs[:, 0]).max()))
    return float(np.abs(ours - theirs.reshape(ours.shape)).max())


def _picked(ours: FloatArray, theirs: FloatArray) -> float:
    """How far vectors [F, h, W] are from the nearest channel of [C, F, h, W], and from being the longest of them."""
    away = np.sqrt(((ours[None] - theirs) ** 2).sum(1)).min(0)
    short = np.sqrt((theirs**2).sum(1)).max(0) - np.sqrt((ours**2).sum(0))
    return max(float(away.max()), float(short.max()))
