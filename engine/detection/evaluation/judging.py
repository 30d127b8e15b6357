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
    """IoU [N, M] of all finds with all things, picture by picture: computed once for all thresholds.

    `counts`: how many things of each class there are.
    """

    found: tuple[Found, ...]
    truth: tuple[Truth, ...]
    common: tuple[FloatArray, ...]
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, found: Sequence[Found], truth: Sequence[Truth]) -> Overlaps:
        """Raises ValueError where there are not as many pictures in both."""
        common = [iou(f.boxes, t.boxes) for f, t in zip(found, truth, strict=True)]
        things = np.concatenate([np.zeros(0, np.int64), *(t.classes for t in truth)])
        return cls(tuple(found), tuple(truth), tuple(common), np.bincount(things))

    def total(self, kind: int | None) -> int:
        """How many things of a class there are; None: of all classes."""
        if kind is None:
            return int(self.counts.sum())
        return int(self.counts[kind]) if kind < len(self.counts) else 0


def judge(overlaps: Overlaps, kind: int | None, least: float) -> tuple[Verdict, ...]:
    """The verdicts on all finds of a class (None: of all classes), the best score first.

    A find is right where its IoU with a thing of its class is at least `least` and no better find has taken that thing;
    of several it takes the one with the highest IoU (Lin et al. 2014; Everingham et al. 2010 look at the best only).
    Equal scores keep the order of pictures and finds.
    """
    verdicts: list[Verdict] = []
    for picture, (found, truth) in enumerate(zip(overlaps.found, overlaps.truth, strict=True)):
        things, free = truth.classes.tolist(), [True] * len(truth.classes)
        common = overlaps.common[picture].tolist()
        mine = np.flatnonzero(_of(kind, found.classes))
        order = mine[np.argsort(-found.scores[mine], kind="stable")]
        for number in order.tolist():
            own, score = int(found.classes[number]), float(found.scores[number])
            why, thing = _reason(own, common[number], things, free, least)
            if why == "right":
                free[thing] = False
            overlap = common[number][thing] if thing >= 0 else 0.0
            verdicts.append(Verdict(picture, number, own, score, why, thing, overlap))
    return tuple(sorted(verdicts, key=lambda verdict: -verdict.score))


def _of(kind: int | None, classes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    return np.ones(len(classes), bool) if kind is None else classes == kind


def _reason(
    kind: int, common: list[float], things: list[int], free: list[bool], least: float
) -> tuple[Why, int]:
    """The verdict on one find and the thing that it is judged by: of the reasons that hold the first one counts, and
    of the things that give it the one with the highest IoU. A plain loop: pictures have few things."""
    best: tuple[int, float, Why, int] = (len(_RANKS), 0.0, "nothing", -1)
    for thing, (overlap, other) in enumerate(zip(common, things, strict=True)):
        if overlap <= 0:
            continue
        own = other == kind
        why: Why = "too little"
        if overlap >= least:
            why = ("right" if free[thing] else "duplicate") if own else "wrong class"
        rank = _RANKS[why] + (why == "too little" and not own)
        if rank < best[0] or (rank == best[0] and overlap > best[1]):
            best = rank, overlap, why, thing
    return best[2], best[3]


_RANKS: dict[Why, int] = {"right": 0, "duplicate": 1, "wrong class": 2, "too little": 3, "nothing": 5}
