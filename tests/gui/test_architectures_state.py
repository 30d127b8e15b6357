"""The state of the architectures page: JSON both ways, refusals, and the pure functions that work on it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UserError
from engine.networks.catalogue import names
from engine.networks.graphs.what_if import Edit
from gui.pages.architectures import changes, searching, tour
from gui.pages.architectures.resolve import Resolver, own_side, resizable
from gui.pages.architectures.state import ArchitecturesState
from gui.pages.architectures.table.table_rows import KEYS
from gui.pages.architectures.tracing import traced_layer, traced_unit
from gui.state import from_json, to_json
from gui.widgets.source_state import SourceState
from tests.gui import canned_networks as canned

edits = st.builds(
    Edit, st.text(min_size=1, max_size=8), st.sampled_from(["stride", "drop"]), st.integers(0, 9)
)


@given(
    st.builds(
        ArchitecturesState,
        network=st.sampled_from(names()),
        size=st.integers(0, 512),
        view=st.sampled_from(["graph", "table", "pixel", "compare", "skip"]),
        open_groups=st.none() | st.lists(st.text(max_size=6), max_size=4).map(tuple),
        layer=st.text(max_size=8),
        unit=st.none() | st.tuples(st.integers(0, 100), st.integers(0, 100)),
        edits=st.lists(edits, max_size=4).map(tuple),
        sort=st.tuples(st.sampled_from(["", *KEYS]), st.booleans()),
    )
)
def test_a_state_comes_back_from_json_as_it_was(state: ArchitecturesState) -> None:
    text = json.dumps(to_json(state.validated()))
    assert from_json(ArchitecturesState, json.loads(text)).validated() == state


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"network": "resnet51"}, "no network called “resnet51”"),
        ({"other": "alexnett"}, "no network called"),
        ({"size": -3}, "pixels a side"),
        ({"size": 10**6}, "pixels a side"),
        ({"unit": (-1, 0)}, "no unit in row -1"),
        ({"sort": ("colour", True)}, "no column named"),
        ({"edits": (Edit("a", "stride", 2),) * 500}, "changes, not 500"),
        ({"source": SourceState("preset", "ramp")}, "needs a picture"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(changed: dict[str, object], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        replace(ArchitecturesState(), **changed).validated()  # type: ignore[arg-type]


def test_every_tour_stop_is_a_valid_state_and_comes_back_from_json() -> None:
    stops = tour.stops()
    assert len({stop.name for stop in stops}) == len(stops) >= 8
    for stop in stops:
        assert from_json(ArchitecturesState, to_json(stop.state.validated())) == stop.state


# --- edits ------------------------------------------------------------------------------------------------


def test_an_edit_that_leaves_all_as_it_was_is_none() -> None:
    net = canned.lenet()
    changed = changes.with_edit(net, (), Edit("conv1", "stride", 2))
    assert changed == (Edit("conv1", "stride", 2),)
    assert changes.with_edit(net, changed, Edit("conv1", "stride", 1)) == ()


def test_the_newer_edit_of_a_setting_takes_the_place_of_the_older_one() -> None:
    net = canned.lenet()
    first = changes.with_edit(net, (), Edit("conv1", "filters", 8))
    second = changes.with_edit(net, first, Edit("conv1", "filters", 12))
    assert second == (Edit("conv1", "filters", 12),)
    both = changes.with_edit(net, second, Edit("conv2", "filters", 20))
    assert both == (Edit("conv1", "filters", 12), Edit("conv2", "filters", 20))
    assert changes.without(both, both[0]) == (Edit("conv2", "filters", 20),)


def test_a_kernel_for_both_sides_overrides_the_edit_of_one_side() -> None:
    net = canned.lenet()
    one = changes.with_edit(net, (), Edit("conv1", "kernel_height", 3))
    assert [setting.name for setting in changes.form(net, one, "conv1") if "kernel" in setting.name] == [
        "kernel_height",
        "kernel_width",
    ]
    both = changes.with_edit(net, one, Edit("conv1", "kernel", 7))
    assert both == (Edit("conv1", "kernel", 7),)


def test_a_dropped_layer_keeps_its_form() -> None:
    net = canned.lenet()
    dropped = changes.with_edit(net, (), Edit("act1", "drop", 1))
    assert changes.is_dropped(dropped, "act1") and not changes.is_dropped(dropped, "act2")
    assert [setting.name for setting in changes.form(net, dropped, "act1")] == ["drop"]


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        (Edit("conv1", "stride", 2), "Stride 1 → 2"),
        (Edit("conv2", "filters", 32), "Filters 16 → 32"),
        (Edit("pool1", "drop", 1), "left out"),
        (Edit("conv1", "kernel_height", 3), "Kernel height 5 → 3"),
    ],
)
def test_what_an_edit_is_called(edit: Edit, text: str) -> None:
    assert changes.edit_text(canned.lenet(), edit) == (edit.layer, text)


# --- resolve ----------------------------------------------------------------------------------------------


def test_edits_run_down_the_chain() -> None:
    net = canned.lenet()
    shown = Resolver().resolve(net, 0, (Edit("conv1", "filters", 8),))
    assert shown.original is net
    assert shown.node("conv1").out_shape == (8, 28, 28)  # type: ignore[union-attr]
    # (5·5·1 + 1)·8 + (5·5·8 + 1)·16 in place of 156 + 2416
    assert shown.graph.params == 61_706 - 156 - 2416 + 208 + 3216
    assert shown.changed == {"conv1"}


def test_another_picture_size_makes_the_fully_connected_layer_fit() -> None:
    resolver = Resolver()
    net = canned.lenet()
    shown = resolver.resolve(net, 64, ())
    assert shown.node("pool2").out_shape == (16, 13, 13)  # type: ignore[union-attr]
    assert shown.node("fc3").params == (16 * 13 * 13 + 1) * 120  # type: ignore[union-attr]
    assert resolver.resolve(net, 64, ()) is shown, "looking around computes nothing anew"
    assert resolver.resolve(net, 64, (Edit("conv1", "stride", 2),)).original is shown.original
    assert own_side(net) == 32 and resizable(net)


def test_a_picture_that_is_too_small_is_refused() -> None:
    with pytest.raises(UserError, match="does not fit pictures of 8 × 8"):
        Resolver().resolve(canned.lenet(), 8, ())


def test_edits_of_another_network_are_refused() -> None:
    with pytest.raises(UserError, match="no layer “layer1”"):
        Resolver().resolve(canned.lenet(), 0, (Edit("layer1", "stride", 2),))


# --- search and the traced unit ---------------------------------------------------------------------------


def test_layers_are_found_by_name_by_label_and_by_kind() -> None:
    net = canned.lenet()
    assert searching.found(net, "conv1") == ("conv1",)
    assert searching.found(net, "convolution") == ("conv1", "conv2")
    assert searching.found(net, "5x5 16") == ("conv2",)
    assert searching.found(net, "relu") == ("act1", "act2", "act3", "act4")
    assert searching.found(net, "pool max 2×2") == ("pool1", "pool2")
    assert searching.found(net, "  ") == searching.found(net, "dropout") == ()


def test_finding_goes_round() -> None:
    hits = ("a", "b", "c")
    assert searching.following(hits, "c", 1) == "a"
    assert searching.following(hits, "a", -1) == "c"
    assert searching.following(hits, "elsewhere", 1) == "a"
    assert searching.following(hits, "elsewhere", -1) == "c"


def test_without_a_choice_the_middle_of_the_last_windowed_layer_is_traced() -> None:
    net = canned.lenet()
    node = traced_layer(net, "")
    assert node is not None and node.name == "pool2"
    assert traced_unit(node, None) == (2, 2)
    assert traced_unit(node, (99, 1)) == (4, 1), "beyond the edge: the last row"
    chosen = traced_layer(net, "conv1")
    assert chosen is not None and chosen.name == "conv1"
    vector = traced_layer(net, "fc4")
    assert vector is not None and traced_unit(vector, (3, 3)) == (0, 0)
