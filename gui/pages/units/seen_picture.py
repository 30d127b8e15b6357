"""The picture on which answers about a net's input are shown: what it reads of the photo, or its own pixels."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.images import Frame, fit, luminance
from engine.inside.seen import Seen
from engine.networks.classifying.preprocessing import Window

Pixels = npt.NDArray[np.uint8]

SHARPEST: Final = 1024
"""Pixels of the longer side; more are not seen on a stage of four pictures."""


def picture_of(seen: Seen) -> Pixels:
    """uint8[h, w, 3]: what the net reads, as sharp as the photo is up to SHARPEST; a digit in the net's own pixels."""
    return _part_of(seen.frame, seen.window) if seen.photo else in_colour(seen.pixels)


def grey_picture_of(seen: Seen) -> Pixels:
    """The same without its colours, so that those of a map over it mean one thing."""
    return _grey_part_of(seen.frame, seen.window) if seen.photo else in_colour(seen.pixels)


@lru_cache(maxsize=2)
def _part_of(frame: Frame, window: Window) -> Pixels:
    """Kept: a map that is being computed is shown a dozen times a second over one photo."""
    height, width = frame.pixels.shape[:2]
    left, top, right, bottom = window
    rows = slice(round(top * height), max(round(bottom * height), round(top * height) + 1))
    columns = slice(round(left * width), max(round(right * width), round(left * width) + 1))
    return np.ascontiguousarray(fit(np.ascontiguousarray(frame.pixels[rows, columns]), SHARPEST))


@lru_cache(maxsize=2)
def _grey_part_of(frame: Frame, window: Window) -> Pixels:
    return in_colour(np.rint(luminance(_part_of(frame, window))).astype(np.uint8))


def in_colour(pixels: Pixels) -> Pixels:
    """uint8[h, w, 3] of uint8[h, w] or uint8[h, w, 3]."""
    return np.ascontiguousarray(np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else pixels)
