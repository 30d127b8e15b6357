"""What a YOLO net said about a frame: numbers for every cell and anchor, decoded when they are asked for. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from engine.detection.cells import FloatArray, Head, cell_answers, raw_of
from engine.detection.found import Grid, Raw
from engine.detection.requests import AnchorAnswer, Letterbox
from engine.errors import UserError
from engine.images import Frame


@dataclass(frozen=True, slots=True, eq=False)
class GridAnswer:
    """`outputs`: float32[A * (5 + C), rows, columns] of each of `heads`. See engine.detection.detectors.Answer."""

    frame: Frame
    letterbox: Letterbox
    outputs: tuple[FloatArray, ...]
    heads: tuple[Head, ...]
    prepare: float
    net: float

    @property
    def grids(self) -> tuple[Grid, ...]:
        return tuple(head.grid for head in self.heads)

    @property
    def count(self) -> int:
        return sum(grid.rows * grid.columns * len(grid.anchors) for grid in self.grids)

    @property
    def nbytes(self) -> int:
        return sum(output.nbytes for output in self.outputs) + self.frame.pixels.nbytes

    def raw(self, least: float = 0.0) -> Raw:
        return raw_of(self.outputs, self.heads, self.letterbox, least)

    def cell(self, grid: int, row: int, column: int) -> tuple[Head, tuple[AnchorAnswer, ...]]:
        if not 0 <= grid < len(self.heads):
            raise UserError(f"The net has {len(self.heads)} grids, counted from 0; there is no grid {grid}.")
        head = self.heads[grid]
        rows, columns = head.grid.rows, head.grid.columns
        if not (0 <= row < rows and 0 <= column < columns):
            raise UserError(
                f"The grid has {rows} rows and {columns} columns, counted from 0; there is no cell ({row}, {column})."
            )
        return head, cell_answers(self.outputs[grid], head, self.letterbox, row, column)
