"""Two networks side by side, or one before and after its edits: aligned layers and what differs. Free of torch."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from engine.networks.graphs.graph import Field, Graph, Node

Change = Literal["same", "changed", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Row:
    """A layer of the left net beside the one of the right net that corresponds to it, if there is one.

    `change`: "same" where the layers do the same and give the same shape; "removed" is on the left only, "added" on the
    right only. Differences are right minus left; a layer that is not there counts as nothing.
    """

    left: Node | None
    right: Node | None
    change: Change

    @property
    def params(self) -> int:
        return _of(self.right, _params) - _of(self.left, _params)

    @property
    def macs(self) -> int:
        return _of(self.right, _macs) - _of(self.left, _macs)

    @property
    def field(self) -> tuple[int, int] | None:
        """By how many pixels the receptive field is larger on the right; None where one of them has no window."""
        one = self.left.field if self.left else None
        other = self.right.field if self.right else None
        if one is None or other is None:
            return None
        return other.size[0] - one.size[0], other.size[1] - one.size[1]


@dataclass(frozen=True, slots=True)
class Total:
    """One figure of both nets. `ratio`: right to left, None where the left is zero."""

    title: str
    left: int
    right: int

    @property
    def difference(self) -> int:
        return self.right - self.left

    @property
    def ratio(self) -> float | None:
        return self.right / self.left if self.left else None

    @property
    def text(self) -> str:
        """Such as "2.00 × as many" or "the same"."""
        if self.difference == 0:
            return "the same"
        if self.ratio is None:
            return f"{self.difference:+,}"
        return f"{self.ratio:.2f} ×" if 0.01 <= self.ratio < 100 else f"{self.ratio:.2g} ×"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two nets side by side: `rows` in the order of both, `totals` with parameters, MACs, memory and layers.

    `field_left`, `field_right`: the largest receptive fields that are windows. `complete` is False where one of the
    nets breaks off: its totals then count the layers before the break.
    """

    left: Graph
    right: Graph
    rows: tuple[Row, ...]
    totals: tuple[Total, ...]
    field_left: Field | None
    field_right: Field | None

    @property
    def complete(self) -> bool:
        return self.left.problem is None and self.right.problem is None

    @property
    def changed(self) -> tuple[Row, ...]:
        """The rows in which something differs."""
        return tuple(row for row in self.rows if row.change != "same")


def compare(left: Graph, right: Graph) -> Comparison:
    """Align two nets: by the names of their layers where they share most of them, else by what the layers do."""
    return Comparison(
        left, right, tuple(_rows(left, right)), _totals(left, right), _widest(left), _widest(right)
    )


def _rows(left: Graph, right: Graph) -> Iterator[Row]:
    shared = left.by_name.keys() & right.by_name.keys()
    if 2 * len(shared) >= max(1, min(len(left.nodes), len(right.nodes))):
        yield from _aligned(left.nodes, right.nodes, (_name,))
    else:
        yield from _aligned(left.nodes, right.nodes, (_work, _kind))


def _aligned(
    left: Sequence[Node], right: Sequence[Node], keys: Sequence[Callable[[Node], Hashable]]
) -> Iterator[Row]:
    """Rows by the first key; within stretches that it does not align, by the next one."""
    if not keys:
        yield from (Row(node, None, "removed") for node in left)
        yield from (Row(None, node, "added") for node in right)
        return
    key = keys[0]
    matcher = SequenceMatcher(None, [key(n) for n in left], [key(n) for n in right], autojunk=False)
    for tag, l1, l2, r1, r2 in matcher.get_opcodes():
        if tag == "equal":
            yield from (_pair(a, b) for a, b in zip(left[l1:l2], right[r1:r2], strict=True))
        else:
            yield from _aligned(left[l1:l2], right[r1:r2], keys[1:])


def _pair(left: Node, right: Node) -> Row:
    same = left.op == right.op and left.out_shape == right.out_shape and left.field == right.field
    return Row(left, right, "same" if same else "changed")


def _name(node: Node) -> Hashable:
    return node.name


def _work(node: Node) -> Hashable:
    return node.kind, node.label


def _kind(node: Node) -> Hashable:
    return node.kind


def _params(node: Node) -> int:
    return node.params


def _macs(node: Node) -> int:
    return node.macs


def _of(node: Node | None, figure: Callable[[Node], int]) -> int:
    return figure(node) if node else 0


def _totals(left: Graph, right: Graph) -> tuple[Total, ...]:
    figures: tuple[tuple[str, Callable[[Graph], int]], ...] = (
        ("Layers", lambda graph: graph.layer_count),
        ("With weights", lambda graph: graph.weighted_count),
        ("Parameters", lambda graph: graph.params),
        ("MACs", lambda graph: graph.macs),
        ("FLOPs", lambda graph: graph.flops),
        ("Activation memory, bytes", lambda graph: graph.activation_bytes),
    )
    return tuple(Total(title, figure(left), figure(right)) for title, figure in figures)


def _widest(graph: Graph) -> Field | None:
    fields = [node.field for node in graph.nodes if node.field and not node.field.everything]
    return max(fields, key=lambda field: field.size, default=None)
