"""What the engine can be asked about anchors, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.detection.anchors import Centre, KMeansStep, Metric, Placed

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReadLabels:
    """Read a folder of labelled pictures, VOC or YOLO. Answer: engine.detection.labels.LabelFolder."""

    folder: str


@dataclass(frozen=True, slots=True)
class DigitShapes:
    """The shapes of digits in scenes like those of the bundled detector's training, drawn by ``seed``.

    Answer: float64[N, 2], width and height in shares of the scene's side.
    """

    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class CheckKMeans:
    """Compute every step of this run of k-means in another way and compare. Answer: CheckResult.

    ``shapes`` [N, 2]; ``steps`` as `engine.detection.anchors.kmeans` gives them.
    """

    shapes: FloatArray
    steps: tuple[KMeansStep, ...]
    centre: Centre
    metric: Metric


@dataclass(frozen=True, slots=True, eq=False)
class CheckPlaced:
    """Compare the overlaps of things with anchors, and the choice of an anchor. Answer: CheckResult.

    ``shapes`` [N, 2] and ``anchors`` [K, 2] in pixels.
    """

    shapes: FloatArray
    anchors: FloatArray
    placed: tuple[Placed, ...]
