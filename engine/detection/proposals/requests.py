"""What the engine can be asked about region proposals, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from engine.detection.boxes import nms
from engine.detection.proposals.grouping import Hierarchy
from engine.detection.proposals.ranking import Proposals
from engine.detection.proposals.settings import SearchSettings
from engine.detection.scoring import Found
from engine.images import Frame

FloatArray = npt.NDArray[np.floating]
IntArray = npt.NDArray[np.int64]
Pooling = Literal["max", "align"]
Method = Literal["rcnn", "fast", "faster"]

FASTER: Final = (
    ("fasterrcnn_mobilenet_v3_large_320_fpn", "MobileNet v3 with FPN, 320 px"),
    ("fasterrcnn_resnet50_fpn", "ResNet-50 with FPN, 400 px"),
)
"""torchvision's nets of that kind that can be chosen, with what they are made of."""
SUPPRESSED_FROM: Final = 0.3
"""IoU from which on the weaker of two answers of one class is dropped (Girshick et al. 2014)."""


# --- the search ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class FindProposals:
    """Search a picture for regions. Answer: Search."""

    frame: Frame
    settings: SearchSettings


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """What a search found. `picture`: the frame, averaged down to SIDE; all boxes are in its pixels.

    `segmenting`, `grouping`: seconds.
    """

    request: FindProposals
    picture: Frame
    hierarchy: Hierarchy
    proposals: Proposals
    segmenting: float
    grouping: float


# --- nets that look at proposals ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class ClassifyCrops:
    """R-CNN (Girshick et al. 2014): every box is cut out, warped to the net's input and classified. Answer: RegionRun.

    `net`: a name of the weights store; `boxes` float64[N, 4] in pixels of the picture. Partial answers come as it goes.
    """

    net: str
    picture: Frame
    boxes: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ClassifyPooled:
    """Fast R-CNN (Girshick 2015): one pass over the picture, then a pooled map a box to the net's head.

    `enlarged`: the longer side of the picture in the pass, in sides of the picture that the net was made for.
    Answer: RegionRun with `maps`; partial answers come as it goes.
    """

    net: str
    picture: Frame
    boxes: FloatArray
    enlarged: float
    pooling: Pooling


@dataclass(frozen=True, slots=True, eq=False)
class ProposeByNet:
    """Faster R-CNN (Ren et al. 2015) of torchvision: the net makes its own proposals. Answer: RegionRun with `levels`.

    `architecture`: one of FASTER. Where its weights are not here, random ones show what does not depend on them.
    """

    architecture: str
    picture: Frame


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """What the convolutional part of a net made of a picture: `values` float32[C, H, W] of `layer`.

    `stride`: pixels of the pass a cell. `across`, `down`: pixels of the pass a pixel of the picture. `size`: cells
    along each side of the map that the head is made for.
    """

    values: npt.NDArray[np.float32]
    layer: str
    stride: int
    across: float
    down: float
    size: int

    def in_pass(self, box: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Boxes [..., 4] of the picture in pixels of the pass."""
        zoom = np.array([self.across, self.down, self.across, self.down])
        return np.asarray(np.asarray(box, np.float64) * zoom)


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One map of a region proposal network. `objectness` float64[H, W] in 0..1: of the best anchor of every cell.

    `stride` in pixels of what the net reads. `anchors` float64[A, 2]: widths and heights there. `boxes` float64[N, 4]
    in pixels of the picture and `scores` float64[N]: the proposals that come from this level, best first.
    """

    objectness: FloatArray
    stride: float
    anchors: FloatArray
    boxes: FloatArray
    scores: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class RegionRun:
    """How far a method is, and what it has found.

    `boxes` float64[N, 4] in pixels of the picture, `scores` float64[N] in 0..1 and `classes` int64[N]: the best class
    of every box that was looked at. `total`: boxes to look at, of which `heads` were. `passes` of the convolutional
    part, `macs` of convolutions and matrix products, `seconds` of the net alone.
    """

    method: Method
    title: str
    labels: tuple[str, ...]
    boxes: FloatArray
    scores: FloatArray
    classes: IntArray
    total: int
    passes: int
    heads: int
    macs: int
    seconds: float
    complete: bool
    device: str = "cpu"
    trained: bool = True
    maps: Maps | None = None
    levels: tuple[Level, ...] = ()
    reads: tuple[int, int] = (0, 0)
    """Width and height of what the convolutional part reads in one pass."""

    def answers(self, least: float) -> Found:
        """The best answers: a score of at least `least`, and no stronger one of its class at the same place."""
        return best_answers(self.boxes, self.scores, self.classes, least)


def best_answers(boxes: FloatArray, scores: FloatArray, classes: IntArray, least: float) -> Found:
    """Boxes with a score of at least `least` after suppression within each class, best first."""
    likely = np.flatnonzero(scores >= least)
    kept: list[int] = []
    for kind in np.unique(classes[likely]).tolist():
        mine = likely[classes[likely] == kind]
        kept += mine[nms(boxes[mine], scores[mine], SUPPRESSED_FROM)].tolist()
    order = np.array(sorted(kept, key=lambda index: (-float(scores[index]), index)), np.int64)
    return Found(boxes[order].astype(np.float64), scores[order].astype(np.float64), classes[order])


# --- checks -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class CheckRoi:
    """Pool one box of all maps with torchvision, too. Answer: RoiCheck.

    `box` in pixels of the pass; `pooled` float[C, size, size]: what was computed by hand.
    """

    maps: Maps
    box: tuple[float, float, float, float]
    pooling: Pooling
    pooled: npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class RoiCheck:
    """What the comparison found out."""

    max_abs_difference: float
    tolerance: float
    agrees: bool
    reference: str
