"""How good a detector is: precision, recall and average precision, detection by detection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.detection.boxes import iou

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was found in one picture: boxes [N, 4], scores [N], classes [N]."""

    boxes: FloatArray
    scores: FloatArray
    classes: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is there in one picture: boxes [M, 4], classes [M]."""

    boxes: FloatArray
    classes: npt.NDArray[np.int64]


def average_precision(found: Sequence[Found], truth: Sequence[Truth], kind: int, least: float = 0.5) -> float:
    """The area under the precision-recall curve of one class, every recall counted (COCO's and VOC 2010's way).

    A detection is right where it has at least `least` IoU with a thing of its class that no better one has taken.
    NaN where the class is nowhere.
    """
    total = sum(int((t.classes == kind).sum()) for t in truth)
    if not total:
        return float("nan")
    scores: list[float] = []
    right: list[bool] = []
    for one, there in zip(found, truth, strict=True):
        mine = one.classes == kind
        scores.extend(one.scores[mine].tolist())
        right.extend(_right(one.boxes[mine], one.scores[mine], there.boxes[there.classes == kind], least))
    order = np.argsort(-np.asarray(scores), kind="stable")
    hits = np.cumsum(np.asarray(right, np.float64)[order]) if len(order) else np.zeros(0)
    precision = hits / np.arange(1, len(hits) + 1)
    best_later = np.maximum.accumulate(precision[::-1])[::-1]
    recall = np.concatenate([[0.0], hits / total])
    return float((np.diff(recall) * best_later).sum())


def mean_average_precision(
    found: Sequence[Found], truth: Sequence[Truth], classes: int, least: float = 0.5
) -> float:
    """The mean over the classes that are there."""
    return float(np.nanmean([average_precision(found, truth, kind, least) for kind in range(classes)]))


def _right(boxes: FloatArray, scores: FloatArray, there: FloatArray, least: float) -> list[bool]:
    """In the order given: whether each box is the best-scored one on a thing of its own."""
    right = [False] * len(boxes)
    free = np.ones(len(there), bool)
    for index in np.argsort(-scores, kind="stable"):
        if not free.any():
            break
        overlap = np.where(free, iou(boxes[index], there), -1.0)
        best = int(overlap.argmax())
        if overlap[best] >= least:
            right[index], free[best] = True, False
    return right
