"""Nets taken apart into calls: against the nets themselves, layer by layer, and from any layer on."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.errors import UserError
from engine.networks import catalogue
from engine.networks.classifying.loaded import folded, main_output
from engine.networks.describe import network_graph
from engine.networks.program import Call, Program, program_of

SAMPLED = (
    "lenet5", "tinyvgg", "squeezenet1_1", "resnet18", "googlenet", "shufflenet_v2_x0_5", "mobilenet_v3_small",
    "densenet121", "convnext_tiny", "swin_t", "efficientnet_b0",
)  # fmt: skip


def seeded(name: str) -> nn.Module:
    """A network with random weights and batch norms that do something."""
    torch.manual_seed(1)
    net = catalogue.build(name)
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.1)  # type: ignore[union-attr, operator]
                module.running_var.uniform_(0.5, 1.5)  # type: ignore[union-attr, operator]
    return net.requires_grad_(False)


def picture(program: Program, seed: int = 2) -> Tensor:
    return torch.randn(1, *program.graph.input_shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", SAMPLED)
def test_every_layer_has_its_shape_and_the_answer_is_that_of_the_net(name: str) -> None:
    net = seeded(name)
    shape = catalogue.architecture(name).input_shape
    x = torch.randn(1, *shape)
    expected = main_output(net(x))
    program = program_of(folded(net), shape, name)
    with torch.no_grad():
        answer, kept = program.answer(x, [layer.name for layer in program.layers])
    torch.testing.assert_close(answer, expected, rtol=1e-4, atol=1e-5)
    named = network_graph(name).by_name
    for layer in program.layers:
        assert tuple(program.maps(layer.name, kept[layer.name]).shape[1:]) == layer.out_shape
        assert layer.name in named, "a name that the network's drawing does not have"
        assert layer.field == named[layer.name].field


class Awkward(nn.Module):
    """Works in place wherever it can: by modules, functions, methods and operators."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(2, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        a = self.act(self.first(x))
        b = functional.relu(self.second(a), True)
        b += a
        b = functional.relu(b - 0.1, inplace=True)
        return b.mul_(0.5).relu_().mean((2, 3))


def by_hand(net: Awkward, x: Tensor) -> dict[str, Tensor]:
    first = net.first(x)
    a = first.clamp(min=0)
    second = net.second(a)
    b = second.clamp(min=0) + a
    return {
        "first": first,
        "act": a,
        "second": second,
        "add": b,
        "end": ((b - 0.1).clamp(min=0) * 0.5).mean((2, 3)),
    }


class TestInPlace:
    def test_what_is_kept_stays_what_it_was(self) -> None:
        torch.manual_seed(3)
        net = Awkward().requires_grad_(False).eval()
        x = torch.randn(1, 2, 6, 5)
        expected = by_hand(net, x)
        program = program_of(net, (2, 6, 5))
        answer, kept = program.answer(x, ["first", "act", "second", "add"])
        for layer, values in kept.items():
            torch.testing.assert_close(values, expected[layer])
        torch.testing.assert_close(answer, expected["end"])

    def test_the_module_itself_is_left_alone(self) -> None:
        net = Awkward().eval()
        program_of(net, (2, 6, 5))
        assert net.act.inplace and net.first.weight.requires_grad and net.first.weight.device.type == "cpu"
        assert not net._forward_hooks and not net._forward_pre_hooks


class TestFromALayerOn:
    @pytest.mark.parametrize("layer", ["layer2.1.relu_1", "layer4.1.conv2", "maxpool"])
    def test_the_net_goes_on_from_what_a_layer_put_out(self, layer: str) -> None:
        program = program_of(seeded("resnet18"), (3, 64, 64))
        x = picture(program)
        expected, kept = program.answer(x, [layer])
        if layer == "layer4.1.conv2":
            with pytest.raises(UserError, match="does not follow from the layer"):
                program.answer(kept[layer], start=layer)
        else:
            torch.testing.assert_close(program.answer(kept[layer], start=layer)[0], expected)

    def test_only_what_is_needed_is_computed(self) -> None:
        program = program_of(seeded("resnet18"), (3, 64, 64))
        called: list[str] = []

        def note(call: Call, _args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> Any:
            called.append(call.layer)
            return NotImplemented

        program.run(picture(program), ["layer1.0.conv1"], override=note)
        assert called == ["conv1", "bn1", "relu", "maxpool", "layer1.0.conv1"]

    def test_a_call_can_be_overridden(self) -> None:
        program = program_of(nn.Sequential(nn.Conv2d(1, 1, 1, bias=False), nn.ReLU()), (1, 2, 2))

        def no_relu(call: Call, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> Any:
            return args[0] if isinstance(call.target, nn.ReLU) else NotImplemented

        x = -torch.ones(1, 1, 2, 2) * program.net.get_submodule("0").weight.sign()  # type: ignore[union-attr, operator]
        assert not program.run(x, ["1"])["1"].any()
        assert (program.run(x, ["1"], override=no_relu)["1"] < 0).all()

    def test_gradients_flow_through(self) -> None:
        net = seeded("squeezenet1_1")
        program = program_of(net, (3, 64, 64))
        x = picture(program).requires_grad_()
        (ours,) = torch.autograd.grad(program.answer(x)[0][0, 5], x)
        (torchs,) = torch.autograd.grad(net(x)[0, 5], x)
        torch.testing.assert_close(ours, torchs)


class Deciding(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x if x.sum() > 0 else -x


class TestRefusals:
    def test_a_net_that_decides_while_it_runs(self) -> None:
        with pytest.raises(UserError, match="cannot be taken apart into layers"):
            program_of(Deciding(), (1, 4, 4))

    def test_a_picture_that_does_not_fit(self) -> None:
        with pytest.raises(UserError, match="cannot take pictures of 2 × 2 pixels"):
            program_of(catalogue.build("alexnet"), (3, 2, 2))

    def test_an_unknown_layer(self) -> None:
        program = program_of(catalogue.build("lenet5"), catalogue.architecture("lenet5").input_shape)
        with pytest.raises(UserError, match="no layer called"):
            program.run(picture(program), ["conv9"])


def test_nothing_is_held_for_longer_than_it_is_needed() -> None:
    """Of a chain, the picture and the map that is being read are alive; those before it are gone."""
    program = program_of(nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=1) for _ in range(9))), (1, 8, 8))
    read: list[weakref.ref[Tensor]] = []
    alive: list[int] = []

    def count(_call: Call, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> Any:
        read.append(weakref.ref(args[0]))
        alive.append(sum(one() is not None for one in read))
        return NotImplemented

    with torch.no_grad():
        program.run(torch.zeros(1, 1, 8, 8), ["8"], override=count)
    assert alive == [1, 2, 2, 2, 2, 2, 2, 2, 2]


def test_whoever_watches_sees_every_call_once_and_nothing_is_held_for_it() -> None:
    program = program_of(seeded("tinyvgg"), (3, 32, 32))
    x = picture(program)
    seen: dict[str, Tensor] = {}
    held: list[weakref.ref[Tensor]] = []

    def watch(call: Call, value: Any) -> None:
        # The picture is the test's own; flattened maps hold on to those that they are a view of.
        assert not any(ref() is not None for ref in held[1:-2]), "kept for longer than needed"
        held.append(weakref.ref(value))
        if call.layer:
            seen[call.layer] = value.clone()

    program.run(x, [program.output], watch=watch)
    kept = program.run(x, list(seen))
    assert set(seen) == {layer.name for layer in program.layers}
    for name, value in kept.items():
        assert torch.equal(value, seen[name])


def test_a_run_in_steps_is_the_run() -> None:
    program = program_of(seeded("squeezenet1_1"), (3, 224, 224))
    x = picture(program)
    steps, count = program.steps(x, [program.output]), 0
    while True:
        try:
            next(steps)
            count += 1
        except StopIteration as stop:
            found = stop.value
            break
    assert count == len(program.calls)
    assert torch.equal(found[program.output], program.run(x, [program.output])[program.output])
