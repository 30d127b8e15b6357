"""Two networks line by line, as text: what stands in a cell, and the whole as a table to take away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.networks.graphs.compare import Change, Comparison, Row
from engine.networks.graphs.graph import Node
from gui.pages.architectures import numbers
from gui.widgets.facts import Fact

COLUMNS: Final = ("layer", "output", "parameters", "MACs", "field")
TITLES: Final = {
    "layer": "Layer",
    "output": "Output",
    "parameters": "Params",
    "MACs": "MACs",
    "field": "Field",
}
CHANGES: Final[dict[Change, str]] = {
    "same": "the same", "changed": "differs", "removed": "left only", "added": "right only",
}  # fmt: skip

SIDES: Final[tuple[tuple[Change, str], ...]] = (("removed", "left"), ("added", "right"))


def cell(node: Node | None, column: str) -> str:
    """What stands in a cell of one side; empty in a gap."""
    if node is None:
        return ""
    return {
        "layer": node.label,
        "output": numbers.shape(node.out_shape).replace(" ", ""),
        "parameters": numbers.rounded(node.params) if node.params else numbers.DASH,
        "MACs": numbers.rounded(node.macs) if node.macs else numbers.DASH,
        "field": numbers.field_size(node.field),
    }[column]


def summary(comparison: Comparison) -> str:
    """How many lines are the same, in a sentence."""
    counts = {change: sum(row.change == change for row in comparison.rows) for change in CHANGES}
    same, differ = counts["same"], counts["changed"]
    parts = ["1 layer is the same" if same == 1 else f"{same} layers are the same"]
    parts.append("1 differs" if differ == 1 else f"{differ} differ")
    parts += [
        f"{counts[key]} {'stands' if counts[key] == 1 else 'stand'} only on the {side}"
        for key, side in SIDES
        if counts[key]
    ]
    text = f"{', '.join(parts)}."
    if not comparison.complete:
        text += " One of the networks does not fit together: its sums end where it breaks."
    return text


def pointed_rows(row: Row) -> list[Fact]:
    """What the inspector says about a line."""
    rows: list[Fact] = [(CHANGES[row.change], "", "")]
    for side, node in (("left", row.left), ("right", row.right)):
        rows.append(
            (side, node.name if node else numbers.DASH, node.label if node else "No layer stands here.")
        )
        if node is not None:
            rows.append(("", node.label, ""))
    rows += [
        (
            "parameters, right − left",
            numbers.signed(row.params),
            "A layer that is not there counts as nothing.",
        ),
        ("MACs, right − left", numbers.signed(row.macs), "A layer that is not there counts as nothing."),
    ]
    if row.field is not None:
        rows.append(
            ("field, right − left", f"{numbers.signed(row.field[0])} pixels", "Rows of the receptive field.")
        )
    return rows


def exported(comparison: Comparison) -> tuple[list[str], list[Sequence[object]]]:
    """The lines with exact numbers, for CSV and Markdown."""
    titles = (comparison.left.title, comparison.right.title)
    names = ("name", "layer", "output", "parameters", "MACs", "receptive field")
    header = [f"{title}: {what}" for title in titles for what in names]
    lines: list[Sequence[object]] = []
    for row in comparison.rows:
        lines.append([*_exact(row.left), *_exact(row.right), CHANGES[row.change]])
    return [*header, "difference"], lines


def _exact(node: Node | None) -> list[object]:
    if node is None:
        return [""] * 6
    return [
        node.name, node.label, numbers.shape(node.out_shape), node.params, node.macs, numbers.field_size(node.field)
    ]  # fmt: skip
