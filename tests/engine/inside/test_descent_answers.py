"""What the engine answers about one unit: the map, the three pictures, the steps, and the check by autograd."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from engine import device as devices
from engine.context import Context
from engine.errors import UserError
from engine.handlers import lookup
from engine.images import Frame
from engine.inside import nets
from engine.inside.descent import kept, rules
from engine.inside.descent.answer import NAN, NEGATIVE, OFF, descend, look
from engine.inside.descent.check import check
from engine.inside.descent.requests import (
    RULES,
    CheckDescent,
    Descend,
    Descents,
    DescentStep,
    LookAtUnit,
    UnitLook,
)
from engine.inside.nets import open_net
from engine.networks.steps import at_once
from engine.sources import load_sample

DIGIT = Frame(
    np.pad(np.zeros((40, 8, 3), np.uint8), ((10, 10), (30, 30), (0, 0)), constant_values=255), "one"
)
NET, LAYER = "tinyvgg-cifar10", "features.relu3_1"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    kept.forget()
    nets.forget()


@pytest.fixture(scope="module")
def cat() -> Frame:
    return load_sample("cat")


def answered(steps: Generator[Any, None, Any], grad: bool = False) -> Any:
    """The result of a handler, in the mode that the engine sets around every step."""
    while True:
        with devices.step_mode(grad):
            try:
                next(steps)
            except StopIteration as stop:
                return stop.value


def descended(frame: Frame, layer: str = LAYER, channel: int = 148, **more: Any) -> Descents:
    request = Descend(
        **{"net": NET, "layer": layer, "channel": channel, "position": None, "frame": frame, **more}
    )
    found: Descents = answered(descend(request, Context()))
    return found


def looked(
    frame: Frame, layer: str = LAYER, channel: int = 148, position: Any = None, net: str = NET
) -> UnitLook:
    found: UnitLook = answered(look(LookAtUnit(net, layer, channel, position, frame), Context()))
    return found


class TestLook:
    def test_the_map_is_that_of_the_net(self, cat: Frame) -> None:
        found = looked(cat)
        with torch.no_grad():
            opened = at_once(open_net(NET, Context()))
            maps = opened.program.run(opened.values(opened.prepared(cat.pixels)), [LAYER])[LAYER][0, 148]
        np.testing.assert_allclose(found.map, maps.numpy(), rtol=1e-5, atol=1e-6)
        assert found.value == found.map.max() == found.map[found.row, found.column]
        assert not found.map.flags.writeable and found.seen.shape == (32, 32, 3)

    def test_what_it_reads_lies_in_the_picture(self, cat: Frame) -> None:
        assert looked(cat, position=(0, 0)).field == (0, 0, 14, 14), "24 pixels from -10 on"
        assert looked(cat, "classifier", 3).field == (0, 0, 32, 32)
        assert looked(cat, "features.conv1_1", 0, (5, 9)).field == (4, 8, 7, 11)

    def test_a_unit_that_is_off_is_said_to_be(self, cat: Frame) -> None:
        found = looked(cat)
        off = np.argwhere(found.map == 0)[0]
        assert looked(cat, position=(int(off[0]), int(off[1]))).note == OFF and found.note == ""

    def test_a_negative_activation_is_said_to_be(self, cat: Frame) -> None:
        found = looked(cat, "classifier", 0)
        assert found.value < 0 and found.note == NEGATIVE

    @pytest.mark.parametrize(
        ("layer", "channel", "position", "sentence"),
        [
            ("features.relu9", 0, None, "no layer called"),
            (LAYER, 256, None, "has 256 channels: there is no channel 256"),
            (LAYER, 0, (8, 0), "none in row 8, column 0"),
        ],
    )
    def test_units_that_are_not_there(
        self, cat: Frame, layer: str, channel: int, position: Any, sentence: str
    ) -> None:
        with pytest.raises(UserError, match=sentence):
            looked(cat, layer, channel, position)

    def test_values_that_are_no_numbers_are_named(self, cat: Frame) -> None:
        opened = at_once(open_net("random:lenet5", Context()))
        conv = opened.net.net.get_submodule("features.conv1")
        assert isinstance(conv, nn.Conv2d)
        with torch.no_grad():
            conv.weight[2].fill_(torch.nan)
        found = looked(DIGIT, "features.act1", 2, net="random:lenet5")
        assert found.note == NAN and np.isnan(found.map).all() and (found.row, found.column) == (0, 0)
        assert looked(DIGIT, "features.act1", 1, net="random:lenet5").note != NAN


class TestDescend:
    def test_three_pictures_and_one_way_down(self, cat: Frame) -> None:
        found = descended(cat)
        assert tuple(found.pictures) == RULES and not found.refusals
        top, left, bottom, right = found.field
        for picture in found.pictures.values():
            assert picture.shape == (32, 32, 3) and picture.any() and not picture.flags.writeable
            outside = picture.copy()
            outside[top:bottom, left:right] = 0
            assert not outside.any()
        layers = [step.layer for step in found.steps]
        assert layers[0] == LAYER and layers[-1] == "features.conv1_1" and len(layers) == 12

    def test_the_steps_hang_together(self, cat: Frame) -> None:
        """What arrives at a layer is what the next step begins with, and in the end it is the picture."""
        found = descended(cat)
        for one, following in zip(found.steps, found.steps[1:], strict=False):
            (below,) = one.below
            assert below.layer == following.above.layer == following.layer
            assert below.strength == pytest.approx(following.above.strength, rel=1e-5)
        (pixels,) = found.steps[-1].below
        top, left = pixels.top, pixels.left
        height, width = pixels.size
        for index, channel in enumerate(pixels.channels):
            ours = found.pictures["deconvnet"][top : top + height, left : left + width, channel]
            np.testing.assert_allclose(pixels.maps[index], ours, rtol=1e-5, atol=1e-7)

    def test_the_strongest_channels_come_first(self, cat: Frame) -> None:
        for step in descended(cat).steps:
            for band in (step.above, *step.below):
                assert (
                    len(set(band.channels)) == len(band.channels) == len(band.maps) == len(band.shares) <= 6
                )
                assert 0 <= float(band.shares.sum()) <= 1.0001
                sizes = np.abs(band.maps).sum((1, 2))
                np.testing.assert_allclose(sizes, band.shares * band.strength, rtol=1e-4, atol=1e-6)
            assert (np.diff(step.above.shares) <= 1e-6).all()

    def test_a_pool_tells_its_switches(self, cat: Frame) -> None:
        (step,) = [s for s in descended(cat).steps if s.layer == "features.pool2"]
        (below,), switches = step.below, step.switches
        assert step.action == "unpool" and switches is not None and below.channels == step.above.channels
        expected = np.zeros_like(below.maps)
        for index in range(len(step.above.channels)):
            for y, x in np.ndindex(*step.above.maps.shape[1:]):
                row, column = switches[index, y, x]
                assert (row // 2, column // 2) == (y + step.above.top, x + step.above.left)
                expected[index, row - below.top, column - below.left] += step.above.maps[index, y, x]
        np.testing.assert_array_equal(below.maps, expected)

    def test_rectifying_leaves_nothing_negative(self, cat: Frame) -> None:
        rectified = [s for s in descended(cat).steps if s.action == "rectify"]
        assert len(rectified) == 5 and all((s.below[0].maps >= 0).all() for s in rectified)
        gradient = [s for s in descended(cat, rule="gradient").steps if s.action == "rectify"]
        assert any((s.below[0].maps < 0).any() for s in gradient)

    def test_another_unit_of_a_layer_needs_no_new_run(self, cat: Frame) -> None:
        assert descended(cat).forward_seconds > 0
        assert descended(cat, channel=3, position=(2, 2)).forward_seconds == 0
        assert descended(cat, "features.relu2_2", 3).forward_seconds > 0

    def test_a_join_shows_both_ways(self, cat: Frame) -> None:
        small = Frame(np.ascontiguousarray(cat.pixels[:64, :64]), "corner")
        found = descended(small, "fc", 3, net="random:resnet20-cifar")
        joins = [step for step in found.steps if step.action == "both"]
        assert joins and all(len(step.below) == 2 for step in joins)
        assert (
            joins[0].below[0].strength == joins[0].below[1].strength == pytest.approx(joins[0].above.strength)
        )

    def test_branches_down_which_nothing_comes_are_left_out(self, cat: Frame) -> None:
        small = Frame(np.ascontiguousarray(cat.pixels[:64, :64]), "corner")
        found = descended(small, "features.3.cat", 3, net="random:squeezenet1_1")
        assert [step.layer for step in found.steps[:3]] == [
            "features.3.cat", "features.3.expand1x1_activation", "features.3.expand1x1",
        ]  # fmt: skip
        assert not any("expand3x3" in step.layer for step in found.steps)

    def test_a_way_down_that_is_not_defined_is_refused_for_that_rule(
        self, cat: Frame, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = rules.down

        def no_guided(call: Any, signal: Any, rule: Any, found: Any) -> Any:
            if rule == "guided" and call.layer == "features.conv2_1":
                raise UserError("No rule.", "Choose another.")
            return real(call, signal, rule, found)

        monkeypatch.setattr("engine.inside.descent.descend.down", no_guided)
        found = descended(cat, rule="guided")
        assert found.refusals == {"guided": "No rule. Choose another."} and found.steps == ()
        assert tuple(found.pictures) == ("deconvnet", "gradient")


class TestCheck:
    @pytest.mark.parametrize("layer", [LAYER, "features.conv2_2", "classifier"])
    def test_the_bundled_net(self, cat: Frame, layer: str) -> None:
        result = answered(check(CheckDescent(descended(cat, layer, 1)), Context()), grad=True)
        assert result.agrees and result.max_abs_difference < 1e-5 and "autograd" in result.reference

    @pytest.mark.parametrize(("layer", "position"), [("classifier", None), ("features.conv2_2", (0, 0))])
    def test_a_unit_below_zero(self, cat: Frame, layer: str, position: Any) -> None:
        """Its signal starts negative, and a rectifier keeps other parts of it than of the derivative."""
        found = descended(cat, layer, 0, position=position)
        assert found.value < 0 and all(picture.any() for picture in found.pictures.values())
        result = answered(check(CheckDescent(found), Context()), grad=True)
        assert result.agrees and result.max_abs_difference < 1e-5

    @pytest.mark.parametrize(
        ("net", "layer"),
        [("random:lenet5-1998", "features.act2"), ("random:resnet20-cifar", "layer2.1.relu_1")],
    )
    def test_tanh_and_skips(self, cat: Frame, net: str, layer: str) -> None:
        opened = at_once(open_net(net, Context()))
        name = (
            layer if layer in {one.name for one in opened.program.layers} else opened.program.layers[-4].name
        )
        found = descended(DIGIT if "lenet" in net else cat, name, 1, net=net)
        assert answered(check(CheckDescent(found), Context()), grad=True).agrees

    def test_a_wrong_picture_is_found_out(self, cat: Frame) -> None:
        found = descended(cat)
        wrong = replace(found, pictures={**found.pictures, "guided": found.pictures["deconvnet"]})
        result = answered(check(CheckDescent(wrong), Context()), grad=True)
        assert not result.agrees and result.max_abs_difference > 0.01


def test_the_check_runs_with_gradients_and_leaves_no_mode_behind(cat: Frame) -> None:
    assert lookup(CheckDescent(descended(cat))).grad
    assert not torch.is_inference_mode_enabled()
    steps = check(CheckDescent(descended(cat)), Context())
    with devices.step_mode(True):
        next(steps)
    steps.close()  # as a cancelled job ends
    opened = at_once(open_net(NET, Context()))
    for module in opened.net.net.modules():
        assert not module._forward_hooks and not module._backward_hooks and not module.training
    assert not any(parameter.requires_grad for parameter in opened.net.net.parameters())


def test_a_step_is_a_plain_value(cat: Frame) -> None:
    step = descended(cat).steps[0]
    assert isinstance(step, DescentStep) and not step.above.maps.flags.writeable
