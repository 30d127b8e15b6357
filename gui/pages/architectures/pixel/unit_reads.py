"""What one unit reads on every layer below it, as rectangles to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.networks.graphs.graph import Graph, Node
from engine.networks.graphs.unit_trace import Reading, UnitTrace


@dataclass(frozen=True, slots=True)
class Rect:
    """Rows top..bottom and columns left..right of a layer, half-open; parts may lie outside of it (padding)."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> tuple[int, int]:
        return self.bottom - self.top, self.right - self.left

    @property
    def centre(self) -> tuple[float, float]:
        """Row and column of the middle; that of a single cell is its own place."""
        return (self.top + self.bottom - 1) / 2, (self.left + self.right - 1) / 2

    def inside(self, rows: int, columns: int) -> Rect:
        """The part within a layer of that size."""
        return Rect(
            min(max(self.top, 0), rows), min(max(self.left, 0), columns),
            max(min(self.bottom, rows), 0), max(min(self.right, columns), 0),
        )  # fmt: skip

    def joined(self, other: Rect) -> Rect:
        """The smallest rectangle that holds both."""
        return Rect(
            min(self.top, other.top), min(self.left, other.left),
            max(self.bottom, other.bottom), max(self.right, other.right),
        )  # fmt: skip

    def sticks_out(self, rows: int, columns: int) -> bool:
        """Whether a part of it is padding."""
        return self.inside(rows, columns) != self


Read: TypeAlias = Rect | Literal["everything", "unknown"]


def reads_of(graph: Graph, trace: UnitTrace) -> dict[str, Read]:
    """For every layer that the unit depends on: the rectangle that it reads, padding included."""
    field = graph.by_name[trace.layer].field
    everything = field is not None and field.everything
    return {reading.layer: _read(reading, everything) for reading in trace.readings}


def _read(reading: Reading, everything: bool) -> Read:
    """`everything`: the unit depends on the whole picture by its kind, however far a window would reach beyond it."""
    if not reading.known:
        return "unknown"
    if not reading.has_positions:
        return "everything"
    rows, columns = reading.all_rows, reading.all_columns
    rect = Rect(rows.start, columns.start, rows.stop, columns.stop)
    whole = rect == Rect(0, 0, reading.shape[1], reading.shape[2])
    if reading.share == 1 and (everything or whole) and reading.shape[1:] != (1, 1):
        return "everything"
    return rect


def readers(node: Node, pixel_row: int, pixel_column: int) -> Rect | None:
    """The units of a layer whose receptive field holds a pixel; None where no field says so."""
    field, shape = node.field, node.out_shape
    if field is None or field.everything or len(shape) != 3:
        return None
    spans = [
        _span(pixel, field.start[axis], field.size[axis], field.stride[axis], shape[1 + axis])
        for axis, pixel in enumerate((pixel_row, pixel_column))
    ]
    return Rect(spans[0][0], spans[1][0], spans[0][1], spans[1][1])


def _span(pixel: int, start: int, size: int, stride: int, count: int) -> tuple[int, int]:
    """The positions y of 0..count with start + y·stride <= pixel < start + y·stride + size."""
    first = -((size - 1 - (pixel - start)) // stride)  # the smallest y with y·stride > pixel − start − size
    last = (pixel - start) // stride
    low, high = min(max(first, 0), count), min(max(last + 1, 0), count)
    return low, max(high, low)
