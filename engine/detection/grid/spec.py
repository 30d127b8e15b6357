"""What a grid of answers is: its cells, its anchors, its classes, and which number stands where in a cell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.errors import UserError

Layout = Literal["anchors", "shared"]
"""Whether every anchor has classes of its own, or a cell has one set for all of them (YOLO of 2016)."""
Unit = Literal["cell", "picture"]
"""What b_h and b_w are measured in."""
Size = tuple[float, float]
"""Width and height of an anchor, in cells."""
Corners = tuple[float, float, float, float]

BOX: Final = ("p_c", "b_x", "b_y", "b_h", "b_w")
"""The order of the course (Ng, 2017): is something there, its centre, its height, its width."""
P_C, B_X, B_Y, B_H, B_W = range(5)
MOST_CELLS: Final = 64
"""A side of the grid."""
MOST_ANCHORS: Final = 9
MOST_CLASSES: Final = 100
MOST_NUMBERS: Final = 200_000
SMALLEST, LARGEST = 0.05, 64.0
"""Sides of an anchor, in cells."""


@dataclass(frozen=True, slots=True)
class Component:
    """One number of a cell: `part` is its place in BOX, or 5 + the class; `anchor` None where all anchors share it."""

    name: str
    part: int
    anchor: int | None


@dataclass(frozen=True, slots=True)
class GridSpec:
    """A grid of `rows` x `columns` cells that answers with one box an anchor.

    `anchors`: width and height in cells, one pair for each box that a cell may give. `classes`: their names.
    """

    rows: int
    columns: int
    anchors: tuple[Size, ...]
    classes: tuple[str, ...]
    layout: Layout = "anchors"
    unit: Unit = "cell"

    def validated(self) -> Self:
        """The grid itself. Raises UserError for one that cannot be laid out."""
        if not (1 <= self.rows <= MOST_CELLS and 1 <= self.columns <= MOST_CELLS):
            raise UserError(
                f"A grid has 1 to {MOST_CELLS} rows and columns, not {self.rows} × {self.columns}."
            )
        if not 1 <= len(self.anchors) <= MOST_ANCHORS:
            raise UserError(f"A cell has 1 to {MOST_ANCHORS} anchors, not {len(self.anchors)}.")
        for width, height in self.anchors:
            if not (_size(width) and _size(height)):
                raise UserError(
                    f"An anchor is {SMALLEST:g} to {LARGEST:g} cells wide and high, not {width:g} × {height:g}."
                )
        if not 1 <= len(self.classes) <= MOST_CLASSES:
            raise UserError(f"There are 1 to {MOST_CLASSES} classes, not {len(self.classes)}.")
        if self.numbers > MOST_NUMBERS:
            raise UserError(
                f"A target of {self.numbers:,} numbers is more than this page lays out ({MOST_NUMBERS:,}).",
                "Take fewer cells, anchors or classes.",
            )
        return self

    @property
    def boxes(self) -> int:
        """How many boxes a cell gives."""
        return len(self.anchors)

    @property
    def depth(self) -> int:
        """How many numbers a cell has."""
        shared = self.layout == "shared"
        return self.boxes * 5 + len(self.classes) if shared else self.boxes * (5 + len(self.classes))

    @property
    def numbers(self) -> int:
        """How many numbers the target has."""
        return self.rows * self.columns * self.depth

    @property
    def shape(self) -> tuple[int, ...]:
        """[S, S, anchors, 5 + classes], or [S, S, boxes * 5 + classes] where the classes are shared."""
        if self.layout == "shared":
            return self.rows, self.columns, self.depth
        return self.rows, self.columns, self.boxes, 5 + len(self.classes)

    def start(self, anchor: int) -> int:
        """Where the five numbers of an anchor's box begin in a cell."""
        return anchor * (5 if self.layout == "shared" else 5 + len(self.classes))

    def class_start(self, anchor: int) -> int:
        """Where the classes of an anchor begin in a cell."""
        return self.boxes * 5 if self.layout == "shared" else self.start(anchor) + 5

    def component(self, index: int) -> Component:
        """What number `index` of a cell is."""
        if self.layout == "shared" and index >= self.boxes * 5:
            kind = index - self.boxes * 5
            return Component(f"c_{kind + 1}", 5 + kind, None)
        anchor, part = divmod(index, 5 if self.layout == "shared" else 5 + len(self.classes))
        return Component(BOX[part] if part < 5 else f"c_{part - 4}", part, anchor)

    def sizes_in_cells(self) -> tuple[float, float]:
        """How many cells the unit of b_w and b_h is wide and high."""
        return (1.0, 1.0) if self.unit == "cell" else (float(self.columns), float(self.rows))

    def shape_text(self) -> str:
        """ "3 × 3 × 2 × (5 + 3)"."""
        cells, classes = f"{self.rows} × {self.columns}", len(self.classes)
        if self.layout == "shared":
            return f"{cells} × ({self.boxes} · 5 + {classes})"
        return f"{cells} × {self.boxes} × (5 + {classes})"


def _size(side: float) -> bool:
    return math.isfinite(side) and SMALLEST <= side <= LARGEST
