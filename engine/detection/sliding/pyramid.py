"""A picture at several scales, as the net reads it: grey, paper 0 and the strongest ink 1. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection.sliding.window_net import WINDOW
from engine.images import Frame, fit, luminance, publish

Ink = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

RATIO: Final = 0.75
"""From one scale to the next; the net knows digits of 8 to 12 pixels in its window."""
LARGEST_SIDE: Final = 96
_ENOUGH: Final = 512
"""Pixels a side from which the grey picture is made: more than any scale shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One scale: `ink` float32[h, w] in 0..1; `scale`: its pixels for one of the picture's, down and across."""

    ink: Ink
    scale: tuple[float, float]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.ink.shape[0], self.ink.shape[1]


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """The scales that the window fits into, largest first; `too_small`: sizes (height, width) of those left out."""

    levels: tuple[Level, ...]
    too_small: tuple[tuple[int, int], ...] = ()


def pyramid(frame: Frame, side: int, scales: int) -> Pyramid:
    """A picture whose longer side becomes `side`, and `scales` - 1 smaller ones."""
    height, width = frame.height, frame.width
    ink = _ink(frame)
    kept: list[Level] = []
    left_out: list[tuple[int, int]] = []
    for number in range(scales):
        size = level_size((height, width), side * RATIO**number)
        if min(size) < WINDOW:
            left_out.append(size)
        else:
            kept.append(Level(publish(_resized(ink, size)), (size[0] / height, size[1] / width)))
    return Pyramid(tuple(kept), tuple(left_out))


def level_size(picture: tuple[int, int], side: float) -> tuple[int, int]:
    """Height and width of a scale with this longer side; even, so that a stride of 2 leaves no pixel over."""
    share = side / max(picture)
    height, width = (max(2 * round(length * share / 2), 2) for length in picture)
    return height, width


def ink_of(pixels: Pixels) -> Ink:
    """float32[H, W] in 0..1 of uint8[H, W, 3]: ink bright on black, whichever of the two is darker in the picture.

    The median is the paper and becomes 0; the strongest ink (of all but a thousandth of the pixels) becomes 1. A
    picture without any difference has no ink.
    """
    grey = luminance(pixels) / 255
    paper = float(np.median(grey))
    ink = paper - grey if paper > 0.5 else grey - paper
    strongest = float(np.quantile(ink, 0.999))
    if strongest < 0.02:
        return np.zeros_like(ink)
    return np.asarray(np.clip(ink / strongest, 0, 1), np.float32)


@lru_cache(maxsize=2)
def _ink(frame: Frame) -> Ink:
    """The same picture is asked for at many sizes while a slider moves."""
    return publish(ink_of(fit(frame.pixels, _ENOUGH)))


def _resized(ink: Ink, size: tuple[int, int]) -> Ink:
    from engine.cv import cv2

    smaller = size[0] <= ink.shape[0] and size[1] <= ink.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(np.clip(cv2.resize(ink, (size[1], size[0]), interpolation=how), 0, 1), np.float32)
