"""The edges of a graph as lines with round corners and arrows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from gui.widgets.graph.layout import Placed, Point

CORNER: Final = 7.0
ARROW: Final = (4.0, 7.0)
"""Half the width and the length of an arrow."""


@dataclass(frozen=True, slots=True)
class Wire:
    """An edge: its rounded line, the tip of its arrow, and what it needs of the scene to be drawn."""

    source: str
    target: str
    path: QPainterPath
    own: QPainterPath
    """The part of the line that no edge before it from the same source has drawn already."""
    tip: QPolygonF
    points: tuple[Point, ...]


def wires(placed: Placed) -> list[Wire]:
    drawn: dict[str, list[tuple[Point, ...]]] = defaultdict(list)
    found = []
    for (source, target), points in placed.edges.items():
        shared = max((_shared(points, other) for other in drawn[source]), key=len, default=points[:1])
        own = (*_shortened(shared), *points[len(shared) :]) if len(shared) > 1 else points
        found.append(Wire(source, target, _line(points), _line(own), _tip(points), points))
        drawn[source].append(points)
    return found


def _shared(points: tuple[Point, ...], other: tuple[Point, ...]) -> tuple[Point, ...]:
    """The corners of one line up to where it leaves another one that begins at the same place."""
    same = 0
    while same < min(len(points), len(other)) and points[same] == other[same]:
        same += 1
    if same in (len(points), len(other)):
        return points[:same]
    start, mine, its = points[same - 1], points[same], other[same]
    straight = (mine[0] == start[0] == its[0]) or (mine[1] == start[1] == its[1])
    way, other_way = _distance(start, mine), _distance(start, its)
    within = straight and way < other_way and _distance(mine, its) < other_way
    return points[: same + within]


def _shortened(shared: tuple[Point, ...]) -> tuple[Point, ...]:
    """The last corner of a shared line with as much of its straight way as the bend needs."""
    before, corner = shared[-2:]
    start = _towards(corner, before, min(CORNER, _distance(before, corner) / 2))
    return (start.x(), start.y()), corner


def _line(points: tuple[Point, ...]) -> QPainterPath:
    """A line with round corners that ends within its arrow."""
    path = QPainterPath(QPointF(*points[0]))
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        bend = min(CORNER, _distance(before, corner), _distance(corner, after) / 2)
        path.lineTo(_towards(corner, before, bend))
        path.quadTo(QPointF(*corner), _towards(corner, after, bend))
    (x, y), (dx, dy) = points[-1], _heading(points)
    path.lineTo(x - dx * ARROW[1] / 2, y - dy * ARROW[1] / 2)
    return path


def _tip(points: tuple[Point, ...]) -> QPolygonF:
    """The arrow at the end of a line."""
    (x, y), (dx, dy) = points[-1], _heading(points)
    half, length = ARROW
    back = (x - dx * length, y - dy * length)
    ends = [
        QPointF(x, y), QPointF(back[0] - dy * half, back[1] - dx * half),
        QPointF(back[0] + dy * half, back[1] + dx * half),
    ]  # fmt: skip
    return QPolygonF(ends)


def _heading(points: tuple[Point, ...]) -> tuple[int, int]:
    (x0, y0), (x, y) = points[-2:]
    return (x > x0) - (x < x0), (y > y0) - (y < y0)


def _distance(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _towards(start: Point, end: Point, distance: float) -> QPointF:
    length = _distance(start, end) or 1.0
    share = distance / length
    return QPointF(start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
