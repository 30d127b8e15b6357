"""What can be checked. No torch; every answer is a CheckResult."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.detection.landmarks import Answer
from engine.detection.overlap import Overlap
from engine.detection.requests import Cell
from engine.detection.target import Loss, Term

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CheckTarget:
    """The terms of a loss: target [5 + n] (NaN: does not matter), p, box (b_x, b_y, b_h, b_w) and class scores [n]."""

    y: FloatArray
    p: float
    box: FloatArray
    scores: tuple[float, ...]
    loss: Loss
    roots: bool
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CheckOverlap:
    """An overlap, and a curve: IoU and GIoU [N] of the first box with others [N, 4]."""

    overlap: Overlap
    others: FloatArray
    ious: FloatArray
    gious: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class CheckLandmarks:
    """The best constant answer to shapes [N, K, 2]."""

    shapes: FloatArray
    answer: Answer


@dataclass(frozen=True, slots=True, eq=False)
class CheckCell:
    """What a YOLO net says in a cell: all of its numbers, against those of another pass of the net."""

    cell: Cell
