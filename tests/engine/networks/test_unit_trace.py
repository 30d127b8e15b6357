"""Traced units against torch's autograd, a slow loop over single positions, and the forward arithmetic."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import UserError
from engine.networks.graphs.graph import Graph, Layer, measure
from engine.networks.graphs.ops import AdaptivePool, Add, Conv, Input, Norm, Opaque, Pool
from engine.networks.graphs.shapes import Window
from engine.networks.graphs.unit_trace import trace_unit
from tests.engine.networks.hand_graphs import Builder, alexnet, inception, lenet, resnet, run, vgg

few = settings(max_examples=40)


def hull(positions: set[int]) -> range:
    return range(min(positions), max(positions) + 1) if positions else range(0)


def touched(graph: Graph, layer: str, row: int, column: int) -> dict[str, tuple[range, range]]:
    """By autograd: rows and columns of every map on which this unit depends (bounding rectangle)."""
    shape = graph.input_shape
    x = torch.ones(shape, dtype=torch.float64, requires_grad=True)
    values = run(graph, x)
    unit = values[layer][:, row, column].sum() if values[layer].dim() == 3 else values[layer].sum()
    names = [name for name, value in values.items() if value.requires_grad]
    grads = torch.autograd.grad(unit, [values[name] for name in names], allow_unused=True)
    found = {}
    for name, grad in zip(names, grads, strict=True):
        if grad is None or grad.dim() != 3:
            continue
        rows, columns = grad.abs().amax((0, 2)).nonzero(), grad.abs().amax((0, 1)).nonzero()
        found[name] = hull(set(rows[:, 0].tolist())), hull(set(columns[:, 0].tolist()))
    return found


def check_against_autograd(graph: Graph, layer: str, row: int, column: int) -> None:
    expected = touched(graph, layer, row, column)
    trace = trace_unit(graph, layer, row, column)
    got = {r.layer: (r.rows, r.columns) for r in trace.readings if r.has_positions}
    assert got == expected


@st.composite
def chains(draw: st.DrawFn) -> Graph:
    """Windows of all kinds one after the other, some of them beside a skip connection."""
    b = Builder(2, draw(st.integers(9, 22)), draw(st.integers(9, 22)))
    for index in range(draw(st.integers(1, 5))):
        _, height, width = b.shapes[b.layers[-1].name]
        source = b.layers[-1].name
        kind = draw(st.sampled_from(["conv", "pool", "residual"]))
        kernel = (draw(st.integers(1, 4)), draw(st.integers(1, 4)))
        stride = (draw(st.integers(1, 3)), draw(st.integers(1, 3)))
        if kind == "residual":
            side = draw(st.integers(0, 2))
            dilation = draw(st.integers(1, 2))
            main = b.conv(f"r{index}", 2, 2 * side + 1, 1, side * dilation, source, dilation=dilation)
            b.add(f"add{index}", Add(), main, source)
            continue
        padding = (draw(st.integers(0, kernel[0] // 2)), draw(st.integers(0, kernel[1] // 2)))
        if kind == "pool":
            op = Pool("average", kernel, stride, padding, ceil=draw(st.booleans()))
        else:
            dilation = (draw(st.integers(1, 2)), draw(st.integers(1, 2)))
            op = Conv(2, 2, kernel, stride, padding, dilation)
        extent = op.window.extent
        if height + 2 * padding[0] >= extent[0] and width + 2 * padding[1] >= extent[1]:
            b.add(f"w{index}", op, source)
    b.add("last", Conv(2, 2, (1, 1)))
    return b.graph()


@few
@given(chains(), st.data())
def test_windows_in_any_order_agree_with_autograd(graph: Graph, data: st.DataObject) -> None:
    _, height, width = graph.output.out_shape
    row, column = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    check_against_autograd(graph, "last", row, column)


@few
@given(chains(), st.data())
def test_without_borders_it_is_the_field_of_the_forward_arithmetic(graph: Graph, data: st.DataObject) -> None:
    _, height, width = graph.output.out_shape
    row, column = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    trace = trace_unit(graph, "last", row, column)
    field = graph.output.field
    assert field is not None
    assert (trace.picture.all_rows, trace.picture.all_columns) == (field.rows(row), field.columns(column))
    assert trace.centre == field.centre(row, column)
    assert trace.stride == field.stride


@few
@given(chains(), st.data())
def test_windows_agree_with_a_loop_over_single_positions(graph: Graph, data: st.DataObject) -> None:
    _, height, width = graph.output.out_shape
    row, column = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    read: dict[str, set[tuple[int, int]]] = {"last": {(row, column)}}
    for node in reversed(graph.nodes):
        assert isinstance(node.reach, Window)
        for source, (_, h, w) in zip(node.inputs, node.in_shapes, strict=True):
            window, places = node.reach, read.setdefault(source, set())
            for y, x in read.get(node.name, set()):
                for i in range(window.kernel[0]):
                    for j in range(window.kernel[1]):
                        py = y * window.stride[0] - window.padding[0] + i * window.dilation[0]
                        px = x * window.stride[1] - window.padding[1] + j * window.dilation[1]
                        if 0 <= py < h and 0 <= px < w:
                            places.add((py, px))
    for reading in trace_unit(graph, "last", row, column).readings:
        rows, columns = hull({y for y, _ in read[reading.layer]}), hull({x for _, x in read[reading.layer]})
        assert (reading.rows, reading.columns) == (rows, columns)
        assert reading.share == len(reading.rows) * len(reading.columns) / (
            reading.shape[1] * reading.shape[2]
        )


@pytest.mark.parametrize(("row", "column"), [(0, 0), (3, 5), (6, 6)])
@pytest.mark.parametrize("layer", ["pool", "module.join", "module.branch3.columns", "module.branch4.pool"])
def test_branches_agree_with_autograd(layer: str, row: int, column: int) -> None:
    check_against_autograd(inception(), layer, row, column)


@pytest.mark.parametrize(("row", "column"), [(0, 0), (1, 2), (3, 3)])
def test_a_residual_net_agrees_with_autograd(row: int, column: int) -> None:
    graph = resnet((2, 2), bottleneck=False, size=32, width=4)
    check_against_autograd(graph, "layer2.1.relu_out", row, column)


def test_what_reads_everything_agrees_with_autograd() -> None:
    for graph in (inception(), lenet()):
        check_against_autograd(graph, graph.output.name, 0, 0)


def test_a_classifier_does_not_see_rows_that_a_stride_leaves_over() -> None:
    b = Builder(1, 9, 9)
    b.conv("conv", 1, 3, 4)  # rows 0..2 and 4..6
    b.conv("wide", 1, 3, 1, 1)
    b.add("average", AdaptivePool("average", (1, 1)))
    trace = trace_unit(b.graph(), "average")
    assert (trace.picture.rows, trace.picture.columns) == (range(7), range(7))
    assert trace.picture.share == 49 / 81
    assert trace.stride == (0, 0)
    check_against_autograd(b.graph(), "average", 0, 0)


@pytest.mark.parametrize(("size", "out"), [(7, 3), (3, 7), (10, 4), (6, 6), (6, 2)])
def test_adaptive_pooling_agrees_with_autograd(size: int, out: int) -> None:
    b = Builder(1, size, size + 1)
    b.conv("conv", 2, 3, 1, 1)
    b.add("pool", AdaptivePool("average", (out, out)))
    b.conv("after", 1, 2)
    for row in range(out - 1):
        check_against_autograd(b.graph(), "after", row, out - 2 - row)


def test_a_gate_of_one_number_per_map_reads_all_of_them() -> None:
    b = Builder(2, 8, 8)
    maps = b.conv("conv", 4, 3, 1, 1)
    b.add("squeeze", AdaptivePool("average", (1, 1)))
    gate = b.conv("excite", 4, 1)
    b.add("scale", Add("×"), gate, maps)
    check_against_autograd(b.graph(), "scale", 2, 7)
    trace = trace_unit(b.graph(), "scale", 2, 7)
    squeezed = trace.of("excite")
    assert squeezed is not None and squeezed.rows == range(1)
    assert trace.picture.everything and trace.picture.known


def test_group_norm_reads_whole_maps() -> None:
    b = Builder(2, 8, 8)
    b.conv("conv", 4, 3, 1, 1)
    b.add("norm", Norm("group", 4, 8))
    assert trace_unit(b.graph(), "norm", 0, 0).picture.everything


def test_what_is_not_known_is_taken_for_all_and_said_so() -> None:
    shape = (4, 6, 6)
    layers = [
        Layer("input", Input((3, 6, 6))),
        Layer("conv", Conv(3, 4, (3, 3), padding=(1, 1)), ("input",)),
        Layer("odd", Opaque("Roll", (shape,), shape), ("conv",)),
        Layer("after", Conv(4, 4, (1, 1)), ("odd",)),
    ]
    trace = trace_unit(measure("net", "Net", layers), "after", 1, 1)
    assert [reading.known for reading in trace.readings] == [False, False, True, True]
    assert trace.picture.everything and trace.stride is None
    assert [reading.layer for reading in trace.readings] == ["input", "conv", "odd", "after"]


@pytest.mark.parametrize(
    ("graph", "layer", "size", "stride"),
    [  # sizes and strides as the literature has them (Araujo, Norris and Sim 2019; VGG pool5 and ResNet-50 among them)
        (alexnet(), "features.pool5", 195, 32),
        (vgg(), "features.pool5", 212, 32),
        (resnet(), "layer4.2.relu_out", 427, 32),
        (lenet(), "pool2", 16, 4),
    ],
)
def test_figures_of_the_literature(graph: Graph, layer: str, size: int, stride: int) -> None:
    trace = trace_unit(graph, layer, 1, 1)
    assert trace.picture.padded_size == (size, size)
    assert trace.stride == (stride, stride)
    assert trace.text.startswith(f"{size} × {size} pixels, stride {stride}, centre (")


def test_vectors_are_traced_as_a_whole() -> None:
    trace = trace_unit(lenet(), "output", 99, 99)
    assert trace.text == "the whole picture"
    fc4 = trace.of("fc4")
    assert fc4 is not None and not fc4.has_positions and fc4.share == 1
    assert fc4.text == "all of its 84 values"


def test_words_of_a_reading() -> None:
    trace = trace_unit(lenet(), "conv2", 0, 9)
    assert trace.picture.text == "rows 0 to 13, columns 18 to 31 (14 × 14 of 32 × 32)"
    assert trace.readings[-1].text == "row 0, column 9 (1 × 1 of 10 × 10)"
    assert trace.of("fc3") is None


def test_a_window_of_padding_alone_is_said_to_be_one() -> None:
    b = Builder(1, 4, 4)
    b.conv("conv", 1, 1, 1, 2)
    trace = trace_unit(b.graph(), "conv", 0, 0)
    assert trace.picture.text == "padding only"
    assert trace.picture.share == 0


def test_there_is_no_such_unit() -> None:
    with pytest.raises(UserError) as caught:
        trace_unit(lenet(), "conv2", 12, -1)
    assert "The nearest one: row 9, column 0." in caught.value.hint
    with pytest.raises(UserError, match="no layer “conv9”"):
        trace_unit(lenet(), "conv9")
