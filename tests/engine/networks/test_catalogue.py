"""Every network of the catalogue is what it says: its shapes, its parameters, its operations, its weights."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from engine.errors import UserError
from engine.networks import catalogue
from engine.networks.describe import network_graph
from engine.networks.weights import records
from engine.networks.zoo.inception import inception_3a
from engine.networks.zoo.residual_nets import residual_net

FIGURES = {
    # name: (parameters, MACs or None)
    "lenet5": (61_706, 416_520),
    "lenet5-1998": (61_706, 416_520),
    "lenet5-course": (62_958, None),
    "cifar10-example": (12 * 28 + 10 * (12 * 16 * 16 + 1), 32 * 32 * 12 * 27 + 10 * 12 * 16 * 16),
    "alexnet": (61_100_840, None),
    "alexnet-2012": (60_965_224, None),
    "vgg16": (138_357_544, 15_470_264_320),
    "vgg19": (143_667_240, None),
    "nin": (7_595_176, None),
    "googlenet": (6_624_904, None),
    "googlenet-aux": (13_004_888, None),
    "resnet50": (25_557_032, 4_089_184_256),
    "mobilenet_v1": (4_231_976, 568_740_352),  # the paper: 4.2 million parameters, 569 million mult-adds
    "resnet20-cifar": (269_722, None),
    "resnet56-cifar": (853_018, None),
    "plain56-cifar": (853_018, None),
}
"""What the papers, the issue or the hand give."""

LINEAR_WEIGHTS = {"vit_h_14": "IMAGENET1K_SWAG_LINEAR_V1"}
"""Networks that are described at another size than their default weights were made for."""


def test_the_list_begins_with_the_nets_to_teach_with() -> None:
    first = (
        "lenet5",
        "lenet5-1998",
        "lenet5-course",
        "cifar10-example",
        "tinyvgg",
        "alexnet",
        "alexnet-2012",
    )
    assert catalogue.names()[:7] == first
    assert len(set(catalogue.names())) == len(catalogue.names()) == len(catalogue.architectures())


def test_the_list_has_every_classifier_of_torchvision() -> None:
    ours = {entry.name for entry in catalogue.architectures() if entry.from_torchvision}
    assert ours == set(torchvision.models.list_models(module=torchvision.models))


@pytest.mark.parametrize("entry", catalogue.architectures(), ids=lambda entry: entry.name)
def test_entries_say_what_a_list_shows(entry: catalogue.Architecture) -> None:
    assert catalogue.architecture(entry.name) is entry
    assert entry.title and entry.family and entry.paper and 1989 < entry.year < 2030
    assert len(entry.input_shape) == 3
    if entry.from_torchvision and entry.name not in LINEAR_WEIGHTS:
        published = torchvision.models.get_model_weights(entry.name).DEFAULT
        assert entry.input_shape == (3, *published.transforms().crop_size * 2)


def test_an_unknown_name_is_answered_with_similar_ones() -> None:
    with pytest.raises(UserError, match="resnet50") as caught:
        catalogue.build("resnet-50")
    assert "no network" in caught.value.sentence
    with pytest.raises(UserError, match="lists all"):
        catalogue.architecture("")


def test_listing_and_tables_import_no_torch() -> None:
    code = (
        "import sys, engine.networks.catalogue as c, engine.networks.summary; c.architectures(); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'torchvision')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", catalogue.names())
def test_every_network_is_counted_as_torch_counts_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Second route: torch's own counter around a plain call, with no trace of ours; torchvision's published figures."""
    # Nothing in it is counted, and on the meta device it takes most of the time; hooks see it in test_tracing.
    monkeypatch.setattr(nn.BatchNorm2d, "forward", lambda _self, x: x)
    entry, graph = catalogue.architecture(name), network_graph(name)
    net = catalogue.outline(name)
    assert graph.problem is None and graph.input_shape == entry.input_shape
    assert graph.params == sum(parameter.numel() for parameter in net.parameters())
    # The side branches of torchvision's Inception nets run in training mode only.
    net.training = bool(getattr(net, "aux_logits", False))
    with FlopCounterMode(display=False) as counter:
        output = net(torch.empty(1, *entry.input_shape, device="meta"))
    assert 2 * graph.macs == counter.get_total_flops()
    main = output[0] if isinstance(output, tuple) else output
    assert main.shape[1:] == graph.output.out_shape
    if entry.classes:
        assert graph.output.out_shape == (entry.classes,)
    if entry.from_torchvision:
        _as_published(name, graph.params, graph.macs)


def _as_published(name: str, params: int, macs: int) -> None:
    every = torchvision.models.get_model_weights(name)
    meta = (every[LINEAR_WEIGHTS[name]] if name in LINEAR_WEIGHTS else every.DEFAULT).meta
    assert params == meta["num_params"]
    # Published in thousands of millions with three decimals. Inception's side branch is in its parameters only:
    # 1x1 to 128 and 5x5 to 768 maps on 5x5 positions, and the linear layer.
    side = 5 * 5 * 768 * 128 + 768 * 128 * 5 * 5 + 768 * 1000 if name == "inception_v3" else 0
    assert abs((macs - side) / 1e9 - meta["_ops"]) <= 0.000501


@pytest.mark.parametrize("name", FIGURES)
def test_known_figures(name: str) -> None:
    params, macs = FIGURES[name]
    graph = network_graph(name)
    assert graph.params == params
    assert macs is None or graph.macs == macs


def test_rounded_figures_of_the_literature() -> None:
    assert round(network_graph("vgg16").macs / 1e9, 3) == 15.470
    assert round(network_graph("resnet50").macs / 1e9, 3) == 4.089


@pytest.mark.parametrize("name", ["lenet5", "lenet5-1998", "lenet5-course", "cifar10-example", "tinyvgg"])
def test_small_nets_run_in_evaluation_mode(name: str) -> None:
    net = catalogue.build(name)
    assert not any(module.training for module in net.modules())
    assert net(torch.zeros(2, *catalogue.architecture(name).input_shape)).shape == (2, 10)


def test_alexnet_of_2012_has_the_volumes_of_the_paper() -> None:
    by_name = network_graph("alexnet-2012").by_name
    layers = ("conv1", "conv2", "conv3", "conv4", "conv5", "pool5")
    assert [by_name[f"features.{layer}"].out_shape for layer in layers] == [
        (96, 55, 55), (256, 27, 27), (384, 13, 13), (384, 13, 13), (256, 13, 13), (256, 6, 6),
    ]  # fmt: skip


def test_response_normalisation_is_that_of_the_paper() -> None:
    """b_i = a_i / (2 + 1e-4 * sum of a_j squared over five neighbouring maps) ** 0.75."""
    norm = catalogue.build("alexnet-2012").get_submodule("features.norm1")
    a = torch.randn(1, 9, 2, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1)) * 100
    expected = torch.empty_like(a)
    for i in range(9):
        around = a[:, max(0, i - 2) : i + 3].square().sum(1)
        expected[:, i] = a[:, i] / (2 + 1e-4 * around) ** 0.75
    torch.testing.assert_close(norm(a), expected, rtol=1e-12, atol=0)


def test_network_in_network_has_the_volumes_of_its_authors() -> None:
    by_name = network_graph("nin").by_name
    sizes = [by_name[f"features.{name}"].out_shape for name in ("mlpconv1.relu3", "pool1", "pool2", "pool3")]
    assert sizes == [(96, 54, 54), (96, 27, 27), (256, 13, 13), (384, 6, 6)]


def test_the_inception_module_stacks_its_branches() -> None:
    module = inception_3a().eval()
    x = torch.randn(1, 192, 28, 28, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        out = module(x)
        parts = [module.get_submodule(f"branch{n}")(x) for n in (1, 2, 3, 4)]
    assert [part.shape[1] for part in parts] == [64, 128, 32, 32] and out.shape == (1, 256, 28, 28)
    torch.testing.assert_close(out, torch.cat(parts, 1))
    assert float(out.min()) >= 0  # no branch ends without its ReLU


def test_googlenet_with_side_branches_has_three_outputs_while_it_is_trained() -> None:
    net = catalogue.outline("googlenet-aux").train()
    outputs = net(torch.empty(2, 3, 64, 64, device="meta"))
    assert [out.shape for out in outputs] == [(2, 1000)] * 3
    assert net.eval()(torch.empty(1, 3, 64, 64, device="meta")).shape == (1, 1000)


@pytest.mark.parametrize("shortcut", ["A", "B"])
def test_residual_nets_add_what_they_skip(shortcut: str) -> None:
    net = residual_net(8, shortcut=shortcut, width=4).eval()  # type: ignore[arg-type]
    block = net.get_submodule("stage2.block1")
    x = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        for norm in (block.norm2,):
            norm.weight.zero_()  # the way through the convolutions gives zero: the skip alone is left
        out = block(x)
        skip = block.shortcut(x)
    torch.testing.assert_close(out, skip.relu())
    if shortcut == "A":
        torch.testing.assert_close(skip[:, :4], x[:, :, ::2, ::2])
        assert skip.shape == (1, 8, 4, 4) and not skip[:, 4:].any()


@pytest.mark.parametrize("depth", [20, 56])
def test_plain_nets_are_the_same_without_skips(depth: int) -> None:
    plain, residual = residual_net(depth, residual=False), residual_net(depth, shortcut="A")
    assert {k: v.shape for k, v in plain.state_dict().items()} == {
        k: v.shape for k, v in residual.state_dict().items()
    }
    weighted = [m for m in plain.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(weighted) == depth
    no_norm = residual_net(depth, batch_norm=False)
    assert not any(isinstance(m, nn.BatchNorm2d) for m in no_norm.modules())
    assert all(m.bias is not None for m in no_norm.modules() if isinstance(m, nn.Conv2d))


@pytest.mark.parametrize("depth", [0, 2, 9, 57])
def test_depths_that_do_not_exist_are_refused(depth: int) -> None:
    with pytest.raises(UserError, match="6n"):
        residual_net(depth)


def test_weights_come_from_a_path(tmp_path: Path) -> None:
    state = catalogue.build("lenet5").state_dict()
    for file, save in (("a.safetensors", save_file), ("a.pth", torch.save)):
        save(state, tmp_path / file)
        loaded = catalogue.build("lenet5", tmp_path / file)
        assert not loaded.training
        for name, value in loaded.state_dict().items():
            torch.testing.assert_close(value, state[name], rtol=0, atol=0)
    with pytest.raises(UserError):
        catalogue.build("tinyvgg", tmp_path / "a.pth")
    with pytest.raises(UserError):
        catalogue.build("lenet5", str(tmp_path / "nowhere.pth"))


def test_bundled_weights_are_found_by_their_architecture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "BUNDLED_FOLDER", tmp_path)
    state = {name: value.half() for name, value in catalogue.build("lenet5").state_dict().items()}
    metadata = {
        "architecture": "lenet5", "title": "Digits", "classes": json.dumps([str(n) for n in range(10)]),
        "mean": "[0.1]", "std": "[0.3]", "test_accuracy": "0.99", "licence": "MIT",
    }  # fmt: skip
    save_file(state, tmp_path / "lenet5-digits.safetensors", metadata)
    for value, stored in zip(catalogue.build("lenet5", "bundled").parameters(), state.values(), strict=True):
        assert value.dtype == torch.float32
        torch.testing.assert_close(value.data, stored.float(), rtol=0, atol=0)
    with pytest.raises(UserError, match="come with the program"):
        catalogue.build("vgg16", "bundled")


def test_default_weights_that_are_not_here_are_said_to_be_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_MODELS", str(tmp_path))
    with pytest.raises(UserError, match="on this computer"):
        catalogue.build("squeezenet1_0", "default")


def test_published_inception_weights_bring_their_normalisation(tmp_path: Path) -> None:
    plain = catalogue.build("googlenet")
    torch.save(plain.state_dict(), tmp_path / "g.pth")
    loaded = catalogue.build("googlenet", tmp_path / "g.pth")
    x = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    as_tf = (
        x * torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
        + torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    ) * 2 - 1
    with torch.no_grad():
        torch.testing.assert_close(loaded(x), plain(as_tf), rtol=1e-4, atol=1e-5)
