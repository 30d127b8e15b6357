"""Sizes against torch and against counting; costs against numbers worked out by hand."""

from __future__ import annotations

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional

from engine.foundations.arithmetic import (
    activation_bytes,
    connections,
    conv_cost,
    conv_macs,
    conv_parameters,
    effective_kernel,
    flops,
    fully_connected_macs,
    fully_connected_parameters,
    leftover,
    output_size,
    receptive_field,
    same_padding,
    same_tf_padding,
    transposed_output_size,
)
from engine.foundations.convolution import ConvSpec, ShapeError

some = settings(max_examples=60, deadline=None)
sizes, kernels, strides, dilations = (
    st.integers(1, 30),
    st.integers(1, 7),
    st.integers(1, 5),
    st.integers(1, 4),
)


@some
@given(sizes, kernels, st.tuples(st.integers(0, 4), st.integers(0, 4)), strides, dilations)
def test_output_size_is_what_torch_gives(n: int, f: int, p: tuple[int, int], s: int, d: int) -> None:
    assume(n + sum(p) >= effective_kernel(f, d))
    row = functional.pad(torch.zeros(1, 1, n), p)
    assert output_size(n, f, p, s, d) == functional.conv1d(row, torch.zeros(1, 1, f), None, s, 0, d).shape[2]
    assert output_size(n, f, p[0], s, d) == output_size(n, f, (p[0], p[0]), s, d)


@some
@given(sizes, kernels, st.integers(0, 4), strides, dilations)
def test_leftover_is_what_comes_after_the_last_window(n: int, f: int, p: int, s: int, d: int) -> None:
    assume(n + 2 * p >= effective_kernel(f, d))
    last = (output_size(n, f, p, s, d) - 1) * s + effective_kernel(f, d)
    assert leftover(n, f, p, s, d) == n + 2 * p - last < s


@some
@given(sizes, kernels, st.integers(0, 4), strides, dilations, st.integers(0, 3))
def test_transposed_output_size_is_what_torch_gives(
    n: int, f: int, p: int, s: int, d: int, extra: int
) -> None:
    size = transposed_output_size(n, f, p, s, d, extra)
    assume(size > 0 and extra < max(s, d))
    out = functional.conv_transpose1d(torch.zeros(1, 1, n), torch.zeros(1, 1, f), None, s, p, extra, 1, d)
    assert size == out.shape[2]


@some
@given(sizes, kernels, strides, dilations)
def test_both_same_conventions(n: int, f: int, s: int, d: int) -> None:
    before, after = same_tf_padding(n, f, s, d)
    assert output_size(n, f, (before, after), s, d) == -(-n // s)
    assert after - before in (0, 1)
    # Never more than needed: with one pixel less the last window would not fit.
    if after:
        assert output_size(n, f, (before, after - 1), s, d) < -(-n // s)
    if effective_kernel(f, d) % 2:
        p = same_padding(f, d)
        assert output_size(n, f, p, 1, d) == n
        assert same_tf_padding(n, f, 1, d) == (p, p)
    else:
        with pytest.raises(ValueError, match="no whole number"):
            same_padding(f, d)


def test_textbook_sizes() -> None:
    assert output_size(6, 3) == 4
    assert output_size(5, 3, 1, 2) == 3
    assert output_size(227, 11, 0, 4) == 55  # AlexNet's first layer
    assert output_size(7, 3, 0, 3) == 2 and leftover(7, 3, 0, 3) == 1
    assert same_padding(3) == 1 and same_padding(5) == 2 and same_padding(3, 2) == 2
    assert transposed_output_size(3, 3, 1, 2, output_padding=1) == 6


def test_parameters() -> None:
    assert conv_parameters(3, 3, 1) == 27 + 1
    assert conv_parameters(3, 3, 2) == 56
    assert conv_parameters(3, 3, 10) == 280
    assert conv_parameters((1, 7), 64, 32, bias=False) == 7 * 64 * 32
    assert conv_parameters(3, 32, 32, groups=32) == 320  # depthwise
    for c, f, g in ((4, 6, 2), (3, 5, 1), (4, 4, 4)):
        layer = torch.nn.Conv2d(c, f, (3, 2), groups=g)
        assert conv_parameters((3, 2), c, f, g) == sum(p.numel() for p in layer.parameters())


def test_operations() -> None:
    assert conv_macs(5, 192, 32, (28, 28)) == 120_422_400  # the 120 million of the Inception paper's example
    assert conv_macs(1, 192, 16, (28, 28)) + conv_macs(5, 16, 32, (28, 28)) == 12_443_648
    assert flops(120) == 240 and flops(120, 5) == 245
    assert connections(3, 3) == 27 and connections(5, 4, 2) == 50


def test_cost_of_the_cs231n_layer() -> None:
    """5x5x3, two filters 3x3x3, padding 1, stride 2: an output of 3x3x2, counted by hand."""
    cost = conv_cost((3, 5, 5), (2, 3, 3, 3), ConvSpec(stride=2, padding=1))
    assert (cost.parameters, cost.per_filter) == (56, 28)
    assert cost.macs == 27 * 18 and cost.bias_adds == 18 and cost.flops == 2 * 27 * 18 + 18
    assert cost.input_bytes == 75 * 4 and cost.activation_bytes == 18 * 4 and cost.weight_bytes == 56 * 4
    assert cost.fc_parameters == (75 + 1) * 18 and cost.fc_macs == 75 * 18
    assert (cost.connections_per_output, cost.fc_connections_per_output, cost.sharing) == (27, 75, 9)
    assert cost.density == pytest.approx(0.36)
    bare = conv_cost((3, 5, 5), (2, 3, 3, 3), ConvSpec(stride=2, padding=1), bias=False)
    assert bare.parameters == 54 and bare.flops == 2 * bare.macs and bare.fc_parameters == bare.fc_macs


def test_cost_of_the_course_example() -> None:
    """32x32x3 to 28x28x6: 456 parameters against some 14 million fully connected ones."""
    cost = conv_cost((3, 32, 32), (6, 3, 5, 5), ConvSpec())
    assert cost.parameters == 456
    assert cost.fc_parameters == 3072 * 4704 + 4704
    assert fully_connected_parameters((3, 32, 32), (6, 28, 28), bias=False) == 14_450_688
    assert fully_connected_macs((3, 32, 32), (6, 28, 28)) == 14_450_688
    assert activation_bytes((6, 28, 28)) == 4704 * 4


@pytest.mark.parametrize(
    "spec", [ConvSpec(groups=2, stride=2), ConvSpec(groups=2, stride=2, transposed=True)]
)
def test_macs_are_the_products_that_are_made(spec: ConvSpec) -> None:
    """Forward: one for every tap of every window. Transposed: one for every tap of every stamped pixel."""
    cost = conv_cost((4, 7, 6), (6, 2, 3, 2), spec)
    stamped = 4 * 7 * 6 * (6 // 2) * 3 * 2
    windows = 6 * 3 * 3 * (2 * 3 * 2)
    assert cost.macs == (stamped if spec.transposed else windows)


def test_cost_of_an_impossible_layer() -> None:
    with pytest.raises(ShapeError):
        conv_cost((3, 5, 5), (2, 3, 7, 7), ConvSpec())


def test_receptive_field_of_known_chains() -> None:
    assert receptive_field([]) == (1, 1, 0)
    assert receptive_field([(3, 1), (3, 1)]) == (5, 1, 2)  # two 3x3 see what one 5x5 sees
    assert receptive_field([(3, 1), (3, 1), (3, 1)]) == (7, 1, 3)
    assert receptive_field([(3, 1, 2)]) == (5, 1, 2)
    assert receptive_field([(3, 2, 1, 1), (3, 1, 1, 1)]) == (7, 2, 0)
    vgg = [(3, 1), (3, 1), (2, 2)] * 2 + [(3, 1), (3, 1), (3, 1), (2, 2)] * 3
    assert receptive_field(vgg)[:2] == (212, 32)  # VGG-16 up to pool5


@some
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 2)), max_size=4))
def test_receptive_field_is_what_the_gradient_reaches(layers: list[tuple[int, int, int]]) -> None:
    size, jump, start = receptive_field(layers)
    x = torch.zeros(1, 1, size + jump, dtype=torch.float64, requires_grad=True)
    y = x
    for f, s, d in layers:
        y = functional.conv1d(y, torch.ones(1, 1, f, dtype=torch.float64), None, s, 0, d)
    assert y.shape[2] >= 2
    for i in (0, 1):
        (gradient,) = torch.autograd.grad(y[0, 0, i], x, retain_graph=True)
        reached = gradient[0, 0].nonzero().flatten().tolist()
        assert (reached[0], reached[-1]) == (i * jump, i * jump + size - 1)
        assert (reached[0] + reached[-1]) / 2 == start + i * jump
