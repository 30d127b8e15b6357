"""What the inspector says: the letters of the course for one layer, the sums of a chain, what is under the pointer."""

from __future__ import annotations

from engine.foundations.calculator.chain import Step
from gui.pages.shapes import words
from gui.pages.shapes.field_plan import FieldPlan
from gui.pages.shapes.resolve import Resolved
from gui.widgets.facts import Fact

MACS_TIP = (
    "Multiply-accumulate operations: a product and a sum each. Products with padding count like all others."
)
FLOPS_TIP = (
    "Floating-point operations: two a MAC, one for every bias that is added. Many papers print MACs as FLOPs."
)
FIELD_TIP = "So many input pixels a side have an influence on one output, padding counted."
JUMP_TIP = "So many input pixels apart lie the fields of two neighbouring outputs."
START_TIP = (
    "Where the middle of the first output’s field lies along one side; 0 is the middle of the first pixel."
)
NOTHING_UNDER: Fact = ("point at a layer", "", "Every volume and every row can be asked.")


def letter_rows(resolved: Resolved) -> list[Fact]:
    """The layer on show in the notation of the course; the rows are the same whether it fits or not."""
    step = resolved.step
    if step is None:
        return _input_rows(resolved)
    layer, number = step.layer, step.index
    rows: list[Fact] = []
    if "f" in layer.uses:
        rows += [
            (f"f[{number}]", str(layer.f), "Filter size."),
            (f"p[{number}]", words.padding_text(layer), "Padding of each side."),
            (f"s[{number}]", str(layer.s), "Stride."),
        ]
    if layer.kind in ("conv", "transposed"):
        rows.append((f"n_C[{number}]", words.count(layer.filters), "Number of filters."))
    rows.append((f"a[{number - 1}]", words.shape_text(step.in_shape), "What comes in: n_H × n_W × n_C."))
    return [*rows, *_weight_rows(step), *_output_rows(step, resolved)]


def _input_rows(resolved: Resolved) -> list[Fact]:
    shape = words.shape_text(resolved.chain.input_shape)
    return [
        ("a[0]", shape, "n_H × n_W × n_C of one example."),
        ("A[0]", f"{resolved.state.batch:,} × {shape}", "m examples."),
    ]


def _weight_rows(step: Step) -> list[Fact]:
    layer, before, cost, number = step.layer, step.in_shape or (), step.cost, step.index
    rows: list[Fact] = []
    if layer.kind in ("conv", "transposed"):
        each = words.DASH if cost is None else f"{layer.f} × {layer.f} × {before[0] // layer.groups}"
        every = words.DASH if cost is None else f"{each} × {layer.filters:,}"
        rows.append(("each filter", each, "f × f × n_C of what comes in, divided by the groups."))
        rows.append((f"W[{number}]", every, "All filters of the layer."))
        if layer.bias:
            rows.append((f"b[{number}]", f"1 × 1 × 1 × {layer.filters:,}", "One number a filter."))
    elif layer.kind == "linear":
        every = words.DASH if cost is None else f"{layer.filters:,} × {before[0]:,}"
        rows.append((f"W[{number}]", every, "A row a neuron, a column an input."))
        if layer.bias:
            rows.append((f"b[{number}]", f"{layer.filters:,} × 1", "One number a neuron."))
    if cost is None:
        return [*rows, ("parameters", words.DASH, "Not known while the layer does not fit.")]
    tip = (
        f"{cost.weights:,} weights and {cost.biases:,} biases."
        if cost.parameters
        else "Nothing is learned here."
    )
    return [*rows, ("parameters", words.count(cost.parameters), tip)]


def _output_rows(step: Step, resolved: Resolved) -> list[Fact]:
    number, cost, lost = step.index, step.cost, step.out_shape is None
    hidden = resolved.hides(number)

    def known(text: str) -> str:
        return words.DASH if lost else words.UNKNOWN if hidden else text

    shape = words.shape_text(step.out_shape)
    rows: list[Fact] = [
        (f"a[{number}]", known(shape), "What comes out, for one example."),
        (f"A[{number}]", known(f"{resolved.state.batch:,} × {shape}"), "What comes out, for m examples."),
        (
            "memory of A",
            known(words.memory(resolved.bytes_of(step.activations))),
            f"In {resolved.state.precision}.",
        ),
    ]
    if step.layer.learns:
        rows.append(("MACs", known(words.count(cost.macs if cost else 0)), MACS_TIP))
        rows.append(("FLOPs", known(words.count(cost.flops if cost else 0)), FLOPS_TIP))
    return [*rows, *field_rows(step)]


def field_rows(step: Step) -> list[Fact]:
    """Size, jump and first middle of the receptive field."""
    field = step.field
    size = "the whole input" if field is not None and field.everything else words.field_size(field)
    if field is not None and not field.everything:
        size = f"{size} × {size}"
    return [
        ("receptive field", size, FIELD_TIP),
        ("its jump", words.jump(field), JUMP_TIP),
        ("its first centre", words.start(field), START_TIP),
    ]


def total_rows(resolved: Resolved) -> list[Fact]:
    """The whole chain; sums that would give an answer away are question marks."""
    chain, state = resolved.chain, resolved.state
    secret = resolved.secret
    last = chain.shapes[-1] if chain.broken is None else None

    def known(text: str) -> str:
        return words.UNKNOWN if secret else text

    return [
        ("layers", str(len(chain.steps)), "The input is none."),
        ("output", known(words.shape_text(last)), "Of the last layer; none while a join is impossible."),
        ("parameters", words.count(chain.parameters), "Weights and biases of all layers that fit."),
        ("weights in memory", words.memory(4 * chain.parameters), "As float32: four bytes a number."),
        ("MACs", known(words.count(chain.macs)), f"{MACS_TIP} For one example."),
        ("FLOPs", known(words.count(chain.flops)), FLOPS_TIP),
        (
            "activations", known(words.memory(resolved.bytes_of(chain.activations))),
            f"All layers’ outputs for m = {state.batch:,}, in {state.precision}: what training keeps for the way back.",
        ),
    ]  # fmt: skip


def under_layer(resolved: Resolved, index: int) -> list[Fact]:
    """A layer that is pointed at, 0 for the input."""
    if not 0 <= index <= len(resolved.chain.steps):
        return [NOTHING_UNDER]
    if index == 0:
        return [
            ("layer", "Input", ""),
            ("shape", words.shape_text(resolved.chain.input_shape), "n_H × n_W × n_C."),
        ]
    step = resolved.chain.steps[index - 1]
    rows: list[Fact] = [("layer", f"{index}: {words.layer_name(step.layer)}", words.TITLES[step.layer.kind])]
    settings = words.layer_settings(step.layer)
    if settings:
        rows.append(("settings", settings, "Stride, padding, dilation, groups where they are not plain."))
    if step.misfit is not None:
        return [*rows, ("does not fit", step.misfit.message, "Choose it to see what would help.")]
    if step.out_shape is None or step.cost is None:
        return [*rows, ("shape", words.DASH, "A layer before it does not fit.")]
    if resolved.hides(index):
        return [*rows, ("out", words.UNKNOWN, "Still hidden.")]
    rows += [
        ("in", words.shape_text(step.in_shape), "n_H × n_W × n_C."),
        ("out", words.shape_text(step.out_shape), "n_H × n_W × n_C."),
        ("parameters", words.count(step.cost.parameters), "Weights and biases."),
    ]
    if step.cost.macs:
        rows.append(("MACs", words.count(step.cost.macs), MACS_TIP))
    return [*rows, *field_rows(step)]


def under_field(plan: FieldPlan | None) -> list[Fact]:
    """The output whose field is drawn."""
    if plan is None:
        return [("point at the input", "", "The tower follows the pointer; a click keeps it there.")]
    top = plan.top
    rows: list[Fact] = [
        ("output", f"row {plan.unit[0]}, col {plan.unit[1]}", f"Of layer {top.index}, counted from 0.")
    ]
    if top.rows is None or top.columns is None:
        return [*rows, ("sees", "nothing", "No input reaches this output: it holds only the bias.")]
    rows.append(
        ("sees rows", f"{top.rows[0]} to {top.rows[1]}".replace("-", "−"), "Outside of the input: padding.")
    )
    rows.append(("sees columns", f"{top.columns[0]} to {top.columns[1]}".replace("-", "−"), "Of the input."))
    return rows
