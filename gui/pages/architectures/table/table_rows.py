"""The rows and columns of the table of a network, as plain values; sorted, written as text, exported."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from engine.networks.graphs.graph import Graph, Node
from gui.pages.architectures import numbers
from gui.pages.architectures.layer_facts import (
    FIELD_TIP,
    FLOPS_TIP,
    MACS_TIP,
    MEMORY_TIP,
    STRIDE_TIP,
    kind_word,
)
from gui.widgets.number_text import memory_text


@dataclass(frozen=True, slots=True)
class Row:
    """One layer of the table. `node` is None where the arithmetic did not get to; `problem` says why it stopped."""

    position: int
    name: str
    label: str
    kind: str
    node: Node | None = None
    changed: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums over all layers that were measured."""

    layers: int
    output: str
    params: int
    macs: int
    flops: int
    activations: int
    memory: int

    def of(self, key: str) -> int | None:
        """The sum of a column, None where a sum has no meaning."""
        found = getattr(self, key, None)
        return found if key != "layers" and isinstance(found, int) else None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how its cells are sorted and written. `shared`: it has bars that show shares of the whole."""

    key: str
    title: str
    tip: str
    sort: Callable[[Node], float | str]
    write: Callable[[Node, bool], str]
    numeric: bool = True
    shared: bool = False


def _count(get: Callable[[Node], int]) -> Callable[[Node, bool], str]:
    return lambda node, short: numbers.rounded(get(node)) if short else numbers.exact(get(node))


def _field_area(node: Node) -> float:
    field = node.field
    if field is None:
        return -1.0
    return float("inf") if field.everything else float(field.size[0] * field.size[1])


def _stride_area(node: Node) -> float:
    field = node.field
    return -1.0 if field is None or field.everything else float(field.stride[0] * field.stride[1])


NAME: Final = Column("name", "Name", "As the program that builds the network calls it.", lambda n: n.name,
                     lambda n, _: n.name, numeric=False)  # fmt: skip
COLUMNS: Final = (
    NAME,
    Column("kind", "Layer", "What it does.", lambda n: f"{kind_word(n.kind)} {n.label}", lambda n, _: n.label,
           numeric=False),
    Column("output", "Output", "Height × width × channels.", lambda n: n.activations,
           lambda n, _: numbers.shape(n.out_shape)),
    Column("params", "Parameters", "Learned numbers; the bar is the share of the whole.", lambda n: n.params,
           _count(lambda n: n.params), shared=True),
    Column("macs", "MACs", f"{MACS_TIP} The bar is the share of the whole.", lambda n: n.macs,
           _count(lambda n: n.macs), shared=True),
    Column("field", "Rec. field", f"Receptive field. {FIELD_TIP}", _field_area,
           lambda n, _: numbers.field_size(n.field)),
    Column("stride", "Its stride", f"Of the receptive field, not of the layer. {STRIDE_TIP}", _stride_area,
           lambda n, _: numbers.field_stride(n.field)),
    Column("flops", "FLOPs", FLOPS_TIP, lambda n: n.flops, _count(lambda n: n.flops)),
    Column("activations", "Activations", "Values that come out.", lambda n: n.activations,
           _count(lambda n: n.activations)),
    Column("memory", "Memory", MEMORY_TIP, lambda n: n.activation_bytes,
           lambda n, _: memory_text(n.activation_bytes)),
)  # fmt: skip
KEYS: Final = tuple(column.key for column in COLUMNS)


def rows_of(graph: Graph, changed: Collection[str] = ()) -> tuple[Row, ...]:
    """One row a layer, in the order of the network."""
    problem = graph.problem
    return tuple(
        Row(
            position, layer.name, layer.op.label, layer.op.kind, graph.by_name.get(layer.name),
            layer.name in changed,
            f"{problem.sentence} {problem.hint}".strip() if problem and problem.layer == layer.name else "",
        )
        for position, layer in enumerate(graph.layers)
    )  # fmt: skip


def totals_of(graph: Graph) -> Totals:
    """The last row of the table."""
    output = numbers.shape(graph.output.out_shape) if graph.problem is None and graph.nodes else numbers.DASH
    return Totals(
        layers=graph.layer_count,
        output=output,
        params=graph.params,
        macs=graph.macs,
        flops=graph.flops,
        activations=sum(node.activations for node in graph.nodes),
        memory=graph.activation_bytes,
    )


def ordered(rows: Sequence[Row], key: str, descending: bool) -> tuple[Row, ...]:
    """Sorted by a column, equal ones in the order of the network; by no column: in that order. Unmeasured ones last."""
    if key not in KEYS:
        return tuple(rows)
    column = COLUMNS[KEYS.index(key)]
    known = [(row, row.node) for row in rows if row.node is not None]
    known.sort(key=lambda pair: column.sort(pair[1]), reverse=descending)
    return (*(row for row, _ in known), *(row for row in rows if row.node is None))


def next_sort(sort: tuple[str, bool], key: str) -> tuple[str, bool]:
    """What a click on a column's header asks for: first largest first (names: from A), then turned, then as it is."""
    numeric = COLUMNS[KEYS.index(key)].numeric
    if sort[0] != key:
        return key, numeric
    return (key, not numeric) if sort[1] == numeric else ("", False)


def cell_text(row: Row, column: Column, short: bool = False) -> str:
    """What stands in a cell."""
    if column.key == "name":
        return row.name
    if column.key == "kind":
        return row.label
    return numbers.DASH if row.node is None else column.write(row.node, short)


def total_text(totals: Totals, column: Column, short: bool = False) -> str:
    """What stands in the last row."""
    if column.key == "name":
        return "Total"
    if column.key == "kind":
        return f"{totals.layers} layers"
    found = totals.of(column.key)
    if found is None:
        return ""
    if column.key == "memory":
        return memory_text(found)
    return numbers.rounded(found) if short else numbers.exact(found)


def cell_share(row: Row, column: Column, totals: Totals) -> float | None:
    """The share of the whole, 0..1; None where the column shows none."""
    whole = totals.of(column.key)
    if not column.shared or row.node is None or not whole:
        return None
    part = column.sort(row.node)
    return float(part) / whole if isinstance(part, int | float) else None


def cell_tip(row: Row, column: Column, totals: Totals) -> str:
    """The exact number with its share, or why there is none."""
    if row.problem:
        return row.problem
    if row.node is None:
        return "The arithmetic stops at a layer before this one."
    part = cell_share(row, column, totals)
    text = cell_text(row, column)
    if part is None:
        return f"{column.title}: {text}"
    return f"{column.title}: {text}, {numbers.share(round(part * 1_000_000), 1_000_000)} of the whole"


EXPORTED: Final = (
    "name", "layer", "kind", "output (height × width × channels)", "parameters", "MACs", "FLOPs", "activations",
    "activation memory (bytes, float32)", "receptive field", "its stride",
)  # fmt: skip


def exported(graph: Graph, rows: Sequence[Row]) -> tuple[Sequence[str], list[Sequence[object]]]:
    """The table with exact numbers, for CSV and Markdown; the totals are its last row."""
    lines: list[Sequence[object]] = [_exported_row(row) for row in rows]
    totals = totals_of(graph)
    lines.append(
        ("total", f"{totals.layers} layers", "", totals.output, totals.params, totals.macs, totals.flops,
         totals.activations, totals.memory, "", "")
    )  # fmt: skip
    return EXPORTED, lines


def _exported_row(row: Row) -> Sequence[object]:
    node = row.node
    if node is None:
        return (row.name, row.label, row.kind, "", "", "", "", "", "", "", "")
    return (
        row.name, row.label, row.kind, numbers.shape(node.out_shape), node.params, node.macs, node.flops,
        node.activations, node.activation_bytes, numbers.field_size(node.field), numbers.field_stride(node.field),
    )  # fmt: skip
