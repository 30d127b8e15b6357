"""Edited networks against networks that were built that way, against torch, and in words where they break."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from engine.errors import UserError
from engine.networks.graphs.graph import Graph, Layer, measure
from engine.networks.graphs.ops import Add, Conv, Identity, Input, Linear, Op, Opaque, Pool
from engine.networks.graphs.what_if import Edit, Setting, apply, settings_in, settings_of, with_input
from tests.engine.networks.hand_graphs import Builder, alexnet, inception, lenet, resnet, run, vgg


def names(settings: tuple[Setting, ...]) -> list[str]:
    return [setting.name for setting in settings]


def same_numbers(one: Graph, other: Graph) -> bool:
    columns = ("name", "op", "out_shape", "params", "macs", "field")
    return [[getattr(n, c) for c in columns] for n in one.nodes] == [
        [getattr(n, c) for c in columns] for n in other.nodes
    ]


def test_other_classes_change_the_last_layer_only() -> None:
    graph = apply(resnet(), [Edit("fc", "outputs", 10)])
    assert same_numbers(graph, resnet(classes=10))
    assert graph.params == 25_557_032 - 990 * 2049


def test_a_wider_layer_is_felt_by_all_that_read_it() -> None:
    assert same_numbers(apply(lenet(), [Edit("conv1", "filters", 8)]), lenet(first=8))
    graph = apply(lenet(), [Edit("conv2", "filters", 20)])
    assert graph.by_name["fc3"].op == Linear(500, 120)


def test_the_chain_after_a_stride_agrees_with_torch() -> None:
    graph = apply(alexnet(), [Edit("features.conv1", "stride", 3), Edit("features.conv3", "dilation", 2)])
    values = run(graph, torch.zeros(3, 224, 224))
    assert {n.name: n.out_shape for n in graph.nodes} == {n: tuple(v.shape) for n, v in values.items()}


@given(st.data())
def test_any_edit_of_a_chain_gives_what_torch_gives(data: st.DataObject) -> None:
    """Whatever is set: torch accepts the net and gives these shapes and parameters, or both refuse."""
    graph = lenet()
    edits = []
    for layer in data.draw(
        st.lists(st.sampled_from(["conv1", "pool1", "conv2", "pool2", "fc3"]), max_size=3)
    ):
        setting = data.draw(st.sampled_from(settings_of(graph.by_name[layer].op)))
        legal = (
            st.sampled_from(setting.choices)
            if setting.choices
            else st.integers(setting.low, min(setting.high, 6))
        )
        edits.append(Edit(layer, setting.name, data.draw(legal)))
    changed = apply(graph, edits)
    if changed.problem:
        with pytest.raises((RuntimeError, ValueError)):
            run(changed, torch.zeros(1, 32, 32))
            torch_parameters(changed)
        return
    values = run(changed, torch.zeros(1, 32, 32))
    assert {n.name: n.out_shape for n in changed.nodes} == {n: tuple(v.shape) for n, v in values.items()}
    assert changed.params == torch_parameters(changed)


def torch_parameters(graph: Graph) -> int:
    modules: list[nn.Module] = []
    for layer in graph.layers:
        if isinstance(op := layer.op, Conv):
            modules.append(nn.Conv2d(op.in_channels, op.filters, op.kernel, groups=op.groups))
        elif isinstance(op, Linear):
            modules.append(nn.Linear(op.inputs, op.outputs))
    return sum(p.numel() for module in modules for p in module.parameters())


def test_a_layer_that_is_left_out_passes_its_input_on() -> None:
    graph = apply(vgg(), [Edit("features.conv3_2", "drop", 1), Edit("features.pool5", "drop", 1)])
    assert graph.by_name["features.conv3_2"].op == Identity()
    assert graph.by_name["flatten"].out_shape == (512 * 14 * 14,)
    kept = apply(vgg(), [Edit("features.pool5", "drop", 1), Edit("features.pool5", "drop", 0)])
    assert kept == vgg()


def test_the_later_of_two_edits_counts_and_none_changes_nothing() -> None:
    graph = lenet()
    assert apply(graph, []) is graph
    assert apply(graph, [Edit("conv1", "filters", 6)]) is graph
    assert same_numbers(
        apply(graph, [Edit("conv1", "filters", 9), Edit("conv1", "filters", 8)]), lenet(first=8)
    )


def test_a_depthwise_layer_follows_its_channels() -> None:
    b = Builder(3, 8, 8)
    b.conv("wide", 8, 1)
    b.add("depthwise", Conv(8, 16, (3, 3), padding=(1, 1), groups=8))
    b.conv("point", 4, 1)
    graph = apply(b.graph(), [Edit("wide", "filters", 12)])
    assert graph.by_name["depthwise"].op == Conv(12, 24, (3, 3), padding=(1, 1), groups=12)
    assert graph.by_name["point"].op == Conv(24, 4, (1, 1))
    assert names(settings_of(graph.by_name["depthwise"].op))[0] == "per_channel"
    more = apply(graph, [Edit("depthwise", "per_channel", 3)])
    assert more.by_name["depthwise"].out_shape == (36, 8, 8)


def test_groups_for_channels_that_another_edit_brings() -> None:
    edits = [Edit("conv1", "filters", 9), Edit("conv2", "filters", 18), Edit("conv2", "groups", 9)]
    graph = apply(lenet(), edits)
    assert graph.problem is None
    assert graph.by_name["conv2"].op == Conv(9, 18, (5, 5), groups=9)
    broken = apply(lenet(), edits[1:])
    assert broken.problem is not None
    assert broken.problem.sentence == "6 input channels cannot be divided into 9 groups."
    assert broken.problem.hint == "Choose a multiple of 9, or 6 groups."


def test_settings_of_every_kind_of_layer() -> None:
    conv = Conv(6, 16, (5, 5))
    assert names(settings_of(conv)) == [
        "filters",
        "kernel",
        "stride",
        "padding",
        "dilation",
        "groups",
        "drop",
    ]
    assert settings_of(conv)[5].choices == (1, 2)
    sided = Conv(6, 16, (1, 7), padding=(0, 3))
    assert names(settings_of(sided)) == [
        *("filters", "kernel_height", "kernel_width", "stride", "padding_height", "padding_width"),
        *("dilation", "groups", "drop"),
    ]
    assert names(settings_of(Pool("max", (2, 2), (2, 2)))) == ["kernel", "stride", "padding", "drop"]
    assert names(settings_of(Linear(3, 4))) == ["outputs", "drop"]
    nothing: tuple[Op, ...] = (Input((3, 4, 4)), Add(), Identity())
    assert [settings_of(op) for op in nothing] == [(), (), ()]
    assert names(settings_in(lenet(), "output")) == ["outputs"]


def test_sides_can_be_set_alone_and_together() -> None:
    b = Builder(1, 20, 20)
    b.conv("sided", 2, (1, 7))
    b.conv("last", 2, 1)
    graph = apply(b.graph(), [Edit("sided", "kernel_height", 7)])
    assert graph.by_name["sided"].out_shape == (2, 14, 14)
    graph = apply(b.graph(), [Edit("sided", "kernel", 3), Edit("sided", "kernel_width", 2)])
    assert graph.by_name["sided"].out_shape == (2, 18, 19)
    assert graph.by_name["sided"].label == "Conv 3×2, 2"


@given(st.sampled_from([lenet(), resnet((1, 1), size=64), inception()]), st.data())
def test_every_setting_that_is_offered_can_be_set(graph: Graph, data: st.DataObject) -> None:
    """An op takes the value on, and offers it as its present one; "drop" leaves nothing to be set."""
    node = data.draw(st.sampled_from([node for node in graph.nodes if settings_in(graph, node.name)]))
    setting = data.draw(st.sampled_from(settings_in(graph, node.name)))
    value = data.draw(st.sampled_from((setting.low, setting.high, *setting.choices)))
    changed = apply(graph, [Edit(node.name, setting.name, value)])
    op = next(layer.op for layer in changed.layers if layer.name == node.name)
    if setting.name == "drop":
        assert (op == Identity()) == bool(value)
        return
    now = {one.name: one.value for one in settings_of(op)}
    both = setting.name.partition("_")[0]  # sides that are equal now are one setting
    assert now.get(setting.name, now.get(both)) == value


@pytest.mark.parametrize(
    ("edit", "sentence", "hint"),
    [
        (Edit("conv9", "filters", 3), "There is no layer “conv9” in LeNet-5.", "another network"),
        (Edit("conv1", "colour", 3), "“colour” is not a setting of conv1", "filters, kernel, stride"),
        (Edit("pool1", "filters", 3), "“filters” is not a setting of pool1", "kernel, stride, padding, drop"),
        (Edit("flatten", "drop", 1), "“drop” is not a setting of flatten", "none"),
        (Edit("output", "drop", 1), "“drop” is not a setting of output", "outputs"),
        (Edit("conv1", "stride", 0), "Stride of conv1 cannot be 0: it goes from 1 to 8.", "stride: 1."),
        (Edit("conv1", "filters", 99999), "Filters of conv1 cannot be 99999", "filters: 4096."),
        (Edit("pool1", "padding", -1), "Padding of pool1 cannot be -1", "padding: 0."),
        (Edit("conv1", "kernel_height", 99), "Kernel height of conv1 cannot be 99", "kernel_height: 15."),
    ],
)
def test_edits_that_cannot_be_made(edit: Edit, sentence: str, hint: str) -> None:
    with pytest.raises(UserError) as caught:
        apply(lenet(), [edit])
    assert sentence in caught.value.sentence
    assert hint in caught.value.hint


def problem_of(graph: Graph, *edits: Edit) -> tuple[str, str, str]:
    changed = apply(graph, edits)
    assert changed.problem is not None
    return changed.problem.layer, changed.problem.sentence, changed.problem.hint


def test_a_broken_sum_names_both_ways_and_a_cure_that_mends_it() -> None:
    edit = Edit("layer2.1.conv3", "filters", 500)
    layer, sentence, hint = problem_of(resnet(), edit)
    assert layer == "layer2.1.add"
    assert sentence == (
        "28 × 28 × 500 (from layer2.1.bn3) and 28 × 28 × 512 (from layer2.0.relu_out) "
        "cannot be added value by value at layer2.1.add."
    )
    assert hint.startswith("Give layer2.1.conv3 512 filters, or put a 1×1 convolution (Wₛ)")
    assert apply(resnet(), [edit, Edit("layer2.1.conv3", "filters", 512)]).problem is None


def test_a_cure_never_names_a_layer_that_both_ways_share() -> None:
    b = Builder(3, 8, 8)
    first = b.conv("first", 4, 1)
    second = b.conv("second", 4, 1)
    b.add("join", Add(), first, second)
    _, _, hint = problem_of(b.graph(), Edit("second", "filters", 7))
    assert hint.startswith("Give second 4 filters")


def test_ways_at_different_strides() -> None:
    _, sentence, hint = problem_of(resnet(), Edit("layer3.2.conv2", "stride", 2))
    assert "7 × 7 × 1024 (from layer3.2.bn3) and 14 × 14 × 1024" in sentence
    assert hint.startswith("The two ways move at different strides")


def test_a_way_that_loses_its_border() -> None:
    _, sentence, hint = problem_of(resnet(), Edit("layer3.2.conv2", "padding", 0))
    assert "12 × 12 × 1024" in sentence
    assert "padding of half the kernel" in hint
    assert (
        apply(resnet(), [Edit("layer3.2.conv2", "kernel", 5), Edit("layer3.2.conv2", "padding", 2)]).problem
        is None
    )


def test_a_broken_stack_names_the_branch_that_differs() -> None:
    layer, sentence, hint = problem_of(inception(), Edit("module.branch2.conv", "stride", 2))
    assert layer == "module.join"
    assert "14 × 14 × 4 (from module.branch1.conv), 7 × 7 × 6 (from module.branch2.conv)" in sentence
    assert hint.startswith("module.branch2.conv ends in another size than the other branches")


def test_a_window_that_does_not_fit() -> None:
    edits = (Edit("features.conv1", "stride", 8), Edit("features.conv2", "stride", 8))
    assert problem_of(alexnet(), *edits)[:2] == (
        "features.pool2",
        "A window of 3 rows does not fit into 2.",
    )


def test_numbers_before_a_break_are_kept() -> None:
    graph = apply(resnet(), [Edit("layer2.1.conv3", "filters", 500)])
    assert graph.nodes[-1].name == "layer2.1.bn3"
    assert len(graph.layers) == len(resnet().layers)
    mended = apply(graph, [Edit("layer2.1.conv3", "filters", 512)])
    assert same_numbers(mended, resnet())


def test_another_input_size() -> None:
    assert same_numbers(with_input(resnet(), (320, 320)), resnet(size=320))
    graph = with_input(lenet(), (36, 28))
    assert graph.by_name["fc3"].op == Linear(6 * 4 * 16, 120)
    assert with_input(graph, (36, 28)) is graph
    small = with_input(lenet(), (8, 8))
    assert small.problem is not None and small.problem.layer == "conv2"


@pytest.mark.parametrize("size", [(0, 32), (32, 5000)])
def test_input_sizes_out_of_range(size: tuple[int, int]) -> None:
    with pytest.raises(UserError, match=r"The nearest size: (1|2048)\."):
        with_input(lenet(), size)


def test_a_layer_that_was_measured_for_one_size_forbids_another() -> None:
    shape = (4, 6, 6)
    layers = [
        Layer("input", Input((3, 6, 6))),
        Layer("conv", Conv(3, 4, (1, 1)), ("input",)),
        Layer("roll", Opaque("Roll", (shape,), shape), ("conv",)),
    ]
    with pytest.raises(UserError, match="roll was measured for one size"):
        with_input(measure("net", "Net", layers), (7, 7))


def test_edits_are_plain_values() -> None:
    edit = Edit("conv1", "filters", 8)
    assert Edit(**json.loads(json.dumps(asdict(edit)))) == edit
