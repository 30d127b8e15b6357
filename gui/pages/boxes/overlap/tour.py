"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.boxes.overlap.settings import OverlapSettings, with_example
from gui.pages.boxes.state import BoxesState

_SIZE: Final = (512, 512)

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "iou",
        "Intersection over union",
        "A predicted box beside the true one: areas, formulas with their numbers, and the way to IoU ≥ 0.5.",
        BoxesState(view="overlap"),
    ),
    (
        "giou",
        "Boxes that do not touch",
        "IoU is 0 whatever the distance; GIoU subtracts what is empty in the box around both and goes on falling.",
        BoxesState(view="overlap", overlap=with_example(OverlapSettings(), "apart", _SIZE)),
    ),
)
