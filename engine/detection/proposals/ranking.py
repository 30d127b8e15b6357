"""Proposals in an order, and how well they cover what is there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.detection.boxes import iou
from engine.detection.proposals.grouping import Hierarchy
from engine.detection.proposals.segments import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """Boxes in an order: `boxes` float64[N, 4]; `regions` int64[N]: the region of each; `scores` float64[N] ascending.

    `duplicates`: how many boxes were dropped because an earlier one is the same.
    """

    boxes: FloatArray
    regions: IntArray
    scores: FloatArray
    duplicates: int

    def __len__(self) -> int:
        return len(self.boxes)


def ranked(hierarchy: Hierarchy, seed: int = 0) -> Proposals:
    """The boxes of all regions, as Uijlings et al. (2013) order them: place in the hierarchy times a random number.

    The picture itself is at place 1, what was merged last at place 2, the first segment last; the random number in
    0..1 keeps the large regions from all standing in front. Of equal boxes the first is kept.
    """
    count = len(hierarchy.regions)
    places = np.arange(count, 0, -1)
    scores = np.random.default_rng(seed).random(count) * places
    order = np.argsort(scores, kind="stable")
    first = np.sort(np.unique(hierarchy.regions.boxes[order], axis=0, return_index=True)[1])
    kept = order[first]
    return Proposals(hierarchy.regions.boxes[kept], kept, scores[kept], count - len(kept))


def best_overlaps(truth: FloatArray, boxes: FloatArray) -> FloatArray:
    """float64[N + 1, M]: the best IoU that the first 0, 1, ... N boxes have with each of M things that are there."""
    best = np.zeros((len(boxes) + 1, len(truth)))
    if len(boxes) and len(truth):
        best[1:] = np.maximum.accumulate(iou(boxes, truth), axis=0)
    return best


def recall(overlaps: FloatArray, least: float = 0.5) -> FloatArray:
    """float64[N + 1]: the share of things that some box covers with at least `least` IoU; NaN where there is none."""
    if not overlaps.shape[1]:
        return np.full(len(overlaps), np.nan)
    return np.asarray((overlaps >= least).mean(1))
