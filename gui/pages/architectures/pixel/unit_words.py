"""What is said about a unit: facts for the card beside the picture, sentences, rows for the inspector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.networks.graphs.graph import Graph, Node
from engine.networks.graphs.shapes import Window, shape_text
from engine.networks.graphs.unit_trace import Reading, UnitTrace
from gui.pages.architectures.pixel.unit_path import Plane, UnitPath, reads_picture
from gui.pages.architectures.pixel.unit_reads import Rect, reads_of
from gui.widgets.facts import Fact


@dataclass(frozen=True, slots=True)
class UnitWords:
    """The card: the layer, its unit, what the layer is, facts with their values, sentences, and how the field grew.

    `growth`: (layer, arithmetic) from the picture to the unit.
    """

    title: str
    unit: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    growth: tuple[tuple[str, str], ...] = ()

    @property
    def spoken(self) -> str:
        """All of it in one text."""
        facts = "; ".join(f"{name}: {value}" for name, value in self.facts)
        return " ".join([f"{self.title}: {self.unit}. {self.subtitle}.", f"{facts}.", *self.sentences])


def unit_words(graph: Graph, trace: UnitTrace, path: UnitPath, fitted: str) -> UnitWords:
    """The card of a unit; `fitted` says what was done to the picture."""
    node = graph.by_name[trace.layer]
    read = reads_of(graph, trace)[trace.picture.layer]
    maps = len(node.out_shape) == 3
    unit = f"unit in row {trace.row}, column {trace.column}, counted from 0" if maps else "any unit"
    facts = _field_facts(graph, trace, read) if isinstance(read, Rect) else _whole_facts(graph, trace, read)
    sentences = [*_sentences(graph, trace, node, read), fitted]
    growth = field_growth(graph, path) if isinstance(read, Rect) else ()
    subtitle = f"{node.label}, puts out {shape_text(node.out_shape)}"
    return UnitWords(trace.layer, unit, subtitle, tuple(facts), tuple(sentences), growth)


def field_growth(graph: Graph, path: UnitPath) -> tuple[tuple[str, str], ...]:
    """How the receptive field grows on the main path: "60 + (3 − 1) × 8 = 76".

    The field before, and one of its strides for every cell of the window but the first. Empty where one is not square.
    """
    found = []
    for plane in path.planes[1 : path.chosen + 1]:
        node = graph.by_name[plane.name]
        before = graph.by_name[node.inputs[0]].field
        if not isinstance(node.reach, Window) or len(node.inputs) > 1 or before is None or node.field is None:
            return ()
        extent = node.reach.extent
        if extent[0] != extent[1] or before.size[0] != before.size[1] or before.stride[0] != before.stride[1]:
            return ()
        text = f"{before.size[0]} + ({extent[0]} − 1) × {before.stride[0]} = {node.field.size[0]}"
        found.append((plane.name, text))
    return tuple(found)


def _field_facts(graph: Graph, trace: UnitTrace, read: Rect) -> list[tuple[str, str]]:
    _, rows, columns = trace.picture.shape
    cells = "pixel" if reads_picture(graph) else "cell"
    facts = [("receptive field", f"{read.size[0]} × {read.size[1]} {cells}s")]
    if trace.stride is not None:
        facts.append(("stride", _stride(trace.stride, cells)))
    row, column = trace.centre or read.centre
    facts.append(("centre", f"row {_plain(row)}, column {_plain(column)}"))
    facts += _places("", read)
    inside = read.inside(rows, columns)
    seen = inside.size[0] * inside.size[1]
    if read.sticks_out(rows, columns):
        if seen:
            facts += _places(" inside", inside)
        facts.append(("padding", f"{_percent(1 - seen / (read.size[0] * read.size[1]))} of the field"))
    share = f"{_percent(seen / (rows * columns))} of {rows} × {columns}"
    return [*facts, ("of the picture" if reads_picture(graph) else "of the input", share)]


def _places(which: str, rect: Rect) -> list[tuple[str, str]]:
    """Its rows and columns, in one line where they are the same ones."""
    rows, columns = _span(rect.top, rect.bottom), _span(rect.left, rect.right)
    if rows == columns:
        return [(f"rows and columns{which}", rows)]
    return [(f"rows{which}", rows), (f"columns{which}", columns)]


def _whole_facts(graph: Graph, trace: UnitTrace, read: object) -> list[tuple[str, str]]:
    if read == "unknown":
        return [("receptive field", "no window describes it")]
    shape = trace.picture.shape
    thing, cells = ("picture", "pixels") if reads_picture(graph) else ("input", "cells")
    size = f", {shape[1]} × {shape[2]} {cells}" if len(shape) == 3 else ""
    return [("receptive field", f"the whole {thing}{size}")]


def _sentences(graph: Graph, trace: UnitTrace, node: Node, read: object) -> list[str]:
    if not trace.picture.known:
        culprit = _culprit(graph, trace)
        return [f"What a unit reads beyond “{culprit}” is not a window: that layer may mix all positions, so that "
                "nothing is framed before it."]  # fmt: skip
    thing = "picture" if reads_picture(graph) else "input"
    if read == "everything":
        first = _first_everything(graph, trace)
        if first is None:
            return [f"Its window covers the {thing} exactly."]
        if first == trace.layer:
            return [f"Every unit of this layer reads everything: all positions, hence the whole {thing}."]
        return [f"It reads everything: from “{first}” on, every unit depends on the whole {thing}."]
    assert isinstance(read, Rect)
    _, rows, columns = trace.picture.shape
    said = []
    if read.sticks_out(rows, columns):
        said.append(
            f"The hatched part lies outside of the {thing}: there the unit reads the zeros of the padding."
        )
    if len(node.inputs) > 1:
        said.append("Several branches meet here; the frame holds what all of them read.")
    return said


def _culprit(graph: Graph, trace: UnitTrace) -> str:
    """The layer nearest to the unit whose reach nobody knows."""
    known = {reading.layer: reading.known for reading in trace.readings}
    for node in reversed(graph.nodes):
        if known.get(node.name) and any(not known.get(name, True) for name in node.inputs):
            return node.name
    return trace.layer


def _first_everything(graph: Graph, trace: UnitTrace) -> str | None:
    """The layer nearest to the picture that reads everything, among those the unit depends on."""
    names = {reading.layer for reading in trace.readings}
    return next((n.name for n in graph.nodes if n.name in names and n.reach == "everything"), None)


# --- for the inspector ------------------------------------------------------------------------------------


def cell_rows(graph: Graph, plane: Plane, row: int, column: int, reading: Reading | None) -> list[Fact]:
    """What the inspector says about a place on a plane."""
    node = graph.by_name[plane.name]
    rows = [
        ("layer", plane.name, ""),
        ("does", node.label if node.inputs else _input_name(graph), ""),
        ("output", shape_text(plane.shape), "Height × width × channels."),
    ]
    if len(plane.shape) == 3:
        rows.append(
            (
                "under the pointer",
                f"row {row}, column {column}",
                "Counted from 0. A click traces the unit there.",
            )
        )
    rows.append(("the chosen unit reads", _reading_text(reading), "Of this layer."))
    rest = ", ".join(graph.by_name[name].label for name in plane.layers[1:])
    if rest:
        rows.append(("then", rest, "Layers with the same rows and columns."))
    return rows


def _input_name(graph: Graph) -> str:
    return "the picture" if reads_picture(graph) else "the module's input"


def _reading_text(reading: Reading | None) -> str:
    if reading is None:
        return "nothing: it comes later, or on another branch"
    return reading.text if reading.known else "not a window"


def pixel_rows(graph: Graph, node: Node, row: int, column: int, found: Rect | None) -> list[Fact]:
    """What the inspector says about a pixel of the picture, or a cell of a module's input."""
    picture = reads_picture(graph)
    size = "Of the picture in the size of the net's input, counted from 0." if picture else "Counted from 0."
    rows = [("pixel" if picture else "cell", f"row {row}, column {column}", size)]
    if found is None:
        text = "all units" if node.field is not None and node.field.everything else "not known"
        return [*rows, (f"read in {node.name} by", text, "")]
    tall, wide = found.size
    count = tall * wide
    text = f"{count:,} unit{'' if count == 1 else 's'}" + (f" ({tall} × {wide})" if count > 1 else "")
    rows.append((f"read in {node.name} by", text, "Units of one channel whose receptive field holds it."))
    if count:
        rows.append(("in rows", _span(found.top, found.bottom), ""))
        rows.append(("in columns", _span(found.left, found.right), ""))
    return rows


def _span(first: int, end: int) -> str:
    return _plain(first) if end == first + 1 else f"{_plain(first)} to {_plain(end - 1)}"


def _stride(stride: Sequence[int], cells: str) -> str:
    rows, columns = stride
    if rows == columns:
        return f"{rows} {cells}{'' if rows == 1 else 's'}"
    return f"{rows} rows, {columns} columns"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %" if share < 0.1 else f"{100 * share:.0f} %"


def _plain(value: float) -> str:
    return f"{value:g}".replace("-", "−")
