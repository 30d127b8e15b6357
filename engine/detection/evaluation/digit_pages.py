"""Labelled pictures that need no files: pages with handwritten digits of scikit-learn, composed by a seed. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.cv import cv2
from engine.images import publish

Pixels = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float64]
Mask = npt.NDArray[np.float32]
Corners = tuple[float, float, float, float]

SIDE: Final = 320
"""Of a page in pixels: what the bundled detector was made for."""
SMALLEST, LARGEST = 20, 84
"""Heights of digits in pixels."""
FEWEST, MOST = 6, 11
"""Digits a page."""
TRIES: Final = 40
MARGIN: Final = 4
LEVELS: Final = 16
"""The brightest level of scikit-learn's digits."""
INKS: Final = ((24, 26, 34), (28, 52, 150), (160, 30, 34), (22, 96, 60))
SCRIBBLES: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """pixels uint8[320, 320, 3] RGB; boxes float64[N, 4], corners in pixels around the ink; kinds int64[N], 0..9."""

    pixels: Pixels
    boxes: FloatArray
    kinds: npt.NDArray[np.int64]


def compose(number: int, digits: npt.NDArray[Any], labels: npt.NDArray[Any]) -> Page:
    """Page `number` of digits [K, 8, 8] with levels 0..16 (Alpaydin & Kaynak 1998): the same every time."""
    draw = np.random.default_rng((2017, number))
    canvas = _paper(draw)
    _scribble(canvas, draw)
    boxes: list[Corners] = []
    kinds: list[int] = []
    for _ in range(int(draw.integers(FEWEST, MOST))):
        index = int(draw.integers(len(digits)))
        mask = written(digits[index], int(draw.integers(SMALLEST, LARGEST)), float(draw.normal(0, 9)))
        place = _free_place(mask, boxes, draw)
        ink = np.array(INKS[int(draw.integers(len(INKS)))], np.float32)
        if place is not None:
            boxes.append(_put(canvas, mask, place, ink, float(draw.uniform(0.6, 1))))
            kinds.append(int(labels[index]))
    canvas += draw.normal(0, 4, canvas.shape).astype(np.float32)
    pixels = np.clip(np.rint(canvas), 0, 255).astype(np.uint8)
    return Page(publish(pixels), np.array(boxes, np.float64).reshape(-1, 4), np.array(kinds, np.int64))


def written(digit: npt.NDArray[Any], height: int, degrees: float) -> Mask:
    """float32[h, w] in 0..1: a digit enlarged to a height in pixels, turned, made crisp again, cut to its ink."""
    side = height * 2
    grey = cv2.copyMakeBorder(digit.astype(np.float32) / LEVELS, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=0)
    large = cv2.resize(grey, (side, side), interpolation=cv2.INTER_CUBIC)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), degrees, 1.0)
    turned = cv2.warpAffine(large, turn, (side, side), flags=cv2.INTER_LINEAR)
    mask = np.asarray(np.clip((turned - 0.3) / 0.3, 0, 1), np.float32)
    rows, columns = np.flatnonzero(mask.max(1) > 0.3), np.flatnonzero(mask.max(0) > 0.3)
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _paper(draw: np.random.Generator) -> Mask:
    """Paper with lines or squares on it, lighter on one side."""
    tint = draw.uniform(218, 250) + draw.normal(0, 3, 3)
    canvas = np.broadcast_to(tint.astype(np.float32), (SIDE, SIDE, 3)).copy()
    step, shade = int(draw.integers(18, 34)), float(draw.uniform(12, 34))
    canvas[step // 2 :: step] -= np.float32(shade)
    if draw.random() < 0.5:
        canvas[:, step // 2 :: step] -= np.float32(shade)
    light = np.linspace(1, float(draw.uniform(0.8, 1)), SIDE, dtype=np.float32)
    return np.asarray(canvas * light[None, :, None], np.float32)


def _scribble(canvas: Mask, draw: np.random.Generator) -> None:
    """Strokes that are no digits, for the detector to be wrong about."""
    for _ in range(int(draw.integers(1, SCRIBBLES + 1))):
        start = draw.uniform(30, SIDE - 30, 2)
        way = np.cumsum(draw.normal(0, 11, (int(draw.integers(3, 7)), 2)), 0) + start
        ink = INKS[int(draw.integers(len(INKS)))]
        cv2.polylines(
            canvas, [np.rint(way).astype(np.int32)], False, ink, int(draw.integers(2, 4)), cv2.LINE_AA
        )


def _free_place(mask: Mask, boxes: list[Corners], draw: np.random.Generator) -> tuple[int, int] | None:
    """Row and column for a digit that touches no other one; None where there is no room."""
    height, width = mask.shape
    for _ in range(TRIES):
        row, column = (int(draw.integers(MARGIN, SIDE - side - MARGIN)) for side in (height, width))
        here = (column - MARGIN, row - MARGIN, column + width + MARGIN, row + height + MARGIN)
        if not any(_touch(here, other) for other in boxes):
            return row, column
    return None


def _touch(a: Corners, b: Corners) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _put(
    canvas: Mask, mask: Mask, place: tuple[int, int], ink: npt.NDArray[np.float32], strength: float
) -> Corners:
    row, column = place
    height, width = mask.shape
    part = canvas[row : row + height, column : column + width]
    part += (strength * mask)[..., None] * (ink - part)
    return float(column), float(row), float(column + width), float(row + height)
