"""What a detector says: before suppression (`Raw`), after it (`scoring.Found`), and thing by thing. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.detection.scoring import Found

FloatArray = npt.NDArray[np.floating]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing that was found: `box` as corners (x1, y1, x2, y2) in pixels of the picture, `score` in 0..1."""

    label: str
    score: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """One grid of a YOLO net: its cells, the pixels of the net's input that a cell stands for, its anchors.

    `anchors`: width and height in pixels of the net's input, one pair for each box that a cell may give.
    """

    rows: int
    columns: int
    stride: float
    anchors: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """Everything that a net says about one picture before boxes are suppressed.

    `boxes` [N, 4]: corners in pixels of the picture; `classes` [N, C]: the scores of all classes in 0..1, without
    the objectness; `objectness` [N] in 0..1, None for a net that has none. `places` [N, 4]: grid, row, column and
    anchor that a box comes from, None for a net without grids.
    """

    boxes: FloatArray
    classes: FloatArray
    objectness: FloatArray | None = None
    places: IntArray | None = None


def detections(found: Found, labels: Sequence[str]) -> list[Detection]:
    """The things of a picture, in the order given, under their labels."""
    return [
        Detection(labels[kind], float(score), (float(box[0]), float(box[1]), float(box[2]), float(box[3])))
        for box, score, kind in zip(found.boxes, found.scores, found.classes.tolist(), strict=True)
    ]
