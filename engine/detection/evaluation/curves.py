"""Precision over recall, its envelope, and the area beneath it in the three ways that are in use. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.detection.evaluation.judging import Overlaps, Verdict, judge

FloatArray = npt.NDArray[np.float64]
How = Literal["all", "11", "101"]
"""Every recall (VOC from 2010 on), eleven recalls (VOC 2007), 101 recalls (COCO)."""
ELEVEN: Final[FloatArray] = np.arange(11) / 10
HUNDRED: Final[FloatArray] = np.linspace(0, 1, 101)
THRESHOLDS: Final = tuple(round(0.5 + 0.05 * index, 2) for index in range(10))
"""IoU 0.50, 0.55 ... 0.95 of COCO's mAP@0.5:0.95."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """After each find, best score first: `precision` and `recall` float64[n]; `envelope`: the best precision at this
    recall or any later one; `total`: how many things there are. Recall is 0 where nothing is to be found."""

    precision: FloatArray
    recall: FloatArray
    envelope: FloatArray
    total: int

    def area(self, how: How = "all") -> float:
        """Average precision, 0..1; NaN where there is nothing to be found."""
        if not self.total:
            return float("nan")
        if how == "all":
            steps = np.diff(np.concatenate([[0.0], self.recall]))
            return float((steps * self.envelope).sum())
        return float(self.sampled(how)[1].mean())

    def sampled(self, how: How) -> tuple[FloatArray, FloatArray]:
        """(recalls, precisions) that are averaged: the envelope where a recall is reached, 0 where it never is.

        For "all" they are the recalls that right finds reach.
        """
        if how == "all":
            risen = np.diff(np.concatenate([[0.0], self.recall])) > 0
            return self.recall[risen], self.envelope[risen]
        wanted = ELEVEN if how == "11" else HUNDRED
        places = np.searchsorted(self.recall, wanted, side="left")
        reached = places < len(self.recall)
        values = np.zeros(len(wanted))
        values[reached] = self.envelope[places[reached]]
        return wanted, values

    def corners(self) -> tuple[FloatArray, FloatArray]:
        """(recalls, precisions) of the envelope as a staircase from recall 0 to the last recall that is reached."""
        if not len(self.recall):
            return np.zeros(0), np.zeros(0)
        recall, height = self.sampled("all")
        left = np.concatenate([[0.0], recall[:-1]])[: len(recall)]
        return np.stack([left, recall], 1).ravel(), np.repeat(height, 2)


def curve(right: npt.ArrayLike, total: int) -> Curve:
    """The curve of finds, bool[n] best score first, when there are `total` things to be found."""
    hits = np.cumsum(np.asarray(right, np.float64))
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / total if total else np.zeros(len(hits))
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return Curve(precision, recall, envelope, total)


def curve_of(verdicts: Sequence[Verdict], total: int) -> Curve:
    """The curve of finds that were judged."""
    return curve([verdict.right for verdict in verdicts], total)


def table(overlaps: Overlaps, classes: int, how: How, thresholds: Sequence[float] = THRESHOLDS) -> FloatArray:
    """float64[classes, thresholds] of average precision; NaN for classes of which nothing is there."""
    values = np.full((classes, len(thresholds)), np.nan)
    totals = [overlaps.total(kind) for kind in range(classes)]
    for column, least in enumerate(thresholds):
        verdicts = judge(overlaps, None, least)  # classes do not touch one another
        for kind, total in enumerate(totals):
            if total:
                right = [verdict.right for verdict in verdicts if verdict.kind == kind]
                values[kind, column] = curve(right, total).area(how)
    return values


def mean(values: npt.ArrayLike) -> float:
    """The mean over what is a number; NaN where nothing is."""
    found = np.asarray(values, np.float64)
    found = found[np.isfinite(found)]
    return float(found.mean()) if found.size else float("nan")
