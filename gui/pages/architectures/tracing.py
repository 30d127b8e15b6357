"""Which unit the view of one pixel shows when a person has chosen none, or one that is not there."""

from __future__ import annotations

from engine.networks.graphs.graph import Graph, Node


def traced_layer(graph: Graph, wanted: str) -> Node | None:
    """The layer of the traced unit: the wanted one, else the last convolution or pooling with a field of its own."""
    node = graph.by_name.get(wanted)
    if node is not None and node.inputs:
        return node
    windowed = [
        n for n in graph.nodes if n.kind in ("conv", "pool") and len(n.out_shape) == 3 and n.field is not None
    ]
    own = [
        n for n in windowed if n.field is not None and not n.field.everything and n.out_shape[1:] != (1, 1)
    ]
    found = own or windowed or [n for n in graph.nodes if n.inputs]
    return found[-1] if found else None


def traced_unit(node: Node, unit: tuple[int, int] | None) -> tuple[int, int]:
    """Row and column of the traced unit; the middle where none is wanted."""
    if len(node.out_shape) != 3:
        return 0, 0
    _, rows, columns = node.out_shape
    row, column = (rows // 2, columns // 2) if unit is None else unit
    return min(row, rows - 1), min(column, columns - 1)
