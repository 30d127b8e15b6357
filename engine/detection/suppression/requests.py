"""What the engine can be asked about suppression. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.detection.boxes import NmsStep, Soft

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CheckSuppression:
    """Suppress these boxes with torchvision and compare with the decisions made. Answer: CheckResult.

    ``boxes`` [N, 4] in pixels, ``scores`` [N], ``classes`` [N] or None where classes have no part in it; ``steps`` as
    `engine.detection.boxes.nms_steps` gives them for these thresholds.
    """

    boxes: FloatArray
    scores: FloatArray
    iou_threshold: float
    score_threshold: float
    classes: tuple[int, ...] | None
    soft: Soft | None
    steps: tuple[NmsStep, ...]
