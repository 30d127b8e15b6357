"""HOG glyphs as a picture: in every cell a stroke an orientation, as opaque as the orientation is strong."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from engine.foundations.descriptors.hog import Hog, strengths

FloatArray = npt.NDArray[np.float64]
ByteArray = npt.NDArray[np.uint8]

MOST_SIDE: Final = 768
"""Pixels of the longer side of a picture of glyphs."""
LARGEST, SMALLEST = 32, 6
THICKNESS: Final = 1.5
GAMMA: Final = 0.7
"""Weak orientations are drawn a little stronger than they are, or they would not be seen."""


@lru_cache(maxsize=16)
def strokes(orientations: int, side: int) -> npt.NDArray[np.float32]:
    """One stroke an orientation, float32[O, side · side] in 0..255: along the edge, so across the gradient."""
    axis = (np.arange(side) + 0.5) / side * 2 - 1
    y, x = np.meshgrid(axis, axis, indexing="ij")
    sprites = []
    for index in range(orientations):
        angle = np.pi * (index + 0.5) / orientations
        across = np.abs(x * np.cos(angle) + y * np.sin(angle)) * side / 2
        along = np.hypot(x, y)
        sprites.append(np.clip(THICKNESS - across, 0, 1) * (along < 0.92))
    return np.stack(sprites).reshape(orientations, -1).astype(np.float32) * np.float32(255)


def glyph_side(cells: tuple[int, int]) -> int:
    """Pixels of a glyph, so that all of them make a picture of a bounded size."""
    return int(min(max(MOST_SIDE // max(cells), SMALLEST), LARGEST))


def glyph_levels(strong: FloatArray) -> ByteArray:
    """Strengths float64[R, C, O] in 0..1 as opacities uint8[R · side, C · side]."""
    rows, columns, orientations = strong.shape
    side = glyph_side((rows, columns))
    weights = (strong**GAMMA).reshape(-1, orientations).astype(np.float32)
    drawn = weights @ strokes(orientations, side)
    np.minimum(drawn, 255.0, out=drawn)
    tiled = drawn.astype(np.uint8).reshape(rows, columns, side, side).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(tiled.reshape(rows * side, columns * side))


def premultiplied(color: QColor) -> ByteArray:
    """A colour at each of 256 opacities, uint8[256, 4] in the byte order of Format_ARGB32_Premultiplied."""
    alpha = np.arange(256)
    parts = [alpha * channel // 255 for channel in (color.blue(), color.green(), color.red())]
    return np.stack([*parts, alpha], -1).astype(np.uint8)


class GlyphImage:
    """The glyphs of a description in one colour, made anew only when something of it changed.

    Views that show the same description may share one.
    """

    def __init__(self) -> None:
        self._of: tuple[Hog, bool] | None = None
        self._levels: ByteArray = np.zeros((1, 1), np.uint8)
        self._color = QColor()
        self._buffer: ByteArray | None = None
        self._image = QImage()

    def image(self, found: Hog, color: QColor, *, normalise: bool) -> QImage:
        """The glyphs with transparency, of the votes as they are or after the blocks' normalisation."""
        same = self._of is not None and self._of[0] is found and self._of[1] == normalise
        if same and color == self._color:
            return self._image
        if not same:
            self._of, self._levels = (found, normalise), glyph_levels(strengths(found, normalise=normalise))
        self._color = color
        height, width = self._levels.shape
        self._buffer = premultiplied(color).take(self._levels, axis=0)
        self._image = QImage(
            self._buffer.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
        )
        return self._image
