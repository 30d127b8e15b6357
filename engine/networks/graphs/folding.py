"""A network with some of its modules folded into one item each, and identical blocks in a row into one stack.

Free of torch, and fast enough for every click: a page folds anew whenever a group is opened or closed.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from engine.networks.graphs.graph import Field, Graph, Layer, Node
from engine.networks.graphs.groups import Group, group_path, groups_of
from engine.networks.graphs.ops import Op
from engine.networks.graphs.shapes import Shape, shape_text

LIMIT = 32
"""Up to how many items a drawing is opened by default."""
SMALL = 48
"""Nets of up to this many layers are shown unfolded."""
FEWEST = 6
"""Drawings of fewer items are opened further, whatever that gives."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is drawn as one: a layer, a closed group, or a stack of identical closed groups.

    `groups`: the closed groups that it stands for, () for a layer, several for a stack. `path`: the open groups around
    it, outermost first. `identical`: the names of the items of which it is one, where neighbours are the same.
    `out_shape`, `field`: those of the layer that is read by what comes after; None where the arithmetic stopped before.
    """

    name: str
    title: str
    subtitle: str
    kind: str
    layers: tuple[str, ...]
    groups: tuple[str, ...]
    path: tuple[str, ...]
    params: int
    macs: int
    out_shape: Shape | None
    field: Field | None
    identical: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Layers in it."""
        return len(self.layers)

    @property
    def copies(self) -> int:
        """How many identical blocks it stands for."""
        return max(1, len(self.groups))

    @property
    def shape_text(self) -> str:
        return shape_text(self.out_shape) if self.out_shape else ""


@dataclass(frozen=True, slots=True)
class Edge:
    """What goes from one item to another: the output of one layer, and the connections of the net that carry it."""

    source: str
    target: str
    shape: Shape | None
    layers: tuple[tuple[str, str], ...]

    @property
    def shape_text(self) -> str:
        return shape_text(self.shape) if self.shape else ""


@dataclass(frozen=True)
class Folded:
    """A folded network; items stand in an order in which each comes after those that it reads.

    Every layer is in exactly one item, and every connection is inside an item or in one edge. `frames`: the open groups
    that have items of their own, outermost first.
    """

    graph: Graph
    items: tuple[Item, ...]
    edges: tuple[Edge, ...]
    open_groups: frozenset[str]

    @cached_property
    def by_name(self) -> Mapping[str, Item]:
        return {item.name: item for item in self.items}

    @cached_property
    def item_of(self) -> Mapping[str, Item]:
        """The item in which a layer is."""
        return {layer: item for item in self.items for layer in item.layers}

    @cached_property
    def frames(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for item in self.items for name in item.path))


def fold(
    graph: Graph,
    open_groups: Iterable[str] | None = None,
    *,
    stack: bool = False,
    apart: Iterable[str] = (),
) -> Folded:
    """The net with these groups open and all others closed; None: as default_open says.

    A group inside a closed one does not show; names that are no groups count for nothing. `stack`: draw identical
    neighbours as one, but for those of which one is named in `apart`.
    """
    groups = groups_of(graph)
    opened = default_open(graph) if open_groups is None else frozenset(open_groups) & groups.keys()
    folding = _Folding(graph, groups, opened)
    items = folding.items()
    separate = frozenset(apart)
    for run in folding.identical(items):
        names = tuple(item.name for item in run)
        at = items.index(run[0])
        if stack and separate.isdisjoint(names):
            items[at : at + len(run)] = [folding.stacked(run)]
        else:
            items[at : at + len(run)] = [replace(item, identical=names) for item in run]
    return Folded(graph, tuple(items), tuple(folding.edges(items)), opened)


def default_open(graph: Graph) -> frozenset[str]:
    """The groups that are open at first: all of a small net; of a deep one the levels that can be read at a glance."""
    groups = groups_of(graph)
    if len(graph.layers) <= SMALL:
        return frozenset(groups)
    opened: frozenset[str] = frozenset()
    shown = _visible(graph, groups, opened)
    while more := {name for name in shown if name in groups}:
        wider = opened | more
        shown, before = _visible(graph, groups, wider), shown
        if len(shown) > LIMIT and len(before) >= FEWEST:
            break
        opened = wider
    return opened


def reveal(graph: Graph, layer: str, open_groups: Iterable[str]) -> frozenset[str]:
    """The open groups, and those that have to be open for a layer to be seen."""
    groups = groups_of(graph)
    paths = [group_path(one, groups) for one in graph.layers if one.name == layer]
    return frozenset(open_groups).union(*paths)


def _visible(graph: Graph, groups: Mapping[str, Group], opened: frozenset[str]) -> set[str]:
    """The names of what would be drawn: closed groups and single layers."""
    return {_holder(layer, groups, opened) for layer in graph.layers}


def _holder(layer: Layer, groups: Mapping[str, Group], opened: frozenset[str]) -> str:
    """The outermost closed group around a layer, or the layer itself."""
    return next((name for name in group_path(layer, groups) if name not in opened), layer.name)


class _Folding:
    """One graph being folded."""

    def __init__(self, graph: Graph, groups: Mapping[str, Group], opened: frozenset[str]) -> None:
        self._graph = graph
        self._groups = groups
        self._opened = opened
        self._layers = {layer.name: layer for layer in graph.layers}
        self._index = {layer.name: index for index, layer in enumerate(graph.layers)}
        self._group_of: dict[str, Group] = {}

    def items(self) -> list[Item]:
        """Layers and closed groups, in topological order."""
        parts: dict[str, list[str]] = {}
        for layer in self._graph.layers:
            holder = _holder(layer, self._groups, self._opened)
            parts.setdefault(holder, []).append(layer.name)
            if holder != layer.name:
                self._group_of[holder] = self._groups[holder]
        order, circle = self._sorted(parts)
        while circle:
            # A module that is called again later would have to be drawn before and after what lies between.
            parts = self._cut(parts, circle)
            order, circle = self._sorted(parts)
        return [self._item(name, parts[name]) for name in order]

    def _sorted(self, parts: Mapping[str, Sequence[str]]) -> tuple[list[str], set[str]]:
        """The parts in topological order, early layers first, and those that could not be put in order."""
        holder = {layer: name for name, layers in parts.items() for layer in layers}
        after: dict[str, set[str]] = {name: set() for name in parts}
        for source, target in self._graph.edges():
            if holder[source] != holder[target]:
                after[holder[source]].add(holder[target])
        waits = dict.fromkeys(parts, 0)
        for targets in after.values():
            for target in targets:
                waits[target] += 1
        ready = [(self._index[parts[name][0]], name) for name, count in waits.items() if not count]
        heapq.heapify(ready)
        order = []
        while ready:
            _, name = heapq.heappop(ready)
            order.append(name)
            for target in after[name]:
                waits[target] -= 1
                if not waits[target]:
                    heapq.heappush(ready, (self._index[parts[target][0]], target))
        return order, set(parts) - set(order)

    def _cut(self, parts: Mapping[str, Sequence[str]], circle: set[str]) -> dict[str, list[str]]:
        """The parts, with those that lie in a circle cut where their layers do not follow one another."""
        found: dict[str, list[str]] = {}
        for name, layers in parts.items():
            piece, pieces = name, 1
            for before, layer in zip((None, *layers), layers, strict=False):
                gap = before is not None and self._index[layer] != self._index[before] + 1
                if gap and name in circle:
                    pieces += 1
                    piece = f"{name} ({pieces})"
                    self._group_of[piece] = self._group_of[name]
                found.setdefault(piece, []).append(layer)
        return found

    def _item(self, name: str, layers: Sequence[str]) -> Item:
        nodes = [node for layer in layers if (node := self._graph.by_name.get(layer))]
        leaving, first = self._exit(layers), self._layers[layers[0]]
        group, path = self._group_of.get(name), group_path(first, self._groups)
        item = Item(
            name=name,
            title=first.op.label,
            subtitle=name,
            kind=first.op.kind,
            layers=tuple(layers),
            groups=(),
            path=path,
            params=sum(node.params for node in nodes),
            macs=sum(node.macs for node in nodes),
            out_shape=leaving.out_shape if leaving else None,
            field=leaving.field if leaving else None,
        )
        if group is None:
            return item
        around = path[: path.index(group.name)]
        return replace(
            item, title=name, subtitle=group.nature, kind="group", groups=(group.name,), path=around
        )

    def _exit(self, layers: Sequence[str]) -> Node | None:
        """The last layer that is read from outside, or the last one."""
        inside = set(layers)
        leaving = [name for name in layers if set(self._graph.consumers[name]) - inside]
        return self._graph.by_name.get((leaving or layers)[-1])

    def edges(self, items: Sequence[Item]) -> Iterator[Edge]:
        """One edge for each layer that one item reads of another."""
        holder = {layer: item.name for item in items for layer in item.layers}
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for source, target in self._graph.edges():
            if holder[source] != holder[target]:
                found.setdefault((source, holder[target]), []).append((source, target))
        for (source, target), layers in found.items():
            node = self._graph.by_name.get(source)
            yield Edge(holder[source], target, node.out_shape if node else None, tuple(layers))

    def identical(self, items: Sequence[Item]) -> list[list[Item]]:
        """Runs of two or more closed groups that are the same, each reading only the one before it."""
        reads: dict[str, set[str]] = {}
        read_by: dict[str, set[str]] = {}
        for edge in self.edges(items):
            reads.setdefault(edge.target, set()).add(edge.source)
            read_by.setdefault(edge.source, set()).add(edge.target)
        runs: list[list[Item]] = []
        last: tuple[object, ...] | None = None
        for item in items:
            form = self._form(item) if item.groups else None
            before = runs[-1][-1] if runs else None
            follows = (
                before is not None
                and reads.get(item.name) == {before.name}
                and read_by.get(before.name) == {item.name}
                and before.path == item.path
            )
            if follows and form is not None and form == last:
                runs[-1].append(item)
            else:
                runs.append([item])
            last = form
        return [run for run in runs if len(run) > 1]

    def _form(self, item: Item) -> tuple[object, ...]:
        """What two groups have in common that are the same: ops, shapes and connections, but for names."""
        inside = {name: index for index, name in enumerate(item.layers)}
        outside: dict[str, int] = {}  # negative numbers, in the order in which they are met
        form: list[tuple[Op, tuple[Shape, ...], tuple[int, ...]]] = []
        for name in item.layers:
            layer, node = self._layers[name], self._graph.by_name.get(name)
            sources = tuple(
                inside[source] if source in inside else outside.setdefault(source, -1 - len(outside))
                for source in layer.inputs
            )
            form.append((layer.op, node.in_shapes if node else (), sources))
        return tuple(form)

    def stacked(self, run: Sequence[Item]) -> Item:
        """One item for identical ones in a row."""
        first, last = run[0], run[-1]
        return replace(
            last,
            name=first.name,
            title=f"{first.title} {'and' if len(run) == 2 else '…'} {last.title}",
            subtitle=f"{len(run)} identical blocks of {first.count} layers",
            kind="stack",
            layers=tuple(layer for item in run for layer in item.layers),
            groups=tuple(group for item in run for group in item.groups),
            params=sum(item.params for item in run),
            macs=sum(item.macs for item in run),
            identical=(),
        )
