"""A network as a graph of layers with everything that can be counted: shapes, parameters, operations, receptive fields.

Plain values without torch: pages draw it, and the arithmetic of "what if" runs on it in microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import prod

from engine.foundations.cost import activation_bytes, flops
from engine.networks.ops import POINT, Misfit, Op, Pair, Reach, Shape, Window


@dataclass(frozen=True, slots=True)
class Field:
    """The receptive field of a layer's units on the input picture.

    The unit in row y, column x reads the `size` pixels from `start + (y, x) * stride` on (they may lie outside of the
    picture: padding). `everything`: every unit reads the whole picture.
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


def measure(name: str, title: str, layers: Iterable[Layer], notes: Sequence[str] = ()) -> Graph:
    """Carry shapes, costs and receptive fields through the layers, as far as they go together."""
    ordered = tuple(layers)
    nodes: dict[str, Node] = {}
    problem = None
    for layer in ordered:
        try:
            nodes[layer.name] = _measured(layer, [nodes[source] for source in layer.inputs])
        except Misfit as misfit:
            problem = Problem(layer.name, misfit.sentence, misfit.hint)
            break
    return Graph(name, title, ordered, tuple(nodes.values()), problem, tuple(notes))


def _measured(layer: Layer, sources: Sequence[Node]) -> Node:
    shapes = tuple(source.out_shape for source in sources)
    op = layer.op
    out = op.shape(shapes)
    reach = op.reach(shapes)
    return Node(
        layer.name, op, layer.inputs, layer.path, shapes, out, op.params, op.macs(shapes), op.bias_adds(shapes), reach,
        _field(out, reach, sources),
    )  # fmt: skip


def _field(shape: Shape, reach: Reach, sources: Sequence[Node]) -> Field | None:
    """The receptive field behind a layer: that of its window over the fields of what it reads."""
    if not sources:
        return Field((1, 1)) if len(shape) == 3 else None
    if reach == "everything":
        return _whole_picture(sources)
    fields = [source.field for source in sources]
    known = [f for f in fields if f is not None]
    if len(known) < len(fields) or not isinstance(reach, Window):
        return None
    windowed = [f for f in known if not f.everything]
    if len(windowed) < len(known) or not windowed:
        return next(f for f in known if f.everything)
    return _union([_through(reach, f) for f in windowed])


def _whole_picture(sources: Sequence[Node]) -> Field | None:
    """The field of what reads everything; its size is that of the picture, known from whatever comes before."""
    return Field((0, 0), (0, 0), (0, 0), everything=True) if sources else None


def _through(window: Window, f: Field) -> Field:
    """A window slid over units with field f: sizes grow by the stride of what is below (Araujo et al. 2019)."""
    axes = range(2)
    size = tuple(f.size[a] + (window.extent[a] - 1) * f.stride[a] for a in axes)
    stride = tuple(f.stride[a] * window.stride[a] for a in axes)
    start = tuple(f.start[a] - window.padding[a] * f.stride[a] for a in axes)
    return Field((size[0], size[1]), (stride[0], stride[1]), (start[0], start[1]))


def _union(fields: Sequence[Field]) -> Field | None:
    """The smallest field that holds all of them; None where the ways into a join moved at different strides."""
    if len({f.stride for f in fields}) > 1:
        return None
    start = tuple(min(f.start[a] for f in fields) for a in range(2))
    end = tuple(max(f.start[a] + f.size[a] for f in fields) for a in range(2))
    return Field((end[0] - start[0], end[1] - start[1]), fields[0].stride, (start[0], start[1]))


__all__ = ["POINT", "Field", "Graph", "Layer", "Node", "Problem", "measure"]
