"""Layers and graphs against torch and against the figures of the literature."""

from __future__ import annotations

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from engine.networks.graphs.graph import Field, Graph, Layer, measure
from engine.networks.graphs.ops import (
    Activation,
    AdaptivePool,
    Add,
    Concat,
    Conv,
    Flatten,
    Input,
    Linear,
    Norm,
    Opaque,
    Pool,
)
from engine.networks.graphs.shapes import Misfit, shape_text
from tests.engine.networks.hand_graphs import Builder, alexnet, inception, lenet, resnet, run, vgg

pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))


@given(
    st.integers(1, 12), st.integers(1, 12), pairs, pairs, st.integers(0, 2), pairs, st.sampled_from([1, 2, 4])
)
def test_convolutions_agree_with_torch(
    height: int,
    width: int,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: int,
    dilation: tuple[int, int],
    groups: int,
) -> None:
    op = Conv(4, 8, kernel, stride, (padding, padding), dilation, groups)
    layer = nn.Conv2d(4, 8, kernel, stride, padding, dilation, groups)
    assert op.params == sum(p.numel() for p in layer.parameters())
    try:
        expected = tuple(layer(torch.zeros(1, 4, height, width)).shape[1:])
    except RuntimeError:
        with pytest.raises(Misfit, match="does not fit"):
            op.shape([(4, height, width)])
        return
    assert op.shape([(4, height, width)]) == expected
    # By counting: what a net of ones gives is the number of products of each output, away from padding.
    ones = functional.conv2d(
        torch.ones(1, 4, height + 2 * padding, width + 2 * padding),
        torch.ones_like(layer.weight), None, stride, 0, dilation, groups,
    )  # fmt: skip
    assert op.macs([(4, height, width)]) == int(ones.sum())
    assert op.bias_adds([(4, height, width)]) == ones.numel()


@given(st.integers(1, 20), pairs, pairs, st.integers(0, 2), st.booleans())
def test_pools_agree_with_torch(
    n: int, size: tuple[int, int], stride: tuple[int, int], padding: int, ceil: bool
) -> None:
    op = Pool("max", size, stride, (padding, padding), ceil=ceil)
    try:
        expected = functional.max_pool2d(torch.zeros(1, 2, n, n + 1), size, stride, padding, 1, ceil).shape[
            1:
        ]
    except RuntimeError:
        with pytest.raises(Misfit):
            op.shape([(2, n, n + 1)])
        return
    assert op.shape([(2, n, n + 1)]) == tuple(expected)


@given(st.integers(1, 9), st.integers(1, 9))
def test_adaptive_pooling_reads_what_torch_reads(n: int, parts: int) -> None:
    op = AdaptivePool("average", (parts, 1))
    x = torch.zeros(1, 1, n, 1, requires_grad=True)
    out = functional.adaptive_avg_pool2d(x, (parts, 1))
    for row in range(parts):
        (grad,) = torch.autograd.grad(out[0, 0, row, 0], x, retain_graph=True)
        assert list(op.span(row, n, 0)) == grad[0, 0, :, 0].nonzero()[:, 0].tolist()
    assert op.shape([(7, n, 1)]) == (7, parts, 1)


def test_adaptive_pooling_that_divides_is_a_window() -> None:
    op = AdaptivePool("average", (3, 3))
    reach = op.reach([(1, 12, 6)])
    assert not isinstance(reach, str)
    assert (reach.kernel, reach.stride) == ((4, 2), (4, 2))
    assert op.reach([(1, 7, 7)]) == "unknown"
    assert AdaptivePool("average", (1, 1)).reach([(1, 7, 7)]) == "everything"


@pytest.mark.parametrize(
    ("graph", "params", "macs"),
    [
        (lenet(), 61_706, 416_520),
        (alexnet(), 61_100_840, 714_188_480),
        (vgg(), 138_357_544, 15_470_264_320),
        (vgg((2, 2, 4, 4, 4)), 143_667_240, 19_632_062_464),
        (resnet(), 25_557_032, 4_089_184_256),
        (resnet((2, 2, 2, 2), bottleneck=False), 11_689_512, 1_814_073_344),
    ],
)
def test_totals_of_the_literature(graph: Graph, params: int, macs: int) -> None:
    assert (graph.params, graph.macs) == (params, macs)
    assert graph.problem is None
    assert graph.flops == 2 * macs + sum(node.bias_adds for node in graph.nodes)


@pytest.mark.parametrize("graph", [lenet(), inception(), resnet((1, 1), size=64, width=8)])
def test_every_shape_agrees_with_torch(graph: Graph) -> None:
    values = run(graph, torch.zeros(graph.input_shape))
    assert {node.name: node.out_shape for node in graph.nodes} == {
        n: tuple(v.shape) for n, v in values.items()
    }
    assert graph.activation_bytes == sum(4 * value.numel() for value in values.values())


def test_fields_in_words() -> None:
    graph = lenet()
    assert graph.by_name["conv2"].field_text == "14 × 14, stride 2"
    assert graph.by_name["fc3"].field_text == "whole picture, 32 × 32"
    assert graph.by_name["flatten"].field_text == "no single window"
    assert Field((3, 5), (1, 2)).text == "3 × 5, stride 1 × 2"
    assert graph.by_name["conv2"].shape_text == "10 × 10 × 16"
    assert shape_text((84,)) == "84"


@given(st.integers(-20, 20), st.integers(1, 40), st.integers(1, 9), st.integers(0, 30))
def test_the_centre_is_the_middle_of_what_is_read(start: int, size: int, stride: int, y: int) -> None:
    field = Field((size, 1), (stride, 1), (start, 0))
    assert field.centre(y, 3) == (sum(field.rows(y)) / size, 3)


def test_ways_of_different_strides_have_no_single_field() -> None:
    b = Builder(1, 8, 8)
    fast = b.conv("fast", 1, 1, 2, source="input")
    slow = b.conv("slow", 1, 5, 1, source="input")
    b.add("add", Add(), fast, slow)
    assert b.graph().output.field is None


def test_branches_have_the_field_of_the_widest() -> None:
    assert inception().by_name["module.join"].field == Field((9, 9), (1, 1), (-4, -4))


@pytest.mark.parametrize(
    ("op", "shapes", "sentence", "hint"),
    [
        (Conv(3, 4, (3, 3)), [(4, 9, 9)], "3 channels deep, but 4 channels come in", "as deep as its input"),
        (Conv(6, 8, (1, 1), groups=4), [(6, 9, 9)], "6 input channels cannot be divided into 4", "2 groups"),
        (Conv(1, 1, (5, 5)), [(1, 4, 9)], "A window of 5 rows does not fit into 4.", "smaller kernel"),
        (Conv(1, 1, (1, 7), padding=(0, 1)), [(1, 4, 4)], "7 columns does not fit into 4 + 2 × 1", "padding"),
        (Pool("max", (2, 2), (2, 2), (2, 2)), [(1, 9, 9)], "more than half of the window", "at most 1"),
        (Pool("max", (2, 2), (2, 2)), [(9,)], "come in", "flattens"),
        (Norm("batch", 4, 8), [(5, 2, 2)], "normalises 4 channels, but 5 come in", "factor"),
        (Linear(4, 2), [(5,)], "weights for 4 inputs, but 5 come in", "one input size"),
        (Add(), [(4, 2, 2), (4, 3, 3)], "2 × 2 × 4 and 3 × 3 × 4 cannot be added", "Wₛ"),
        (Concat(), [(4, 2, 2), (4, 3, 3)], "cannot be stacked", "same stride"),
        (Opaque("Roll", ((4,),), (4,)), [(5,)], "“Roll”", "after it"),
    ],
)
def test_misfits_in_words(op: Conv, shapes: list[tuple[int, ...]], sentence: str, hint: str) -> None:
    with pytest.raises(Misfit) as caught:
        op.shape(shapes)
    assert sentence in caught.value.sentence
    assert hint in caught.value.hint


def test_layers_adapt_to_what_comes_in() -> None:
    maps = [(10, 6, 6)]
    assert Conv(3, 7, (3, 3)).fitted(maps) == Conv(10, 7, (3, 3))
    assert Conv(4, 8, (3, 3), groups=4).fitted(maps) == Conv(10, 20, (3, 3), groups=10)
    assert Norm("batch", 3, 6).fitted(maps) == Norm("batch", 10, 20)
    assert Norm("batch", 3, 0).fitted(maps) == Norm("batch", 10, 0)
    assert Norm("layer", 3, 6).fitted(maps) == Norm("layer", 3, 6)
    assert Linear(9, 4).fitted([(5,)]) == Linear(5, 4)


def test_what_is_known_is_not_measured_again() -> None:
    graph = resnet((1, 1), size=64)
    again = measure(graph.name, graph.title, graph.layers, known=graph.by_name)
    assert all(a is b for a, b in zip(graph.nodes, again.nodes, strict=True))


def test_it_stops_at_the_first_layer_that_does_not_fit() -> None:
    layers = [
        Layer("input", Input((1, 4, 4))),
        Layer("conv", Conv(1, 2, (5, 5)), ("input",)),
        Layer("relu", Activation("ReLU"), ("conv",)),
        Layer("flatten", Flatten(), ("relu",)),
    ]
    graph = measure("net", "Net", layers)
    assert graph.problem is not None and graph.problem.layer == "conv"
    assert [node.name for node in graph.nodes] == ["input"]
    assert len(graph.layers) == 4
    assert graph.consumers == {"input": ("conv",), "conv": ("relu",), "relu": ("flatten",), "flatten": ()}


@given(
    st.lists(st.integers(1, 3), min_size=3, max_size=3), st.lists(st.integers(1, 3), min_size=2, max_size=3)
)
def test_sums_repeat_single_rows_as_torch_does(first: list[int], second: list[int]) -> None:
    shapes = [tuple(first), tuple(second)]
    try:
        expected = tuple(torch.broadcast_shapes(*shapes))
    except RuntimeError:
        with pytest.raises(Misfit):
            Add().shape(shapes)
        return
    assume(len(second) > 1)
    assert Add().shape(shapes) == expected
