"""Where the planes of a unit's path lie: sizes to a readable scale, columns as wide as their words, branch lanes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFontMetricsF

from engine.networks.graphs.graph import Graph
from engine.networks.graphs.ops import Conv, Dropout, Identity
from engine.networks.graphs.shapes import shape_text
from gui.pages.architectures.pixel.unit_path import Branch, Plane, UnitPath, reads_picture
from gui.theme import space, theme

GAP: Final = 34.0
"""Between two columns: the room in which the cone is seen."""
SMALLEST_SIDE, SHARE_OF_SMALLEST = 36.0, 0.42
LOWEST, HIGHEST = 84.0, 260.0
"""Sides of the largest plane, before zooming."""
MOST_WORDS: Final = 168.0
PADDING_SHOWN: Final = 14.0
"""How far a rectangle is drawn beyond its plane: farther, it would lie over words and neighbours."""
SHEET: Final = 3.5
"""How far the sheets behind a plane, which stand for its channels, are apart."""
MOST_SHEETS: Final = 4
MOST_LANES: Final = 4
VECTOR_WIDTH: Final = 12.0
SHRINKS: Final = (1.0, 0.85, 0.7, 0.55)
WHERE_NOTHING_FITS: Final = 0.75
LANE_ENDS: Final = 48.0
MOST_SPAN: Final = 300.0
SHORT_NAMES: Final = {"Batch norm": "BN", "Local response norm": "LRN"}


@dataclass(frozen=True, slots=True)
class Words:
    """What is written at a plane."""

    title: str
    name: str
    shape: str
    folded: str


@dataclass(frozen=True, slots=True)
class Box:
    """One plane: its face, the column around it, its words."""

    plane: Plane
    face: QRectF
    column: QRectF
    sheets: int
    words: Words

    def cells(self, top: float, left: float, bottom: float, right: float) -> QRectF:
        """The rectangle of rows top..bottom and columns left..right, which may lie outside of the plane."""
        rows, columns = self.plane.size
        height, width = self.face.height() / rows, self.face.width() / columns
        return QRectF(
            self.face.left() + left * width,
            self.face.top() + top * height,
            (right - left) * width,
            (bottom - top) * height,
        )

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Row and column under a point, None beside the face."""
        if not self.face.contains(point):
            return None
        rows, columns = self.plane.size
        row = int((point.y() - self.face.top()) / self.face.height() * rows)
        column = int((point.x() - self.face.left()) / self.face.width() * columns)
        return min(row, rows - 1), min(column, columns - 1)


@dataclass(frozen=True, slots=True)
class Lane:
    """A branch beneath the planes: from one plane's column to another's, with what lies on it."""

    start: float
    end: float
    y: float
    text: str
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChainLayout:
    """The whole strip; `more` counts the branches for which there was no lane."""

    size: QSizeF
    boxes: tuple[Box, ...]
    lanes: tuple[Lane, ...]
    more: int
    middle: float
    head_end: float
    """Where the words above the planes end."""
    foot: float
    """Where those beneath them begin."""


def line_height() -> float:
    return QFontMetricsF(theme.font("small")).height()


def head_height() -> float:
    """Two lines above the planes, and the sheets behind these."""
    return 2 * line_height() + MOST_SHEETS * SHEET + space.xs


def foot_height() -> float:
    """Three lines beneath them."""
    return 3 * line_height() + space.s


def lane_height() -> float:
    return line_height() + space.xs


def chain_layout(graph: Graph, path: UnitPath, room: QSizeF, zoom: float = 1.0) -> ChainLayout:
    """Lay the planes out from left to right in a strip for that room; a width of 0 is no limit.

    At a zoom of 1 it is as high as the room; the planes shrink where the way to the unit fits the width then.
    """
    placed, more = _lanes(path)
    lanes = max((lane for _, lane in placed), default=-1) + 1 + int(more > 0)
    chrome = head_height() + foot_height() + lanes * lane_height() + 2 * space.s + PADDING_SHOWN
    largest = min(max(room.height() - chrome, LOWEST), HIGHEST)
    strip = _Strip(graph, path, placed, zoom)
    for share in SHRINKS:
        columns = strip.columns(max(largest * share, LOWEST) * zoom)
        if not room.width() or columns[path.chosen][1] + space.m <= room.width() * zoom:
            break
    else:
        columns = strip.columns(max(largest * WHERE_NOTHING_FITS, LOWEST) * zoom)
    largest = max(face.height() for _, _, face in columns)
    head_end = space.s + head_height()
    spare = max(room.height() - chrome - largest, 0.0) / 2 if room.width() else 0.0
    middle, foot = head_end + spare / 2 + largest / 2, head_end + spare + largest + PADDING_SHOWN
    bottom = foot + foot_height()
    boxes = tuple(
        Box(plane, face.translated(0, middle), QRectF(left, 0, right - left, bottom), sheets_of(plane), word)
        for plane, word, (left, right, face) in zip(path.planes, strip.words, columns, strict=True)
    )
    found = [
        Lane(
            boxes[branch.start].face.center().x(), boxes[branch.end].face.center().x(),
            foot + foot_height() + (lane + 0.5) * lane_height(), lane_text(graph, branch.layers), branch.layers,
        )
        for branch, lane in placed
    ]  # fmt: skip
    total = QSizeF(columns[-1][1] + space.m, foot + foot_height() + lanes * lane_height() + space.s)
    return ChainLayout(total, boxes, tuple(found), more, middle, head_end, foot)


class _Strip:
    """The columns of a path, for planes of any size."""

    def __init__(
        self, graph: Graph, path: UnitPath, placed: Sequence[tuple[Branch, int]], zoom: float
    ) -> None:
        self._path, self._zoom = path, zoom
        self.words = [words_of(graph, plane, path.layer) for plane in path.planes]
        small = QFontMetricsF(theme.font("small"))
        self._spans = {
            branch.end: min(small.horizontalAdvance(lane_text(graph, branch.layers)) + LANE_ENDS, MOST_SPAN)
            for branch, _ in sorted(placed, key=lambda one: len(one[0].layers))
            if branch.end == branch.start + 1
        }

    def columns(self, largest: float) -> list[tuple[float, float, QRectF]]:
        """Left, right and the face around y = 0 of every plane; a gap is as wide as the branch across it needs."""
        found: list[tuple[float, float, QRectF]] = []
        sides = plane_sides(self._path.planes, largest)
        x, before = float(space.m), 0.0
        for index, (plane, (tall, wide), word) in enumerate(
            zip(self._path.planes, sides, self.words, strict=True)
        ):
            sheets = sheets_of(plane)
            room = max(wide + sheets * SHEET, min(_widest(word), MOST_WORDS * max(self._zoom, 1.0)))
            offset = (room - sheets * SHEET) / 2
            x = max(x, before + self._spans.get(index, 0.0) - offset)
            found.append((x, x + room, QRectF(x + offset - wide / 2, -tall / 2, wide, tall)))
            before = x + offset
            x += room + GAP
        return found


def plane_sides(planes: Sequence[Plane], largest: float) -> list[tuple[float, float]]:
    """Height and width of every plane: areas grow more slowly than the maps, so that small ones can be read."""
    most = max((max(plane.size) for plane in planes), default=1)
    smallest = max(SMALLEST_SIDE, largest * SHARE_OF_SMALLEST)
    sides = []
    for plane in planes:
        if len(plane.shape) != 3:
            sides.append((largest * 0.8, VECTOR_WIDTH))
            continue
        longer = max(plane.size)
        share = (math.sqrt(longer) - 1) / max(math.sqrt(most) - 1, 1e-9) if most > 1 else 1.0
        side = smallest + (largest - smallest) * share
        rows, columns = plane.size
        sides.append((max(side * rows / longer, VECTOR_WIDTH), max(side * columns / longer, VECTOR_WIDTH)))
    return sides


def sheets_of(plane: Plane) -> int:
    """Sheets behind a plane: one more for every eight times as many channels."""
    if len(plane.shape) != 3 or plane.channels == 1:
        return 0
    return min(1 + int(math.log(plane.channels, 8)), MOST_SHEETS)


def words_of(graph: Graph, plane: Plane, layer: str = "") -> Words:
    """Title, name, shape and what is folded into the plane; where `layer` lies on it, the words are about that one."""
    if layer in plane.layers[1:]:
        node, first = graph.by_name[layer], graph.by_name[plane.name]
        before = first.label if first.inputs else "the picture" if reads_picture(graph) else "the input"
        return Words(node.label, layer, shape_text(node.out_shape), f"behind {before}")
    node = graph.by_name[plane.name]
    title = node.label if node.inputs else "Picture" if reads_picture(graph) else "Input"
    shape = shape_text(plane.shape)
    if len(plane.shape) == 3 and plane.out_shape[0] != plane.shape[0]:
        shape += f" → {plane.out_shape[0]}"
    rest = [short_label(graph, name) for name in plane.layers[1:]]
    return Words(title, plane.name, shape, folded_words([text for text in rest if text]))


def folded_words(labels: Sequence[str]) -> str:
    """What is folded into a plane: as many labels as fit, and how many more there are; never a part of one."""
    metrics = QFontMetricsF(theme.font("small"))
    for kept in range(len(labels), 0, -1):
        more = f" and {len(labels) - kept} more" if kept < len(labels) else ""
        text = f"+ {', '.join(labels[:kept])}{more}"
        if metrics.horizontalAdvance(text) <= MOST_WORDS:
            return text
    return f"+ {len(labels)} layer{'s' * (len(labels) > 1)}" if labels else ""


def short_label(graph: Graph, layer: str) -> str:
    """A layer's label where room is scarce; empty for what does nothing while the net is used."""
    node = graph.by_name[layer]
    if isinstance(node.op, Dropout | Identity):
        return ""
    return SHORT_NAMES.get(node.label, node.label)


def lane_text(graph: Graph, layers: Sequence[str]) -> str:
    """What lies on a branch: its convolutions and pools; "skip" where it carries its input on unchanged."""
    nodes = [graph.by_name[name] for name in layers]
    kept = [node for node in nodes if node.kind not in ("activation", "norm", "dropout", "identity")]
    if not kept:
        return "skip: carried on unchanged"
    labels = ", ".join(node.label for node in kept)
    point = len(kept) == 1 and isinstance(kept[0].op, Conv) and kept[0].op.kernel == (1, 1)
    joins = {reader for name in layers[-1:] for reader in graph.consumers[name]}
    added = any(graph.by_name[name].kind == "add" for name in joins if name in graph.by_name)
    return f"skip through {labels} (Wₛ)" if point and added else labels


def _lanes(path: UnitPath) -> tuple[list[tuple[Branch, int]], int]:
    """Every branch with the first lane in which no other one is in its way, and how many had to be left out.

    Branches within one plane (a squeeze-and-excitation path) have no length that could be drawn.
    """
    ends: list[int] = []
    placed: list[tuple[Branch, int]] = []
    more = 0
    for branch in sorted(path.branches, key=lambda b: (b.start, b.end)):
        if branch.start >= branch.end:
            continue
        free = next((lane for lane, end in enumerate(ends) if end <= branch.start), len(ends))
        if free >= MOST_LANES:
            more += 1
            continue
        ends[free : free + 1] = [branch.end]
        placed.append((branch, free))
    return placed, more


def _widest(words: Words) -> float:
    small, bold = QFontMetricsF(theme.font("small")), QFontMetricsF(theme.font("small", bold=True))
    mono = QFontMetricsF(theme.font("small", mono=True))
    return (
        max(
            bold.horizontalAdvance(words.title),
            small.horizontalAdvance(words.name),
            small.horizontalAdvance(words.folded),
            mono.horizontalAdvance(words.shape),
        )
        + 2
    )
