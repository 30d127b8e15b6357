"""Boxes as a target on a grid, and a target as boxes.

The cell that holds an object's centre owns it (Redmon et al. 2016); a centre on an edge belongs to the cell at its
right or below. Of the anchors the one whose shape has the highest IoU with the box takes it (Redmon & Farhadi 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.detection.grid.spec import B_H, B_W, B_X, B_Y, P_C, Corners, GridSpec, Size

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an object went: its cell, its anchor, and what each anchor's shape has in common with it (IoU).

    `taken_by`: the object that has this place already, None where the place was free. An object without a place is
    lost: a target has no room for it.
    """

    index: int
    row: int
    column: int
    anchor: int
    overlaps: tuple[float, ...]
    taken_by: int | None = None

    @property
    def lost(self) -> bool:
        return self.taken_by is not None


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A target float64[S, S, depth] (`spec` says what stands where), over `area` of the picture in pixels.

    `placed`: one an object, None where its centre lies outside of the area. `tensor`: in the shape of the papers.
    """

    spec: GridSpec
    area: Corners
    target: FloatArray
    placed: tuple[Placed | None, ...]

    @property
    def tensor(self) -> FloatArray:
        return self.target.reshape(self.spec.shape)

    @property
    def collisions(self) -> tuple[Placed, ...]:
        """The objects that found their place taken, in their order."""
        return tuple(one for one in self.placed if one is not None and one.lost)

    @property
    def outside(self) -> tuple[int, ...]:
        """The objects whose centre lies on no cell."""
        return tuple(index for index, one in enumerate(self.placed) if one is None)


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """The boxes of a target or of a prediction, N of them.

    `boxes` [N, 4]: corners in pixels; `objectness` [N]: p_c; `classes` [N, C]; `places` [N, 3]: row, column, anchor;
    `kinds` [N]: the likeliest class of each; `scores` [N]: p_c times the probability of that class.
    """

    boxes: FloatArray
    objectness: FloatArray
    classes: FloatArray
    places: IntArray
    kinds: IntArray = field(init=False)
    scores: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", self.classes.argmax(1))
        object.__setattr__(self, "scores", self.objectness * self.classes.max(1))


def encode(boxes: npt.ArrayLike, kinds: Sequence[int] | IntArray, spec: GridSpec, area: Corners) -> Encoded:
    """The target of boxes [N, 4] (corners in pixels) of classes [N] on a grid that covers `area` of the picture.

    An object whose place is taken is left out and reported (`Encoded.collisions`). Where a cell's classes are shared it
    owns one object, written as its first box: which predictor answers for it is settled in training.
    Raises ValueError for boxes without an area, or kinds that are no class.
    """
    corners = np.asarray(boxes, np.float64).reshape(-1, 4)
    _check(corners, kinds, spec)
    target = np.zeros((spec.rows, spec.columns, spec.depth))
    owners: dict[tuple[int, int, int], int] = {}
    placed: list[Placed | None] = []
    for index, (box, kind) in enumerate(zip(corners, kinds, strict=True)):
        one = _place(index, box, spec, area)
        if one is not None:
            owner = owners.setdefault((one.row, one.column, one.anchor), index)
            if owner == index:
                _write(target[one.row, one.column], box, int(kind), one, spec, area)
            else:
                one = Placed(index, one.row, one.column, one.anchor, one.overlaps, owner)
        placed.append(one)
    target.flags.writeable = False
    return Encoded(spec, area, target, tuple(placed))


def decode(target: npt.ArrayLike, spec: GridSpec, area: Corners, least: float = 0.0) -> Slots:
    """The boxes of a target or a prediction whose p_c is above `least`, cell by cell."""
    found = slots(target, spec, area)
    there = found.objectness > least
    return Slots(found.boxes[there], found.objectness[there], found.classes[there], found.places[there])


def slots(target: npt.ArrayLike, spec: GridSpec, area: Corners) -> Slots:
    """All boxes of a target [S, S, depth] or of a tensor in the shape of the papers, whatever their p_c."""
    values = np.asarray(target, np.float64).reshape(spec.rows, spec.columns, spec.depth)
    numbers = _box_part(values, spec)
    first = np.array([spec.class_start(a) for a in range(spec.boxes)])
    classes = values[..., first[:, None] + np.arange(len(spec.classes))].reshape(-1, len(spec.classes))
    places = np.stack([grid.ravel() for grid in np.indices((spec.rows, spec.columns, spec.boxes))], 1)
    return Slots(
        corners(values, spec, area).reshape(-1, 4),
        numbers[..., P_C].ravel(),
        classes,
        places.astype(np.int64),
    )


def corners(target: FloatArray, spec: GridSpec, area: Corners) -> FloatArray:
    """The boxes of a target [S, S, depth] alone: float64[S, S, anchors, 4], corners in pixels."""
    box = _box_part(target, spec)
    row, column = np.indices((spec.rows, spec.columns))
    across, down = cell_sides(spec, area)
    unit_w, unit_h = spec.sizes_in_cells()
    x = area[0] + (column[..., None] + box[..., B_X]) * across
    y = area[1] + (row[..., None] + box[..., B_Y]) * down
    half_w, half_h = box[..., B_W] * unit_w * across / 2, box[..., B_H] * unit_h * down / 2
    return np.stack([x - half_w, y - half_h, x + half_w, y + half_h], -1)


def _box_part(target: FloatArray, spec: GridSpec) -> FloatArray:
    """The five numbers of every box, float64[S, S, anchors, 5]."""
    starts = np.array([spec.start(a) for a in range(spec.boxes)])
    return np.asarray(target[..., starts[:, None] + np.arange(5)])


def cell_sides(spec: GridSpec, area: Corners) -> tuple[float, float]:
    """Width and height of a cell in pixels."""
    return (area[2] - area[0]) / spec.columns, (area[3] - area[1]) / spec.rows


def cell_box(spec: GridSpec, area: Corners, row: int, column: int) -> Corners:
    """A cell as corners in pixels."""
    across, down = cell_sides(spec, area)
    left, top = area[0] + column * across, area[1] + row * down
    return left, top, left + across, top + down


def shape_overlaps(width: float, height: float, anchors: Sequence[Size]) -> tuple[float, ...]:
    """IoU of a box with every anchor when both have the same centre; all sides in one unit."""
    found = []
    for anchor_width, anchor_height in anchors:
        common = min(width, anchor_width) * min(height, anchor_height)
        found.append(common / (width * height + anchor_width * anchor_height - common))
    return tuple(found)


def _check(corners: FloatArray, kinds: Sequence[int] | IntArray, spec: GridSpec) -> None:
    if not np.isfinite(corners).all() or (corners[:, 2:] <= corners[:, :2]).any():
        raise ValueError("a box is x1 < x2 and y1 < y2, in finite numbers")
    if any(not 0 <= int(kind) < len(spec.classes) for kind in kinds):
        raise ValueError(f"classes are 0 to {len(spec.classes) - 1}")


def _place(index: int, box: FloatArray, spec: GridSpec, area: Corners) -> Placed | None:
    across, down = cell_sides(spec, area)
    x, y = ((box[:2] + box[2:]) / 2).tolist()
    if not (area[0] <= x <= area[2] and area[1] <= y <= area[3]):
        return None
    column, row = (
        min(int((x - area[0]) / across), spec.columns - 1),
        min(int((y - area[1]) / down), spec.rows - 1),
    )
    width, height = float(box[2] - box[0]) / across, float(box[3] - box[1]) / down
    overlaps = shape_overlaps(width, height, spec.anchors)
    anchor = 0 if spec.layout == "shared" else max(range(spec.boxes), key=overlaps.__getitem__)
    return Placed(index, row, column, anchor, overlaps)


def _write(
    cell: FloatArray, box: FloatArray, kind: int, place: Placed, spec: GridSpec, area: Corners
) -> None:
    cell[spec.start(place.anchor) : spec.start(place.anchor) + 5] = box_numbers(box, place, spec, area)
    cell[spec.class_start(place.anchor) + kind] = 1


def box_numbers(
    box: FloatArray, place: Placed | tuple[int, int], spec: GridSpec, area: Corners
) -> FloatArray:
    """p_c = 1, b_x, b_y, b_h, b_w of a box as the cell of `place` would write it, float64[5]."""
    row, column = (place.row, place.column) if isinstance(place, Placed) else place
    across, down = cell_sides(spec, area)
    unit_w, unit_h = spec.sizes_in_cells()
    numbers = np.ones(5)
    numbers[B_X] = ((box[0] + box[2]) / 2 - area[0]) / across - column
    numbers[B_Y] = ((box[1] + box[3]) / 2 - area[1]) / down - row
    numbers[B_W] = (box[2] - box[0]) / across / unit_w
    numbers[B_H] = (box[3] - box[1]) / down / unit_h
    return numbers
