"""Boxes as corners (x1, y1, x2, y2): how much two of them have in common, and which of many to keep. No torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.int64]


def area(boxes: npt.ArrayLike) -> FloatArray:
    """float64[...] of boxes [..., 4]; a box whose corners are the wrong way round has none."""
    corners = np.asarray(boxes, np.float64)
    sides = np.maximum(corners[..., 2:] - corners[..., :2], 0)
    return np.asarray(sides[..., 0] * sides[..., 1])


def iou(a: npt.ArrayLike, b: npt.ArrayLike) -> FloatArray:
    """Intersection over union, float64[N, M] in 0..1, of every box in a [N, 4] with every box in b [M, 4].

    One box [4] may stand for a list of one, and its axis is then left out. Two boxes without any area have 0.
    """
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    left = first[..., None, :] if second.ndim > 1 else first
    low, high = np.maximum(left[..., :2], second[..., :2]), np.minimum(left[..., 2:], second[..., 2:])
    sides = np.maximum(high - low, 0)
    common = sides[..., 0] * sides[..., 1]
    union = area(left) + area(second) - common
    return np.asarray(np.divide(common, union, out=np.zeros_like(common), where=union > 0))


def nms(boxes: npt.ArrayLike, scores: npt.ArrayLike, iou_threshold: float) -> IndexArray:
    """Non-maximum suppression: the indices that are kept, best score first; equal scores in the order given.

    A box is dropped where it has more than `iou_threshold` in common with a better one that is kept.
    """
    corners, values = np.asarray(boxes, np.float64).reshape(-1, 4), np.asarray(scores, np.float64)
    order = np.argsort(-values, kind="stable")
    kept: list[int] = []
    while len(order):
        best, others = order[0], order[1:]
        kept.append(int(best))
        order = others[iou(corners[best], corners[others]) <= iou_threshold]
    return np.asarray(kept, np.int64)


def from_centre(boxes: npt.NDArray[Any]) -> FloatArray:
    """Corners [..., 4] of boxes given by their centre, width and height."""
    centre, half = boxes[..., :2], boxes[..., 2:] / 2
    return np.concatenate([centre - half, centre + half], -1)
