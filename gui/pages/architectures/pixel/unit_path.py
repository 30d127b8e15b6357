"""The way from the picture to a layer and on to the output, as planes to be drawn: pure, without Qt.

A plane is a layer that changes the rows and columns, with the layers behind it that do not. Of several ways into a
join the one with the most planes is the main path, of equally long ones that which reads most; the others are branches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from engine.networks.graphs.graph import Graph, Node
from engine.networks.graphs.shapes import POINT, Shape

PICTURE_CHANNELS: Final = (1, 3)


def reads_picture(graph: Graph) -> bool:
    """Whether a picture can come in; a module alone reads the maps of layers that are not there."""
    return len(graph.input_shape) == 3 and graph.input_shape[0] in PICTURE_CHANNELS


@dataclass(frozen=True, slots=True)
class Plane:
    """Layers with the same rows and columns, one after the other on the main path."""

    layers: tuple[str, ...]
    shape: Shape
    """What the first of them puts out."""
    out_shape: Shape
    """What the last of them puts out."""

    @property
    def name(self) -> str:
        return self.layers[0]

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns; a vector is one place."""
        return (self.shape[1], self.shape[2]) if len(self.shape) == 3 else (1, 1)

    @property
    def channels(self) -> int:
        return self.shape[0] if len(self.shape) == 3 else self.shape[-1]


@dataclass(frozen=True, slots=True)
class Branch:
    """A way from plane `start` to plane `end` beside the main path; without layers it is an identity skip."""

    start: int
    end: int
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitPath:
    """The planes from the picture on; `chosen` is the one with the chosen layer, those behind it read it."""

    planes: tuple[Plane, ...]
    branches: tuple[Branch, ...]
    chosen: int
    layer: str

    def plane_of(self, layer: str) -> int | None:
        """The number of the plane that a layer of the main path lies on."""
        return next((index for index, plane in enumerate(self.planes) if layer in plane.layers), None)


@dataclass(frozen=True, slots=True)
class _Order:
    """How long the ways through a graph are, counted in planes."""

    behind: Mapping[str, tuple[bool, int, int]]
    """Whether it reads through windows only, its planes, the rows of its receptive field."""
    ahead: Mapping[str, tuple[int, int]]
    """The planes from here to the output, the rows of its receptive field."""


# Graphs compare by value, which costs as much as the path itself: here they are told apart by identity.
@lru_cache(maxsize=4)
def _order_of(key: _ById) -> _Order:
    graph = key.graph
    behind: dict[str, tuple[bool, int, int]] = {}
    for node in graph.nodes:
        best = max((behind[name] for name in node.inputs), default=(True, 0, 0))
        windowed = best[0] and node.reach != "everything"
        rows = node.field.size[0] if node.field is not None else 0
        behind[node.name] = (windowed, best[1] + int(changes_geometry(graph, node)), rows)
    ahead: dict[str, tuple[int, int]] = {}
    for node in reversed(graph.nodes):
        after = [ahead[name] for name in graph.consumers[node.name] if name in ahead]
        rows = behind[node.name][2]
        planes = max((count for count, _ in after), default=0) + int(changes_geometry(graph, node))
        ahead[node.name] = (planes, rows)
    return _Order(behind, ahead)


@dataclass(frozen=True, eq=False)
class _ById:
    graph: Graph

    def __hash__(self) -> int:
        return id(self.graph)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.graph is self.graph


def changes_geometry(graph: Graph, node: Node) -> bool:
    """Whether a layer looks further than its own place, or puts out other rows and columns than come in."""
    if not node.inputs or node.reach != POINT:
        return True
    return all(graph.by_name[name].out_shape[1:] != node.out_shape[1:] for name in node.inputs)


def unit_path(graph: Graph, layer: str) -> UnitPath:
    """The main path through a layer. Raises KeyError for a layer that was not measured."""
    order = _order_of(_ById(graph))
    names = [*_back(graph, order, layer), *_forth(graph, order, layer)]
    planes = _planes(graph, names)
    number = {name: index for index, plane in enumerate(planes) for name in plane.layers}
    return UnitPath(tuple(planes), tuple(_branches(graph, order, names, number)), number[layer], layer)


def _back(graph: Graph, order: _Order, layer: str) -> list[str]:
    """From the picture to the layer, the layer included."""
    names = [layer]
    while inputs := graph.by_name[names[-1]].inputs:
        names.append(_main_input(order, inputs))
    return names[::-1]


def _main_input(order: _Order, inputs: Sequence[str]) -> str:
    """The way that reads through windows rather than everything, then the longest, then the one that reads most."""
    return max(inputs, key=lambda name: order.behind[name])


def _forth(graph: Graph, order: _Order, layer: str) -> list[str]:
    """From behind the layer to the output, the longest way."""
    names: list[str] = []
    here = layer
    while after := [name for name in graph.consumers[here] if name in order.ahead]:
        here = max(after, key=lambda name: order.ahead[name])
        names.append(here)
    return names


def _planes(graph: Graph, names: Sequence[str]) -> list[Plane]:
    groups: list[list[str]] = []
    before: Node | None = None
    for name in names:
        node = graph.by_name[name]
        moved = before is None or node.reach != POINT or node.out_shape[1:] != before.out_shape[1:]
        if moved or len(node.out_shape) != len(before.out_shape if before else ()):
            groups.append([name])
        else:
            groups[-1].append(name)
        before = node
    shapes = graph.by_name
    return [Plane(tuple(g), shapes[g[0]].out_shape, shapes[g[-1]].out_shape) for g in groups]


def _branches(
    graph: Graph, order: _Order, names: Sequence[str], number: Mapping[str, int]
) -> list[Branch]:  # fmt: skip
    """The ways into every join that are not the main one, each back to where it left the main path."""
    found: list[Branch] = []
    before = dict(zip(names[1:], names, strict=False))
    for name in names[1:]:
        for source in dict.fromkeys(graph.by_name[name].inputs):
            if source == before[name]:
                continue
            layers: list[str] = []
            while source not in number and graph.by_name[source].inputs:
                layers.append(source)
                source = _main_input(order, graph.by_name[source].inputs)
            if source in number:
                found.append(Branch(number[source], number[name], tuple(reversed(layers))))
    return found
