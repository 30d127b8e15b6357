"""What a net might say about labels: a made-up prediction, the labels with noise; and what a net did say."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from engine.detection.boxes import iou
from engine.detection.found import Grid, Raw
from engine.detection.grid.coding import Encoded, FloatArray, box_numbers, cell_sides, corners
from engine.detection.grid.spec import B_H, B_W, B_X, B_Y, P_C, Corners, GridSpec

REACH: Final = 1
"""Cells around the owner that claim its object, too ..."""
IN_COMMON: Final = 0.3
"""... if a box centred in the cell may have so much IoU with it."""
QUIET: Final = 0.25
"""The largest p_c of a cell with nothing in it, at full noise."""


def made_up(encoded: Encoded, boxes: FloatArray, kinds: list[int], noise: float, seed: int) -> FloatArray:
    """float64[S, S, depth]: the target as an imperfect net might answer, the same for a seed every time.

    `noise` 0..1; at 0 it is the target itself. The cell that owns an object finds it nearly; cells around it claim it,
    too, each with a box centred in itself and the p_c that such a box deserves, its IoU with the object; empty cells
    whisper.
    """
    if noise <= 0:
        return encoded.target.copy()
    spec = encoded.spec
    values = _whisper(spec, noise, np.random.default_rng((seed, 0)))
    claims: dict[tuple[int, int, int], float] = {}
    for place, box, kind in zip(encoded.placed, boxes, kinds, strict=True):
        if place is None or place.lost:
            continue
        draw = np.random.default_rng((seed, 1 + place.index))
        _claim_around(values, claims, encoded, box, kind, (place.row, place.column), noise, draw)
        numbers = box_numbers(_shaken(box, encoded, noise, draw), place, spec, encoded.area)
        numbers[B_X : B_Y + 1] = np.clip(numbers[B_X : B_Y + 1], 0, 1)
        numbers[P_C] = 1 - 0.3 * noise * draw.random()
        _say(values, spec, (place.row, place.column, place.anchor), numbers, kind, noise, draw)
        claims[place.row, place.column, place.anchor] = math.inf
    return values


def _whisper(spec: GridSpec, noise: float, draw: np.random.Generator) -> FloatArray:
    """Every cell without an object: low p_c, boxes about as large as the anchors, no idea of the class."""
    cells = (spec.rows, spec.columns)
    values = np.empty((*cells, spec.depth))
    unit = np.array(spec.sizes_in_cells())
    for anchor, (width, height) in enumerate(spec.anchors):
        start = spec.start(anchor)
        values[..., start + P_C] = QUIET * noise * draw.random(cells) ** 3
        values[..., start + B_X], values[..., start + B_Y] = draw.random(cells), draw.random(cells)
        spread = np.exp(0.3 * draw.standard_normal((2, *cells)))
        values[..., start + B_W], values[..., start + B_H] = (
            width * spread[0] / unit[0],
            height * spread[1] / unit[1],
        )
    for anchor in range(1 if spec.layout == "shared" else spec.boxes):
        first = spec.class_start(anchor)
        guess = draw.random((*cells, len(spec.classes))) + 0.5
        values[..., first : first + len(spec.classes)] = guess / guess.sum(-1, keepdims=True)
    return values


def _claim_around(
    values: FloatArray,
    claims: dict[tuple[int, int, int], float],
    encoded: Encoded,
    box: FloatArray,
    kind: int,
    home: tuple[int, int],
    noise: float,
    draw: np.random.Generator,
) -> None:
    """The cells around an object, and the other anchors of its own, take it for theirs."""
    spec, area = encoded.spec, encoded.area
    for row in range(max(home[0] - REACH, 0), min(home[0] + REACH + 1, spec.rows)):
        for column in range(max(home[1] - REACH, 0), min(home[1] + REACH + 1, spec.columns)):
            moved = _centred_in(box, spec, area, row, column)
            deserved = float(iou(box, moved))
            anchor, luck, shaken = (
                int(draw.integers(spec.boxes)),
                draw.random(),
                _shaken(moved, encoded, noise, draw),
            )
            numbers = box_numbers(shaken, (row, column), spec, area)
            numbers[B_X : B_Y + 1] = np.clip(numbers[B_X : B_Y + 1], 0, 1)
            numbers[P_C] = deserved * math.sqrt(noise) * (0.55 + 0.4 * luck)
            if deserved > IN_COMMON and numbers[P_C] > claims.get((row, column, anchor), 0.0):
                _say(values, spec, (row, column, anchor), numbers, kind, noise, draw)
                claims[row, column, anchor] = float(numbers[P_C])


def _centred_in(box: FloatArray, spec: GridSpec, area: Corners, row: int, column: int) -> FloatArray:
    """The box with its centre moved to the nearest point of a cell."""
    across, down = cell_sides(spec, area)
    centre = (box[:2] + box[2:]) / 2
    low = np.array([area[0] + column * across, area[1] + row * down])
    shift = np.clip(centre, low, low + np.array([across, down])) - centre
    return np.asarray(box + np.tile(shift, 2))


def _shaken(box: FloatArray, encoded: Encoded, noise: float, draw: np.random.Generator) -> FloatArray:
    """The box with its centre moved by some percent of its sides, or of a cell, and its sides changed."""
    sides = box[2:] - box[:2]
    reach = np.minimum(0.05 * sides, 0.2 * np.array(cell_sides(encoded.spec, encoded.area)))
    centre = (box[:2] + box[2:]) / 2 + noise * reach * draw.standard_normal(2)
    half = sides / 2 * np.exp(0.08 * noise * draw.standard_normal(2))
    return np.concatenate([centre - half, centre + half])


def _say(
    values: FloatArray,
    spec: GridSpec,
    where: tuple[int, int, int],
    numbers: FloatArray,
    kind: int,
    noise: float,
    draw: np.random.Generator,
) -> None:
    """Write a box into its place, with the class that the net believes in."""
    row, column, anchor = where
    count = len(spec.classes)
    sure = 1 - 0.4 * noise * draw.random()
    others = draw.random(count) + 0.2
    others[kind] = 0
    total = others.sum()
    classes = others * ((1 - sure) / total) if total else np.zeros(count)
    classes[kind] = sure if total else 1.0
    start, first = spec.start(anchor), spec.class_start(anchor)
    values[row, column, start : start + 5] = numbers
    values[row, column, first : first + count] = classes


def of_net(
    raw: Raw, grid: Grid, number: int, area: Corners, classes: tuple[str, ...]
) -> tuple[GridSpec, FloatArray]:
    """What a YOLO net said on its grid number `number`: the grid as a GridSpec, and float64[S, S, depth].

    `area`: what the grid covers, in pixels of the picture. Raises ValueError for a net without grids or objectness.
    """
    if raw.places is None or raw.objectness is None:
        raise ValueError("a net without grids says nothing cell by cell")
    anchors = tuple((width / grid.stride, height / grid.stride) for width, height in grid.anchors)
    spec = GridSpec(grid.rows, grid.columns, anchors, classes)
    values = np.zeros((spec.rows, spec.columns, spec.boxes, 5 + len(classes)))
    mine = raw.places[:, 0] == number
    row, column, anchor = raw.places[mine, 1], raw.places[mine, 2], raw.places[mine, 3]
    boxes = raw.boxes[mine].astype(np.float64)
    across, down = cell_sides(spec, area)
    said = np.empty((len(boxes), 5))
    said[:, P_C] = raw.objectness[mine]
    said[:, B_X] = ((boxes[:, 0] + boxes[:, 2]) / 2 - area[0]) / across - column
    said[:, B_Y] = ((boxes[:, 1] + boxes[:, 3]) / 2 - area[1]) / down - row
    said[:, B_W], said[:, B_H] = (boxes[:, 2] - boxes[:, 0]) / across, (boxes[:, 3] - boxes[:, 1]) / down
    values[row, column, anchor, :5] = said
    values[row, column, anchor, 5:] = raw.classes[mine]
    return spec, values.reshape(spec.rows, spec.columns, spec.depth)


def difference(encoded: Encoded, boxes: FloatArray) -> float:
    """The largest difference in pixels between boxes and what their target decodes to; lost ones are left out."""
    every = corners(encoded.target, encoded.spec, encoded.area)
    gaps = [
        float(np.abs(every[one.row, one.column, one.anchor] - boxes[one.index]).max())
        for one in encoded.placed
        if one is not None and not one.lost
    ]
    return max(gaps, default=0.0)
