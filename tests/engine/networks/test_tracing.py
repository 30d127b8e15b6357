"""What is read off a module is what torch does: names, shapes, operations, and what a unit sees."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import StochasticDepth

from engine.networks import catalogue
from engine.networks.describe import network_graph
from engine.networks.graphs import tracing
from engine.networks.graphs.calls import Call, Made
from engine.networks.graphs.graph import Graph, Layer, measure
from engine.networks.graphs.ops import (
    AdaptivePool,
    Add,
    Concat,
    Conv,
    Flatten,
    Input,
    Linear,
    Norm,
    Op,
    Opaque,
    Pool,
)
from engine.networks.graphs.tracing import graph_of, graph_steps
from engine.networks.graphs.translation import translate
from engine.networks.zoo.residual_nets import residual_net


def traced(net: nn.Module, shape: tuple[int, ...]) -> Graph:
    return graph_of("net", "Net", net.to("meta"), shape)


@torch.fx.wrap
def relu(x: Tensor) -> Tensor:
    """A stranger's function that has a name of torch's and does something else."""
    return x[:, :2]


class Forward(nn.Module):
    """A module that does what a function says."""

    def __init__(self, function: Callable[..., Any], **children: Any) -> None:
        super().__init__()
        for name, child in children.items():
            setattr(self, name, child)
        self.function = function

    def forward(self, x: Tensor) -> Any:
        return self.function(self, x)


# --- against hooks on a real forward pass -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("lenet5", 32), ("lenet5-1998", 32), ("lenet5-course", 32), ("tinyvgg", 32), ("alexnet", 224),
        ("alexnet-2012", 227), ("nin", 96), ("googlenet", 64), ("resnet18", 64), ("resnet50", 64),
        ("squeezenet1_0", 64), ("mobilenet_v2", 64), ("shufflenet_v2_x0_5", 64), ("convnext_tiny", 64),
        ("resnet20-cifar", 32),
    ],
)  # fmt: skip
def test_layers_do_what_hooks_see(name: str, size: int) -> None:
    """Second route: real numbers through the real net, its modules watched one by one, products multiplied out."""
    graph = network_graph(name, (size, size))
    net = catalogue.build(name)
    seen: dict[str, list[tuple[tuple[int, ...], int]]] = {}

    def watch(label: str) -> Callable[[nn.Module, Any, Tensor], None]:
        def hook(module: nn.Module, inputs: Any, output: Tensor) -> None:
            macs = 0
            if isinstance(module, nn.Conv2d):
                macs = output[0].numel() * prod(module.weight.shape[1:])
            elif isinstance(module, nn.Linear):
                macs = output[0].numel() * module.in_features
            seen.setdefault(label, []).append((tuple(output.shape[1:]), macs))

        return hook

    leaves = {label: module for label, module in net.named_modules() if not list(module.children())}
    for label, module in leaves.items():
        module.register_forward_hook(watch(label))
    with torch.inference_mode():
        net(torch.zeros(1, *graph.input_shape))
    assert sum(macs for calls in seen.values() for _, macs in calls) == graph.macs
    compared = 0
    for node in graph.nodes:
        if node.name in leaves and "linear" not in type(leaves[node.name]).__name__.lower():
            shape, macs = seen[node.name][0]
            assert sorted(shape) == sorted(node.out_shape) and macs == node.macs
            assert node.params == sum(p.numel() for p in leaves[node.name].parameters())
            compared += 1
    assert compared >= 5


# --- names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["googlenet-aux", "resnet50", "densenet121", "swin_t", "vit_b_16", "convnext_tiny"]
)
def test_names_are_unique_stable_and_those_of_the_modules(name: str) -> None:
    graph = network_graph(name)
    again = graph_of(name, "", catalogue.outline(name), graph.input_shape)
    assert [layer.name for layer in again.layers] == [layer.name for layer in graph.layers]
    assert len({layer.name for layer in graph.layers}) == len(graph.layers)
    modules = dict(catalogue.outline(name).named_modules())
    known = {graph.layers[0].name}
    for layer in graph.layers[1:]:
        assert set(layer.inputs) <= known and layer.inputs
        known.add(layer.name)
        parts = layer.name.split(".")[:-1]
        assert layer.path == tuple(".".join(parts[: n + 1]) for n in range(len(parts)))
        assert all(around in modules for around in layer.path)
        if isinstance(layer.op, Conv | Linear | Norm):
            assert layer.name in modules


def test_a_module_that_is_called_again_gets_a_new_name() -> None:
    names = [layer.name for layer in network_graph("resnet18").layers if layer.path == ("layer1", "layer1.0")]
    assert names == [f"layer1.0.{n}" for n in ("conv1", "bn1", "relu", "conv2", "bn2", "add", "relu_1")]


# --- what calls mean --------------------------------------------------------------------------------------


def ops(graph: Graph) -> list[Op]:
    return [layer.op for layer in graph.layers[1:]]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda s, x: functional.relu(x) + x.sigmoid(), ["ReLU", "Sigmoid", "Add"]),
        (lambda s, x: x.relu_().mul(x), ["ReLU", "Multiply"]),
        (lambda s, x: torch.cat((x, x.tanh()), 1), ["Tanh", "Concatenate"]),
        (lambda s, x: torch.cat((x, x.tanh()), -3), ["Tanh", "Concatenate"]),
        (lambda s, x: x.mean([2, 3]), ["Global average pool", "Flatten"]),
        (lambda s, x: x.mean((-1, -2), keepdim=True), ["Global average pool"]),
        (lambda s, x: functional.max_pool2d(x, 3, stride=2, padding=1), ["Max pool 3×3 /2"]),
        (lambda s, x: functional.avg_pool2d(x, 2), ["Average pool 2×2 /2"]),
        (lambda s, x: functional.adaptive_avg_pool2d(x, 1).view(x.size(0), -1), ["Global average pool", "Flatten"]),
        (lambda s, x: functional.dropout(x, training=s.training).contiguous().relu(), ["ReLU"]),
        (lambda s, x: x.chunk(2, dim=1)[1].relu(), ["Channels 3 to 4", "ReLU"]),
        (lambda s, x: torch.split(x, [1, 3], 1)[1], ["Channels 2 to 4"]),
        (lambda s, x: 2 * x, ["× 2"]),
    ],
)  # fmt: skip
def test_functions_become_layers(function: Callable[..., Any], expected: list[str]) -> None:
    graph = traced(Forward(function), (4, 8, 8))
    assert [op.label for op in ops(graph)] == expected
    real = Forward(function).eval()(torch.rand(1, 4, 8, 8))
    assert graph.output.out_shape == real.shape[1:]


def test_layers_without_effect_leave_no_trace() -> None:
    net = nn.Sequential(
        nn.Identity(), nn.Conv2d(3, 4, 1), StochasticDepth(0.2, "row"), nn.Dropout(0.0), nn.Flatten()
    )
    assert [type(op) for op in ops(traced(net, (3, 2, 2)))] == [Conv, Flatten]


def test_a_call_whose_meaning_is_not_certain_is_measured() -> None:
    """A matrix product with learned weights that no module holds."""
    weight = nn.Parameter(torch.zeros(8, 5))
    graph = traced(Forward(lambda s, x: torch.matmul(x, s.weight), weight=weight), (2, 3, 8))
    (op,) = ops(graph)
    assert isinstance(op, Opaque) and op.look == "unknown"
    assert (op.out_shape, op.learned, op.products) == ((2, 3, 5), 40, 2 * 3 * 8 * 5)
    assert graph.output.field is None


@pytest.mark.parametrize(
    "function",
    [
        lambda s, x: x[:, :, ::2, ::2],
        lambda s, x: x.chunk(2, dim=2)[1],
        lambda s, x: x[:, :, :3],
        lambda s, x: x.flip(2),
    ],
)
def test_parts_that_move_the_maps_claim_no_receptive_field(function: Callable[..., Any]) -> None:
    graph = traced(Forward(function), (4, 8, 8))
    assert isinstance(graph.output.op, Opaque) and graph.output.field is None
    kept = traced(Forward(lambda s, x: x[:, 1:3]), (4, 8, 8)).output
    assert kept.out_shape == (2, 8, 8) and kept.field is not None and kept.field.size == (1, 1)


def test_modules_used_in_unusual_ways_are_measured() -> None:
    def pooled_last(s: Any, x: Tensor) -> Tensor:
        return s.pool(x.permute(0, 2, 3, 1))

    pooled = traced(Forward(pooled_last, pool=nn.MaxPool2d(2)), (4, 6, 8))
    assert isinstance(pooled.output.op, Opaque)
    halved = traced(nn.Sequential(nn.GLU(1)), (4, 6, 8)).output
    assert isinstance(halved.op, Opaque) and halved.out_shape == (2, 6, 8)


def test_a_strangers_function_is_not_taken_for_torchs() -> None:
    (op,) = ops(traced(Forward(lambda s, x: relu(x)), (4, 3, 3)))
    assert isinstance(op, Opaque) and op.out_shape == (2, 3, 3)


@pytest.mark.parametrize("side", [33, 64, 97, 160])
@pytest.mark.parametrize(
    "name",
    ["resnet18", "googlenet", "squeezenet1_0", "shufflenet_v2_x1_0", "convnext_tiny", "regnet_y_400mf"],
)
def test_layers_carried_to_another_size_are_those_that_torch_would_give(name: str, side: int) -> None:
    """What a page computes by itself when the picture changes, against a new run of torch."""
    usual, again = network_graph(name), network_graph(name, (side, 75))
    resized = measure("", "", [Layer("input", Input((3, side, 75))), *usual.layers[1:]])
    assert resized.problem is None
    for ours, torchs in zip(resized.nodes, again.nodes, strict=True):
        assert (ours.name, ours.out_shape, ours.macs) == (torchs.name, torchs.out_shape, torchs.macs)


def test_learned_numbers_are_counted_once() -> None:
    factor = nn.Parameter(torch.ones(3, 1, 1))
    graph = traced(Forward(lambda s, x: s.factor * (x * s.factor), factor=factor), (3, 4, 4))
    assert [op.params for op in ops(graph)] == [3, 0] and graph.params == 3
    assert graph.output.field is not None  # a factor a channel reads the same position


def test_what_depends_on_no_picture_is_no_layer_and_is_counted_where_it_is_used() -> None:
    def function(s: Any, x: Tensor) -> Tensor:
        return x + s.scale(s.places).view(1, 3, 1, 1)

    places = nn.Parameter(torch.zeros(5))
    graph = traced(Forward(function, places=places, scale=nn.Linear(5, 3)), (3, 4, 4))
    (op,) = ops(graph)
    assert op.params == graph.params == 5 + 18 and graph.output.out_shape == (3, 4, 4)


def test_weights_that_are_used_twice_are_told_of() -> None:
    graph = traced(Forward(lambda s, x: s.conv(s.conv(x)), conv=nn.Conv2d(3, 3, 1)), (3, 4, 4))
    assert graph.params == 2 * 12 and tracing.SHARED in graph.notes
    assert tracing.SHARED not in network_graph("resnet18").notes


def test_channels_last_stretches_read_channels_first() -> None:
    def function(s: Any, x: Tensor) -> Tensor:
        y = s.linear(s.norm(x.permute(0, 2, 3, 1)))
        return x + y.permute(0, 3, 1, 2)

    graph = traced(Forward(function, norm=nn.LayerNorm(6), linear=nn.Linear(6, 6)), (6, 5, 7))
    assert [type(op) for op in ops(graph)] == [Norm, Conv, Add]
    assert {node.out_shape for node in graph.nodes} == {(6, 5, 7)}
    assert graph.by_name["linear"].macs == 6 * 6 * 5 * 7 and tracing.CHANNELS_LAST in graph.notes


def test_several_outputs_and_what_none_of_them_needs() -> None:
    def function(s: Any, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        s.unused(x)
        return s.one(x), {"second": s.two(x)}

    children = {name: nn.Conv2d(3, 3, 1) for name in ("one", "two", "unused")}
    graph = traced(Forward(function, **children), (3, 4, 4))
    assert [layer.name for layer in graph.layers] == ["input", "one", "two"]


def test_googlenet_shows_both_side_branches() -> None:
    graph = network_graph("googlenet-aux")
    ends = [name for name, readers in graph.consumers.items() if not readers]
    assert ends == ["aux1.fc2", "aux2.fc2", "fc"] and graph.output.name == "fc"
    without = {layer.name for layer in network_graph("googlenet").layers}
    assert {layer.name for layer in graph.layers} - without == {
        layer.name for layer in graph.layers if layer.name.startswith("aux")
    }


def test_modes_are_put_back() -> None:
    net = catalogue.outline("googlenet-aux").train()
    graph_of("", "", net, (3, 224, 224))
    assert all(module.training for module in net.modules()) and modes() == USUAL
    with pytest.raises(RuntimeError):
        graph_of("", "", net, (3, 4, 4))
    assert all(module.training for module in net.modules()) and modes() == USUAL


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_no_mode_is_on_between_two_steps(steps: int) -> None:
    net = catalogue.outline("googlenet-aux").train()
    work = graph_steps("", "", net, (3, 224, 224))
    for _ in range(steps):
        next(work)
        assert modes() == USUAL
    work.close()
    assert all(module.training for module in net.modules()) and modes() == USUAL


def modes() -> tuple[bool, bool, bool, int, int]:
    """Fused attention, gradients, inference, and how many modes of each kind lie over torch."""
    return (
        torch.backends.mha.get_fastpath_enabled(), torch.is_grad_enabled(), torch.is_inference_mode_enabled(),
        torch._C._len_torch_function_stack(), torch._C._len_torch_dispatch_stack(),
    )  # fmt: skip


USUAL = (True, True, False, 0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        Conv(
            1, 6, (5, 5), padding=(2, 2)
        ),  # another shape, which goes on to fit until the first linear layer
        Conv(1, 6, (5, 5), bias=False),  # the shape and the products of the real one, but six parameters less
        Pool("max", (5, 5), (1, 1)),
    ],
    ids=["shape", "parameters", "products"],
)
def test_a_wrong_translation_is_noticed(wrong: Op, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(call: Call) -> Made:
        made = translate(call)
        first = isinstance(made.ops[0], Conv) and made.ops[0].in_channels == 1
        return Made((wrong,), made.layout) if first else made

    monkeypatch.setattr(tracing, "translate", faulty)
    with pytest.raises(tracing.TracingError, match="torch"):
        graph_of("", "", catalogue.outline("lenet5"), (1, 32, 32))


def test_attention_sees_everything() -> None:
    graph = network_graph("vit_b_16")
    first = graph.by_name["encoder.layers.encoder_layer_0.self_attention"]
    assert first.kind == "attention" and first.out_shape == (197, 768)
    # Projections of queries, keys, values and the result, and two products of 197 x 197 pairs in 768 dimensions.
    assert first.macs == 197 * 768 * 4 * 768 + 2 * 197 * 197 * 768 and first.params == 4 * (768 * 768 + 768)
    assert graph.output.field is not None and graph.output.field.everything
    assert graph.by_name["conv_proj"].field is not None and graph.by_name["conv_proj"].field.size == (16, 16)


# --- receptive fields -------------------------------------------------------------------------------------


def _positive(net: nn.Module) -> nn.Module:
    """The same windows without cancellation: positive weights, averages for maxima, so no path has a zero gradient."""
    for parent in list(net.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.MaxPool2d):
                average = nn.AvgPool2d(child.kernel_size, child.stride, child.padding, child.ceil_mode)
                setattr(parent, name, average)
            elif isinstance(child, nn.ReLU6) or name == "classifier":
                setattr(parent, name, nn.Identity())
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in net.parameters():
            fan_in = max(1, prod(parameter.shape[1:]))
            parameter.copy_((torch.rand(parameter.shape, generator=generator) + 0.5) / fan_in)
    return net.double().eval()


@pytest.mark.parametrize(
    ("name", "size", "layers"),
    [
        ("lenet5", 32, ["features.conv1", "features.pool1", "features.conv2", "features.pool2"]),
        ("vgg11", 128, ["features.0", "features.2", "features.3", "features.8", "features.13"]),
        ("alexnet-2012", 227, ["features.conv1", "features.conv2", "features.conv3"]),
        ("resnet18", 192, ["conv1", "maxpool", "layer1.1.conv2", "layer2.0.downsample.0", "layer2.1.conv2"]),
        ("resnet50", 128, ["layer1.2.conv3", "layer2.0.conv2"]),
        ("squeezenet1_1", 95, ["features.3.expand3x3", "features.6.squeeze"]),
        ("googlenet", 128, ["inception3a.branch2.1.conv", "inception3b.branch4.1.conv"]),
        ("mobilenet_v2", 128, ["features.1.conv.0.0", "features.3.conv.1.0"]),
        ("densenet121", 128, ["features.denseblock1.denselayer2.conv2"]),
        ("inception-module", 28, ["branch3.conv", "branch4.project"]),
        ("nin", 99, ["features.mlpconv2.cccp2", "features.mlpconv3.conv"]),
    ],
)  # fmt: skip
def test_units_see_the_pixels_whose_gradient_is_not_zero(name: str, size: int, layers: list[str]) -> None:
    graph = network_graph(name, (size, size))
    net = _positive(catalogue.build(name))
    outputs: dict[str, Tensor] = {}
    for layer in layers:
        net.get_submodule(layer).register_forward_hook(
            lambda _m, _i, out, layer=layer: outputs.update({layer: out})
        )
    x = torch.ones(1, *graph.input_shape, dtype=torch.float64, requires_grad=True)
    net(x)
    for layer in layers:
        node, out = graph.by_name[layer], outputs[layer]
        assert tuple(out.shape[1:]) == node.out_shape and node.field is not None
        for y, column in ((out.shape[2] // 2, out.shape[3] // 2), (0, out.shape[3] - 1)):
            (gradient,) = torch.autograd.grad(out[0, 0, y, column], x, retain_graph=True)
            touched = gradient[0].abs().sum(0) > 0
            rows, columns = (torch.nonzero(touched.any(axis)).flatten() for axis in (1, 0))
            expected_rows = [n for n in node.field.rows(y) if 0 <= n < size]
            expected_columns = [n for n in node.field.columns(column) if 0 <= n < size]
            assert (int(rows[0]), int(rows[-1])) == (expected_rows[0], expected_rows[-1])
            assert (int(columns[0]), int(columns[-1])) == (expected_columns[0], expected_columns[-1])


@pytest.mark.parametrize(
    ("name", "layer", "expected"),
    [
        ("vgg16", "features.28", 196),  # conv5_3
        ("vgg16", "features.30", 212),
        ("alexnet-2012", "features.conv5", 163),
        ("alexnet-2012", "features.pool5", 195),
        ("resnet18", "layer4.1.conv2", 435),
        (
            "resnet50",
            "layer4.2.conv3",
            427,
        ),  # 483 where the stride is in the 1x1 convolution, as in the paper
        ("lenet5", "features.pool2", 16),
    ],
)
def test_known_receptive_fields(name: str, layer: str, expected: int) -> None:
    found = network_graph(name).by_name[layer].field
    assert found is not None and found.size == (expected, expected)


def test_the_papers_resnet50_sees_483_pixels() -> None:
    """The same arithmetic with the strides where the paper has them gives the figure of Araujo et al. (2019)."""
    net = catalogue.outline("resnet50")
    for stage in ("layer2", "layer3", "layer4"):
        block = net.get_submodule(f"{stage}.0")
        block.conv1.stride, block.conv2.stride = (2, 2), (1, 1)
    found = graph_of("", "", net, (3, 224, 224)).by_name["layer4.2.conv3"].field
    assert found is not None and found.size == (483, 483)


def test_cifar_nets_keep_their_windows_through_both_shortcuts() -> None:
    for shortcut in ("A", "B"):
        graph = graph_of("", "", residual_net(20, shortcut=shortcut).to("meta"), (3, 32, 32))  # type: ignore[arg-type]
        last = graph.by_name["stage3.block3.relu2"]
        # 1 + 2 for the first convolution, six at stride 1, then one at 1 and five at 2, one at 2 and five at 4.
        assert last.field is not None and last.field.size[0] == 3 + 2 * 6 + 2 + 4 * 5 + 4 + 8 * 5
    kinds = {type(layer.op) for layer in network_graph("resnet20-cifar").layers}
    assert Pool in kinds and Concat not in kinds and AdaptivePool in kinds
