"""Which finds are right, best score first, and of the others: why not. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.detection.boxes import iou
from engine.detection.scoring import Found, Truth

FloatArray = npt.NDArray[np.float64]
Why = Literal["right", "duplicate", "wrong class", "too little", "nothing"]
"""A find is right; or it is a second one of a thing, of the wrong class, overlaps too little, or nothing is there."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said about one find.

    `picture`, `number`: where it stands (`found[picture]`, its row). `truth`: the thing in that picture that it is
    judged by, −1 where none is near; `iou` with that thing. For a right find it is the thing that it has found.
    """

    picture: int
    number: int
    kind: int
    score: float
    why: Why
    truth: int
    iou: float

    @property
    def right(self) -> bool:
        return self.why == "right"


@dataclass(frozen=True, slots=True, eq=False)
class Overlaps:
    """IoU [N, M] of all finds with all things, picture by picture: computed once for all thresholds."""

    found: tuple[Found, ...]
    truth: tuple[Truth, ...]
    common: tuple[FloatArray, ...]

    @classmethod
    def of(cls, found: Sequence[Found], truth: Sequence[Truth]) -> Overlaps:
        """Raises ValueError where there are not as many pictures in both."""
        common = [iou(f.boxes, t.boxes) for f, t in zip(found, truth, strict=True)]
        return cls(tuple(found), tuple(truth), tuple(common))

    def total(self, kind: int | None) -> int:
        """How many things of a class there are; None: of all classes."""
        return sum(int(_of(kind, t.classes).sum()) for t in self.truth)


def judge(overlaps: Overlaps, kind: int | None, least: float) -> tuple[Verdict, ...]:
    """The verdicts on all finds of a class (None: of all classes), the best score first.

    A find is right where its IoU with a thing of its class is at least `least` and no better find has taken that thing;
    of several it takes the one with the highest IoU (Lin et al. 2014; Everingham et al. 2010 look at the best only).
    Equal scores keep the order of pictures and finds.
    """
    verdicts: list[Verdict] = []
    for picture, (found, truth) in enumerate(zip(overlaps.found, overlaps.truth, strict=True)):
        free = np.ones(len(truth.classes), bool)
        mine = np.flatnonzero(_of(kind, found.classes))
        for number in mine[np.argsort(-found.scores[mine], kind="stable")].tolist():
            verdict = _verdict(picture, number, found, truth, overlaps.common[picture][number], free, least)
            if verdict.right:
                free[verdict.truth] = False
            verdicts.append(verdict)
    return tuple(sorted(verdicts, key=lambda verdict: -verdict.score))


def _of(kind: int | None, classes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    return np.ones(len(classes), bool) if kind is None else classes == kind


def _verdict(
    picture: int,
    number: int,
    found: Found,
    truth: Truth,
    common: FloatArray,
    free: npt.NDArray[np.bool_],
    least: float,
) -> Verdict:
    kind, score = int(found.classes[number]), float(found.scores[number])
    same = truth.classes == kind
    candidates: tuple[tuple[Why, npt.NDArray[np.bool_]], ...] = (
        ("right", same & free & (common >= least)),
        ("duplicate", same & (common >= least)),
        ("wrong class", ~same & (common >= least)),
        ("too little", same & (common > 0)),
        ("too little", common > 0),
    )  # the first that holds is the reason
    for why, holds in candidates:
        if holds.any():
            best = int(np.where(holds, common, -1.0).argmax())
            return Verdict(picture, number, kind, score, why, best, float(common[best]))
    return Verdict(picture, number, kind, score, "nothing", -1, 0.0)
