"""Boxes as corners (x1, y1, x2, y2): how much two of them have in common, and which of many to keep. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

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


def giou(a: npt.ArrayLike, b: npt.ArrayLike) -> FloatArray:
    """Generalised IoU, float64[N, M] in -1..1 (Rezatofighi et al. 2019); shapes as in `iou`.

    IoU less the share of the box around both that belongs to neither: it still falls where two boxes that have
    nothing in common move apart. Where the box around both has no area it is the IoU.
    """
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    left = first[..., None, :] if second.ndim > 1 else first
    around = area(
        np.concatenate(
            [np.minimum(left[..., :2], second[..., :2]), np.maximum(left[..., 2:], second[..., 2:])], -1
        )
    )
    overlap = iou(first, second)
    both = area(left) + area(second)
    union = both / (1 + overlap)  # the intersection is IoU times the union
    empty = np.divide(around - union, around, out=np.zeros_like(around), where=around > 0)
    return np.asarray(overlap - empty)


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


# --- suppression, one decision after the other --------------------------------------------------------------

Verdict = Literal["lives", "dies", "decays", "other class"]


@dataclass(frozen=True, slots=True)
class Soft:
    """Soft-NMS (Bodla et al. 2017): a rival's score falls instead of the box being removed.

    `kind` "linear": s (1 - IoU) where IoU > the threshold; "gaussian": s exp(-IoU^2 / sigma) for every rival. A box
    whose score is `least` or less afterwards is removed.
    """

    kind: Literal["linear", "gaussian"] = "gaussian"
    sigma: float = 0.5
    least: float = 0.001

    def decayed(self, score: float, overlap: float, iou_threshold: float) -> float:
        """The score of a rival after the pick."""
        if self.kind == "linear":
            return score * (1 - overlap) if overlap > iou_threshold else score
        return float(score * np.exp(-(overlap**2) / self.sigma))


@dataclass(frozen=True, slots=True)
class NmsStep:
    """One decision, and how things stand after it.

    `kind`: "threshold" (boxes with a score of at most the threshold are discarded: `dropped`), "pick" (the best of
    `waiting` is kept), "rival" (`pick` is compared with `rival`: `overlap` and `verdict`), "end". `scores` [N] as they
    are now; `kept` in the order of the picks; `waiting` best first; all boxes by their index.
    """

    kind: Literal["threshold", "pick", "rival", "end"]
    scores: tuple[float, ...]
    kept: tuple[int, ...]
    waiting: tuple[int, ...]
    dropped: tuple[int, ...] = ()
    pick: int | None = None
    rival: int | None = None
    overlap: float = 0.0
    verdict: Verdict | None = None


def nms_steps(
    boxes: npt.ArrayLike,
    scores: npt.ArrayLike,
    iou_threshold: float,
    score_threshold: float = 0.6,
    classes: Sequence[int] | None = None,
    soft: Soft | None = None,
) -> tuple[NmsStep, ...]:
    """Non-maximum suppression as a sequence of decisions; what is kept at its end is what `nms` keeps.

    Boxes [N, 4] with scores [N]: those scored `score_threshold` or less are discarded first, then the best one is
    kept and compared with all others that are left, best first, until none is left. A rival dies where it has more
    than `iou_threshold` in common with the pick; with `classes` [N] only rivals of the pick's class. Scores that are
    no number are discarded with the weak ones. Equal scores: the box that comes first.
    """
    return tuple(_Walk(boxes, scores, iou_threshold, classes, soft).steps(score_threshold))


class _Walk:
    """What changes from step to step."""

    def __init__(
        self,
        boxes: npt.ArrayLike,
        scores: npt.ArrayLike,
        iou_threshold: float,
        classes: Sequence[int] | None,
        soft: Soft | None,
    ) -> None:
        corners = np.asarray(boxes, np.float64).reshape(-1, 4)
        self._shares = iou(corners, corners)
        self._scores = [float(score) for score in np.asarray(scores, np.float64)]
        self._threshold, self._classes, self._soft = iou_threshold, classes, soft
        self._kept: list[int] = []
        self._waiting: list[int] = []

    def steps(self, score_threshold: float) -> list[NmsStep]:
        """All decisions in their order."""
        everyone = range(len(self._scores))
        self._waiting = self._sorted([i for i in everyone if self._scores[i] > score_threshold])
        weak = tuple(i for i in everyone if i not in self._waiting)
        found = [self._step("threshold", dropped=weak)]
        while self._waiting:
            pick = self._waiting.pop(0)
            self._kept.append(pick)
            found.append(self._step("pick", pick=pick))
            found += [self._against(pick, rival) for rival in tuple(self._waiting)]
            self._waiting = self._sorted(self._waiting)
        found.append(self._step("end"))
        return found

    def _against(self, pick: int, rival: int) -> NmsStep:
        """The pick and one rival."""
        overlap = float(self._shares[pick, rival])
        verdict: Verdict = "lives"
        if self._classes is not None and self._classes[pick] != self._classes[rival]:
            verdict = "other class"
        elif self._soft is None:
            verdict = "dies" if overlap > self._threshold else "lives"
        else:
            verdict = self._decay(rival, overlap, self._soft)
        dropped = (rival,) if verdict == "dies" else ()
        if dropped:
            self._waiting.remove(rival)
        return self._step("rival", pick=pick, rival=rival, overlap=overlap, verdict=verdict, dropped=dropped)

    def _decay(self, rival: int, overlap: float, soft: Soft) -> Verdict:
        before = self._scores[rival]
        self._scores[rival] = soft.decayed(before, overlap, self._threshold)
        if self._scores[rival] <= soft.least:
            return "dies"
        return "decays" if self._scores[rival] < before else "lives"

    def _sorted(self, boxes: list[int]) -> list[int]:
        """Best first; Python's sort keeps the order of equal ones, which here is that of their indices."""
        return sorted(sorted(boxes), key=lambda box: -self._scores[box])

    def _step(self, kind: Literal["threshold", "pick", "rival", "end"], **found: Any) -> NmsStep:
        return NmsStep(kind, tuple(self._scores), tuple(self._kept), tuple(self._waiting), **found)
