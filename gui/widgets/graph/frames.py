"""The frames around the open groups of a graph."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf

from PySide6.QtCore import QMarginsF, QRectF

from gui.theme import space
from gui.widgets.graph.data import Drawing, GraphGroup
from gui.widgets.graph.layout import Direction, Placed, Point
from gui.widgets.graph.lines import CORNER
from gui.widgets.graph.sizes import FRAME_PAD, FRAME_TITLE, LABEL_HEIGHT, SIGN, title_width

LINE_ROOM = 4.0


@dataclass(frozen=True, slots=True)
class Frame:
    """An open group in one column; in all but its first it has no title."""

    key: str
    title: str
    rect: QRectF
    depth: int
    span: tuple[float, float]
    """Where sign and title stand: between two of the lines that lead into the group."""
    column: int = 0

    @property
    def sign(self) -> QRectF:
        return QRectF(self.span[0], self.rect.top() + (FRAME_TITLE - SIGN) / 2, SIGN, SIGN)

    @property
    def title_rect(self) -> QRectF:
        left = self.span[0] + SIGN + space.xs
        return QRectF(left, self.rect.top(), self.span[1] - left, FRAME_TITLE)


def frames_of(drawing: Drawing, placed: Placed, direction: Direction) -> list[Frame]:
    """A frame around every open group, one in each column that it reaches."""
    framing = _Framing(drawing, placed, direction)
    frames = [frame for group in drawing.groups if drawing.members[group.key] for frame in framing.of(group)]
    return framing.around_inner(frames)


class _Framing:
    """What frames need to know of a drawing: which groups lie in which, and the lines that end in a box."""

    def __init__(self, drawing: Drawing, placed: Placed, direction: Direction) -> None:
        self.drawing, self.placed, self.down = drawing, placed, direction == "down"
        self.inner = _inner_groups(drawing)
        self.verticals = sorted(
            (a[0], *sorted((a[1], b[1])))
            for points in placed.edges.values()
            for a, b in pairwise(points)
            if a[0] == b[0]
        )
        self.lines: dict[str, list[tuple[Point, Point]]] = {box.key: [] for box in drawing.boxes}
        along = 1 if self.down else 0
        for (source, target), points in placed.edges.items():
            if placed.column[source] != placed.column[target]:
                points = _behind_entry(points, along)
            self.lines[target] += pairwise(points)

    def of(self, group: GraphGroup) -> Iterator[Frame]:
        """The frames of one group; only the first has the title."""
        members, column = self.drawing.members[group.key], self.placed.column
        depth = sum(group.key in inside for inside in self.inner.values())
        columns = sorted({column[m] for m in members})
        for number in columns:
            part = frozenset(m for m in members if column[m] == number)
            title = self.drawing.titles[group.key] if number == columns[0] else ""
            rect = self._area(part).marginsAdded(self._margins(group.key, part))
            span = self._title_span(rect, title)
            if self.down and title and span[1] - span[0] < title_width(title) - space.s:
                lines = self._crossing(rect)
                rect.setLeft(min(rect.left(), (lines[0] if lines else rect.right()) - title_width(title)))
                span = self._title_span(rect, title)
            yield Frame(group.key, title, rect, depth, span, number)

    def around_inner(self, frames: list[Frame]) -> list[Frame]:
        """The frames made as wide as it takes to hold the frames in them, which may be wide for their titles."""
        wide: list[Frame] = []
        for frame in sorted(frames, key=lambda f: -f.depth):
            for inner in wide:
                if inner.key in self.inner[frame.key] and inner.column == frame.column:
                    left = min(frame.rect.left(), inner.rect.left() - FRAME_PAD)
                    right = max(frame.rect.right(), inner.rect.right() + FRAME_PAD)
                    rect = QRectF(left, frame.rect.top(), right - left, frame.rect.height())
                    frame = replace(frame, rect=rect, span=self._title_span(rect, frame.title))
            wide.append(frame)
        return wide

    def _margins(self, key: str, part: frozenset[str]) -> QMarginsF:
        """The room around the boxes: frames within this one, and titles of those that begin with it."""
        layer = self.placed.layer
        first, last = min(layer[m] for m in part), max(layer[m] for m in part)
        spans = {k: self._span(k) for k in (key, *self.inner[key])}
        around = [[spans[k] for k in self.drawing.groups_of[m] if k in spans] for m in part]
        begin = max(sum(span[0] == first for span in own) for own in around)
        end = max(sum(span[1] == last for span in own) for own in around)
        open_begin = CORNER if spans[key][0] < first else 0.0
        open_end = CORNER if spans[key][1] > last else 0.0
        nested = FRAME_PAD * self._nesting(key)
        after = FRAME_PAD * end + open_end
        if self.down:
            return QMarginsF(nested, FRAME_TITLE * begin + open_begin, nested, after)
        title = (FRAME_TITLE + FRAME_PAD) * self._nesting(key)
        return QMarginsF(FRAME_PAD * begin + open_begin, title, after, nested)

    def _span(self, key: str) -> tuple[int, int]:
        """The first and the last layer of a group."""
        layers = [self.placed.layer[m] for m in self.drawing.members[key]]
        return min(layers), max(layers)

    def _nesting(self, key: str) -> int:
        """1 for a group without open groups in it, 2 for one around such a group, ..."""
        return 1 + max((self._nesting(k) for k in self.inner[key]), default=0)

    def _area(self, members: frozenset[str]) -> QRectF:
        """The boxes of a group, the labels behind them and, beside them, the lines that end in them."""
        area = QRectF()
        for key in members:
            box = self.placed.boxes[key]
            label = LABEL_HEIGHT if key in self.drawing.new_labels and self.down else 0.0
            area = area.united(QRectF(box.x, box.y, box.width, box.height + label))
        across, along = (0, 1) if self.down else (1, 0)
        low, high = (area.top(), area.bottom()) if self.down else (area.left(), area.right())
        for a, b in (line for key in members for line in self.lines[key]):
            start, end = sorted((a[along], b[along]))
            if a[across] == b[across] and start < high and end > low:
                place = a[across]
                area = area.united(
                    QRectF(place - LINE_ROOM, low, 2 * LINE_ROOM, high - low)
                    if self.down
                    else QRectF(low, place - LINE_ROOM, high - low, 2 * LINE_ROOM)
                )
        return area

    def _crossing(self, rect: QRectF) -> list[float]:
        """Where lines cross the title of a frame."""
        top, bottom = rect.top() + 2, rect.top() + FRAME_TITLE - 2
        start, stop = (
            bisect_right(self.verticals, (rect.left(), inf)),
            bisect_left(self.verticals, (rect.right(),)),
        )
        return sorted({x for x, y, end in self.verticals[start:stop] if y < bottom and end > top})

    def _title_span(self, rect: QRectF, title: str) -> tuple[float, float]:
        """The first room in a frame's title that is wide enough and crossed by no line, else the widest."""
        stops = [rect.left(), *self._crossing(rect), rect.right()]
        rooms = [(left + space.s, right - space.xs) for left, right in pairwise(stops)]
        needed = title_width(title) - space.s - space.xs
        return next((r for r in rooms if r[1] - r[0] >= needed), max(rooms, key=lambda r: r[1] - r[0]))


def _inner_groups(drawing: Drawing) -> dict[str, frozenset[str]]:
    """The groups within every group. Of two with the same members the later one is within the other."""
    place = {group.key: index for index, group in enumerate(drawing.groups)}
    members = drawing.members
    return {
        key: frozenset(
            k for k, others in members.items()
            if others and (others < own or (others == own and place[k] > place[key]))
        )
        for key, own in members.items()
    }  # fmt: skip


def _behind_entry(points: tuple[Point, ...], along: int) -> tuple[Point, ...]:
    """The part of a line that lies in the column of its target: from the beginning of the columns on."""
    return points[max(i for i, point in enumerate(points) if point[along] == 0.0) :]
