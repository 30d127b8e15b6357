"""Folding: nothing is lost, everything is in order, and what is shown first reads well."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.networks.describe import network_graph
from engine.networks.graphs.folding import LIMIT, Folded, default_open, fold, reveal
from engine.networks.graphs.graph import Graph, Layer, measure
from engine.networks.graphs.groups import groups_of
from engine.networks.graphs.ops import Activation, Add, Concat, Conv, Input
from engine.networks.graphs.what_if import Edit, apply
from tests.engine.networks.hand_graphs import Builder, alexnet, inception, lenet, resnet, vgg

SHAPE = (4, 5, 5)


@st.composite
def nets(draw: st.DrawFn) -> Graph:
    """Any directed graph of layers in any nesting of modules, those that are called again among them."""
    layers = [Layer("input", Input(SHAPE))]
    for index in range(draw(st.integers(1, 14))):
        names = [layer.name for layer in layers]
        sources = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
        parts = draw(st.lists(st.sampled_from("abc"), max_size=3))
        path = tuple(".".join(parts[: end + 1]) for end in range(len(parts)))
        op = Conv(4, 4, (1, 1)) if len(sources) == 1 else Add()
        layers.append(Layer(".".join([*parts, f"layer{index}"]), op, tuple(sources), path))
    return measure("net", "Net", layers)


def check(folded: Folded) -> None:
    """Every layer once, every connection once, every item behind those that it reads."""
    graph = folded.graph
    inside = [layer for item in folded.items for layer in item.layers]
    assert sorted(inside) == sorted(layer.name for layer in graph.layers)
    assert len({item.name for item in folded.items}) == len(folded.items)
    holder = {layer: item.name for item in folded.items for layer in item.layers}
    across = [pair for pair in graph.edges() if holder[pair[0]] != holder[pair[1]]]
    assert sorted(pair for edge in folded.edges for pair in edge.layers) == sorted(across)
    place = {item.name: index for index, item in enumerate(folded.items)}
    for edge in folded.edges:
        assert place[edge.source] < place[edge.target]
        assert {holder[source] for source, _ in edge.layers} == {edge.source}
        assert {holder[target] for _, target in edge.layers} == {edge.target}
        assert {graph.by_name[source].out_shape for source, _ in edge.layers} == {edge.shape}
    assert sum(item.params for item in folded.items) == graph.params
    assert sum(item.macs for item in folded.items) == graph.macs
    for item in folded.items:
        assert set(item.path) <= folded.open_groups
        assert folded.item_of[item.layers[0]] == item


@settings(max_examples=200)
@given(nets(), st.data())
def test_nothing_is_lost(graph: Graph, data: st.DataObject) -> None:
    groups = sorted(groups_of(graph))
    chosen = data.draw(st.sets(st.sampled_from(groups))) if groups else set()
    for opened in (chosen, (), groups, None):
        for stack in (False, True):
            check(fold(graph, opened, stack=stack))


@given(nets())
def test_open_groups_show_every_layer(graph: Graph) -> None:
    folded = fold(graph, groups_of(graph))
    assert [item.layers for item in folded.items] == [(item.name,) for item in folded.items]
    assert not any(item.groups for item in folded.items)


@given(nets(), st.data())
def test_reveal_shows_a_layer(graph: Graph, data: st.DataObject) -> None:
    layer = data.draw(st.sampled_from([layer.name for layer in graph.layers]))
    assert fold(graph, reveal(graph, layer, ())).item_of[layer].name == layer


def titles(graph: Graph, opened: Iterable[str] | None = None, stack: bool = False) -> list[str]:
    return [item.title for item in fold(graph, opened, stack=stack).items]


def test_small_nets_are_open_at_first() -> None:
    for graph in (lenet(), alexnet(), vgg(), inception()):
        assert default_open(graph) == frozenset(groups_of(graph))


def test_a_deep_net_shows_its_blocks() -> None:
    graph = resnet()
    assert default_open(graph) == {"layer1", "layer2", "layer3", "layer4"}
    assert len(fold(graph).items) == 24
    assert titles(graph, (), stack=True)[5:9] == ["layer1", "layer2", "layer3", "layer4"]


def test_a_very_deep_net_shows_its_stages() -> None:
    graph = resnet((3, 8, 36, 3))
    assert default_open(graph) == frozenset()
    assert len(fold(graph).items) <= LIMIT


def test_a_container_of_nearly_everything_is_open() -> None:
    b = Builder(3, 8, 8)
    b.path = ("features",)
    for index in range(60):
        b.add(f"relu{index}", Activation("ReLU"))
    assert len(fold(b.graph()).items) == 61


def test_identical_neighbours_are_named_and_stacked() -> None:
    graph = resnet()
    loose = fold(graph)
    block = loose.by_name["layer3.2"]
    assert block.identical == tuple(f"layer3.{n}" for n in range(1, 6))
    assert loose.by_name["layer3.0"].identical == ()
    stacked = fold(graph, stack=True)
    item = stacked.item_of["layer3.4.conv2"]
    assert (item.name, item.title, item.copies, item.kind) == ("layer3.1", "layer3.1 … layer3.5", 5, "stack")
    assert item.subtitle == "5 identical blocks of 10 layers"
    assert item.params == 5 * block.params and item.count == 50
    assert item.out_shape == (1024, 14, 14)
    assert item.field == graph.by_name["layer3.5.relu_out"].field
    check(stacked)


def test_a_stack_is_taken_apart_by_naming_one_of_it() -> None:
    folded = fold(resnet(), stack=True, apart=("layer3.3",))
    assert [item.name for item in folded.items if item.name.startswith("layer3")] == [
        f"layer3.{n}" for n in range(6)
    ]
    assert len(folded.by_name["layer3.1"].identical) == 5
    assert folded.by_name["layer2.1"].kind == "stack"


def test_a_block_that_was_changed_is_not_identical() -> None:
    graph = apply(resnet(), [Edit("layer3.3.conv1", "filters", 100)])
    assert graph.problem is None
    folded = fold(graph)
    assert folded.by_name["layer3.3"].identical == ()
    assert folded.by_name["layer3.1"].identical == ("layer3.1", "layer3.2")
    assert folded.by_name["layer3.4"].identical == ("layer3.4", "layer3.5")


def test_one_group_is_opened_inside_another() -> None:
    folded = fold(resnet(), ("layer1", "layer1.0"))
    assert folded.item_of["layer1.0.conv1"].path == ("layer1", "layer1.0")
    assert folded.item_of["layer1.0.downsample.0"].name == "layer1.0.downsample"
    assert folded.item_of["layer1.1.conv1"].name == "layer1.1"
    assert folded.frames == ("layer1", "layer1.0")
    hidden = fold(resnet(), ("layer1.0",))
    assert hidden.item_of["layer1.0.conv1"].name == "layer1"


def test_groups_say_what_they_are() -> None:
    groups = groups_of(resnet())
    assert groups["layer1"].nature == "3 blocks, 32 layers"
    assert groups["layer1.0"].nature == "residual block, 12 layers"
    assert groups["layer1.0.downsample"].nature == "Conv 1×1, 256 · Batch norm"
    assert groups_of(inception())["module"].nature == "4 branches, 9 layers"
    assert groups_of(inception())["module"].children == tuple(f"module.branch{n}" for n in (2, 3, 4))


def test_wrappers_and_single_layers_are_no_groups() -> None:
    b = Builder(3, 8, 8)
    b.path = ("features", "features.0", "features.0.block")
    b.conv("conv", 4, 3)
    b.add("relu", Activation("ReLU"))
    b.path = ("features", "features.1")
    b.conv("conv", 4, 3)
    assert list(groups_of(b.graph())) == ["features", "features.0"]


def test_a_module_that_is_called_again_is_cut_so_that_it_can_be_drawn() -> None:
    layers = [
        Layer("input", Input(SHAPE)),
        Layer("shared.one", Activation("ReLU"), ("input",), ("shared",)),
        Layer("between", Activation("Tanh"), ("shared.one",)),
        Layer("shared.two", Activation("ReLU"), ("between",), ("shared",)),
        Layer("shared.join", Concat(), ("shared.two", "input"), ("shared",)),
    ]
    folded = fold(measure("net", "Net", layers), ())
    check(folded)
    assert [item.name for item in folded.items] == ["input", "shared", "between", "shared (2)"]
    assert folded.items[3].groups == ("shared",)


def test_a_broken_net_is_folded_as_well() -> None:
    graph = apply(resnet(), [Edit("layer2.1.conv2", "stride", 2)])
    assert graph.problem is not None
    folded = fold(graph)
    assert folded.by_name["layer3.0"].out_shape is None
    assert folded.by_name["layer3.0"].shape_text == ""
    assert [layer for item in folded.items for layer in item.layers] == [layer.name for layer in graph.layers]


def test_parallel_volumes_keep_an_edge_each() -> None:
    folded = fold(inception(), ())
    assert [(edge.source, edge.target, len(edge.layers)) for edge in folded.edges][:2] == [
        ("input", "conv", 1),
        ("conv", "module", 4),
    ]
    assert folded.edges[1].shape_text == "14 × 14 × 8"


@pytest.mark.parametrize("stack", [False, True])
def test_real_nets(stack: bool) -> None:
    for name in ("googlenet-aux", "mobilenet_v2", "densenet121", "swin_t", "shufflenet_v2_x1_0"):
        graph = network_graph(name)
        check(fold(graph, stack=stack))
        assert 6 <= len(fold(graph, stack=stack).items) <= LIMIT
