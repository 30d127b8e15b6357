"""From a folded network to what the graph view draws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.networks.graphs.folding import Folded, Item, fold
from engine.networks.graphs.graph import Graph
from engine.networks.graphs.groups import groups_of
from gui.pages.architectures import layer_facts, numbers
from gui.pages.architectures.resolve import Shown
from gui.pages.architectures.state import ArchitecturesState
from gui.widgets.facts import Fact
from gui.widgets.graph.data import Drawing, GraphBox, GraphEdge, GraphGroup, without


def folded_as(graph: Graph, state: ArchitecturesState) -> Folded:
    """The network folded as the state says."""
    return fold(graph, state.open_groups, stack=state.stacked, apart=state.apart)


def drawing_of(folded: Folded, shown: Shown) -> Drawing:
    """Boxes for the items, edges with shapes, frames for the open groups."""
    return Drawing(
        tuple(_box(item, shown) for item in folded.items),
        tuple(GraphEdge(edge.source, edge.target, edge.shape_text) for edge in folded.edges),
        tuple(_groups(folded)),
    )


def _box(item: Item, shown: Shown) -> GraphBox:
    graph = shown.graph
    problem = graph.problem if graph.problem is not None and graph.problem.layer in item.layers else None
    closed = bool(item.groups)
    return GraphBox(
        key=item.name,
        title=title_of(item),
        subtitle=groups_of(graph)[item.groups[0]].nature if item.copies > 1 else item.subtitle,
        kind=item.kind,
        volume=item.out_shape,
        foldable=closed,
        folded=closed,
        count=item.copies,
        note=f"Does not fit. {problem.sentence} {problem.hint}".strip() if problem else _note(item),
        problem=problem is not None,
        changed=bool(shown.changed.intersection(item.layers)),
        weight=item.params / graph.params if graph.params else 0.0,
        weight_of="all parameters (the bar)",
        out=item.shape_text,
    )


def title_of(item: Item) -> str:
    """What stands on a box; of several modules the names from the first to the last: "layer3.1 … 5"."""
    around = item.path[-1] if item.path else ""
    if item.copies == 1:
        return without(around, item.title)
    first, last = item.groups[0], item.groups[-1]
    return f"{without(around, first)} … {last.rpartition('.')[2]}"


def _note(item: Item) -> str:
    parts = []
    if item.params:
        parts.append(f"{numbers.exact(item.params)} parameters")
    if item.macs:
        parts.append(f"{numbers.exact(item.macs)} MACs")
    return ", ".join(parts)


def _groups(folded: Folded) -> Iterable[GraphGroup]:
    """Every open group with the boxes and the groups right inside of it."""
    members: dict[str, list[str]] = {name: [] for name in folded.frames}
    for item in folded.items:
        for outer, inner in zip(item.path, item.path[1:], strict=False):
            if inner not in members[outer]:
                members[outer].append(inner)
        if item.path:
            members[item.path[-1]].append(item.name)
    return [GraphGroup(name, name, tuple(inside)) for name, inside in members.items()]


def opened(folded: Folded, key: str, state: ArchitecturesState) -> ArchitecturesState | None:
    """The state in which a closed box is open; a stack comes apart first. None where the box is a layer."""
    item = folded.by_name.get(key)
    if item is None or not item.groups:
        return None
    if item.copies > 1:
        return replace(state, open_groups=_sorted(folded.open_groups), apart=(*state.apart, item.name))
    return replace(state, open_groups=_sorted(folded.open_groups | {item.groups[0]}))


def closed(folded: Folded, group: str, state: ArchitecturesState) -> ArchitecturesState:
    """The state in which an open group is one box."""
    return replace(state, open_groups=_sorted(folded.open_groups - {group}))


def _sorted(groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(groups))


def groups_in(item: Item | None) -> tuple[str, ...]:
    """What has to be named in `apart` for a stack to come apart."""
    return (item.name,) if item is not None and item.copies > 1 else ()


def item_rows(item: Item, graph: Graph) -> list[Fact]:
    """Rows about a closed group, or several that are the same."""
    rows: list[Fact] = [
        ("module", title_of(item), "A double click unfolds it."),
        ("holds", item.subtitle, ""),
        ("out", item.shape_text or numbers.DASH, "Height × width × channels."),
        ("parameters", numbers.exact(item.params), "Of all of its layers together."),
        ("of all parameters", numbers.share(item.params, graph.params), "Of the whole network."),
        ("MACs", numbers.exact(item.macs), layer_facts.MACS_TIP),
        ("of all MACs", numbers.share(item.macs, graph.macs), "Of the whole network."),
        ("receptive field", numbers.field_size(item.field), layer_facts.FIELD_TIP),
    ]
    return rows
