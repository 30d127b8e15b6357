"""A picture laid into the input of a net without being stretched: scaled once, grey bars where it does not reach."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection.requests import Letterbox

Pixels = npt.NDArray[np.uint8]

BAR: Final = 128
"""The grey of the bars, half of white as in Darknet."""


def letterboxed(pixels: Pixels, width: int, height: int, multiple: int) -> tuple[Pixels, Letterbox]:
    """uint8[H, W, 3] scaled into a field of `width` x `height`; uint8[h, w, 3] and how the picture lies in it.

    Bars are as narrow as sides that are multiples of `multiple` allow: a convolution need not see an empty field.
    """
    rows, columns = pixels.shape[:2]
    scale = min(width / columns, height / rows)
    across, down = max(1, round(columns * scale)), max(1, round(rows * scale))
    field_width, field_height = _up(across, multiple), _up(down, multiple)
    left, top = (field_width - across) // 2, (field_height - down) // 2
    placed = Letterbox(field_width, field_height, across / columns, down / rows, float(left), float(top))
    scaled = _scaled(pixels, across, down)
    if (across, down) == (field_width, field_height):
        return scaled, placed
    field = np.full((field_height, field_width, 3), BAR, np.uint8)
    field[top : top + down, left : left + across] = scaled
    return field, placed


def _up(length: int, multiple: int) -> int:
    return -(-length // multiple) * multiple


def _scaled(pixels: Pixels, width: int, height: int) -> Pixels:
    """Every pixel the mean of the area that it stands for, or between its neighbours where the picture grows."""
    if pixels.shape[:2] == (height, width):
        return pixels
    from engine.cv import cv2

    shrinks = width <= pixels.shape[1] and height <= pixels.shape[0]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=way), np.uint8)
