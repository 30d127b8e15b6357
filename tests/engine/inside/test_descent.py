"""The way down: against arrays made by hand, torch's autograd, and what theory says about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from engine.errors import UserError
from engine.inside.deconvnet import project
from engine.inside.descent.descend import projection, seed, steps
from engine.inside.descent.record import Record, Unit, record, unit_of
from engine.inside.descent.requests import RULES, Rule
from engine.inside.descent.signal import Signal, added, clipped, whole
from engine.networks import catalogue
from engine.networks.classifying.loaded import folded
from engine.networks.program import Call, program_of


def recorded(net: nn.Module, x: Tensor, layer: str) -> Record:
    program = program_of(net.requires_grad_(False).eval(), tuple(x.shape[1:]))
    with torch.inference_mode():
        return record(program, x, layer)


def came_down(
    net: nn.Module, x: Tensor, layer: str, unit: Unit | None = None, rule: Rule = "deconvnet"
) -> Tensor:
    found = recorded(net, x, layer)
    with torch.inference_mode():
        return projection(found, unit or unit_of(found, 0), rule)


def by_torch(net: nn.Module, x: Tensor, layer: str, unit: Unit) -> Tensor:
    """The activation times its gradient, by autograd alone."""
    program = program_of(net.requires_grad_(False).eval(), tuple(x.shape[1:]))
    point = x.clone().requires_grad_()
    maps = program.maps(layer, program.run(point, [layer])[layer])[0, unit.channel]
    value = maps[unit.row, unit.column] if maps.ndim else maps
    (gradient,) = torch.autograd.grad(value, point)
    return gradient[0] * value.detach()


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def fill(layer: nn.Module, weight: list[Any], bias: list[float] | None = None) -> None:
    """Give a convolution these numbers."""
    assert isinstance(layer, nn.Conv2d)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(weight))
        if bias is not None and layer.bias is not None:
            layer.bias.copy_(torch.tensor(bias))


# --- by hand ----------------------------------------------------------------------------------------------

PICTURE = np.array([[1, 2, 0, 0], [0, 3, 1, 0], [5, 0, 0, 2], [1, 1, 0, 4]], np.float32)


class TestByHand:
    """A picture of 4 × 4."""

    def test_a_pool_puts_the_value_back_where_it_came_from(self) -> None:
        expected = np.zeros((4, 4), np.float32)
        expected[2, 0] = 5
        found = project(nn.Sequential(nn.MaxPool2d(2)), PICTURE[..., None].repeat(3, 2), "0", 1, (1, 0))
        np.testing.assert_array_equal(found[..., 1], expected)
        assert not found[..., (0, 2)].any()

    def test_the_strongest_place_is_taken_where_none_is_given(self) -> None:
        found = project(nn.Sequential(nn.MaxPool2d(2)), PICTURE[..., None].repeat(3, 2), "0", 0)
        assert np.argwhere(found[..., 0]).tolist() == [[2, 0]]

    def test_filters_are_transposed_and_switches_followed(self) -> None:
        """Convolution by [[1, 0], [0, -1]], ReLU, pool 2 × 2 with stride 1 over 3 × 3 maps.

        The convolution gives [[-2, 1, 0], [0, 3, -1], [4, 0, -4]]; the window from (1, 0) on has its largest value, 4,
        at (2, 0), so that 4 times the filter arrives at rows 2 and 3, columns 0 and 1: the picture counts for nothing.
        """
        net = nn.Sequential(nn.Conv2d(1, 1, 2, bias=False), nn.ReLU(), nn.MaxPool2d(2, 1))
        fill(net[0], [[[[1.0, 0.0], [0.0, -1.0]]]])
        expected = np.zeros((4, 4), np.float32)
        expected[2:, :2] = [[4, 0], [0, -4]]
        for picture in (PICTURE, PICTURE[..., None]):
            found = project(net, picture, "2", 0, (1, 0))
            assert found.shape == (4, 4, 3) and found.dtype == np.float32
            for channel in range(3):
                np.testing.assert_array_equal(found[..., channel], expected)

    def test_what_comes_down_is_rectified_whatever_went_up(self) -> None:
        """Two 1 × 1 convolutions, by (2, 1), then by (1, -1): the deconvnet loses the second channel on the way."""
        net = nn.Sequential(nn.Conv2d(1, 2, 1, bias=False), nn.ReLU(), nn.Conv2d(2, 1, 1, bias=False))
        fill(net[0], [[[[2.0]]], [[[1.0]]]])
        fill(net[2], [[[[1.0]], [[-1.0]]]])
        # At (2, 0) 5 gives (10, 5) and 10 - 5 = 5; down: 5 * (1, -1), rectified (5, 0), through (2, 1): 10.
        assert project(net, PICTURE, "2", 0, (2, 0))[2, 0, 0] == 10
        assert project(net, PICTURE, "2", 0, (2, 0), rule="guided")[2, 0, 0] == 10
        assert project(net, PICTURE, "2", 0, (2, 0), rule="gradient")[2, 0, 0] == 5 * (2 - 1)

    def test_guided_asks_for_both(self) -> None:
        """-1 · x, ReLU: off where x is positive. The deconvnet passes what comes down all the same."""
        net = nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU(), nn.Conv2d(1, 1, 1))
        fill(net[0], [[[[-1.0]]]], [0.0])
        fill(net[2], [[[[1.0]]]], [7.0])
        assert project(net, PICTURE, "2", 0, (2, 0))[2, 0, 0] == -7
        assert project(net, PICTURE, "2", 0, (2, 0), rule="guided")[2, 0, 0] == 0
        assert project(net, PICTURE, "2", 0, (2, 0), rule="gradient")[2, 0, 0] == 0

    def test_windows_that_overlap_add_up(self) -> None:
        """Both 2 × 2 windows with stride 1 see the 3: a mean of the two pools gives its whole value back."""
        net = nn.Sequential(nn.MaxPool2d((2, 2), (4, 1)), nn.AvgPool2d((1, 2)))
        found = project(net, PICTURE, "1", 0, (0, 0))
        expected = np.zeros((4, 4), np.float32)
        expected[1, 1] = 3  # (3 + 3) / 2, half of it a window, both to the same place
        np.testing.assert_array_equal(found[..., 0], expected)


# --- against theory -----------------------------------------------------------------------------------------


class Skips(nn.Module):
    """Skips, concatenations, slices, gates and pools, without a rectifier."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.left = nn.Conv2d(2, 4, 3, padding=1), nn.Conv2d(4, 4, 3, 2, 1, groups=2)
        self.right = nn.Conv2d(4, 2, 3, 2, 2, 2)
        self.norm, self.last = nn.BatchNorm2d(6), nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        a = self.first(x)
        a = a + functional.pad(x, (0, 0, 0, 0, 1, 1))
        one, two = a.chunk(2, dim=1)
        a = torch.cat([two, one * 2.0], dim=1) - 0.5
        b = torch.cat((self.left(a), self.right(a)), 1)
        b = functional.max_pool2d(self.norm(b), 3, stride=2, padding=1, ceil_mode=True)
        c = functional.avg_pool2d(b, 2, 1, 1)
        return self.last(torch.flatten(functional.adaptive_avg_pool2d(c, 1), 1))  # type: ignore[no-any-return]


@pytest.mark.parametrize("layer", ["add", "cat", "cat_1", "norm", "max_pool2d", "avg_pool2d", "last"])
def test_without_rectifiers_all_three_rules_are_the_gradient(layer: str) -> None:
    torch.manual_seed(4)
    net = Skips().eval()
    with torch.no_grad():
        net.norm.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
        net.norm.weight.uniform_(-1, 1)
    x = noise(1, 2, 13, 11)
    found = recorded(net, x, layer)
    unit = unit_of(found, 1)
    expected = by_torch(net, x, layer, unit)
    assert expected.abs().max() > 0
    for rule in RULES:
        with torch.inference_mode():
            torch.testing.assert_close(projection(found, unit, rule), expected, rtol=1e-4, atol=1e-6)


@given(
    side=st.integers(1, 4), channels=st.integers(1, 3), rows=st.integers(1, 4), columns=st.integers(1, 4),
    seed=st.integers(0, 99),
)  # fmt: skip
@settings(max_examples=20, deadline=None)
def test_pool_unpool_pool_gives_the_map_back(
    side: int, channels: int, rows: int, columns: int, seed: int
) -> None:
    """For windows that do not overlap, of what is not negative (the rest of an unpooled map is zero)."""
    x = noise(1, channels, rows * side, columns * side, seed=seed).abs() + 0.1
    found = recorded(nn.Sequential(nn.MaxPool2d(side)), x, "0")
    (step,) = steps(found, whole(found.raw), "deconvnet")
    unpooled = step.below[0][1].whole()
    torch.testing.assert_close(functional.max_pool2d(unpooled, side), found.raw)
    assert int((unpooled != 0).sum()) == found.raw.numel()


@given(
    size=st.integers(1, 4), stride=st.integers(1, 3), padding=st.integers(0, 2), dilation=st.integers(1, 2),
    ceil=st.booleans(), rows=st.integers(7, 11), columns=st.integers(7, 11), seed=st.integers(0, 99),
    kind=st.sampled_from(("max", "average", "conv")),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_windows_of_all_kinds_are_undone_as_autograd_does(
    size: int,
    stride: int,
    padding: int,
    dilation: int,
    ceil: bool,
    rows: int,
    columns: int,
    kind: str,
    seed: int,
) -> None:
    torch.manual_seed(seed)
    padding = min(padding, size // 2)
    window: nn.Module = {  # type: ignore[no-untyped-call]
        "max": lambda: nn.MaxPool2d(size, stride, padding, dilation, ceil_mode=ceil),
        "average": lambda: nn.AvgPool2d(size, stride, padding, ceil, count_include_pad=bool(seed % 2)),
        "conv": lambda: nn.Conv2d(2, 2, size, stride, padding, dilation, groups=1 + seed % 2),
    }[kind]()
    net = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), window, nn.Conv2d(2, 1, 1))
    x = noise(1, 1, rows, columns, seed=seed)
    height, width = program_of(net, (1, rows, columns)).layer("2").out_shape[1:]
    unit = Unit("2", 0, seed % height, (3 * seed) % width)
    torch.testing.assert_close(
        came_down(net, x, "2", unit), by_torch(net, x, "2", unit), rtol=1e-4, atol=1e-5
    )


class Functional(nn.Module):
    """Rectifiers as functions, as methods, and in place."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = (nn.Conv2d(n, 3, 3, padding=1) for n in (1, 3, 3))

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.a(x), inplace=True)
        x = self.b(x).relu_()
        return torch.clamp(self.c(x), min=0)


class Modules(nn.Module):
    def __init__(self, other: Functional) -> None:
        super().__init__()
        self.a, self.b, self.c = other.a, other.b, other.c
        self.one, self.two, self.three = nn.ReLU(), nn.ReLU(inplace=True), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.three(self.c(self.two(self.b(self.one(self.a(x))))))  # type: ignore[no-any-return]


@pytest.mark.parametrize("rule", RULES)
def test_functional_and_in_place_rectifiers_are_those_of_modules(rule: Rule) -> None:
    torch.manual_seed(5)
    functional_net = Functional()
    x = noise(1, 1, 9, 9)
    unit = Unit("three", 0, 4, 4)
    torch.testing.assert_close(
        came_down(functional_net, x, "clamp", Unit("clamp", 0, 4, 4), rule),
        came_down(Modules(functional_net), x, "three", unit, rule),
    )


class _Rule(torch.autograd.Function):
    """A rectifier with the backward pass of a rule: another way to the same pictures."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, rule: str) -> Tensor:
        ctx.save_for_backward(x)
        ctx.rule = rule
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, *signals: Tensor) -> Any:
        (x,) = ctx.saved_tensors
        signal = signals[0].clamp(min=0)
        return (signal * (x > 0) if ctx.rule == "guided" else signal), None


@pytest.mark.parametrize("rule", ["deconvnet", "guided"])
@pytest.mark.parametrize("name", ["tinyvgg", "squeezenet1_1", "resnet18"])
def test_whole_nets_against_autograd_with_rectifiers_of_its_own(name: str, rule: Rule) -> None:
    torch.manual_seed(6)
    shape = (3, 64, 64)
    net = folded(catalogue.build(name)).requires_grad_(False).eval()
    program = program_of(net, shape)
    maps = [
        layer.name for layer in program.layers[1:] if len(layer.out_shape) == 3 and layer.kind == "activation"
    ]
    layer, x = maps[len(maps) // 2], noise(1, *shape)

    def ruled(call: Call, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> Any:
        is_relu = isinstance(call.target, nn.ReLU) or getattr(call.target, "__name__", "") == "relu"
        return _Rule.apply(args[0], rule) if is_relu else NotImplemented

    found = recorded(net, x, layer)
    unit = unit_of(found, 1)
    point = x.clone().requires_grad_()
    value = program.run(point, [layer], override=ruled)[layer][0, unit.channel, unit.row, unit.column]
    (expected,) = torch.autograd.grad(value, point)
    expected = expected[0] * value.detach()
    with torch.inference_mode():
        ours = projection(found, unit, rule)
    assert float((ours - expected).abs().max()) <= 1e-5 * float(expected.abs().max())


# --- nothing outside of the receptive field -----------------------------------------------------------------

SAMPLED = (
    "lenet5", "tinyvgg", "alexnet", "alexnet-2012", "nin", "googlenet", "resnet18", "resnet20-cifar", "squeezenet1_0",
    "shufflenet_v2_x0_5", "convnext_tiny", "mobilenet_v1",
)  # fmt: skip
"""Nets of the families that move signals in different ways."""


def sampled(name: str) -> tuple[nn.Module, tuple[int, int, int]]:
    """A net of the catalogue with random weights, and the shape of a small picture; its largest layers are 0."""
    torch.manual_seed(7)
    shape = catalogue.architecture(name).input_shape
    net = catalogue.hollow(name).to_empty(device="cpu")
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.BatchNorm2d | nn.LayerNorm)):
            module.reset_parameters()
        elif not isinstance(module, nn.Linear):
            for parameter in module.parameters(recurse=False):
                nn.init.ones_(parameter)
        elif module.weight.numel() < 1e7:
            module.reset_parameters()
        else:
            nn.init.zeros_(module.weight)
            nn.init.zeros_(module.bias)
    side = shape[1] if name == "alexnet-2012" else min(shape[1], 64)
    return folded(net).requires_grad_(False).eval(), (shape[0], side, side)


@pytest.mark.parametrize("name", SAMPLED)
def test_nothing_comes_down_outside_of_the_receptive_field(name: str) -> None:
    """Of units in the middle and in a corner, of a layer whose field leaves pixels out; with one random net each."""
    net, shape = sampled(name)
    size = shape[1]
    program = program_of(net, shape, name)
    local = [
        layer for layer in program.layers[1:]
        if len(layer.out_shape) == 3 and layer.field and not layer.field.everything
        and max(layer.field.size) < size and min(layer.out_shape[1:]) > 1
    ]  # fmt: skip
    layer = local[-1]
    assert layer.field is not None
    x = noise(1, *program.graph.input_shape)
    with torch.inference_mode():
        found = record(program, x, layer.name)
        _, height, width = layer.out_shape
        for row, column in ((height // 2, width // 2), (0, width - 1)):
            maps = found.maps[0, :, row, column]
            unit = Unit(layer.name, int(maps.argmax()), row, column)
            outside = torch.ones(size, size, dtype=torch.bool)
            rows, columns = layer.field.rows(row), layer.field.columns(column)
            outside[max(rows.start, 0) : rows.stop, max(columns.start, 0) : columns.stop] = False
            assert outside.any()
            for rule in RULES:
                picture = projection(found, unit, rule)
                assert picture.isfinite().all() and not picture[:, outside].any()
            assert projection(found, unit, "gradient").any()


@pytest.mark.parametrize(
    "name", ["lenet5-1998", "alexnet-2012", "convnext_tiny", "mobilenet_v3_small", "shufflenet_v2_x0_5"]
)
def test_the_gradient_is_that_of_autograd_through_norms_and_gates(name: str) -> None:
    net, shape = sampled(name)
    program = program_of(net, shape, name)
    layer = [layer.name for layer in program.layers if len(layer.out_shape) == 3][-1]
    x = noise(1, *shape)
    with torch.inference_mode():
        found = record(program, x, layer)
        unit = unit_of(found, 1)
        ours = projection(found, unit, "gradient")
    expected = by_torch(net, x, layer, unit)
    assert float((ours - expected).abs().max()) <= 1e-4 * float(expected.abs().max())


def test_a_norm_that_is_held_is_a_factor() -> None:
    """Local response norm by hand, at one place: x / (1 + 1 / 2 (x² + y²)) with two neighbours and beta 1."""
    net = nn.Sequential(nn.Conv2d(2, 2, 1, bias=False), nn.LocalResponseNorm(2, 1.0, 1.0, 1.0))
    fill(net[0], torch.eye(2).view(2, 2, 1, 1).tolist())
    x = torch.tensor([3.0, 4.0]).view(1, 2, 1, 1)
    # torch's window of the second channel: the first one and itself.
    factor = 1 / (1 + (9 + 16) / 2)
    found = came_down(net, x, "1", Unit("1", 1))
    torch.testing.assert_close(found.flatten(), torch.tensor([0.0, 4 * factor * factor]))


# --- signals ------------------------------------------------------------------------------------------------


def test_windows_that_lie_apart_add_up_in_one_that_holds_both() -> None:
    one = Signal(torch.ones(1, 1, 2, 1), (1, 1, 6, 6), 0, 1)
    other = Signal(torch.full((1, 1, 2, 2), 2.0), (1, 1, 6, 6), 1, 1)
    expected = torch.zeros(6, 6)
    expected[0:2, 1] += 1
    expected[1:3, 1:3] += 2
    torch.testing.assert_close(added(one, other).whole()[0, 0], expected)
    assert added(one, other).values.shape == (1, 1, 3, 2)


def test_what_padding_would_get_is_cut_off() -> None:
    values = torch.arange(16.0).view(1, 1, 4, 4)
    found = clipped(values, (1, 1, 3, 3), -2, 1)
    torch.testing.assert_close(found.whole()[0, 0], torch.tensor([[0, 8, 9], [0, 12, 13], [0, 0, 0]]).float())


def test_only_the_window_is_computed() -> None:
    """The receptive field of one unit of a deep plain net is a part of the picture; so are all signals on the way."""
    net = nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=1) for _ in range(4)))
    found = recorded(net, noise(1, 1, 32, 32), "3")
    sides = [
        step.below[0][1].values.shape[-1]
        for step in steps(found, seed(found, Unit("3", 0, 16, 16)), "gradient")
    ]
    assert sides == [3, 5, 7, 9]


# --- bad input ----------------------------------------------------------------------------------------------


class Softly(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.softmax(x, 1) * 1.0


class Product(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * x


class Capped(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.clamp(-1, 1)


CONV = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 5))
BAD: tuple[tuple[Callable[[], Any], str], ...] = (
    (lambda: project(CONV, np.zeros((8, 8, 3), np.uint8), "conv9", 0), "no layer called “conv9”"),
    (lambda: project(CONV, np.zeros((8, 8, 3), np.uint8), "0", 4), "has 4 channels: there is no channel 4"),
    (lambda: project(CONV, np.zeros((8, 8, 3), np.uint8), "0", -1), "there is no channel -1"),
    (lambda: project(CONV, np.zeros((8, 8, 3), np.uint8), "0", 0, (6, 0)), "none in row 6, column 0"),
    (lambda: project(CONV, np.zeros((2, 2, 3), np.uint8), "0", 0), "cannot take pictures of 2 × 2"),
    (lambda: project(CONV, np.zeros((8, 8, 5), np.uint8), "0", 0), "shape H × W × 3"),
    (lambda: project(Softly(), np.ones((4, 4, 3)), "mul", 0), "The layer softmax is “softmax”"),
    (lambda: project(Product(), np.ones((4, 4, 3)), "mul", 0), "neither of them is a gate"),
    (lambda: project(Capped(), np.ones((4, 4, 3)), "clamp", 0), "clamps values at -1"),
)  # fmt: skip


@pytest.mark.parametrize(("call", "sentence"), BAD)
def test_what_cannot_be_done_is_said(call: Callable[[], Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        call()


def test_what_the_deconvnet_refuses_the_gradient_can_do() -> None:
    x = np.full((2, 2, 3), 3.0)
    np.testing.assert_allclose(project(Product(), x, "mul", 0, (0, 0), rule="gradient")[0, 0], [9 * 6, 0, 0])


def test_the_gradient_needs_no_rule_of_its_own() -> None:
    x = noise(1, 3, 4, 4)
    unit = Unit("mul", 1, 2, 2)
    torch.testing.assert_close(
        came_down(Softly(), x, "mul", unit, "gradient"), by_torch(Softly(), x, "mul", unit)
    )


def test_a_row_of_numbers_has_units_too() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    assert project(CONV, picture, "3", 2, rule="gradient").any()


def test_activations_that_are_no_numbers_do_not_hide_the_strongest() -> None:
    x = noise(1, 1, 4, 4)
    x[0, 0, 1, 1], x[0, 0, 2, 3] = torch.nan, 50
    found = recorded(nn.Sequential(nn.Conv2d(1, 1, 1), nn.Identity()), x, "0")
    sign = float(next(iter(found.program.net.parameters())).flatten()[0])
    assert unit_of(found, 0) == Unit("0", 0, 2, 3) or sign < 0


def test_the_model_is_left_as_it_was() -> None:
    """No hook, no mode, no flag, whether it worked or not."""
    net = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(inplace=True), nn.Softmax(1)).train()
    picture = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    project(net, picture, "1", 0)
    with pytest.raises(UserError):
        project(net, picture, "2", 0)
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
    for module in net.modules():
        assert not module._forward_hooks and not module._forward_pre_hooks and not module._backward_hooks
        assert module.training
    assert net[1].inplace and all(parameter.requires_grad for parameter in net.parameters())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
