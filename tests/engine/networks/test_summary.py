"""The table of a network: rows, totals, shares, text."""

from __future__ import annotations

import csv
import io
from collections import OrderedDict
from collections.abc import Generator
from typing import Any

import pytest
import torch
import torchvision
from torch import nn

from engine.context import Context, Idle
from engine.errors import UserError
from engine.handlers import HANDLERS, load
from engine.jobs import JobCancelled
from engine.networks import catalogue
from engine.networks import describe as describing
from engine.networks.describe import describe, network_graph, smallest_size
from engine.networks.graphs.graph import Graph
from engine.networks.graphs.meta_run import STEP
from engine.networks.requests import DescribeNetwork
from engine.networks.summary import COLUMNS, CONVENTION, summarize

LENET = {
    # layer: (shape, parameters, MACs, receptive field), worked out by hand
    "features.conv1": ((6, 28, 28), 6 * 26, 28 * 28 * 6 * 25, 5),
    "features.pool1": ((6, 14, 14), 0, 0, 6),
    "features.conv2": ((16, 10, 10), 16 * (150 + 1), 10 * 10 * 16 * 150, 14),
    "features.pool2": ((16, 5, 5), 0, 0, 16),
    "classifier.fc3": ((120,), 120 * 401, 48_000, 32),
    "classifier.fc4": ((84,), 84 * 121, 10_080, 32),
    "classifier.output": ((10,), 850, 840, 32),
}


def test_lenet_by_hand() -> None:
    summary = summarize("lenet5")
    rows = {row.name: row for row in summary.rows}
    for name, (shape, params, macs, field) in LENET.items():
        row = rows[name]
        assert (row.out_shape, row.params, row.macs) == (shape, params, macs)
        assert row.receptive_field == (field, field)
    assert (summary.params, summary.macs) == (61_706, 416_520)
    biases = 6 * 28 * 28 + 16 * 10 * 10 + 120 + 84 + 10
    assert summary.bias_adds == biases and summary.flops == 2 * 416_520 + biases


@pytest.mark.parametrize("name", ["lenet5", "resnet18", "googlenet-aux", "vit_b_32"])
def test_totals_and_shares_are_those_of_the_rows(name: str) -> None:
    summary = summarize(name)
    for whole, part in (
        (summary.params, "params"), (summary.macs, "macs"), (summary.flops, "flops"),
        (summary.activation_bytes, "activation_bytes"), (summary.activations, "activations"),
    ):  # fmt: skip
        assert whole == sum(getattr(row, part) for row in summary.rows)
    for share in ("params_share", "macs_share", "memory_share"):
        assert sum(getattr(row, share) for row in summary.rows) == pytest.approx(1, abs=1e-12)
    assert summary.activation_bytes == 4 * summary.activations


def test_csv_can_be_read_back() -> None:
    summary = summarize("squeezenet1_1")
    head, *lines, total = csv.reader(io.StringIO(summary.to_csv()))
    assert tuple(head) == COLUMNS and len(lines) == len(summary.rows)
    assert [int(line[4]) for line in lines] == [row.params for row in summary.rows]
    assert total[0] == "Total" and int(total[5]) == sum(int(line[5]) for line in lines) == summary.macs


def test_markdown_says_what_is_counted() -> None:
    text = summarize("alexnet-2012").to_markdown()
    assert "60,965,224" in text and CONVENTION in text and "227×227" in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1 and len(table) == 3 + len(
        summarize("alexnet-2012").rows
    )


@pytest.mark.parametrize("size", [96, (96, 96), (3, 96, 96), [3, 96, 96], torch.Size((1, 3, 96, 96))])
def test_sizes_are_taken_in_every_usual_form(size: object) -> None:
    assert summarize("resnet18", size).input_shape == (3, 96, 96)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(1, 32, 32), (2, 3, 32, 32), (5,), (3, 0, 4), 100_000])
def test_sizes_that_are_none_are_refused(size: object) -> None:
    with pytest.raises(UserError):
        summarize("resnet18", size)  # type: ignore[arg-type]


def test_a_module_of_ones_own() -> None:
    net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 2)).train()
    summary = summarize(net, (3, 6, 6))
    assert summary.params == sum(p.numel() for p in net.parameters())
    assert summary.macs == 36 * 8 * 27 + 2 * 8 * 36
    assert net.training and all(p.device.type == "cpu" for p in net.parameters())
    with pytest.raises(UserError, match="channels, height, width"):
        summarize(net, 6)
    with pytest.raises(UserError, match="5 × 5 × 3"):
        summarize(net, (3, 5, 5))


def test_a_module_that_looks_at_its_input_is_refused() -> None:
    class Choosy(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x if x.sum() > 0 else -x

    with pytest.raises(UserError, match="to decide"):
        summarize(Choosy(), (1, 2, 2))


OTHER_SIZES = [e.name for e in catalogue.architectures() if e.from_torchvision and e.input_shape[1] != 224]


@pytest.mark.parametrize("name", OTHER_SIZES)
def test_other_sizes_of_torchvisions_nets(name: str) -> None:
    """Those made for 224 pixels are described at that size in test_catalogue; here come the others."""
    summary = summarize(name, 224)
    published = torchvision.models.get_model_weights(name).DEFAULT.meta["_ops"]
    larger = catalogue.architecture(name).input_shape[1] > 224
    assert summary.rows[-1].out_shape == (1000,) and (summary.macs / 1e9 < published) is larger


def test_inception_leaves_its_side_branch_out_where_it_does_not_fit() -> None:
    small, usual = network_graph("inception_v3", (224, 224)), network_graph("inception_v3")
    side = {layer.name for layer in usual.layers} - {layer.name for layer in small.layers}
    assert side and all(name.startswith("AuxLogits") for name in side)
    assert any("side branch is left out" in note for note in small.notes)


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [
        ("vgg16", (8, 8), "smallest square picture that it takes is 32 × 32"),
        ("lenet5", (64, 64), "made for 32 × 32"),
        ("vit_b_16", (230, 230), "224 × 224 only"),
        ("alexnet", (0, 10), "from 1 to"),
        ("inception_v3", (40, 40), "75 × 75"),
    ],
)
def test_pictures_that_do_not_fit_are_refused_in_words(name: str, size: tuple[int, int], words: str) -> None:
    with pytest.raises(UserError) as caught:
        network_graph(name, size)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["alexnet", "densenet121", "googlenet", "inception_v3", "resnet18", "squeezenet1_0", "squeezenet1_1", "vgg16",
     "mobilenet_v2", "mnasnet1_0", "shufflenet_v2_x1_0", "convnext_tiny"],
)  # fmt: skip
def test_the_smallest_picture_is_that_which_torchvision_states(name: str) -> None:
    stated = torchvision.models.get_model_weights(name).DEFAULT.meta["min_size"]
    assert (smallest_size(name),) * 2 == stated


def described(name: str, size: tuple[int, int] | None = None) -> tuple[Graph, int]:
    """What the handler answers, run in the mode of the engine's steps, and in how many steps."""
    handler = load(HANDLERS["engine.networks.requests.DescribeNetwork"])
    assert handler is describe
    steps, count = handler(DescribeNetwork(name, size), Context()), 0
    while True:
        count += 1
        try:
            with torch.inference_mode():
                next(steps)
        except StopIteration as stop:
            return stop.value, count


@pytest.fixture
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(describing, "_known", OrderedDict())


@pytest.mark.parametrize("name", ["lenet5", "vit_b_32", "swin_t", "regnet_x_400mf"])
def test_the_handler_answers_in_inference_mode(name: str, nothing_known: None) -> None:
    graph, steps = described(name)
    assert steps > 2 and graph.params == sum(p.numel() for p in catalogue.outline(name).parameters())
    assert described(name) == (graph, 1)  # remembered
    assert described(name)[0] is graph is network_graph(name)
    assert graph.macs == summarize(name).macs


def test_large_networks_are_described_in_many_steps(nothing_known: None) -> None:
    calls = len(network_graph("densenet201").nodes)
    describing.forget()
    assert described("densenet201")[1] > calls / STEP


def test_a_description_that_nobody_wants_ends_between_two_steps(nothing_known: None) -> None:
    steps = describe(DescribeNetwork("densenet201"), Context())
    for _ in range(4):
        next(steps)
    with pytest.raises(JobCancelled):
        steps.throw(JobCancelled())
    assert not describing._known
    assert described("alexnet")[0].params == 61_100_840  # nothing was left behind


@pytest.mark.parametrize(("name", "waits"), [("resnet18", True), ("lenet5", False)])
def test_the_engine_does_not_wait_for_torchvision_itself(
    nothing_known: None, monkeypatch: pytest.MonkeyPatch, name: str, waits: bool
) -> None:
    def still_importing(module: str, context: Context) -> Generator[Idle, None, None]:
        assert module == "torchvision.models"
        yield context.idle(0.1)

    monkeypatch.setattr(describing, "imported", still_importing)
    assert isinstance(next(describe(DescribeNetwork(name), Context())), Idle) is waits


def test_a_refused_size_traces_the_usual_one_once(
    nothing_known: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    traced: list[tuple[int, ...]] = []
    tracing = describing.graph_steps

    def spy(*args: Any, **more: Any) -> Generator[None, None, Graph]:
        traced.append(args[3])
        return tracing(*args, **more)

    monkeypatch.setattr(describing, "graph_steps", spy)
    for _ in range(2):
        with pytest.raises(UserError, match="The smallest square picture"):
            described("alexnet", (30, 30))
    assert traced == [(3, 30, 30), (3, 224, 224), (3, 30, 30)]
