"""From settings to what is on show: the walk, its stage, the cell, the slice of the tensor. Pure, without widgets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from engine.detection.evaluation.requests import PageRead
from engine.detection.grid.coding import Encoded, FloatArray, IntArray, encode
from engine.detection.grid.prediction import difference, made_up, of_net
from engine.detection.grid.spec import Component, Corners, GridSpec
from engine.detection.grid.walk import Stage, StageKind, Walk, walk
from gui.pages.boxes.grid.settings import GridSettings, Labelled
from gui.pages.boxes.shares import to_pixels

Size = tuple[int, int]
ORDER: Final[tuple[StageKind, ...]] = (
    "labels", "object", "tensor", "prediction", "confident", "pick", "answer",
)  # fmt: skip
OF_PREDICTION: Final = ("prediction", "confident", "pick", "answer")


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What does not change while one only looks around."""

    spec: GridSpec
    area: Corners
    boxes: FloatArray
    kinds: IntArray
    walk: Walk
    made_up: bool
    difference: float
    """Of the labels and what their target decodes to, in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Everything on the stage at one moment. `index`: the step; `values`: the tensor on show, target or prediction."""

    basis: Basis
    index: int
    cell: tuple[int, int]
    component: int
    chosen: int

    @property
    def spec(self) -> GridSpec:
        return self.basis.spec

    @property
    def walk(self) -> Walk:
        return self.basis.walk

    @property
    def stage(self) -> Stage:
        return self.walk.stages[self.index]

    @property
    def predicted(self) -> bool:
        """Whether the numbers on show are the prediction's."""
        return self.stage.kind in OF_PREDICTION

    @property
    def values(self) -> FloatArray:
        return self.walk.predicted if self.predicted else self.walk.encoded.target

    @property
    def slice(self) -> Component:
        """What the map of all cells shows."""
        return self.spec.component(self.component)

    def owners(self) -> dict[tuple[int, int], list[int]]:
        """Which labels each cell owns, those that found no place included."""
        found: dict[tuple[int, int], list[int]] = {}
        for one in self.walk.encoded.placed:
            if one is not None:
                found.setdefault((one.row, one.column), []).append(one.index)
        return found


def resolve(settings: GridSettings, size: Size | None, read: PageRead | None) -> Shown | None:
    """What is on show for a picture of a size, or for a page that was read; None while that is on its way."""
    if settings.own_labels:
        if size is None:
            return None
        basis = _drawn(
            settings.spec,
            size,
            settings.boxes,
            settings.noise,
            settings.seed,
            settings.least,
            settings.overlap,
        )
    elif read is None:
        return None
    else:
        basis = _read(read, settings.least, settings.overlap)
    index = step_of(basis.walk, settings.stage, settings.turn)
    chosen = min(settings.chosen, max(len(basis.boxes) - 1, 0))
    cell, anchor = _place(basis, index, chosen)
    component = basis.spec.start(anchor) if settings.component is None else settings.component
    if settings.cell is not None:
        cell = min(settings.cell[0], basis.spec.rows - 1), min(settings.cell[1], basis.spec.columns - 1)
    return Shown(basis, index, cell, min(component, basis.spec.depth - 1), chosen)


@lru_cache(maxsize=8)
def _drawn(
    spec: GridSpec,
    size: Size,
    labels: tuple[Labelled, ...],
    noise: float,
    seed: int,
    least: float,
    overlap: float,
) -> Basis:
    encoded, boxes, kinds, gap = _encoded(spec, size, labels)
    made = walk(encoded, _predicted(spec, size, labels, noise, seed), least, overlap)
    return Basis(spec, encoded.area, boxes, kinds, made, True, gap)


@lru_cache(maxsize=4)
def _encoded(
    spec: GridSpec, size: Size, labels: tuple[Labelled, ...]
) -> tuple[Encoded, FloatArray, IntArray, float]:
    """The target, the labels in pixels, their classes, and how far they are from what the target decodes to."""
    boxes = np.array([to_pixels(one.box, size) for one in labels], np.float64).reshape(-1, 4)
    kinds = np.array([one.kind for one in labels], np.int64)
    encoded = encode(boxes, kinds, spec, (0.0, 0.0, float(size[0]), float(size[1])))
    return encoded, boxes, kinds, difference(encoded, boxes)


@lru_cache(maxsize=4)
def _predicted(
    spec: GridSpec, size: Size, labels: tuple[Labelled, ...], noise: float, seed: int
) -> FloatArray:
    encoded, boxes, kinds, _ = _encoded(spec, size, labels)
    return made_up(encoded, boxes, kinds.tolist(), noise, seed)


@lru_cache(maxsize=4)
def _read(read: PageRead, least: float, overlap: float) -> Basis:
    answer = read.annotated
    assert answer.raw is not None
    (grid,) = answer.grids
    box = answer.letterbox
    corners = box.to_picture([0, 0, grid.columns * grid.stride, grid.rows * grid.stride]).tolist()
    area: Corners = (corners[0], corners[1], corners[2], corners[3])
    spec, predicted = of_net(answer.raw, grid, 0, area, answer.classes)
    encoded = encode(read.boxes, read.kinds, spec, area)
    made = walk(encoded, predicted, least, overlap)
    return Basis(spec, area, read.boxes, read.kinds, made, False, difference(encoded, read.boxes))


def step_of(made: Walk, kind: StageKind, turn: int) -> int:
    """The step of a walk that a stage means: its turn, the last one where there are fewer, the next stage if none."""
    for later in ORDER[ORDER.index(kind) :]:
        steps = [index for index, stage in enumerate(made.stages) if stage.kind == later]
        if steps:
            return steps[min(turn, len(steps) - 1) if later == kind else 0]
    return len(made.stages) - 1


def stage_at(made: Walk, index: int) -> tuple[StageKind, int]:
    """The stage and turn of a step."""
    index = min(max(index, 0), len(made.stages) - 1)
    kind = made.stages[index].kind
    first = made.first(kind)
    return kind, index - (index if first is None else first)


def _place(basis: Basis, index: int, chosen: int) -> tuple[tuple[int, int], int]:
    """The cell and the anchor that a step is about: of its box, of the chosen label, or the middle of the grid."""
    spec, stage = basis.spec, basis.walk.stages[index]
    if stage.kind == "pick" and stage.number is not None:
        row, column, anchor = basis.walk.boxes.places[stage.number].tolist()
        return (row, column), anchor
    number = stage.number if stage.kind == "object" and stage.number is not None else chosen
    placed = basis.walk.encoded.placed
    place = placed[number] if number < len(placed) else None
    if place is None:
        return (spec.rows // 2, spec.columns // 2), 0
    return (place.row, place.column), place.anchor
