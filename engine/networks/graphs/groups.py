"""The modules of a network as a tree of groups that are worth a box of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from engine.networks.graphs.graph import Graph, Layer
from engine.networks.graphs.ops import Add, Concat

FEW = 4
"""Groups of up to this many layers are described by naming them."""


@dataclass(frozen=True, slots=True)
class Group:
    """A module with more than one layer: its name, the group around it, its layers in order, the groups right inside.

    `nature`: what it is in words, such as "residual block, 10 layers" or "Conv 3×3, 64 · Batch norm · ReLU".
    """

    name: str
    parent: str
    layers: tuple[str, ...]
    children: tuple[str, ...]
    nature: str


def groups_of(graph: Graph) -> Mapping[str, Group]:
    """The groups by name, outer ones before those inside.

    Modules of one layer are no groups, nor are those that hold the same layers as the module around them: torchvision
    has many of both ("classifier", "features.1.0").
    """
    return _groups(graph.layers)


def group_path(layer: Layer, groups: Mapping[str, Group]) -> tuple[str, ...]:
    """The groups around a layer, outermost first."""
    return tuple(name for name in layer.path if name in groups)


@lru_cache(maxsize=16)
def _groups(layers: tuple[Layer, ...]) -> Mapping[str, Group]:
    members: dict[str, list[Layer]] = {}
    for layer in layers:
        for name in layer.path:
            members.setdefault(name, []).append(layer)
    parents: dict[str, str] = {}
    for name, inside in members.items():
        if len(inside) < 2:
            continue
        path = inside[0].path
        around = [outer for outer in path[: path.index(name)] if outer in parents]
        if not around or len(members[around[-1]]) > len(inside):
            parents[name] = around[-1] if around else ""
    children: dict[str, list[str]] = {name: [] for name in parents}
    for name, parent in parents.items():
        if parent:
            children[parent].append(name)
    return MappingProxyType(
        {
            name: Group(
                name,
                parent,
                tuple(layer.name for layer in members[name]),
                tuple(children[name]),
                _nature(members[name], children[name]),
            )
            for name, parent in parents.items()
        }
    )


def _nature(layers: list[Layer], children: list[str]) -> str:
    """What a group is, read off its own layers (not those of the groups in it)."""
    if len(layers) <= FEW:
        return " · ".join(layer.op.label for layer in layers)
    count = f"{len(layers)} layers"
    own = [layer for layer in layers if not any(child in layer.path for child in children)]
    if any(isinstance(layer.op, Add) and layer.op.sign == "+" for layer in own):
        return f"residual block, {count}"
    joins = [layer for layer in own if isinstance(layer.op, Concat)]
    if joins:
        ways, inside = joins[-1].inputs, {layer.name for layer in layers}
        return f"{len(ways)} {'branches' if inside.issuperset(ways) else 'inputs joined'}, {count}"
    if len(children) > 1:
        return f"{len(children)} blocks, {count}"
    return count
