"""Lays a network out: layers one below the other, straight chains, skip connections in lanes, orthogonal edges.

`lay_out` promises, for every graph without circles: no two boxes overlap; every segment of an edge is horizontal
or vertical and crosses no box; edges leave at the end of a box and enter at its beginning; edges share a line
only with edges of the same source or, close to it, the same target; the same input gives the same drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from gui.widgets.graph.columns import ENTRY, EXIT, GUTTER, best_cuts, cut
from gui.widgets.graph.layers import Layered, layered
from gui.widgets.graph.route import Point
from gui.widgets.graph.strip import GAP, Box, Strip

__all__ = ["GAP", "Box", "Direction", "Edge", "Placed", "Point", "Rect", "lay_out", "layers_of"]

Direction = Literal["down", "right"]
Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Placed:
    """A drawing: where every box is, the corners of every edge from its source to its target, and the whole size."""

    boxes: Mapping[str, Rect]
    edges: Mapping[Edge, tuple[Point, ...]]
    layer: Mapping[str, int]
    column: Mapping[str, int]
    width: float
    height: float
    columns: int


def lay_out(
    boxes: Iterable[Box],
    edges: Iterable[Edge],
    direction: Direction = "down",
    room: tuple[float, float] | None = None,
) -> Placed:
    """Place boxes and edges; `room` (width, height) lets a long chain go on in further columns (or rows).

    Columns are read like text, each from its beginning to its end. The drawing is cut only where a single output
    passes, never between boxes with the same `keep`, and no more than it takes to be shown largest in the room.

    Raises:
        ValueError: the edges run in a circle, or name a box that is not there.
    """
    return _lay_out(tuple(boxes), tuple(dict.fromkeys(edges)), direction, room)


@lru_cache(maxsize=32)
def _lay_out(
    boxes: tuple[Box, ...], edges: tuple[Edge, ...], direction: Direction, room: tuple[float, float] | None
) -> Placed:
    if not boxes:
        return Placed({}, {}, {}, {}, 0.0, 0.0, 0)
    sized = boxes if direction == "down" else tuple(_turned(box) for box in boxes)
    net = layered(_inputs([box.key for box in boxes], edges))
    whole = Strip(net, sized)
    cuts: list[int] = []
    if room is not None:
        cuts = best_cuts(whole, room if direction == "down" else room[::-1])
    strips = [whole] if not cuts else cut(net, sized, cuts)
    return _assembled(boxes, edges, net, strips, cuts, direction)


def layers_of(keys: Sequence[str], edges: Iterable[Edge]) -> dict[str, int]:
    """The layer of every box, without any places. Raises ValueError as lay_out does."""
    return (
        dict(zip(keys, layered(_inputs(keys, tuple(dict.fromkeys(edges)))).layer, strict=True))
        if keys
        else {}
    )


def _inputs(keys: Sequence[str], edges: Sequence[Edge]) -> list[list[int]]:
    index = {key: i for i, key in enumerate(keys)}
    inputs: list[list[int]] = [[] for _ in keys]
    for source, target in edges:
        if source not in index or target not in index:
            raise ValueError(f"an edge from “{source}” to “{target}”, but one of them is not there")
        inputs[index[target]].append(index[source])
    return inputs


def _turned(box: Box) -> Box:
    """The box for a drawing whose layers go from left to right: along is across."""
    return replace(
        box,
        width=box.height,
        height=box.width,
        label_width=box.label_height,
        label_height=box.label_width,
    )


def _assembled(
    boxes: Sequence[Box], edges: Sequence[Edge], net: Layered, strips: Sequence[Strip], cuts: Sequence[int],
    direction: Direction,
) -> Placed:  # fmt: skip
    """All columns beside each other, and the wires from the end of one to the beginning of the next."""
    shifts, gutters, right = [], [], 0.0
    for strip in strips:
        gutters.append(right - GUTTER / 2)
        shifts.append(right - strip.low)
        right += strip.high - strip.low + GUTTER
    column = {box.key: sum(cut < layer for cut in cuts) for box, layer in zip(boxes, net.layer, strict=True)}

    lead = GAP if cuts else 0.0  # the first column begins as low as those that a wire leads to

    def moved(points: Iterable[Point], place: int) -> list[Point]:
        return [(x + shifts[place], y + (0.0 if place else lead)) for x, y in points]

    def route(source: str, target: str) -> list[Point]:
        here, there = column[source], column[target]
        if here == there:
            return moved(strips[here].route(source, target), here)
        leave = moved(strips[here].route(source, EXIT), here)
        enter = moved(strips[there].route(ENTRY, target), there)
        x, end, start = gutters[there], leave[-1][1], enter[0][1]
        return [*leave, (x, end), (x, start), *enter]

    rects = {}
    for box in boxes:
        x, y, across, along = strips[column[box.key]].rect(box.key)
        y += 0.0 if column[box.key] else lead
        rects[box.key] = _rect(x + shifts[column[box.key]], y, across, along, direction)
    routes = {(s, t): _straightened(route(s, t), direction) for s, t in edges}
    width, height = right - GUTTER, max(strips[0].ends[-1] + lead, *(strip.ends[-1] for strip in strips))
    if direction == "right":
        width, height = height, width
    layer = {box.key: number for box, number in zip(boxes, net.layer, strict=True)}
    return Placed(rects, routes, layer, column, width, height, len(strips))


def _rect(x: float, y: float, across: float, along: float, direction: Direction) -> Rect:
    return Rect(x, y, across, along) if direction == "down" else Rect(y, x, along, across)


def _straightened(points: Sequence[Point], direction: Direction) -> tuple[Point, ...]:
    """Without repeated points and corners that are none."""
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and (
            kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]
        ):
            kept.pop()
        kept.append(point)
    return tuple(kept) if direction == "down" else tuple((y, x) for x, y in kept)
