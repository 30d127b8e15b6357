"""What is said about the dense layer at every step."""

from __future__ import annotations

from dataclasses import replace

from engine.foundations.channels.dense import LARGEST, count_text, inputs_text
from gui.pages.channels.dense.resolve import Kind, Phase, ShownDense
from gui.pages.channels.numbers import product_sum, subscript
from gui.widgets.stage_text import by, plural

_HEADINGS: dict[Kind, tuple[str, str]] = {
    "row": ("As a matrix", "every entry has a weight for every output"),
    "cut": ("From row to kernel: cut", "one stretch a channel, as flattening laid them out"),
    "fold": ("From row to kernel: fold", "each stretch in rows again: a kernel as large as the input"),
    "apply": ("As a convolution of full size", "the kernel has one place to lie, so one output"),
    "slide": ("On a larger picture", "the next dense layer becomes a 1×1 convolution"),
}


def heading(shown: ShownDense) -> tuple[str, str]:
    """The title of the stage and a line about it."""
    return _HEADINGS[shown.phase.kind]


def line(shown: ShownDense, most: int) -> str:
    """The output on show, worked out."""
    done, phase = shown.dense, shown.phase
    name = f"y{subscript(phase.output)}"
    if phase.kind == "slide":
        values = done.window(phase.row, phase.col).ravel()
        result = float(done.slid[phase.output, phase.row, phase.col])
        name = f"{name}({phase.row}, {phase.col})"
    else:
        values, result = done.flat, float(done.output[phase.output])
    weights = done.weight[phase.output].tolist()
    return product_sum(name, weights, values.tolist(), float(done.bias[phase.output]), result, most)


def sentences(shown: ShownDense) -> list[str]:
    """What happens in the step, and what a layer like this costs."""
    return [_happens(shown), _parameters(shown)]


def longest(shown: ShownDense) -> list[str]:
    """The longest of every step's sentences, so that the grids do not jump from step to step."""
    each = [_happens(replace(shown, phase=Phase(kind, 0))) for kind in _HEADINGS]
    return [max(each, key=len), _parameters(shown)]


def _happens(shown: ShownDense) -> str:
    state, output = shown.state, shown.phase.output
    size, large = by((state.side, state.side)), by((state.side + state.more,) * 2)
    if shown.phase.kind == "row":
        return (
            f"Row {output} of the matrix times the vector, plus its bias: {plural(state.inputs, 'product')}."
        )
    if shown.phase.kind == "cut":
        return f"Row {output} has {plural(state.side**2, 'weight')} for each channel, in the order of the vector."
    if shown.phase.kind == "fold":
        return f"Folded, row {output} is a kernel of {size} × {state.channels}: the weights are the same numbers."
    if shown.phase.kind == "apply":
        return (
            "Laid on the input, it gives the same products and the same sum: a dense layer is a convolution."
        )
    places, numbers = plural((state.more + 1) ** 2, "place"), shown.dense.parameters
    return (
        f"As kernels, the {numbers} numbers answer at {places} of a {large} picture (Sermanet et al. 2013)."
    )


def _parameters(shown: ShownDense) -> str:
    state = shown.state
    own = count_text((state.side, state.side, state.channels), state.outputs)
    known = f"{inputs_text(LARGEST.inputs)} → {LARGEST.outputs:,}: {LARGEST.parameters:,}"
    return f"Parameters: {own}. The first dense layer of VGG-16, {known}."
