"""What the engine can be asked about a grid of labels. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass

from engine.detection.grid.coding import FloatArray, IntArray
from engine.detection.grid.spec import Corners, GridSpec
from engine.detection.grid.walk import Walk


@dataclass(frozen=True, slots=True, eq=False)
class CheckGrid:
    """Encode, decode and suppress once more by torch and torchvision. Answer: CheckResult.

    `boxes` [N, 4] and `kinds` [N] of the labels; `target` [S, S, depth] that they were encoded as over `area`;
    `predicted` [S, S, depth], of which those with p_c above `least` were suppressed to `kept`, boxes [K, 4].
    """

    spec: GridSpec
    area: Corners
    boxes: FloatArray
    kinds: IntArray
    target: FloatArray
    predicted: FloatArray
    least: float
    iou_threshold: float
    kept: FloatArray


def check_of(walk: Walk, boxes: FloatArray, kinds: IntArray, least: float, iou_threshold: float) -> CheckGrid:
    """The check of a walk over these labels."""
    encoded = walk.encoded
    return CheckGrid(
        encoded.spec, encoded.area, boxes, kinds, encoded.target, walk.predicted, least, iou_threshold,
        walk.boxes.boxes[walk.kept],
    )  # fmt: skip
