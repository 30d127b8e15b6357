"""One unit traced back through a whole network: what it reads of every earlier layer and of the picture.

The receptive field of a Node is arithmetic that goes forward and knows no borders; this goes backward from one unit,
window by window, and takes the padding off at every layer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import UserError
from engine.networks.graphs.graph import Graph, Node
from engine.networks.graphs.ops import AdaptivePool, Flatten
from engine.networks.graphs.shapes import Shape, Window


@dataclass(frozen=True, slots=True)
class Reading:
    """What the unit reads of one layer: the smallest rectangle that holds it.

    `rows`, `columns`: positions that exist in the layer (empty where only padding is read); `all_rows`, `all_columns`:
    the same without borders, as if there were always more of the layer. Layers without rows and columns have empty
    ranges there and are read as a whole. `known` is False where a layer in between does not say what it reads: all of
    its input is then taken for read. `share` of the layer's positions that lie in the rectangle, 0..1.
    """

    layer: str
    shape: Shape
    rows: range
    columns: range
    all_rows: range
    all_columns: range
    share: float
    known: bool = True

    @property
    def has_positions(self) -> bool:
        """Whether the layer has rows and columns at all."""
        return len(self.shape) == 3

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the rectangle inside the layer."""
        return len(self.rows), len(self.columns)

    @property
    def padded_size(self) -> tuple[int, int]:
        """Rows and columns of the rectangle without borders: at the picture, the receptive field."""
        return len(self.all_rows), len(self.all_columns)

    @property
    def everything(self) -> bool:
        """Whether the whole layer is read."""
        return self.share == 1

    @property
    def text(self) -> str:
        """Such as "rows 3 to 9, columns 0 to 4 (7 × 5 of 28 × 28)"."""
        if not self.has_positions:
            return f"all of its {' × '.join(str(n) for n in self.shape)} values"
        if not self.rows or not self.columns:
            return "padding only"
        rows, columns = (
            f"{r[0]}" if len(r) == 1 else f"{r[0]} to {r[-1]}" for r in (self.rows, self.columns)
        )
        _, height, width = self.shape
        return (
            f"row{'s' * (len(self.rows) > 1)} {rows}, column{'s' * (len(self.columns) > 1)} {columns} "
            f"({self.size[0]} × {self.size[1]} of {height} × {width})"
        )


@dataclass(frozen=True, slots=True)
class UnitTrace:
    """A unit's way back to the picture: one Reading per layer that it depends on, from the picture to itself.

    `stride`: by how many pixels the rectangle in the picture moves when the unit's neighbour is looked at, (0, 0) where
    it does not, None where that differs from unit to unit. `centre`: row and column of the middle of what it reads,
    borders ignored; the middle of the first pixel is (0, 0).
    """

    layer: str
    row: int
    column: int
    readings: tuple[Reading, ...]
    stride: tuple[int, int] | None
    centre: tuple[float, float] | None

    @property
    def picture(self) -> Reading:
        """What is read of the picture."""
        return self.readings[0]

    def of(self, layer: str) -> Reading | None:
        """What is read of a layer; None where the unit does not depend on it."""
        return next((reading for reading in self.readings if reading.layer == layer), None)

    @property
    def text(self) -> str:
        """Such as "43 × 43 pixels, stride 8, centre (31.5, 47.5)"."""
        if self.stride == (0, 0) and self.picture.has_positions:
            return "the whole picture" if self.picture.everything else self.picture.text
        if self.centre is None:
            return "the whole picture"
        height, width = self.picture.padded_size
        parts = [f"{height} × {width} pixels"]
        if self.stride is not None:
            rows, columns = self.stride
            parts.append(f"stride {rows if rows == columns else f'{rows} × {columns}'}")
        return ", ".join([*parts, f"centre ({self.centre[0]:g}, {self.centre[1]:g})"])


@dataclass(slots=True)
class _Axis:
    """Along one axis of a layer: the positions read, and their first and last as if there were no borders."""

    positions: set[int]
    first: int
    last: int

    def joined(self, other: _Axis) -> _Axis:
        first, last = min(self.first, other.first), max(self.last, other.last)
        return _Axis(self.positions | other.positions, first, last)

    @classmethod
    def whole(cls, n: int) -> _Axis:
        return cls(set(range(n)), 0, n - 1)


@dataclass(slots=True)
class _Read:
    """What is read of a layer so far; no axes where it has no rows and columns."""

    axes: tuple[_Axis, ...]
    known: bool = True

    def joined(self, other: _Read) -> _Read:
        pairs = zip(self.axes, other.axes, strict=True)
        return _Read(tuple(a.joined(b) for a, b in pairs), self.known and other.known)


def trace_unit(graph: Graph, layer: str, row: int = 0, column: int = 0) -> UnitTrace:
    """Everything that the unit in this row and column of a layer reads, back to the picture.

    Of a layer without rows and columns, all units together; row and column are then ignored. Raises UserError where
    there is no such layer or no such unit, with the nearest one.
    """
    start = _start(graph, layer, row, column)
    order = {node.name: index for index, node in enumerate(graph.nodes)}
    reads = {layer: start}
    for node in reversed(graph.nodes[: order[layer] + 1]):
        read = reads.get(node.name)
        if read is None:
            continue
        for source, shape in zip(node.inputs, node.in_shapes, strict=True):
            step = _step(node, read, shape)
            reads[source] = reads[source].joined(step) if source in reads else step
    readings = _readings(graph, reads)
    at_picture = readings[0]
    field = graph.by_name[layer].field
    centre = None
    if at_picture.has_positions and at_picture.all_rows and at_picture.all_columns:
        rows, columns = at_picture.all_rows, at_picture.all_columns
        centre = (rows[0] + rows[-1]) / 2, (columns[0] + columns[-1]) / 2
    return UnitTrace(layer, row, column, readings, field.stride if field else None, centre)


def _start(graph: Graph, layer: str, row: int, column: int) -> _Read:
    node = graph.by_name.get(layer)
    if node is None:
        raise UserError(
            f"There is no layer “{layer}” to be traced in {graph.title}.", "Choose one of its table."
        )
    if len(node.out_shape) != 3:
        return _Read(())
    _, height, width = node.out_shape
    if not (0 <= row < height and 0 <= column < width):
        near = min(max(row, 0), height - 1), min(max(column, 0), width - 1)
        raise UserError(
            f"{layer} has {height} rows and {width} columns: there is no unit in row {row}, column {column}.",
            f"The nearest one: row {near[0]}, column {near[1]}.",
        )
    return _Read((_Axis({row}, row, row), _Axis({column}, column, column)))


def _step(node: Node, read: _Read, source: Shape) -> _Read:
    """What is read of one input of a layer, of which `read` is read."""
    if len(source) != 3:
        return _Read((), read.known)
    if not read.axes:  # one row of values reads maps: by Flatten, all of them
        exact = isinstance(node.op, Flatten) or node.reach == "everything"
        return _Read(_whole(source), read.known and exact)
    if isinstance(node.op, AdaptivePool):
        return _Read(_pooled(node.op, read.axes, source), read.known)
    if not isinstance(node.reach, Window):
        return _Read(_whole(source), read.known and node.reach == "everything")
    out, repeats = node.out_shape, len(node.inputs) > 1
    axes = tuple(
        # A join repeats an input of one row or column for all of its own.
        _Axis.whole(1)
        if repeats and source[a + 1] == 1 < out[a + 1]
        else _through(node.reach, a, axis, source[a + 1])
        for a, axis in enumerate(read.axes)
    )
    if not all(axis.positions for axis in axes):  # a window beside the map: nothing but padding
        for axis in axes:
            axis.positions.clear()
    return _Read(axes, read.known)


def _whole(shape: Shape) -> tuple[_Axis, ...]:
    return tuple(_Axis.whole(n) for n in shape[1:])


def _through(window: Window, axis: int, read: _Axis, n: int) -> _Axis:
    """The positions of an axis of length n under the windows of those that are read."""
    stride, padding, dilation = window.stride[axis], window.padding[axis], window.dilation[axis]
    extent = window.extent[axis]
    starts = [position * stride - padding for position in read.positions]
    return _Axis(
        {place for start in starts for place in range(start, start + extent, dilation) if 0 <= place < n},
        read.first * stride - padding,
        read.last * stride - padding + extent - 1,
    )


def _pooled(op: AdaptivePool, axes: Sequence[_Axis], source: Shape) -> tuple[_Axis, ...]:
    found = []
    for axis, (read, n) in enumerate(zip(axes, source[1:], strict=True)):
        spans = [op.span(position, n, axis) for position in read.positions]
        positions = {place for span in spans for place in span}
        inside = [min(max(p, 0), op.size[axis] - 1) for p in (read.first, read.last)]
        found.append(_Axis(positions, op.span(inside[0], n, axis)[0], op.span(inside[1], n, axis)[-1]))
    return tuple(found)


def _readings(graph: Graph, reads: Mapping[str, _Read]) -> tuple[Reading, ...]:
    return tuple(
        _reading(node, reads[node.name]) for node in graph.nodes if node.name in reads
    )  # fmt: skip


def _reading(node: Node, read: _Read) -> Reading:
    nothing = range(0)
    if not read.axes:
        return Reading(node.name, node.out_shape, nothing, nothing, nothing, nothing, 1.0, read.known)
    rows, columns = (
        range(min(axis.positions), max(axis.positions) + 1) if axis.positions else nothing
        for axis in read.axes
    )
    _, height, width = node.out_shape
    return Reading(
        layer=node.name,
        shape=node.out_shape,
        rows=rows,
        columns=columns,
        all_rows=range(read.axes[0].first, read.axes[0].last + 1),
        all_columns=range(read.axes[1].first, read.axes[1].last + 1),
        share=len(rows) * len(columns) / (height * width),
        known=read.known,
    )
