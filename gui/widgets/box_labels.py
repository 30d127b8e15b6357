"""Where the labels of boxes go: at their box, inside the picture, and not over one another where that can be helped."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

MOST: Final = 120
"""Boxes that get a label of their own; with more than that nobody reads them."""


def place_labels(boxes: FloatArray, sizes: FloatArray, area: tuple[float, float, float, float]) -> FloatArray:
    """Rectangles float64[N, 4] (left, top, right, bottom) for labels of `sizes` [N, 2] at `boxes` [N, 4].

    The first box chooses first: above its top left corner, above the right one, beneath, inside, or wherever the least
    of it is hidden. Everything is in the same unit; a label that is wider than `area` begins at its left edge.
    """
    placed = np.empty((len(boxes), 4))
    for index, (box, size) in enumerate(zip(boxes, sizes, strict=True)):
        candidates = _inside(_candidates(box, size), area)
        hidden = _overlaps(candidates, placed[:index]).sum(1) + _distance_penalty(candidates, box)
        placed[index] = candidates[int(hidden.argmin())]
    return placed


def _candidates(box: FloatArray, size: FloatArray) -> FloatArray:
    """Corners [8, 4], the ones that are liked best first."""
    left, top, right, bottom = box
    width, height = size
    corners = np.array(
        [
            (left, top - height), (right - width, top - height), (left, bottom), (right - width, bottom),
            (left, top), (right - width, top), (left, bottom - height), (right - width, bottom - height),
        ]
    )  # fmt: skip
    return np.concatenate([corners, corners + size], 1)


def _inside(candidates: FloatArray, area: tuple[float, float, float, float]) -> FloatArray:
    """Moved into the area."""
    left, top, right, bottom = area
    size = candidates[:, 2:] - candidates[:, :2]
    corner = np.minimum(candidates[:, :2], np.array([right, bottom]) - size)
    corner = np.maximum(corner, np.array([left, top]))
    return np.concatenate([corner, corner + size], 1)


def _overlaps(candidates: FloatArray, placed: FloatArray) -> FloatArray:
    """float64[candidates, placed]: the areas that they share."""
    low = np.maximum(candidates[:, None, :2], placed[None, :, :2])
    high = np.minimum(candidates[:, None, 2:], placed[None, :, 2:])
    sides = np.maximum(high - low, 0.0)
    return np.asarray(sides[..., 0] * sides[..., 1])


def _distance_penalty(candidates: FloatArray, box: FloatArray) -> FloatArray:
    """A little for every candidate behind the first, so that ties go to the one that is liked best; more for those
    that cover what the box is about."""
    low, high = np.maximum(candidates[:, :2], box[:2]), np.minimum(candidates[:, 2:], box[2:])
    sides = np.maximum(high - low, 0.0)
    return np.asarray(0.25 * sides[:, 0] * sides[:, 1] + 0.01 * np.arange(len(candidates)))
