"""What the inspector says about the dense layer."""

from __future__ import annotations

from engine.foundations.channels.dense import KNOWN, count_text, inputs_text
from gui.pages.channels.dense.resolve import (
    BIAS,
    FLAT,
    INPUT,
    KERNEL,
    MAP,
    OUTPUT,
    PRODUCT,
    WEIGHTS,
    ShownDense,
    entry_at,
    place,
)
from gui.pages.channels.view import Group
from gui.widgets.facts import Fact
from gui.widgets.stage_text import by, plain

EDIT_TIP = "Double-click or F2 to change it."
AS_MATRIX = (r"y_m &= \sum_n W_{m,n}\; x_n + b_m",)
AS_KERNEL = (r"y_m &= \sum_{c,r,q} K_m(c,r,q)\; x(c,r,q) + b_m", r"K_m(c,r,q) &= W_{m,\,(cH+r)W+q}")
SLID = (r"y_m(i,j) &= \sum_{c,r,q} K_m(c,r,q)\; x(c,i+r,j+q) + b_m",)


def formula(shown: ShownDense) -> tuple[str, ...]:
    """The layer as a matrix, as kernels, or slid."""
    if shown.phase.kind == "row":
        return AS_MATRIX
    return SLID if shown.phase.kind == "slide" else AS_KERNEL


def groups(shown: ShownDense) -> list[Group]:
    """The output on show, the layer's cost, and layers of known nets."""
    return [
        Group("This output", _now(shown)),
        Group("Shape and cost", _cost(shown)),
        Group("Parameters of known layers", _known()),
    ]


def _now(shown: ShownDense) -> list[Fact]:
    done, phase = shown.dense, shown.phase
    bias = float(done.bias[phase.output])
    if phase.kind == "slide":
        result = float(done.slid[phase.output, phase.row, phase.col])
        where: Fact = ("place", f"row {phase.row}, col {phase.col}", "Of the map, counted from 0.")
    else:
        result = float(done.output[phase.output])
        where = ("row of W", str(phase.output), "Counted from 0.")
    return [
        ("output m", str(phase.output), "Counted from 0."),
        where,
        ("sum of products", plain(result - bias), "Before the bias."),
        ("bias", plain(bias), "One an output."),
        ("= y", plain(result), "What comes out."),
    ]


def _cost(shown: ShownDense) -> list[Fact]:
    state, done = shown.state, shown.dense
    shape = (state.side, state.side, state.channels)
    rows: list[Fact] = [
        ("input", f"{by(shape)} = {state.inputs}", "Height × width × channels; entries of the vector."),
        ("output", str(state.outputs), "Neurons."),
        ("parameters", count_text(shape, state.outputs), "A weight for every pair, and a bias an output."),
        ("multiplications", f"{done.weight.size:,}", "Each weight is used once."),
    ]
    if shown.phase.kind == "slide":
        places = (state.more + 1) ** 2
        slid: Fact = (
            "on the picture",
            f"{done.weight.size * places:,}",
            f"At {places} places, with the same weights.",
        )
        rows.append(slid)
    return rows


def _known() -> list[Fact]:
    rows: list[Fact] = []
    for known in KNOWN:
        tip = f"{inputs_text(known.inputs)} → {known.outputs:,}: {count_text(known.inputs, known.outputs)}"
        rows.append((known.title, f"{known.parameters:,}", tip))
    return rows


def under(shown: ShownDense, cell: tuple[str, int, int]) -> list[Fact]:
    """Name, place, value and origin of a cell."""
    key, row, column = cell
    done, phase = shown.dense, shown.phase
    if key.startswith(MAP):
        output = int(key.removeprefix(MAP))
        value = plain(float(done.slid[output, row, column]))
        return [("output", str(output), ""), ("value", value, ""), ("place", f"row {row}, col {column}", "")]
    if key in (BIAS, OUTPUT):
        values, name = (done.bias, "bias") if key == BIAS else (done.output, "output")
        known = key == BIAS or row <= phase.output or phase.kind == "slide"
        return [
            (name, f"of output {row}", ""),
            ("value", plain(float(values[row])) if known else "not yet", ""),
        ]
    if key.startswith(INPUT) and entry_at(shown.state, phase, cell) is None:
        channel = int(key.removeprefix(INPUT))
        value = plain(float(done.image[channel, row, column]))
        return [
            ("picture", f"channel {channel}", ""),
            ("value", value, EDIT_TIP),
            ("place", f"row {row}, col {column}", ""),
        ]
    return _entry(shown, cell)


def _entry(shown: ShownDense, cell: tuple[str, int, int]) -> list[Fact]:
    """A cell that stands for an entry of the vector."""
    key, row, _ = cell
    entry = entry_at(shown.state, shown.phase, cell)
    if entry is None:
        return []
    output = row if key == WEIGHTS else shown.phase.output
    channel, at_row, at_col = place(shown.state, entry)
    x, weight = float(shown.dense.flat[entry]), float(shown.dense.weight[output, entry])
    name = (
        "input"
        if key == FLAT or key.startswith(INPUT)
        else ("product" if key.startswith(PRODUCT) else "weight")
    )
    editable = key == WEIGHTS or key.startswith((INPUT, KERNEL))
    value = {"input": x, "product": x * weight, "weight": weight}[name]
    return [
        (name, f"entry {entry}", "Of the vector, counted from 0."),
        ("value", plain(value), EDIT_TIP if editable else ""),
        ("pixel", f"channel {channel}, row {at_row}, col {at_col}", "Counted from 0."),
        ("product", f"{plain(weight)} · {plain(x)} = {plain(weight * x)}", f"In output {output}."),
    ]
