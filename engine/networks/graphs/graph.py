"""A network as a graph of layers with everything that can be counted: shapes, parameters, operations, receptive fields.

Plain values without torch: pages draw it, and the arithmetic of "what if" runs on it in microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod

from engine.foundations.cost import activation_bytes, flops
from engine.networks.graphs.ops import Conv, Identity, Input, Linear, Op
from engine.networks.graphs.shapes import POINT, Misfit, Pair, Reach, Shape, Window, shape_text


@dataclass(frozen=True, slots=True)
class Field:
    """The receptive field of a layer's units on the input picture.

    The unit in row y, column x reads the `size` pixels from `start + (y, x) * stride` on (they may lie outside of the
    picture: padding). `everything`: every unit reads all of a layer, and through it the picture; `size` is then that of
    the picture and `stride` zero. (Strides may leave some rows at its border unread: unit_trace takes them off.)
    """

    size: Pair
    stride: Pair = (1, 1)
    start: Pair = (0, 0)
    everything: bool = False

    def rows(self, y: int) -> range:
        """The picture's rows that a unit in row y reads."""
        return range(first := self.start[0] + y * self.stride[0], first + self.size[0])

    def columns(self, x: int) -> range:
        """The picture's columns that a unit in column x reads."""
        return range(first := self.start[1] + x * self.stride[1], first + self.size[1])

    def centre(self, y: int, x: int) -> tuple[float, float]:
        """Row and column of the middle of what a unit reads; the middle of the first pixel is (0, 0)."""
        rows, columns = self.rows(y), self.columns(x)
        return (rows[0] + rows[-1]) / 2, (columns[0] + columns[-1]) / 2

    @property
    def text(self) -> str:
        """Such as "43 × 43, stride 8"."""
        size = f"{self.size[0]} × {self.size[1]}"
        if self.everything:
            return f"whole picture, {size}"
        rows, columns = self.stride
        return f"{size}, stride {rows if rows == columns else f'{rows} × {columns}'}"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer before it is measured: its name, what it does, and the names of the layers that it reads.

    `path`: the modules around it, outermost first ("layer1", "layer1.0"); what folds in a drawing.
    """

    name: str
    op: Op
    inputs: tuple[str, ...] = ()
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """One layer, measured. `field` is None where no window describes what a unit reads."""

    name: str
    op: Op
    inputs: tuple[str, ...]
    path: tuple[str, ...]
    in_shapes: tuple[Shape, ...]
    out_shape: Shape
    params: int
    macs: int
    bias_adds: int
    reach: Reach
    field: Field | None

    @property
    def kind(self) -> str:
        return self.op.kind

    @property
    def label(self) -> str:
        return self.op.label

    @property
    def activations(self) -> int:
        """Values that come out."""
        return prod(self.out_shape)

    @property
    def activation_bytes(self) -> int:
        """Memory of what comes out, as float32."""
        return activation_bytes(self.out_shape)

    @property
    def flops(self) -> int:
        """Two a MAC, and one an added bias."""
        return flops(self.macs, self.bias_adds)

    @property
    def shape_text(self) -> str:
        """What comes out, as courses write it: "28 × 28 × 6"."""
        return shape_text(self.out_shape)

    @property
    def field_text(self) -> str:
        """The receptive field in words; what no window describes is said to be so."""
        return self.field.text if self.field else "no single window"


@dataclass(frozen=True, slots=True)
class Problem:
    """A layer that does not go together with what comes in."""

    layer: str
    sentence: str
    hint: str = ""


@dataclass(frozen=True)
class Graph:
    """A network: its layers in an order in which every layer comes after those that it reads.

    `problem`: the layer at which the arithmetic had to stop; `nodes` then holds those before it. `layers` has all.
    """

    name: str
    title: str
    layers: tuple[Layer, ...]
    nodes: tuple[Node, ...]
    problem: Problem | None = None
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        return {node.name: node for node in self.nodes}

    @cached_property
    def consumers(self) -> Mapping[str, tuple[str, ...]]:
        """The layers that read a layer, by its name."""
        found: dict[str, list[str]] = {layer.name: [] for layer in self.layers}
        for layer in self.layers:
            for source in layer.inputs:
                found[source].append(layer.name)
        return {name: tuple(readers) for name, readers in found.items()}

    @property
    def input_shape(self) -> Shape:
        return self.layers[0].op.shape(())

    @property
    def output(self) -> Node:
        return self.nodes[-1]

    @cached_property
    def layer_count(self) -> int:
        """Layers of the net: without the picture, and without those that a person left out."""
        return sum(not isinstance(layer.op, Input | Identity) for layer in self.layers)

    @cached_property
    def weighted_count(self) -> int:
        """Convolutions and fully connected layers, which are what the names of networks count (ResNet-50: 54, of which
        4 are projections on skips, which its name leaves out)."""
        return sum(isinstance(layer.op, Conv | Linear) for layer in self.layers)

    @cached_property
    def params(self) -> int:
        return sum(node.params for node in self.nodes)

    @cached_property
    def macs(self) -> int:
        return sum(node.macs for node in self.nodes)

    @cached_property
    def flops(self) -> int:
        return sum(node.flops for node in self.nodes)

    @cached_property
    def activation_bytes(self) -> int:
        """Memory of all activations together, as float32: what training keeps, without in-place layers."""
        return sum(node.activation_bytes for node in self.nodes)

    def edges(self) -> Iterator[tuple[str, str]]:
        """(from, to) of every connection."""
        for layer in self.layers:
            for source in layer.inputs:
                yield source, layer.name


def measure(
    name: str,
    title: str,
    layers: Iterable[Layer],
    notes: Sequence[str] = (),
    *,
    fit: bool = False,
    known: Mapping[str, Node] | None = None,
) -> Graph:
    """Carry shapes, costs and receptive fields through the layers, as far as they go together.

    `fit`: adapt every layer to what comes in (Op.fitted) before it is measured. `known`: nodes measured before; those
    of which nothing can have changed are taken over. Every layer comes after those that it reads.
    """
    ordered = list(layers)
    nodes: dict[str, Node] = {}
    problem = None
    picture = _picture(ordered)
    for index, layer in enumerate(ordered):
        sources = [nodes[source] for source in layer.inputs]
        node = known.get(layer.name) if known else None
        if node is None or not _still_true(node, layer, sources, known or {}):
            try:
                if fit:
                    layer = _fitted(layer, sources)
                node = _measured(layer, sources, picture)
            except Misfit as misfit:
                problem = Problem(layer.name, misfit.sentence, misfit.hint)
                break
            ordered[index] = layer
        nodes[layer.name] = node
    return Graph(name, title, tuple(ordered), tuple(nodes.values()), problem, tuple(notes))


def _picture(layers: Sequence[Layer]) -> Pair | None:
    """Height and width of the picture, where the net begins with one."""
    shape = layers[0].op.shape(()) if layers and not layers[0].inputs else ()
    return (shape[1], shape[2]) if len(shape) == 3 else None


def _still_true(node: Node, layer: Layer, sources: Sequence[Node], known: Mapping[str, Node]) -> bool:
    same = node.op == layer.op and node.inputs == layer.inputs and node.path == layer.path
    return same and all(known.get(source.name) is source for source in sources)


def _fitted(layer: Layer, sources: Sequence[Node]) -> Layer:
    if not sources:
        return layer
    op = layer.op.fitted([source.out_shape for source in sources])
    return layer if op == layer.op else replace(layer, op=op)


def _measured(layer: Layer, sources: Sequence[Node], picture: Pair | None) -> Node:
    shapes = tuple(source.out_shape for source in sources)
    op = layer.op
    out = op.shape(shapes)
    reach = op.reach(shapes)
    return Node(
        name=layer.name,
        op=op,
        inputs=layer.inputs,
        path=layer.path,
        in_shapes=shapes,
        out_shape=out,
        params=op.params,
        macs=op.macs(shapes),
        bias_adds=op.bias_adds(shapes),
        reach=reach,
        field=_field(out, reach, sources, picture),
    )


def _field(shape: Shape, reach: Reach, sources: Sequence[Node], picture: Pair | None) -> Field | None:
    """The receptive field behind a layer: that of its window over the fields of what it reads."""
    if not sources:
        return Field((1, 1)) if len(shape) == 3 else None
    if reach == "everything":
        return Field(picture, (0, 0), (0, 0), everything=True) if picture else None
    fields = [source.field for source in sources]
    known = [f for f in fields if f is not None]
    whole = [f for f in known if f.everything]
    # To read one unit that sees the whole picture is to see the whole picture.
    if whole and (isinstance(reach, Window) or len(whole) == len(fields)):
        return whole[0]
    if len(known) < len(fields) or not isinstance(reach, Window):
        return None
    return _union([_through(reach, f) for f in known])


def _through(window: Window, f: Field) -> Field:
    """A window slid over units with field f: sizes grow by the stride of what is below (Araujo et al. 2019)."""
    axes = range(2)
    if window == POINT:
        return f
    extent = window.extent
    size = tuple(f.size[a] + (extent[a] - 1) * f.stride[a] for a in axes)
    stride = tuple(f.stride[a] * window.stride[a] for a in axes)
    start = tuple(f.start[a] - window.padding[a] * f.stride[a] for a in axes)
    return Field((size[0], size[1]), (stride[0], stride[1]), (start[0], start[1]))


def _union(fields: Sequence[Field]) -> Field | None:
    """The smallest field that holds all of them; None where the ways into a join moved at different strides."""
    if len(fields) == 1:
        return fields[0]
    if len({f.stride for f in fields}) > 1:
        return None
    start = tuple(min(f.start[a] for f in fields) for a in range(2))
    end = tuple(max(f.start[a] + f.size[a] for f in fields) for a in range(2))
    return Field((end[0] - start[0], end[1] - start[1]), fields[0].stride, (start[0], start[1]))


__all__ = ["POINT", "Field", "Graph", "Layer", "Node", "Problem", "measure"]
