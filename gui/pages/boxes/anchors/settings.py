"""Everything that a person can set in the view "Anchors"."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal, Self

from engine.detection.anchors import Centre, Metric
from engine.errors import UserError
from gui.pages.boxes.shares import Shares, check_box
from gui.pages.boxes.target.settings import Labelled
from gui.widgets.source_state import SourceState

Part = Literal["cell", "kmeans"]
Data = Literal["street", "digits", "drawn", "folder"]
Shape = tuple[float, float]
"""Width and height as shares of the picture's."""

MOST_THINGS: Final = 12
MOST_DRAWN: Final = 60
MOST_ANCHORS: Final = 5
MOST_GROUPS: Final = 9
LEAST_SIDE, MOST_SIDE = 1, 13
LEAST_SHAPE, MOST_SHAPE = 0.02, 1.0
MOST_SEED: Final = 9999
LAST: Final = 10_000
"""A step beyond the last one is the last one."""

TALL: Final[Shape] = (0.1, 0.4)
WIDE: Final[Shape] = (0.42, 0.25)
ANCHOR_SETS: Final[dict[int, tuple[Shape, ...]]] = {
    1: ((0.25, 0.33),),
    2: (TALL, WIDE),
    3: (TALL, WIDE, (0.2, 0.3)),
    4: (TALL, WIDE, (0.2, 0.3), (0.05, 0.2)),
    5: (TALL, WIDE, (0.2, 0.3), (0.05, 0.2), (0.16, 0.1)),
}
PEDESTRIAN, CAR = 0, 1
CLASSES: Final = ("class 1", "class 2", "class 3")
"""On a person's own picture nobody knows what the things are; shapes are all that matters here."""
EXAMPLES: Final[dict[str, tuple[Labelled, ...]]] = {
    "pair": (
        Labelled((0.29, 0.4, 0.71, 0.64), CAR),
        Labelled((0.46, 0.36, 0.556, 0.756), PEDESTRIAN),
    ),
    "equal": (
        Labelled((0.395, 0.36, 0.49, 0.74), PEDESTRIAN),
        Labelled((0.52, 0.365, 0.615, 0.745), PEDESTRIAN),
    ),
    "three": (
        Labelled((0.29, 0.4, 0.71, 0.64), CAR),
        Labelled((0.41, 0.36, 0.505, 0.75), PEDESTRIAN),
        Labelled((0.53, 0.35, 0.625, 0.74), PEDESTRIAN),
    ),
}
"""Things whose midpoints share the middle cell of 3 × 3: of two shapes, of one shape, and three of them."""
FIRST_DRAWN: Final = (
    Labelled((0.02, 0.01, 0.84, 1.0)),
    Labelled((0.25, 0.05, 0.55, 0.4)),
    Labelled((0.3, 0.1, 0.5, 0.35)),
    Labelled((0.6, 0.05, 0.95, 0.6)),
    Labelled((0.05, 0.6, 0.4, 0.8)),
    Labelled((0.62, 0.1, 0.9, 0.5)),
)
"""Boxes to begin with where a person draws the shapes."""


@dataclass(frozen=True, slots=True)
class AnchorsSettings:
    """`part`: things in a cell, or k-means.

    `things` on a street that is drawn around them, or `on_picture`; a grid of `side` × `side` cells; `cell` (row,
    column) whose target is shown, None for the one with most midpoints; `anchors` of every cell; `chosen`: the anchor
    whose shape the sliders set; `step`: how many things of the cell have their place. `data`: whose shapes are grouped
    by k-means into `count` groups, drawn by `seed`; `folder` of labels; `drawn` boxes; `turn`: the step of k-means.
    """

    part: Part = "cell"
    things: tuple[Labelled, ...] = EXAMPLES["pair"]
    on_picture: bool = False
    side: int = 3
    cell: tuple[int, int] | None = None
    anchors: tuple[Shape, ...] = ANCHOR_SETS[2]
    chosen: int = 0
    step: int = LAST
    data: Data = "street"
    folder: str = ""
    drawn: tuple[Labelled, ...] = FIRST_DRAWN
    count: int = 3
    seed: int = 2
    centre: Centre = "mean"
    metric: Metric = "iou"
    turn: int = 0

    @property
    def example(self) -> str:
        """The name of the example on show, "own" for things that a person has changed."""
        return next((name for name, things in EXAMPLES.items() if things == self.things), "own")

    def before(self, source: SourceState) -> Self:
        """Another picture comes to the stage; boxes that were drawn for k-means were drawn on the one before."""
        return replace(self, on_picture=True, drawn=FIRST_DRAWN)

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        known = (
            ("cell", "kmeans"),
            ("street", "digits", "drawn", "folder"),
            ("mean", "median"),
            ("iou", "euclidean"),
        )
        if any(
            v not in k for v, k in zip((self.part, self.data, self.centre, self.metric), known, strict=True)
        ):
            raise UserError("The saved view names a way of making anchors that there is not.")
        for boxes, most in ((self.things, MOST_THINGS), (self.drawn, MOST_DRAWN)):
            if len(boxes) > most:
                raise UserError(f"At most {most} boxes fit on this picture.", "Take one away first.")
            for thing in boxes:
                check_box(thing.box)
                if not 0 <= thing.kind < len(CLASSES):
                    raise UserError(f"There is no class {thing.kind + 1}; there are {len(CLASSES)} of them.")
        self._check_anchors()
        if not LEAST_SIDE <= self.side <= MOST_SIDE:
            raise UserError(f"The grid has {LEAST_SIDE} to {MOST_SIDE} cells a side, not {self.side}.")
        if self.cell is not None and not all(0 <= place < self.side for place in self.cell):
            raise UserError(f"The grid has no cell {self.cell}; rows and columns are counted from 0.")
        if not 1 <= self.count <= MOST_GROUPS:
            raise UserError(f"k-means makes 1 to {MOST_GROUPS} anchors here, not {self.count}.")
        if not (0 <= self.seed <= MOST_SEED and 0 <= self.step <= LAST and 0 <= self.turn <= LAST):
            raise UserError("Seeds and steps are counted from 0.")
        return self

    def _check_anchors(self) -> None:
        if not 1 <= len(self.anchors) <= MOST_ANCHORS:
            raise UserError(f"A cell has 1 to {MOST_ANCHORS} anchors, not {len(self.anchors)}.")
        for side in (side for shape in self.anchors for side in shape):
            if not (math.isfinite(side) and LEAST_SHAPE <= side <= MOST_SHAPE):
                raise UserError(
                    f"The sides of an anchor lie between {LEAST_SHAPE:g} and {MOST_SHAPE:g} of the picture."
                )
        if not 0 <= self.chosen < MOST_ANCHORS:
            raise UserError("Anchors are counted from 0.")


def with_anchors(settings: AnchorsSettings, anchors: tuple[Shape, ...]) -> AnchorsSettings:
    """Other anchors for every cell; sides that are out of range are brought back into it."""
    kept = tuple(
        (min(max(w, LEAST_SHAPE), MOST_SHAPE), min(max(h, LEAST_SHAPE), MOST_SHAPE)) for w, h in anchors
    )
    return replace(settings, anchors=kept[:MOST_ANCHORS], chosen=0)


def shape_of(box: Shares) -> Shape:
    """Width and height of a box."""
    return box[2] - box[0], box[3] - box[1]
