"""A drawing laid out and ready to be painted: rectangles, paths and texts, all in the scene's own pixels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, TypeVar

from PySide6.QtCore import QPointF, QRectF, QSizeF

from gui.widgets.graph.data import Drawing, GraphBox
from gui.widgets.graph.frames import Frame, frames_of
from gui.widgets.graph.layout import Direction, Point, Rect
from gui.widgets.graph.lines import CORNER, Wire, wires
from gui.widgets.graph.sizes import (
    LABEL_GAP,
    LABEL_HEIGHT,
    MARGIN,
    SIGN,
    SLIM_HEIGHT,
    STACK,
    fit,
    is_slim,
    measured,
    placed,
    short_name,
    text_width,
)

CELL: Final = 512.0
EMPTY: Final = Drawing()


@dataclass(frozen=True, slots=True)
class Item:
    """A box at its place; `card` is the box without the cards behind a folded group."""

    box: GraphBox
    rect: QRectF
    slim: bool
    name: str = ""
    """The subtitle as it is written."""

    @property
    def card(self) -> QRectF:
        return self.rect.adjusted(0, 0, 0, -2 * STACK) if self.box.folded else self.rect

    @property
    def sign(self) -> QRectF:
        """The place of the fold sign; empty where there is none."""
        if not self.box.foldable:
            return QRectF()
        card = self.card
        inset = (min(card.height(), SLIM_HEIGHT) - SIGN) / 2
        return QRectF(card.right() - inset - SIGN, card.top() + inset, SIGN, SIGN)


@dataclass(frozen=True, slots=True)
class Label:
    """A shape beside the line that leaves a box."""

    source: str
    text: str
    rect: QRectF


@dataclass
class Part:
    """What lies in one cell of the scene."""

    frames: list[Frame] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


class GraphScene:
    """A drawing with places; `room` is the size of the view, in which long chains break into columns.

    `like`: a scene of the same structure, whose places are kept. Where what is written has outgrown them, the scene is
    `cramped`: it can be shown for a moment, until it is laid out anew.
    """

    def __init__(
        self,
        drawing: Drawing = EMPTY,
        direction: Direction = "down",
        room: QSizeF | None = None,
        like: GraphScene | None = None,
    ) -> None:
        self.drawing, self.direction = drawing, direction
        boxes = measured(drawing, direction)
        if like is None:
            self._places, self.cramped = boxes, False
            self.placed = placed(boxes, drawing, direction, room)
        else:
            self._places, self.placed = like._places, like.placed
            self.cramped = not fit(boxes, self._places)
        self.size = QSizeF(self.placed.width, self.placed.height)
        self.items = {
            box.key: Item(box, _rect(self.placed.boxes[box.key]), is_slim(box), short_name(box, drawing))
            for box in drawing.boxes
        }
        self.wires: list[Wire] = wires(self.placed) if like is None else like.wires
        self.frames: list[Frame] = frames_of(drawing, self.placed, direction) if like is None else like.frames
        self.labels = {key: self.label(key) for key in drawing.new_labels}
        self.bounds = QRectF(0, 0, self.size.width(), self.size.height())
        for frame in self.frames:
            self.bounds = self.bounds.united(frame.rect)
        self.bounds.adjust(-MARGIN, -MARGIN, MARGIN, MARGIN)
        self.largest = max(
            (max(b.volume[1:]) for b in drawing.boxes if b.volume and len(b.volume) == 3), default=1
        )
        self._cells = self._sorted_into_cells(like)
        self._wires_of: dict[str, list[Wire]] = defaultdict(list)
        for wire in self.wires:
            self._wires_of[wire.source].append(wire)
            self._wires_of[wire.target].append(wire)

    def has_structure_of(self, drawing: Drawing) -> bool:
        """Whether a drawing has the same boxes, of the same heights, the same lines and the same groups."""
        own = self.drawing
        return (
            own.groups == drawing.groups
            and [(box.key, is_slim(box), box.folded) for box in own.boxes]
            == [(box.key, is_slim(box), box.folded) for box in drawing.boxes]
            and [(edge.source, edge.target) for edge in own.edges]
            == [(edge.source, edge.target) for edge in drawing.edges]
        )

    def wires_of(self, key: str) -> Sequence[Wire]:
        """The edges that lead to a box or leave it."""
        return self._wires_of.get(key, ())

    def label(self, key: str) -> Label:
        """The shape beside the line that leaves a box."""
        rect, text = self.placed.boxes[key], self.drawing.labels[key]
        width = text_width(text, "small") + 2
        if self.direction == "down":
            place = QRectF(rect.centre[0] + LABEL_GAP, rect.bottom + 1, width, LABEL_HEIGHT - 1)
        else:
            place = QRectF(rect.right + LABEL_GAP, rect.centre[1] + 1, width, LABEL_HEIGHT - 1)
        return Label(key, text, place)

    def parts(self, area: QRectF) -> Part:
        """What has to be drawn to fill an area, each thing once."""
        found = Part()
        for cell in _cells(area):
            part = self._cells.get(cell)
            if part is not None:
                found.frames += part.frames
                found.wires += part.wires
                found.labels += part.labels
                found.items += part.items
        return Part(
            sorted(_unique(f for f in found.frames if f.rect.intersects(area)), key=lambda f: f.depth),
            _unique(found.wires),
            _unique(label for label in found.labels if label.rect.intersects(area)),
            _unique(item for item in found.items if item.rect.intersects(area)),
        )

    def item_at(self, point: QPointF) -> Item | None:
        part = self._cells.get((int(point.x() // CELL), int(point.y() // CELL)))
        return next((i for i in part.items if i.rect.contains(point)), None) if part else None

    def frame_at(self, point: QPointF) -> Frame | None:
        """The group whose title is at a point."""
        part = self._cells.get((int(point.x() // CELL), int(point.y() // CELL)))
        for frame in sorted(part.frames, key=lambda f: -f.depth) if part else ():
            if frame.sign.contains(point) or frame.title_rect.contains(point):
                return frame
        return None

    def _sorted_into_cells(self, like: GraphScene | None) -> dict[tuple[int, int], Part]:
        cells: dict[tuple[int, int], Part] = defaultdict(Part)
        if like is not None:
            for cell, part in like._cells.items():
                cells[cell] = Part(part.frames, part.wires)
        else:
            for frame in self.frames:
                for cell in _cells(frame.rect):
                    cells[cell].frames.append(frame)
            for wire in self.wires:
                for cell in {c for a, b in pairwise(wire.points) for c in _cells(_around(a, b))}:
                    cells[cell].wires.append(wire)
        for label in self.labels.values():
            for cell in _cells(label.rect):
                cells[cell].labels.append(label)
        for item in self.items.values():
            for cell in _cells(item.rect.adjusted(-2, -2, 2, 2)):
                cells[cell].items.append(item)
        return dict(cells)


Thing = TypeVar("Thing")


def _unique(things: Iterable[Thing]) -> list[Thing]:
    return list({id(thing): thing for thing in things}.values())


def _cells(area: QRectF) -> list[tuple[int, int]]:
    columns = range(int(area.left() // CELL), int(area.right() // CELL) + 1)
    rows = range(int(area.top() // CELL), int(area.bottom() // CELL) + 1)
    return [(column, row) for column in columns for row in rows]


def _around(a: Point, b: Point) -> QRectF:
    return QRectF(QPointF(*a), QPointF(*b)).normalized().adjusted(-CORNER, -CORNER, CORNER, CORNER)


def _rect(rect: Rect) -> QRectF:
    return QRectF(rect.x, rect.y, rect.width, rect.height)
