"""The general procedure, a stage a step: labels, cells, tensor, prediction, low p_c dropped, NMS per class, answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from engine.detection.boxes import iou
from engine.detection.grid.coding import Encoded, FloatArray, IntArray, Slots, slots

StageKind = Literal["labels", "object", "tensor", "prediction", "confident", "pick", "answer"]


def _none() -> IntArray:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One step of the walk; all arrays are numbers of the prediction's boxes, best score first.

    `number`: the object that is encoded ("object"), or the box that is picked ("pick"). `alive`: boxes still in the
    game, without those kept; `kept` so far; `rivals` of the pick with their IoU `overlaps`; `dropped` in this step.
    """

    kind: StageKind
    number: int | None = None
    alive: IntArray = field(default_factory=_none)
    kept: IntArray = field(default_factory=_none)
    rivals: IntArray = field(default_factory=_none)
    overlaps: FloatArray = field(default_factory=lambda: np.zeros(0))
    dropped: IntArray = field(default_factory=_none)


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """All stages over one target and one prediction float64[S, S, depth], whose boxes are `boxes`."""

    encoded: Encoded
    predicted: FloatArray
    boxes: Slots
    stages: tuple[Stage, ...]

    @property
    def kept(self) -> IntArray:
        """The boxes of the answer."""
        return self.stages[-1].kept

    def first(self, kind: StageKind) -> int | None:
        """The number of the first stage of a kind, None where there is none."""
        return next((index for index, stage in enumerate(self.stages) if stage.kind == kind), None)


def walk(encoded: Encoded, predicted: FloatArray, least: float, iou_threshold: float) -> Walk:
    """From labels to an answer: boxes with p_c <= `least` are dropped, then each class is suppressed on its own.

    The best box of a class is kept, and those of its class that have more than `iou_threshold` in common with it go;
    then the next best (Redmon et al. 2016; the course's p_c times class is the score).
    """
    boxes = slots(predicted, encoded.spec, encoded.area)
    order = np.argsort(-boxes.scores, kind="stable")
    confident = order[boxes.objectness[order] > least]
    dropped = order[boxes.objectness[order] <= least]
    stages = [
        Stage("labels"),
        *(Stage("object", number) for number in range(len(encoded.placed))),
        Stage("tensor"),
        Stage("prediction", alive=order),
        Stage("confident", alive=confident, dropped=dropped),
    ]
    picks = _picks(boxes, confident, iou_threshold)
    kept = picks[-1].kept if picks else _none()
    kept = order[np.isin(order, kept)]
    return Walk(encoded, predicted, boxes, (*stages, *picks, Stage("answer", kept=kept)))


def _picks(boxes: Slots, alive: IntArray, iou_threshold: float) -> list[Stage]:
    """One stage a box that is kept, class after class."""
    stages: list[Stage] = []
    kept = _none()
    kinds = boxes.kinds
    for kind in np.unique(kinds[alive]).tolist():
        rest = alive[kinds[alive] == kind]
        while len(rest):
            pick, rivals = int(rest[0]), rest[1:]
            common = iou(boxes.boxes[pick], boxes.boxes[rivals])
            gone = rivals[common > iou_threshold]
            kept = np.append(kept, pick)
            alive = alive[(alive != pick) & ~np.isin(alive, gone)]
            stages.append(Stage("pick", pick, alive, kept, rivals, common, gone))
            rest = rivals[common <= iou_threshold]
    return stages
