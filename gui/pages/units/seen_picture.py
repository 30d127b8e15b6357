"""The picture on which answers about a net's input are shown: what it reads of the photo, or its own pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.images import luminance
from engine.inside.occlusion.requests import Seen

Pixels = npt.NDArray[np.uint8]


def picture_of(seen: Seen) -> Pixels:
    """uint8[h, w, 3]: what the net reads, as sharp as the photo is; a digit in the net's own pixels."""
    if not seen.photo:
        return in_colour(seen.pixels)
    height, width = seen.frame.pixels.shape[:2]
    left, top, right, bottom = seen.window
    cut = seen.frame.pixels[
        round(top * height) : max(round(bottom * height), 1),
        round(left * width) : max(round(right * width), 1),
    ]
    return np.ascontiguousarray(cut) if cut.size else in_colour(seen.pixels)


def in_colour(pixels: Pixels) -> Pixels:
    """uint8[h, w, 3] of uint8[h, w] or uint8[h, w, 3]."""
    return np.ascontiguousarray(np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else pixels)


def greyed(pixels: Pixels) -> Pixels:
    """The same without its colours, so that those of a map over it mean one thing."""
    return in_colour(np.rint(luminance(pixels)).astype(np.uint8))
