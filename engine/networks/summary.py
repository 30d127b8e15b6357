"""A network as a table: what every layer makes, costs and sees, with totals and shares. Free of torch at import."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.networks.graphs.graph import Graph, Node
from engine.networks.graphs.shapes import Pair, Shape, shape_text

if TYPE_CHECKING:
    from torch import nn

CONVENTION = (
    "1 MAC = one multiplication and one addition; FLOPs = 2 · MACs + bias additions. Only convolutions and matrix "
    "products count, for one picture, those with the zeros of padding included; many papers print MACs under the name "
    "FLOPs. Memory: float32, 4 bytes a value."
)

COLUMNS = (
    "Layer", "Kind", "Output", "Activations", "Parameters", "MACs", "FLOPs", "Memory in bytes", "Receptive field",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One layer. `out_shape` is (C, H, W), (D,) or (T, D); counts are for one picture.

    `receptive_field`: height and width, in pixels of the picture, of what one unit reads, padding included; the
    picture's own size where a unit reads everything; None where no single window describes it. Shares are 0..1 of the
    whole.
    """

    name: str
    kind: str
    label: str
    out_shape: Shape
    activations: int
    params: int
    macs: int
    bias_adds: int
    flops: int
    activation_bytes: int
    receptive_field: Pair | None
    sees_everything: bool
    params_share: float
    macs_share: float
    memory_share: float

    def cells(self) -> tuple[str | int, ...]:
        """The row under COLUMNS."""
        return (
            self.name, self.label, shape_text(self.out_shape), self.activations, self.params, self.macs, self.flops,
            self.activation_bytes, self._field_text(),
        )  # fmt: skip

    def _field_text(self) -> str:
        if self.receptive_field is None:
            return ""
        size = " × ".join(str(n) for n in self.receptive_field)
        return f"whole picture, {size}" if self.sees_everything else size


@dataclass(frozen=True, slots=True)
class Summary:
    """A network's table, the picture first, and its totals for one picture of `input_shape` (C, H, W)."""

    name: str
    title: str
    input_shape: Shape
    rows: tuple[Row, ...]
    params: int
    macs: int
    bias_adds: int
    flops: int
    activation_bytes: int
    notes: tuple[str, ...] = ()

    @property
    def activations(self) -> int:
        """Values that all layers make together, the picture included."""
        return sum(row.activations for row in self.rows)

    def totals(self) -> tuple[str | int, ...]:
        """The last row of the table under COLUMNS."""
        return (
            "Total", "", "", self.activations, self.params, self.macs, self.flops, self.activation_bytes, "",
        )  # fmt: skip

    def to_csv(self) -> str:
        """Comma-separated values with a head, a row a layer and the totals; numbers without separators."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(row.cells() for row in self.rows)
        writer.writerow(self.totals())
        return text.getvalue()

    def to_markdown(self) -> str:
        """A Markdown page: title, table with shares of the whole, totals, and what the counts mean."""
        return "\n".join(self._markdown_lines()) + "\n"

    def __str__(self) -> str:
        return self.to_markdown()

    def _markdown_lines(self) -> Iterator[str]:
        yield f"# {self.title}"
        yield ""
        yield f"Input {shape_text(self.input_shape)}"
        yield ""
        head = (*COLUMNS, "Parameters, share", "MACs, share")
        yield _line(head)
        yield _line(["---:" if 3 <= column != 8 else "---" for column in range(len(head))])
        for row in self.rows:
            yield _line((*row.cells(), _share(row.params_share), _share(row.macs_share)))
        yield _line([f"**{_number(cell)}**" if cell != "" else "" for cell in (*self.totals(), "", "")])
        for note in (CONVENTION, *self.notes):
            yield ""
            yield note


def summarize(network: str | nn.Module, input_size: int | Sequence[int] | None = None) -> Summary:
    """The table of a network of the catalogue, or of any torch module that torch.fx can trace.

    `input_size`: side, (height, width) or (channels, height, width) of the picture; None: what the network was made
    for. A module needs all three, and is not changed. Raises UserError for an unknown name or a size that does not fit.
    """
    if isinstance(network, str):
        from engine.networks.catalogue import architecture
        from engine.networks.describe import network_graph

        channels = architecture(network).input_shape[0]
        size = None if input_size is None else _picture(input_size, channels)
        return summary_of(network_graph(network, size))
    if isinstance(input_size, int) or input_size is None or len(input_size) < 3:
        raise UserError(
            "For a module the picture's size is needed.", "Say input_size=(channels, height, width)."
        )
    return summary_of(_module_graph(network, tuple(input_size)[-3:]))


def summary_of(graph: Graph) -> Summary:
    """The table of a graph, as far as its layers go together."""
    totals = graph.params, graph.macs, graph.activation_bytes
    return Summary(
        name=graph.name,
        title=graph.title,
        input_shape=graph.input_shape,
        rows=tuple(_row(node, totals) for node in graph.nodes),
        params=graph.params,
        macs=graph.macs,
        bias_adds=sum(node.bias_adds for node in graph.nodes),
        flops=graph.flops,
        activation_bytes=graph.activation_bytes,
        notes=graph.notes,
    )


def _row(node: Node, totals: tuple[int, int, int]) -> Row:
    own = node.params, node.macs, node.activation_bytes
    shares = [n / total if total else 0.0 for n, total in zip(own, totals, strict=True)]
    return Row(
        name=node.name,
        kind=node.kind,
        label=node.label,
        out_shape=node.out_shape,
        activations=prod(node.out_shape),
        params=node.params,
        macs=node.macs,
        bias_adds=node.bias_adds,
        flops=node.flops,
        activation_bytes=node.activation_bytes,
        receptive_field=node.field.size if node.field else None,
        sees_everything=bool(node.field and node.field.everything),
        params_share=shares[0],
        macs_share=shares[1],
        memory_share=shares[2],
    )


def _picture(input_size: int | Sequence[int], channels: int) -> Pair:
    """Height and width. Raises UserError where there are other numbers, or channels that the network does not have."""
    sizes = (input_size, input_size) if isinstance(input_size, int) else tuple(int(n) for n in input_size)
    one_picture = len(sizes) == 4 and sizes[0] == 1
    if len(sizes) not in (2, 3) and not one_picture:
        raise UserError(
            f"{sizes} is no size of a picture.", "Say (height, width) or (channels, height, width)."
        )
    if len(sizes) > 2 and sizes[-3] != channels:
        raise UserError(
            f"The network reads {channels} channels, not {sizes[-3]}.", "Sizes are (channels, height, width)."
        )
    return sizes[-2], sizes[-1]


def _module_graph(module: nn.Module, shape: Shape) -> Graph:
    import copy

    from torch.fx.proxy import TraceError

    from engine.networks.graphs.tracing import graph_of

    name = type(module).__name__
    try:
        return graph_of(name, name, copy.deepcopy(module).to("meta"), shape)
    except TraceError as error:
        raise UserError(
            f"{name} looks at the numbers of its input to decide what to do; no table fits all pictures.",
            str(error),
        ) from error
    except (RuntimeError, AssertionError, ValueError) as error:
        raise UserError(f"{name} cannot take an input of {shape_text(shape)}.", str(error)) from error


def _line(cells: Sequence[str | int]) -> str:
    return f"| {' | '.join(_number(cell) for cell in cells)} |"


def _number(cell: str | int) -> str:
    return f"{cell:,}" if isinstance(cell, int) else cell.replace("|", "\\|")


def _share(share: float) -> str:
    return f"{share:.1%}" if share else ""
