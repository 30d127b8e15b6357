"""Anchors: shapes that a cell of the grid begins with. How to choose them, and which thing gets which one. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.errors import UserError

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.int64]
Centre = Literal["mean", "median"]
Metric = Literal["iou", "euclidean"]

MOST_ROUNDS: Final = 100


def shape_iou(shapes: npt.ArrayLike, anchors: npt.ArrayLike) -> FloatArray:
    """IoU of shapes [N, 2] with anchors [K, 2] (width, height) laid on one another at a corner: float64[N, K]."""
    first, second = (
        np.asarray(shapes, np.float64).reshape(-1, 2),
        np.asarray(anchors, np.float64).reshape(-1, 2),
    )
    common = np.minimum(first[:, None, 0], second[:, 0]) * np.minimum(first[:, None, 1], second[:, 1])
    union = (first[:, 0] * first[:, 1])[:, None] + second[:, 0] * second[:, 1] - common
    return np.asarray(np.divide(common, union, out=np.zeros_like(common), where=union > 0))


# --- k-means ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class KMeansStep:
    """One step of k-means: the anchors are drawn ("start"), shapes choose ("assign"), anchors follow ("move").

    `centres` [K, 2]; `assigned` [N]: the anchor of every shape, None before the first choice. `average_iou`: the mean
    IoU of all shapes with their anchors (at the start: with the nearest ones). `changed`: shapes that chose another
    anchor; `empty`: anchors that nobody chose, which stay where they are.
    """

    kind: Literal["start", "assign", "move"]
    round: int
    centres: FloatArray
    assigned: IndexArray | None
    average_iou: float
    changed: int = 0
    empty: tuple[int, ...] = ()


def kmeans(
    shapes: npt.ArrayLike,
    count: int,
    *,
    seed: int = 0,
    centre: Centre = "mean",
    metric: Metric = "iou",
    start: npt.ArrayLike | None = None,
) -> tuple[KMeansStep, ...]:
    """k-means of shapes [N, 2] (width, height) step by step, until no shape changes its anchor.

    The distance is 1 - IoU (Redmon & Farhadi 2017, "YOLO9000", section 2), or the Euclidean one for comparison; an
    anchor becomes the mean or the median of its shapes. It begins with `count` different shapes drawn by `seed`, or
    with `start` [K, 2]. Ties go to the anchor that comes first. Raises UserError where there are fewer different
    shapes than anchors, or where a shape has no area.
    """
    points = np.asarray(shapes, np.float64).reshape(-1, 2)
    if not (np.isfinite(points).all() and (points > 0).all()):
        raise UserError("A box without width or height has no shape to group.", "Take it out of the boxes.")
    centres = (
        first_centres(points, count, seed) if start is None else np.array(start, np.float64).reshape(-1, 2)
    )
    steps = [KMeansStep("start", 0, centres, None, float(shape_iou(points, centres).max(1).mean()))]
    assigned = np.full(len(points), -1)
    for turn in range(1, MOST_ROUNDS + 1):
        chosen = nearest(points, centres, metric)
        changed = int((chosen != assigned).sum())
        assigned = chosen
        empty = tuple(np.flatnonzero(np.bincount(assigned, minlength=len(centres)) == 0).tolist())
        steps.append(
            KMeansStep("assign", turn, centres, assigned, _average(points, centres, assigned), changed, empty)
        )
        if not changed:
            break
        centres = _moved(points, assigned, centres, centre)
        steps.append(
            KMeansStep("move", turn, centres, assigned, _average(points, centres, assigned), 0, empty)
        )
    return tuple(steps)


def first_centres(shapes: FloatArray, count: int, seed: int) -> FloatArray:
    """`count` different ones of the shapes, drawn by seed. Raises UserError where there are not so many."""
    different = np.unique(shapes, axis=0)
    if not 1 <= count <= len(different):
        raise UserError(
            f"{count} anchors cannot be made of {len(different)} different shapes.",
            "Choose fewer anchors, or draw more boxes.",
        )
    return different[np.random.default_rng(seed).choice(len(different), count, replace=False)]


def nearest(shapes: FloatArray, centres: FloatArray, metric: Metric) -> IndexArray:
    """int64[N]: the anchor at the smallest distance of each shape."""
    if metric == "iou":
        return np.asarray(shape_iou(shapes, centres).argmax(1), np.int64)
    distances = ((shapes[:, None] - centres) ** 2).sum(2)
    return np.asarray(distances.argmin(1), np.int64)


def _moved(shapes: FloatArray, assigned: IndexArray, centres: FloatArray, centre: Centre) -> FloatArray:
    middle = np.mean if centre == "mean" else np.median
    moved = centres.copy()
    for number in range(len(centres)):
        mine = shapes[assigned == number]
        if len(mine):
            moved[number] = middle(mine, axis=0)
    return moved


def _average(shapes: FloatArray, centres: FloatArray, assigned: IndexArray) -> float:
    return float(shape_iou(shapes, centres)[np.arange(len(shapes)), assigned].mean())


# --- which thing gets which anchor ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one thing stands in the target: the cell of its midpoint, its IoU with every anchor, the best of them.

    `lost_to`: the thing that has this anchor of this cell already; None where the place was free.
    """

    thing: int
    row: int
    column: int
    shares: tuple[float, ...]
    anchor: int
    lost_to: int | None = None


def place(
    boxes: npt.ArrayLike, anchors: npt.ArrayLike, grid: tuple[int, int], size: tuple[int, int]
) -> tuple[Placed, ...]:
    """Give every box [N, 4] the anchor [K, 2] of its cell that its shape has most in common with.

    `grid`: rows and columns; `size`: width and height of the picture; boxes and anchors in its pixels. One anchor of a
    cell holds one thing: who comes later loses, even where another anchor of the cell is free, because it was made for
    other shapes. The right and the lower edge of the picture belong to the last cells.
    """
    corners = np.asarray(boxes, np.float64).reshape(-1, 4)
    shares = shape_iou(corners[:, 2:] - corners[:, :2], anchors)
    taken: dict[tuple[int, int, int], int] = {}
    found = []
    for thing, box in enumerate(corners):
        row, column = cell_of(box, grid, size)
        anchor = int(shares[thing].argmax())
        holder = taken.setdefault((row, column, anchor), thing)
        lost_to = None if holder == thing else holder
        found.append(Placed(thing, row, column, tuple(shares[thing].tolist()), anchor, lost_to))
    return tuple(found)


def cell_of(box: npt.ArrayLike, grid: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """Row and column of the cell in which the midpoint of a box lies."""
    x1, y1, x2, y2 = np.asarray(box, np.float64).tolist()
    row, column = (y1 + y2) / 2 * grid[0] / size[1], (x1 + x2) / 2 * grid[1] / size[0]
    return min(max(int(row), 0), grid[0] - 1), min(max(int(column), 0), grid[1] - 1)


def crowded(placed: Iterable[Placed]) -> dict[tuple[int, int], tuple[int, ...]]:
    """The cells with more than one midpoint, and the things whose midpoints those are."""
    cells: dict[tuple[int, int], list[int]] = {}
    for one in placed:
        cells.setdefault((one.row, one.column), []).append(one.thing)
    return {cell: tuple(things) for cell, things in cells.items() if len(things) > 1}


def lost(placed: Iterable[Placed]) -> tuple[Placed, ...]:
    """Those that are not in the target, because their anchor of their cell was taken."""
    return tuple(one for one in placed if one.lost_to is not None)


def cell_target(
    placed: Sequence[Placed],
    cell: tuple[int, int],
    boxes: npt.ArrayLike,
    kinds: Sequence[int],
    *,
    anchors: int,
    classes: int,
    grid: tuple[int, int],
    size: tuple[int, int],
) -> FloatArray:
    """What the net is to answer in one cell: float64[anchors, 5 + classes], NaN where nothing is compared.

    A row is p_c, b_x, b_y, b_h, b_w, c_1 ... c_n: the midpoint in the cell's own 0..1, height and width in cells
    (above 1 where a thing is larger than its cell).
    """
    corners = np.asarray(boxes, np.float64).reshape(-1, 4)
    target = np.full((anchors, 5 + classes), np.nan)
    target[:, 0] = 0.0
    scale = np.array([grid[1] / size[0], grid[0] / size[1]])
    for one in placed:
        if (one.row, one.column) != cell or one.lost_to is not None:
            continue
        low, high = corners[one.thing, :2] * scale, corners[one.thing, 2:] * scale
        x, y = (low + high) / 2 - (one.column, one.row)
        width, height = high - low
        target[one.anchor] = (
            1.0,
            x,
            y,
            height,
            width,
            *(float(kinds[one.thing] == c) for c in range(classes)),
        )
    return target
