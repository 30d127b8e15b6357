"""Everything that a person can set in the view "YOLO grid"."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal, Self

from engine.detection.grid.presets import PRESETS, preset_of, renamed
from engine.detection.grid.spec import GridSpec, Layout, Size, Unit
from engine.detection.grid.walk import StageKind
from engine.errors import UserError
from gui.pages.boxes.shares import Shares, check_box
from gui.widgets.source_state import SourceState

Predictor = Literal["noise", "page", "picture"]
"""The labels with noise; the bundled detector on a page of digits; the bundled detector on the picture on show."""

MOST_BOXES: Final = 40
MOST_SEED: Final = 999
MOST_PAGE: Final = 99
MOST_TURN: Final = 10_000
LONGEST_NAME: Final = 40
_COURSE: Final = PRESETS["course"].spec


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled thing: its box, and its class counted from 0."""

    box: Shares
    kind: int = 0


KNOWN: Final[dict[str, tuple[Labelled, ...]]] = {
    "astronaut": (
        Labelled((0.04, 0.03, 0.71, 1.0), 0),
        Labelled((0.0, 0.0, 0.19, 1.0), 1),
        Labelled((0.69, 0.0, 0.93, 0.565), 2),
    ),
}
"""What stands in a bundled photo; on the others a person draws boxes."""


@dataclass(frozen=True, slots=True)
class GridSettings:
    """The grid (see engine.detection.grid.spec), the labels, the prediction, and where one looks.

    `noise` and `seed` make a prediction up; `page` is the page of digits. Boxes with p_c <= `least` are dropped, those
    with more than `overlap` IoU with a better one of their class suppressed. `stage` and `turn`: the step of the walk;
    `chosen`: the label, `cell`: the cell looked at, `component`: the slice of the tensor (None: those of the step).
    """

    rows: int = 3
    columns: int = 3
    anchors: tuple[Size, ...] = _COURSE.anchors
    classes: tuple[str, ...] = _COURSE.classes
    layout: Layout = "anchors"
    unit: Unit = "cell"
    boxes: tuple[Labelled, ...] = KNOWN["astronaut"]
    predictor: Predictor = "noise"
    noise: float = 0.5
    seed: int = 3
    page: int = 2
    least: float = 0.6
    overlap: float = 0.5
    stage: StageKind = "object"
    turn: int = 0
    chosen: int = 0
    cell: tuple[int, int] | None = None
    component: int | None = None

    @property
    def spec(self) -> GridSpec:
        """The grid that a person has laid out."""
        return GridSpec(self.rows, self.columns, self.anchors, self.classes, self.layout, self.unit)

    @property
    def preset(self) -> str | None:
        """The name of the preset that the grid is."""
        return preset_of(self.spec)

    @property
    def own_labels(self) -> bool:
        """Whether the labels are those that a person draws."""
        return self.predictor == "noise"

    def with_spec(self, spec: GridSpec) -> Self:
        """Another grid: labels keep what they mean, those without a class are left out; no old number stays chosen."""
        boxes = _named(self.boxes, self.classes, spec.classes)
        return replace(
            self, rows=spec.rows, columns=spec.columns, anchors=spec.anchors, classes=spec.classes,
            layout=spec.layout, unit=spec.unit, boxes=boxes, cell=None, component=None,
        )  # fmt: skip

    def before(self, source: SourceState) -> Self:
        """Another picture: its own things where they are known; boxes drawn on the one before mean nothing on it."""
        known = KNOWN.get(source.value, ()) if source.kind == "sample" else ()
        things = _named(known, _COURSE.classes, self.classes)
        return self if self.boxes == things else replace(self, boxes=things, chosen=0, cell=None)

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        self.spec.validated()
        check_names(self.classes)
        if len(self.boxes) > MOST_BOXES:
            raise UserError(f"At most {MOST_BOXES} boxes fit on this picture.", "Take one away first.")
        for one in self.boxes:
            check_box(one.box)
            if not 0 <= one.kind < len(self.classes):
                raise UserError(f"There is no class {one.kind + 1}; there are {len(self.classes)} of them.")
        shares = (("noise", self.noise), ("least p_c", self.least), ("IoU", self.overlap))
        for name, value in shares:
            if not (math.isfinite(value) and 0 <= value <= 1):
                raise UserError(f"The {name} lies between 0 and 1.")
        for name, number, most in (
            ("seed", self.seed, MOST_SEED), ("page", self.page, MOST_PAGE), ("step", self.turn, MOST_TURN),
        ):  # fmt: skip
            if not 0 <= number <= most:
                raise UserError(f"The {name} is 0 to {most}, not {number}.")
        if (
            self.chosen < 0
            or (self.component is not None and self.component < 0)
            or (self.cell is not None and min(self.cell) < 0)
        ):
            raise UserError("Boxes, cells and numbers of a cell are counted from 0.")
        return self


def check_names(names: tuple[str, ...]) -> None:
    """Raises UserError for names of classes that cannot be told apart, or do not fit."""
    if any(not name.strip() or len(name) > LONGEST_NAME for name in names):
        raise UserError(f"A class needs a name of 1 to {LONGEST_NAME} characters.")
    if len(set(names)) != len(names):
        raise UserError("Two classes have the same name.")


def _named(
    boxes: tuple[Labelled, ...], before: tuple[str, ...], after: tuple[str, ...]
) -> tuple[Labelled, ...]:
    """Labels under the classes of another list; what that has no name for is left out."""
    if before == after:
        return boxes
    kinds = [renamed(one.kind, before, after) for one in boxes]
    return tuple(replace(one, kind=kind) for one, kind in zip(boxes, kinds, strict=True) if kind is not None)
