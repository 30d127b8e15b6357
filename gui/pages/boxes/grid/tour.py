"""The states in which the tour shows the view."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from engine.detection.grid.presets import PRESETS
from gui.pages.boxes.grid.settings import GridSettings
from gui.pages.boxes.state import BoxesState

_COURSE: Final = GridSettings()
_V1: Final = GridSettings().with_spec(PRESETS["v1"].spec)
_V2: Final = GridSettings().with_spec(PRESETS["v2"].spec)


def _state(settings: GridSettings) -> BoxesState:
    return BoxesState(view="grid", grid=settings)


def _with(settings: GridSettings, **changes: Any) -> BoxesState:
    return _state(replace(settings, **changes))


STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "grid",
        "The cell of the midpoint owns the object",
        "3 × 3 cells, two anchors: the person's midpoint lies in the middle cell, and its height there is 2.91 cells.",
        _with(_COURSE, stage="object", turn=0),
    ),
    (
        "grid-target",
        "A target of 7 × 7 × 30",
        "YOLO of 2016: two boxes and one set of classes a cell; the target decodes back to the very labels.",
        _with(_V1, stage="tensor", chosen=2),
    ),
    (
        "grid-prediction",
        "A prediction: every cell has its say",
        "19 × 19 cells with five anchors, 80 classes: 1,805 boxes, as strong as their p_c. Made up: labels with noise.",
        _with(_V2, stage="prediction"),
    ),
    (
        "grid-suppression",
        "Each class on its own",
        "A real net on a page of digits: the best box of a class is kept, those that overlap it too much go.",
        _with(_COURSE, predictor="page", stage="pick", turn=4),
    ),
    (
        "grid-digits",
        "What a real net says, cell by cell",
        "A page of digits before the bundled detector: 20 × 20 × 3 × 15 numbers, and the boxes that are left.",
        _with(_COURSE, predictor="page", stage="answer"),
    ),
)
