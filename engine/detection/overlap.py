"""What two boxes have in common, in areas: intersection, union, the box around both, IoU and GIoU. No torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.detection.boxes import area, giou, iou

FloatArray = npt.NDArray[np.float64]
Corners = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two boxes and their areas in square pixels. `common`: the intersection, None where they share no area."""

    first: Corners
    second: Corners
    common: Corners | None
    around: Corners
    first_area: float
    second_area: float
    common_area: float
    union_area: float
    around_area: float
    iou: float
    giou: float


def compare(first: Corners, second: Corners) -> Overlap:
    """Measure two boxes, corners (x1, y1, x2, y2)."""
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    inner = np.concatenate([np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])])
    outer = np.concatenate([np.minimum(a[:2], b[:2]), np.maximum(a[2:], b[2:])])
    common = float(area(inner))
    return Overlap(
        first, second, _corners(inner) if common > 0 else None, _corners(outer),
        float(area(a)), float(area(b)), common, float(area(a) + area(b)) - common, float(area(outer)),
        float(iou(a, b)), float(giou(a, b)),
    )  # fmt: skip


def along(first: Corners, second: Corners, axis: int, shifts: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """IoU and GIoU, float64[N] each, of the first box with the second moved by `shifts` [N] along axis 0 (x) or 1."""
    moved = np.repeat(np.asarray(second, np.float64)[None], len(np.asarray(shifts)), 0)
    moved[:, [axis, axis + 2]] += np.asarray(shifts, np.float64)[:, None]
    still = np.asarray(first, np.float64)
    return iou(still, moved), giou(still, moved)


def _corners(values: FloatArray) -> Corners:
    x1, y1, x2, y2 = values.tolist()
    return x1, y1, x2, y2
