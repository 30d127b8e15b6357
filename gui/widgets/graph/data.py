"""What a graph view shows: boxes, edges and open groups, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

KINDS: Final = (
    "input",
    "conv",
    "pool",
    "activation",
    "norm",
    "linear",
    "join",
    "reshape",
    "attention",
    "other",
)
_ALIASES: Final = {
    "add": "join",
    "multiply": "join",
    "concat": "join",
    "concatenate": "join",
    "adaptivepool": "pool",
    "flatten": "reshape",
    "dropout": "other",
    "identity": "other",
}


def kind_of(name: str) -> str:
    """One of KINDS for the name of a kind; unknown ones are "other"."""
    name = name.lower()
    return name if name in KINDS else _ALIASES.get(name, "other")


@dataclass(frozen=True)
class GraphBox:
    """One box: a layer, or a folded group of layers.

    `volume`: the output's shape, (C, H, W), (T, D) or (D,), drawn to scale. `folded`: it stands for `count` layers or
    repeated blocks; `foldable`: it has a fold sign. `weight`: a share of the whole, 0..1, drawn as a bar.
    `note`: one more sentence, for the tooltip; of a `problem` it is written in the box. `out`: the shape that leaves
    it, written beneath a box from which no edge leads on. `weight_of`: what the whole is.
    """

    key: str
    title: str
    subtitle: str = ""
    kind: str = "other"
    volume: tuple[int, ...] | None = None
    foldable: bool = False
    folded: bool = False
    count: int = 1
    note: str = ""
    problem: bool = False
    changed: bool = False
    weight: float = 0.0
    weight_of: str = "the whole"
    out: str = ""


def without(group: str, name: str) -> str:
    """A name without the group around it: "layer1.0.conv1" is "conv1" in "layer1.0".

    A mere number says nothing alone: "features.0" stays as it is.
    """
    rest = name.removeprefix(f"{group}.")
    return f"{group.rpartition('.')[2]}.{rest}" if rest.isdecimal() else rest


def color_kind(box: GraphBox) -> str:
    """The kind whose colour a box has: a folded group is a kind of its own."""
    return "group" if box.folded else kind_of(box.kind)


@dataclass(frozen=True)
class GraphEdge:
    """A connection; `label` is the shape that flows, the same on all edges of a source."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True)
class GraphGroup:
    """An open group: a frame around its members, which are keys of boxes or of other groups."""

    key: str
    title: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Drawing:
    """All that is shown."""

    boxes: tuple[GraphBox, ...] = ()
    edges: tuple[GraphEdge, ...] = ()
    groups: tuple[GraphGroup, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, GraphBox]:
        return {box.key: box for box in self.boxes}

    @cached_property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        """The boxes that a box reads."""
        return self._neighbours(lambda edge: (edge.target, edge.source))

    @cached_property
    def outputs(self) -> Mapping[str, tuple[str, ...]]:
        """The boxes that read a box."""
        return self._neighbours(lambda edge: (edge.source, edge.target))

    def _neighbours(self, ends: Callable[[GraphEdge], tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {box.key: [] for box in self.boxes}
        for edge in self.edges:
            if edge.source not in found or edge.target not in found:
                raise ValueError(
                    f"an edge from “{edge.source}” to “{edge.target}”, but one of them is not there"
                )
            one, other = ends(edge)
            found[one].append(other)
        return {key: tuple(dict.fromkeys(keys)) for key, keys in found.items()}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What is written beside the line that leaves a box, and beneath a box from which none leads on."""
        ends = {box.key: box.out for box in self.boxes if box.out and not self.outputs[box.key]}
        return {**{edge.source: edge.label for edge in reversed(self.edges) if edge.label}, **ends}

    @cached_property
    def new_labels(self) -> Mapping[str, str]:
        """The labels that say something new: a shape that only passes through a box is written once."""
        return {
            key: label
            for key, label in self.labels.items()
            if not self.inputs[key]
            or not self.outputs[key]
            or any(self.labels.get(source) != label for source in self.inputs[key])
        }

    @cached_property
    def members(self) -> Mapping[str, frozenset[str]]:
        """The boxes within every group, those of groups within it included."""
        groups = {group.key: group for group in self.groups}

        def boxes(key: str, seen: frozenset[str]) -> frozenset[str]:
            found: set[str] = set()
            for member in groups[key].members:
                if member in groups and member not in seen:
                    found |= boxes(member, seen | {member})
                elif member in self.by_key:
                    found.add(member)
            return frozenset(found)

        return {key: boxes(key, frozenset({key})) for key in groups}

    @cached_property
    def groups_of(self) -> Mapping[str, tuple[str, ...]]:
        """The groups around a box, innermost first."""
        place = {group.key: index for index, group in enumerate(self.groups)}
        ordered = sorted(self.members.items(), key=lambda item: (len(item[1]), -place[item[0]]))
        found: dict[str, list[str]] = {box.key: [] for box in self.boxes}
        for group, members in ordered:
            for member in members:
                found[member].append(group)
        return {key: tuple(groups) for key, groups in found.items()}

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The titles of groups without what the frame around them says: "layer1.0.conv" is "conv" in layer1.0."""
        found = {}
        for group in self.groups:
            members = self.members[group.key]
            around = [(len(others), key) for key, others in self.members.items() if others > members]
            outer = next((key for _, key in sorted(around) if group.title.startswith(f"{key}.")), None)
            found[group.key] = without(outer, group.title) if outer else group.title
        return found
