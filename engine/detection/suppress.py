"""From everything that a detector says to what it finds: weak boxes out, then non-maximum suppression. No torch.

Made for the ten thousand boxes of a live frame: weak boxes go before anything is computed about them, and overlaps
are worked out block by block, until enough boxes are kept.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection.boxes import area
from engine.detection.found import Raw
from engine.detection.scoring import Found

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

BLOCK: Final = 128
"""Boxes that are compared with one another at once: small enough for a matrix that stays in the cache."""


def suppress(raw: Raw, least: float, iou_threshold: float, per_class: bool = True, most: int = 300) -> Found:
    """What is found, best score first, at most `most` things; equal scores in the order of `raw`.

    A box stands for its likeliest class (the first of equal ones); its score is the probability of that class times
    the objectness. Boxes scored below `least` are left out, and boxes that have more than `iou_threshold` in common
    with a better one, of the same class where `per_class` is true. Boxes with a score or a corner that is no number
    are left out, too: `unusable` counts them.
    """
    index, scores, classes = likely(raw, least)
    boxes = np.asarray(raw.boxes[index], np.float64)
    sound = np.isfinite(boxes).all(1)
    if not sound.all():
        boxes, scores, classes = boxes[sound], scores[sound], classes[sound]
    kept = fast_nms(boxes, scores, iou_threshold, classes if per_class else None, most)
    return Found(boxes[kept], scores[kept], classes[kept])


def unusable(raw: Raw) -> int:
    """How many boxes have a corner, an objectness or a class score that is no finite number."""
    sound = np.isfinite(raw.boxes).all(1) & np.isfinite(raw.classes).all(1)
    if raw.objectness is not None:
        sound &= np.isfinite(raw.objectness)
    return int((~sound).sum())


def likely(raw: Raw, least: float) -> tuple[IndexArray, FloatArray, IndexArray]:
    """Index, score and class of the boxes whose score is a number and at least `least`, in the order of `raw`."""
    index = np.arange(len(raw.boxes))
    objectness: FloatArray | None = None
    if raw.objectness is not None:
        # No class is likelier than 1, so a box that is weak already cannot become a strong one.
        index = np.flatnonzero(raw.objectness >= least)
        objectness = np.asarray(raw.objectness[index], np.float64)
    if not raw.classes.shape[1]:
        return index[:0], np.zeros(0), index[:0]
    chances = raw.classes[index]
    classes = chances.argmax(1)
    scores = np.asarray(chances[np.arange(len(index)), classes], np.float64)
    if objectness is not None:
        scores = scores * objectness
    enough = (scores >= least) & np.isfinite(scores)
    return index[enough], scores[enough], classes[enough].astype(np.int64)


def fast_nms(
    boxes: npt.ArrayLike,
    scores: npt.ArrayLike,
    iou_threshold: float,
    classes: npt.ArrayLike | None = None,
    most: int | None = None,
) -> IndexArray:
    """The indices that `boxes.nms` keeps, the first `most` of them, for many boxes [N, 4] with finite scores [N].

    With `classes` [N] boxes of different classes leave one another alone (torchvision's batched_nms).
    """
    corners, values = np.asarray(boxes, np.float64).reshape(-1, 4), np.asarray(scores, np.float64)
    order = np.argsort(-values, kind="stable")
    kinds = None if classes is None else np.asarray(classes)
    kept = np.zeros(0, np.int64)
    wanted = len(order) if most is None else most
    for start in range(0, len(order), BLOCK):
        if len(kept) >= wanted:
            break
        block = order[start : start + BLOCK]
        if len(kept):
            block = block[~_over(corners, kinds, kept, block, iou_threshold).any(0)]
        kept = np.concatenate([kept, block[_greedy(_over(corners, kinds, block, block, iou_threshold))]])
    return kept[:wanted]


def _over(
    corners: FloatArray, kinds: npt.NDArray[np.generic] | None, a: IndexArray, b: IndexArray, threshold: float
) -> BoolArray:
    """bool[len(a), len(b)]: whether two boxes have more than the threshold in common (and are of one class)."""
    first, second = corners[a], corners[b]
    width = np.minimum(first[:, None, 2], second[:, 2])
    width -= np.maximum(first[:, None, 0], second[:, 0])
    height = np.minimum(first[:, None, 3], second[:, 3])
    height -= np.maximum(first[:, None, 1], second[:, 1])
    common = np.maximum(width, 0, out=width)
    common *= np.maximum(height, 0, out=height)
    union = area(first)[:, None] + area(second)
    union -= common
    # The quotient itself is compared, as torchvision does it: a product would round differently at a tie.
    shares = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    over = np.asarray(shares > threshold)
    if kinds is not None:
        over &= kinds[a][:, None] == kinds[b]
    return over


def _greedy(over: BoolArray) -> IndexArray:
    """Which of a block, best first, are kept: each one removes those after it that it overlaps."""
    alive = np.ones(len(over), bool)
    busy = np.flatnonzero(np.triu(over, 1).any(1))  # all others remove nobody
    for place in busy.tolist():
        if alive[place]:
            alive[place + 1 :] &= ~over[place, place + 1 :]
    return np.flatnonzero(alive)
