"""A photo as the input of the exercise: grey, small, scaled; and patterns that teach well or badly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.images import luminance

FloatArray = npt.NDArray[np.float64]
Scaling = Literal["unit", "centred", "standard"]
SIDES: Final = (16, 32, 64, 128, 256)
LEAST_SIDE: Final = 12
"""Pictures have so many pixels a side at least: the largest kernel has 7."""
_WHITE: Final = 255.0


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A picture made of a rule; `build(side)` gives float64[side, side] of 0..255."""

    name: str
    title: str
    text: str
    build: Callable[[int], FloatArray]


def _noise(side: int) -> FloatArray:
    return np.random.default_rng(5).uniform(0.0, _WHITE, (side, side)).round()


def _stripes(side: int) -> FloatArray:
    row = np.where(np.random.default_rng(8).random(side) < 0.5, 40.0, 215.0)
    return np.broadcast_to(row, (side, side)).copy()


def _ramp(side: int) -> FloatArray:
    return np.broadcast_to(np.linspace(0.0, _WHITE, side), (side, side)).copy()


PATTERNS: Final = (
    Pattern("noise", "White noise", "Every pixel for itself: the best teacher there is.", _noise),
    Pattern("stripes", "Stripes", "All rows alike: what is above and below cannot be told apart.", _stripes),
    Pattern("ramp", "Ramp", "Grows evenly to the right: two numbers can be learned, no more.", _ramp),
    Pattern("flat", "Flat grey", "One grey level: only the sum of the kernel can be learned.",
            lambda side: np.full((side, side), 153.0)),
)  # fmt: skip


def pattern(name: str) -> Pattern:
    """The pattern of a name. Raises KeyError."""
    return {one.name: one for one in PATTERNS}[name]


def small_grey(pixels: npt.NDArray[np.uint8], side: int) -> tuple[FloatArray, str]:
    """uint8[H, W, 3] as grey levels of 0..255, float64[h, w], and what was done to it in words.

    Blocks of pixels are averaged until the longer side has at most `side`; what is left over at the edges is cut. A
    picture of fewer than `LEAST_SIDE` pixels a side is enlarged by whole times. Of a long strip, which can be averaged
    no further, the middle is kept.
    """
    grey, note = _resized(luminance(pixels).astype(np.float64), side)
    if max(grey.shape) <= SIDES[-1]:
        return grey, note
    return _middle(grey), f"{note} Of its long side the middle {SIDES[-1]} are kept.".strip()


def _middle(grey: FloatArray) -> FloatArray:
    """At most as many pixels a side as any picture may have here, out of the middle."""
    top, left = (max((n - SIDES[-1]) // 2, 0) for n in grey.shape)
    return grey[top : top + SIDES[-1], left : left + SIDES[-1]].copy()


def _resized(grey: FloatArray, side: int) -> tuple[FloatArray, str]:
    """Averaged or enlarged by whole times, and what was done in words."""
    height, width = grey.shape
    shorter, block = min(height, width), -(-max(height, width) // side)
    if shorter < LEAST_SIDE:
        times = -(-LEAST_SIDE // shorter)
        return grey.repeat(times, 0).repeat(
            times, 1
        ), f"Enlarged {times} times: it has {width} × {height} pixels."
    block = max(min(block, shorter // LEAST_SIDE), 1)
    if block == 1:
        return grey, ""
    rows, cols = height // block, width // block
    mean = grey[: rows * block, : cols * block].reshape(rows, block, cols, block).mean((1, 3))
    return mean, f"Averaged from {width} × {height}: each pixel is the mean of {block} × {block}."


def scaled(grey: FloatArray, scaling: Scaling) -> FloatArray:
    """Grey levels of 0..255 as a net is fed: 0..1, with mean 0, or with mean 0 and spread 1; a flat one becomes 0."""
    x: FloatArray = grey / _WHITE
    if scaling == "unit":
        return x
    x = x - x.mean()
    spread = float(x.std())
    if spread < 1e-12:
        return np.zeros_like(x)
    return x / spread if scaling == "standard" else x
