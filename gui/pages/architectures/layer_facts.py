"""What there is to say about one layer: rows of numbers and formulas with the numbers filled in."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from engine.networks.graphs.graph import Graph, Layer, Node
from engine.networks.graphs.ops import AdaptivePool, Add, Concat, Conv, Flatten, Linear, Norm, Op, Pool
from engine.networks.graphs.shapes import Shape, Window
from gui.pages.architectures import numbers
from gui.widgets.facts import Fact
from gui.widgets.number_text import memory_text

FLOPS_TIP = (
    "Floating-point operations: two a MAC (one product, one sum), and one addition for every added bias."
)
MACS_TIP = "Multiply-accumulate operations of convolutions and matrix products; all else counts as nothing."
MEMORY_TIP = "What comes out, as float32: four bytes a value, for one picture."
FIELD_TIP = "So many pixels of the picture have an influence on one value of this layer."
STRIDE_TIP = "So many pixels apart on the picture lie the fields of two neighbours."
CENTRE_TIP = (
    "Where the middle of the field of the unit in row 0, column 0 lies on the picture: (row, column)."
)
SHARE_TIP = "Of the whole network."
N_OUT, N_IN = r"n_{\mathrm{out}}", r"n_{\mathrm{in}}"
PARAMETERS, MACS, FLOPS = r"\mathrm{parameters}", r"\mathrm{MACs}", r"\mathrm{FLOPs}"
KIND_WORDS = {
    "conv": "convolution", "pool": "pooling", "linear": "fully connected", "norm": "normalisation",
    "activation": "activation", "dropout": "dropout", "identity": "passes on", "add": "sum of its inputs",
    "concat": "channels stacked", "flatten": "flattening", "input": "the picture",
}  # fmt: skip


def kind_word(kind: str) -> str:
    """What a kind of layer is called: "conv" is "convolution"."""
    return KIND_WORDS.get(kind, kind)


def brief_rows(node: Node) -> list[Fact]:
    """A few rows about the layer under the cursor."""
    rows: list[Fact] = [
        ("layer", node.name, ""),
        ("kind", kind_word(node.kind), node.label),
        ("in", numbers.input_shapes(node), "Height × width × channels."),
        ("out", numbers.shape(node.out_shape), "Height × width × channels."),
    ]
    if node.params:
        rows.append(("parameters", numbers.exact(node.params), "Learned numbers."))
    if node.macs:
        rows.append(("MACs", numbers.exact(node.macs), MACS_TIP))
    rows.append(("receptive field", numbers.field_size(node.field), FIELD_TIP))
    return rows


def layer_rows(node: Node, graph: Graph) -> list[Fact]:
    """Everything that is counted for a layer."""
    rows: list[Fact] = [
        ("kind", kind_word(node.kind), node.label),
        ("in", numbers.input_shapes(node), "Height × width × channels."),
        ("out", numbers.shape(node.out_shape), "Height × width × channels."),
        ("values out", numbers.exact(node.activations), "Activations: height · width · channels."),
        ("memory out", memory_text(node.activation_bytes), MEMORY_TIP),
        ("parameters", numbers.exact(node.params), "Learned numbers: weights and biases."),
    ]
    if node.params:
        rows.append(("of all parameters", numbers.share(node.params, graph.params), SHARE_TIP))
    rows += [("MACs", numbers.exact(node.macs), MACS_TIP), ("FLOPs", numbers.exact(node.flops), FLOPS_TIP)]
    if node.macs:
        rows.append(("of all MACs", numbers.share(node.macs, graph.macs), SHARE_TIP))
    return [*rows, *field_rows(node)]


def field_rows(node: Node) -> list[Fact]:
    """Size, stride and centre of the receptive field on the picture."""
    field = node.field
    if isinstance(node.op, Flatten):
        return [
            ("receptive field", "that of its input", "Every value stays what it was, only the shape is gone.")
        ]
    if field is None:
        why = "Its ways to the picture moved at different strides, or it looks in a way that windows do not describe."
        return [("receptive field", "not a window", why)]
    if field.everything:
        return [("receptive field", "the whole picture", FIELD_TIP)]
    height, width = field.size
    return [
        (
            "receptive field",
            "1 pixel" if (height, width) == (1, 1) else f"{height} × {width} pixels",
            FIELD_TIP,
        ),
        ("its stride", _pixels(numbers.field_stride(field)), STRIDE_TIP),
        ("centre of unit (0, 0)", numbers.field_centre(field), CENTRE_TIP),
    ]


def _pixels(count: str) -> str:
    return f"{count} pixel" if count == "1" else f"{count} pixels"


Worked = tuple[str, str]
"""A formula in mathtext, and the same with the numbers of a layer as text. Typesetting takes its time: the letters are
always the same ones, the numbers change while a person drags."""


def formulas(node: Node) -> tuple[Worked, ...]:
    """Output size, parameters, MACs and FLOPs of a layer."""
    return (*_size(node), *_parameters(node.op), *_operations(node))


def _size(node: Node) -> Iterator[Worked]:
    op = node.op
    if isinstance(op, Conv | Pool) and len(node.in_shapes[0]) == 3:
        round_up = isinstance(op, Pool) and op.ceil
        yield size_formula(op.window, node.in_shapes[0], node.out_shape, round_up)
    elif isinstance(op, Flatten) and len(node.in_shapes[0]) == 3:
        channels, height, width = node.in_shapes[0]
        yield rf"{N_OUT} = h\, w\, c", f"{height}·{width}·{channels} = {node.out_shape[0]:,}"
    elif isinstance(op, Concat):
        parts = " + ".join(str(shape[0]) for shape in node.in_shapes)
        yield r"c_{\mathrm{out}} = \sum c_i", f"{parts} = {node.out_shape[0]:,}"
    elif isinstance(op, Add) and len(node.in_shapes) == 2:
        yield r"y = x_1 + x_2" if op.sign == "+" else r"y = x_1 \cdot x_2", ""


def size_formula(window: Window, before: Shape, after: Shape, round_up: bool = False) -> Worked:
    """n_out with the numbers of the height filled in, and of the width where it differs."""
    left, right = (r"\lceil", r"\rceil") if round_up else (r"\lfloor", r"\rfloor")
    taps = "d(f-1)-1" if max(window.dilation) > 1 else "f"
    general = rf"{N_OUT} = {left}(n+2p-{taps})\,/\,s{right}+1"
    filled = [_filled(window, axis, before[1 + axis], after[1 + axis], round_up) for axis in (0, 1)]
    return general, "\n".join(dict.fromkeys(filled))


def _filled(window: Window, axis: int, n: int, result: int, round_up: bool) -> str:
    f, s, p, d = (v[axis] for v in (window.kernel, window.stride, window.padding, window.dilation))
    taps = f"{d}·{f - 1} − 1" if max(window.dilation) > 1 else str(f)
    left, right = "⌈⌉" if round_up else "⌊⌋"
    return f"{left}({n} + 2·{p} − {taps})/{s}{right} + 1 = {result}"


def _parameters(op: Op) -> Iterator[Worked]:
    """The number of learned numbers, as it is made of kernel, depth, filters and biases."""
    if isinstance(op, Conv):
        (kh, kw), depth = op.kernel, op.in_channels // op.groups
        taps = f"{kh}·{kw}·{depth}"
        if op.bias:
            yield rf"{PARAMETERS} = (f_h\, f_w\, c+1)\,F", f"({taps} + 1)·{op.filters} = {op.params:,}"
        else:
            yield rf"{PARAMETERS} = f_h\, f_w\, c\, F", f"{taps}·{op.filters} = {op.params:,}"
    elif isinstance(op, Linear):
        if op.bias:
            yield rf"{PARAMETERS} = ({N_IN}+1)\,{N_OUT}", f"({op.inputs} + 1)·{op.outputs} = {op.params:,}"
        else:
            yield rf"{PARAMETERS} = {N_IN}\,{N_OUT}", f"{op.inputs}·{op.outputs} = {op.params:,}"
    elif isinstance(op, Norm) and op.learned and op.channels:
        yield rf"{PARAMETERS} = 2\,c", f"{op.learned // op.channels}·{op.channels} = {op.learned:,}"


def _operations(node: Node) -> Iterator[Worked]:
    """The number of multiply-accumulates and of operations."""
    op = node.op
    if isinstance(op, Conv):
        (kh, kw), depth = op.kernel, op.in_channels // op.groups
        _, height, width = node.out_shape
        product = f"{kh}·{kw}·{depth}·{op.filters}·{height}·{width}"
        yield (
            rf"{MACS} = f_h\, f_w\, c\, F\, h_{{\mathrm{{out}}}}\, w_{{\mathrm{{out}}}}",
            f"{product} = {node.macs:,}",
        )
    elif isinstance(op, Linear):
        rows = prod(node.in_shapes[0][:-1])
        front, letters = (f"{rows}·", r"T\,") if rows > 1 else ("", "")
        yield rf"{MACS} = {letters}{N_IN}\,{N_OUT}", f"{front}{op.inputs}·{op.outputs} = {node.macs:,}"
    if node.macs:
        bias = f" + {node.bias_adds:,}" if node.bias_adds else ""
        letters = r"+\mathrm{biases}" if node.bias_adds else ""
        yield rf"{FLOPS} = 2\;{MACS}{letters}", f"2·{node.macs:,}{bias} = {node.flops:,}"


def note(op: Op) -> str:
    """A sentence about what the formula does not say; empty where there is none."""
    if isinstance(op, Conv) and op.depthwise:
        return "Depthwise: every filter sees one channel only, so c = 1."
    if isinstance(op, Conv) and op.groups > 1:
        return f"{op.groups} groups: a filter sees c = {op.in_channels} / {op.groups} channels."
    if isinstance(op, Pool) and op.ceil:
        return "This pooling rounds up: the last window may reach over the edge."
    if isinstance(op, AdaptivePool):
        return f"Adaptive: {numbers.pair(op.size)} comes out, whatever size comes in."
    if isinstance(op, Norm) and op.style == "batch":
        return "A factor and an offset a channel are learned; mean and variance are measured, not learned."
    return ""


def totals_rows(graph: Graph) -> list[Fact]:
    """The whole network in a few rows."""
    rows: list[Fact] = [
        ("input", numbers.shape(graph.input_shape), "Height × width × channels."),
        ("layers", str(graph.layer_count), "Everything that is counted apart, activations included."),
        (
            "of them with weights",
            str(graph.weighted_count),
            "Convolutions and fully connected layers. The names of networks count these; those of the ResNets leave "
            "the projections on skip connections out.",
        ),
        ("parameters", numbers.exact(graph.params), "Learned numbers."),
        ("MACs", numbers.exact(graph.macs), MACS_TIP),
        ("FLOPs", numbers.exact(graph.flops), FLOPS_TIP),
        ("weights", memory_text(4 * graph.params), "As float32: four bytes a parameter."),
        (
            "activations",
            memory_text(graph.activation_bytes),
            "All layers' outputs for one picture, as float32.",
        ),
    ]
    if graph.problem is None:
        rows.insert(1, ("output", numbers.shape(graph.output.out_shape), "What comes out in the end."))
    return rows


def unmeasured_rows(layer: Layer, graph: Graph) -> list[Fact]:
    """What is known of a layer that the arithmetic did not get to."""
    rows: list[Fact] = [("kind", kind_word(layer.op.kind), layer.op.label)]
    known = [graph.by_name[name] for name in layer.inputs if name in graph.by_name]
    if len(known) == len(layer.inputs):
        rows.append(("in", " and ".join(numbers.shape(node.out_shape) for node in known), ""))
    return rows
