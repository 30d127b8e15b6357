"""What a person does to a picture before a net sees it: painted over, turned, cropped."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.networks.requests import PictureEdits

Pixels = npt.NDArray[np.uint8]

PAINTS = {"grey": 128, "black": 0, "white": 255}
_SUBPIXEL = 4  # binary places in which OpenCV takes the points of a line


def edit(pixels: Pixels, edits: PictureEdits) -> Pixels:
    """uint8[h, w, 3] of uint8[H, W, 3] RGB: painted over, turned about its middle, cropped, in this order.

    A turned picture keeps its size; what comes into view at its corners has the mean colour of the rim. Where nothing
    was done the same array comes back. Raises UserError for edits that cannot be (a crop outside the picture, numbers
    that are not finite).
    """
    _check(edits)
    return _cropped(_turned(_painted(pixels, edits), edits.angle), edits.crop)


def told(edits: PictureEdits, size: tuple[int, int]) -> tuple[str, ...]:
    """The edits in words, for a picture of `size` (height, width) before the crop."""
    words = []
    if edits.strokes:
        count = len(edits.strokes)
        words.append(f"painted over in {edits.paint} with {count} stroke{'s' if count > 1 else ''}")
    if edits.angle % 360:
        side = "left" if edits.angle > 0 else "right"
        words.append(
            f"turned to the {side} by {abs(edits.angle):g}°, the corners filled with the rim's mean colour"
        )
    if edits.crop is not None:
        left, top, right, bottom = crop_box(edits.crop, size)
        words.append(f"cropped to {right - left} × {bottom - top} of {size[1]} × {size[0]} pixels")
    return tuple(words)


def crop_box(crop: tuple[float, float, float, float], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Whole pixels (left, top, right, bottom) of a crop in shares, of a picture (height, width); at least one pixel."""
    height, width = size
    left = min(round(crop[0] * width), width - 1)
    top = min(round(crop[1] * height), height - 1)
    return left, top, max(round(crop[2] * width), left + 1), max(round(crop[3] * height), top + 1)


def _check(edits: PictureEdits) -> None:
    numbers = [edits.angle, *(edits.crop or ())]
    for radius, points in edits.strokes:
        numbers += [radius, *(value for point in points for value in point)]
    if not all(math.isfinite(number) for number in numbers):
        raise UserError("An edit of the picture holds a number that is not finite.", "Reset the edits.")
    if edits.crop is not None:
        left, top, right, bottom = edits.crop
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise UserError("The crop does not lie inside the picture.", "Reset the crop.")


def _painted(pixels: Pixels, edits: PictureEdits) -> Pixels:
    if not edits.strokes:
        return pixels
    from engine.cv import cv2

    canvas = pixels.copy()
    height, width = pixels.shape[:2]
    color = (PAINTS[edits.paint],) * 3
    one = 1 << _SUBPIXEL
    for share, points in edits.strokes:
        radius = share * max(height, width)
        # A pixel's number is its middle; the shares count from its edge.
        places = [(round((x * width - 0.5) * one), round((y * height - 0.5) * one)) for x, y in points]
        for place in (places[0], places[-1]):
            cv2.circle(canvas, place, round(radius * one), color, cv2.FILLED, cv2.LINE_AA, _SUBPIXEL)
        if len(places) > 1:
            line = [np.array(places, np.int32).reshape(-1, 1, 2)]
            cv2.polylines(canvas, line, False, color, max(1, round(2 * radius)), cv2.LINE_AA, _SUBPIXEL)
    return canvas


def _turned(pixels: Pixels, angle: float) -> Pixels:
    if angle % 360 == 0:
        return pixels
    from engine.cv import cv2

    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    filled = tuple(float(value) for value in rim_color(pixels))
    turned = cv2.warpAffine(
        pixels,
        turn,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=filled,
    )
    return np.asarray(turned, np.uint8)


def rim_color(pixels: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """The mean colour uint8[3] of the outermost pixels of a picture [H, W, 3]."""
    rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return np.asarray(np.rint(rim.mean(axis=0)), np.uint8)


def _cropped(pixels: Pixels, crop: tuple[float, float, float, float] | None) -> Pixels:
    if crop is None:
        return pixels
    left, top, right, bottom = crop_box(crop, (pixels.shape[0], pixels.shape[1]))
    return pixels[top:bottom, left:right]
