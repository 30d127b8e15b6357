"""The table of a chain as plain values: what stands in every cell, in the last row, and in exports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.foundations.calculator.chain import Step
from engine.foundations.calculator.layers import Layer
from gui.pages.shapes import words
from gui.pages.shapes.resolve import Resolved

CONVENTION: Final = (
    "1 MAC = one multiplication and one addition; FLOPs = 2 · MACs + bias additions. Only convolutions and matrix "
    "products count, for one example; many papers print MACs under the name FLOPs."
)
NO_FIELD: Final = "how many input pixels one output depends on"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `setting`: the setting of a layer that it shows and that can be typed over; `secret`: what it says
    would give away an output that is to be predicted; `shared`: it has bars that show shares of the whole."""

    key: str
    title: str
    tip: str
    numeric: bool = True
    setting: str = ""
    secret: bool = False
    shared: bool = False


COLUMNS: Final = (
    Column("l", "l", "The number of the layer; 0 is the input.", numeric=False),
    Column("layer", "Layer", "What it does. Drag a row to move it; Alt+Up and Alt+Down do the same.", numeric=False),
    Column("f", "f", "Filter size: rows and columns of the window. Double-click or type to change it.", setting="f"),
    Column("p", "p", "Padding of each side. Type a number, same or valid.", setting="p"),
    Column("s", "s", "Stride, or the factor of an upsampling.", setting="s"),
    Column("filters", "Filters", "n_C: filters, or neurons of a fully connected layer.", setting="filters"),
    Column("output", "Output", "n_H × n_W × n_C of a[l], for one example.", secret=True),
    Column("parameters", "Parameters", "Weights and biases; the bar is the share of the whole.", shared=True),
    Column("macs", "MACs", "Multiply-accumulates; the bar is the share of the whole.", secret=True, shared=True),
    Column("field", "Field", f"Receptive field: {NO_FIELD}, along one side."),
    Column("jump", "Jump", "How far apart on the input the fields of neighbours lie."),
    Column("flops", "FLOPs", "Two a MAC, and one for every bias that is added.", secret=True),
    Column("memory", "Memory", "Of A[l], the activations of all m examples.", secret=True),
    Column("start", "Centre", "Where the middle of the first output’s field lies; 0 is the first pixel."),
)  # fmt: skip
KEYS: Final = tuple(column.key for column in COLUMNS)


def editable(layer: Layer | None, column: Column) -> bool:
    """Whether a cell can be typed over."""
    return layer is not None and bool(column.setting) and column.setting in layer.uses


def cell_text(resolved: Resolved, index: int, column: Column) -> str:
    """What stands in a cell of layer `index` (0: the input)."""
    if index == 0:
        return _input_text(resolved, column.key)
    step = resolved.chain.steps[index - 1]
    if column.key == "l":
        return str(index)
    if column.key == "layer":
        settings = words.layer_settings(_without_window(step.layer))
        name = words.TITLES[step.layer.kind]
        return f"{name}, {settings}" if settings else name
    if column.key == "p":
        return words.padding_text(step.layer)
    if column.setting:
        return f"{getattr(step.layer, column.setting):,}" if editable(step.layer, column) else ""
    if step.out_shape is None:
        return words.DASH
    if column.secret and resolved.hides(index):
        return words.UNKNOWN
    return _RESULTS[column.key](step, resolved)


def _without_window(layer: Layer) -> Layer:
    """The layer with nothing left of what has a column of its own."""
    return Layer(layer.kind, d=layer.d, groups=layer.groups, ceil=layer.ceil)


def _input_text(resolved: Resolved, key: str) -> str:
    shape = resolved.chain.input_shape
    values = shape[0] * shape[1] * shape[2]
    texts = {
        "l": "0", "layer": "Input", "output": words.shape_text(shape),
        "memory": words.memory(resolved.bytes_of(values)), "field": "1", "jump": "1", "start": "0",
    }  # fmt: skip
    return texts.get(key, "")


_RESULTS: Final[dict[str, Callable[[Step, Resolved], str]]] = {
    "output": lambda step, _: words.shape_text(step.out_shape),
    "parameters": lambda step, _: words.count(step.cost.parameters if step.cost else 0),
    "macs": lambda step, _: words.count(step.cost.macs if step.cost else 0),
    "flops": lambda step, _: words.count(step.cost.flops if step.cost else 0),
    "memory": lambda step, resolved: words.memory(resolved.bytes_of(step.activations)),
    "field": lambda step, _: words.field_size(step.field),
    "jump": lambda step, _: words.jump(step.field),
    "start": lambda step, _: words.start(step.field),
}


def total_text(resolved: Resolved, key: str) -> str:
    """What stands in the last row; question marks while anything is hidden that a sum would give away."""
    chain = resolved.chain
    count = len(chain.steps)
    if key == "layer":
        return f"Total of {count} layer" if count == 1 else f"Total of {count} layers"
    if key == "parameters":
        return words.count(chain.parameters)
    if key not in ("macs", "flops", "memory"):
        return ""
    if resolved.secret:
        return words.UNKNOWN
    return (
        words.memory(resolved.bytes_of(chain.activations))
        if key == "memory"
        else words.count(getattr(chain, key))
    )


def share(resolved: Resolved, index: int, column: Column) -> float | None:
    """The share of the whole, 0..1, None where the column shows none."""
    if not column.shared or index == 0 or (column.secret and resolved.secret):
        return None
    cost = resolved.chain.steps[index - 1].cost
    whole = getattr(resolved.chain, column.key)
    return getattr(cost, column.key) / whole if cost is not None and whole else None


def cell_tip(resolved: Resolved, index: int, column: Column) -> str:
    """What the pointer learns about a cell."""
    if index and column.key in ("l", "layer", "output") and not resolved.hides(index):
        return words.sentence_of(resolved.chain.steps[index - 1])
    part = share(resolved, index, column)
    text = f"{column.title}: {cell_text(resolved, index, column)}"
    return text if part is None else f"{text}, {part:.1%} of the whole"


# --- exports ----------------------------------------------------------------------------------------------

EXPORTED: Final = (
    "l", "layer", "f", "p", "s", "d", "groups", "filters n_C", "output n_H × n_W × n_C", "weights", "biases",
    "parameters", "MACs", "FLOPs", "activations (one example)", "activation bytes (batch)", "receptive field", "jump",
    "centre of the first", "remark",
)  # fmt: skip


def exported(resolved: Resolved) -> tuple[Sequence[str], list[Sequence[object]]]:
    """The table with exact numbers, for CSV and Markdown; the totals are its last row."""
    chain = resolved.chain
    shape = chain.input_shape
    values = shape[0] * shape[1] * shape[2]
    lines: list[Sequence[object]] = [
        (0, "Input", "", "", "", "", "", "", words.shape_text(shape), "", "", "", "", "", values,
         resolved.bytes_of(values), 1, 1, 0, f"m = {resolved.state.batch}, {resolved.state.precision}"),
        *(_exported_row(step, resolved) for step in chain.steps),
    ]  # fmt: skip
    weights, biases = sum(cost.weights for cost in chain.costs), sum(cost.biases for cost in chain.costs)
    total: tuple[object, ...] = (
        "", "Total", "", "", "", "", "", "", "", weights, biases, chain.parameters, chain.macs, chain.flops,
        chain.activations, resolved.bytes_of(chain.activations), "", "", "", "",
    )  # fmt: skip
    return EXPORTED, [*lines, total]


def _exported_row(step: Step, resolved: Resolved) -> Sequence[object]:
    layer, cost = step.layer, step.cost

    def setting(name: str) -> Any:
        return getattr(layer, name) if name in layer.uses else ""

    start: tuple[object, ...] = (
        step.index, words.TITLES[layer.kind], setting("f"), words.padding_text(layer), setting("s"), setting("d"),
        setting("groups"), setting("filters"),
    )  # fmt: skip
    if cost is None or step.out_shape is None:
        remark = step.misfit.message if step.misfit else "A layer before it does not fit."
        return (*start, *[""] * (len(EXPORTED) - len(start) - 1), remark)
    return (
        *start, words.shape_text(step.out_shape), cost.weights, cost.biases, cost.parameters, cost.macs, cost.flops,
        step.activations, resolved.bytes_of(step.activations), words.field_size(step.field), words.jump(step.field),
        words.start(step.field), " ".join(step.remarks),
    )  # fmt: skip
