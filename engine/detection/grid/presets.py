"""Grids that one meets in courses and papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.detection.class_names import known
from engine.detection.grid.spec import GridSpec, Size

VOC, COCO = known("voc"), known("coco")
OWN: Final = ("person", "flag", "shuttle")
"""Three classes, as in the course's example, for what stands in the photo that the page shows first."""
TALL: Final[Size] = (1.2, 2.4)
WIDE: Final[Size] = (2.4, 1.2)
"""The course gives its two anchors no sizes; these tell the things in that photo apart."""
YOLO_9000: Final[tuple[Size, ...]] = (
    (0.57273, 0.677385), (1.87446, 2.06253), (3.33843, 5.47434), (7.88282, 3.52778), (9.77052, 9.16828),
)  # fmt: skip
"""Of YOLOv2 on COCO, in cells of 32 pixels: the file yolov2.cfg that Redmon & Farhadi (2017) published."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A grid with a name and where it comes from."""

    title: str
    spec: GridSpec
    source: str


PRESETS: Final[dict[str, Preset]] = {
    "one": Preset(
        "3 × 3 × 8, one box a cell",
        GridSpec(3, 3, ((1.0, 1.0),), OWN),
        "The first example of the course (Ng, Convolutional Neural Networks, 2017)",
    ),
    "course": Preset(
        "3 × 3 × 2 × 8, two anchors",
        GridSpec(3, 3, (TALL, WIDE), OWN),
        "The course's example with two anchors (Ng, Convolutional Neural Networks, 2017)",
    ),
    "v1": Preset(
        "7 × 7 × 30, YOLO of 2016",
        GridSpec(7, 7, ((1.0, 1.0), (1.0, 1.0)), VOC, "shared", "picture"),
        "Two boxes a cell, one set of classes; b_h and b_w are shares of the picture (Redmon et al. 2016)",
    ),
    "v2": Preset(
        "19 × 19 × 5 × 85, YOLOv2",
        GridSpec(19, 19, YOLO_9000, COCO),
        "608 × 608 pixels, 80 classes of COCO, five anchors (Redmon & Farhadi 2017)",
    ),
}


def preset_of(spec: GridSpec) -> str | None:
    """The name of the preset that a grid is, None where it is none."""
    return next((name for name, preset in PRESETS.items() if preset.spec == spec), None)


SAME: Final = {
    "motorbike": "motorcycle", "aeroplane": "airplane", "sofa": "couch", "tv monitor": "tv", "shuttle": "airplane",
}  # fmt: skip
"""What VOC and this page call differently from COCO."""


def renamed(kind: int, before: tuple[str, ...], after: tuple[str, ...]) -> int | None:
    """The class of `after` that means the same as number `kind` of `before`; None where none does."""
    wanted = SAME.get(before[kind], before[kind])
    return next((index for index, other in enumerate(after) if SAME.get(other, other) == wanted), None)
