"""Two nets side by side: no layer is lost, alignment is sensible, differences add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.networks.graphs.compare import Comparison, Total, compare
from engine.networks.graphs.graph import Graph
from engine.networks.graphs.what_if import Edit, apply
from tests.engine.networks.hand_graphs import alexnet, inception, lenet, resnet, vgg

NETS = [lenet(), lenet(3, 8), alexnet(), vgg(), vgg((2, 2, 4, 4, 4)), inception(), resnet((1, 1), size=64)]


@given(st.sampled_from(NETS), st.sampled_from(NETS))
def test_every_layer_stands_in_one_row_in_its_order(left: Graph, right: Graph) -> None:
    found = compare(left, right)
    assert [row.left for row in found.rows if row.left] == list(left.nodes)
    assert [row.right for row in found.rows if row.right] == list(right.nodes)
    assert sum(row.params for row in found.rows) == right.params - left.params
    assert sum(row.macs for row in found.rows) == right.macs - left.macs
    for row in found.rows:
        sides = {"removed": (True, False), "added": (False, True)}.get(row.change, (True, True))
        assert (row.left is not None, row.right is not None) == sides


@given(st.sampled_from(NETS))
def test_a_net_is_the_same_as_itself(graph: Graph) -> None:
    found = compare(graph, graph)
    assert found.changed == () and found.complete
    assert all(total.text == "the same" for total in found.totals)


def totals(found: Comparison) -> dict[str, tuple[int, int]]:
    return {total.title: (total.left, total.right) for total in found.totals}


def test_an_edit_is_felt_where_it_should_be() -> None:
    found = compare(lenet(), apply(lenet(), [Edit("conv2", "filters", 20)]))
    assert [row.right.name for row in found.changed if row.right] == [
        *("conv2", "act2", "pool2", "flatten", "fc3"),
    ]
    conv2 = found.changed[0]
    assert (conv2.change, conv2.params, conv2.macs, conv2.field) == (
        "changed",
        4 * 151,
        4 * 150 * 100,
        (0, 0),
    )
    assert totals(found)["Parameters"] == (61_706, 61_706 + 604 + 100 * 120)


def test_a_receptive_field_shrinks() -> None:
    found = compare(resnet(), apply(resnet(), [Edit("maxpool", "drop", 1)]))
    row = next(row for row in found.rows if row.left and row.left.name == "layer1.0.conv2")
    assert row.field == (-8, -8)  # 7 + 2 · 2 instead of 7 + 2 · 2 + 2 · 4


def test_vgg_19_is_vgg_16_with_three_more() -> None:
    found = compare(vgg(), vgg((2, 2, 4, 4, 4)))
    added = [row.right.name for row in found.rows if row.change == "added" and row.right]
    assert added == [f"features.{kind}{block}_4" for block in (3, 4, 5) for kind in ("conv", "relu")]
    assert not [row for row in found.rows if row.change == "removed"]
    assert found.field_left is not None and found.field_left.size == (212, 212)
    assert found.field_right is not None and found.field_right.size == (268, 268)


def test_nets_with_other_names_are_aligned_by_what_their_layers_do() -> None:
    found = compare(alexnet(), lenet())
    pairs = [(row.left.name, row.right.name) for row in found.rows if row.left and row.right]
    assert ("input", "input") in pairs
    assert ("flatten", "flatten") in pairs
    assert all(row.left.kind == row.right.kind for row in found.rows if row.left and row.right)
    convolutions = [left for left, right in pairs if right.startswith("conv")]
    assert len(convolutions) == 2


def test_a_broken_net_is_compared_as_far_as_it_goes() -> None:
    found = compare(resnet(), apply(resnet(), [Edit("layer2.1.conv2", "stride", 2)]))
    assert not found.complete
    assert found.rows[-1].change == "removed"


@pytest.mark.parametrize(
    ("total", "text", "ratio"),
    [
        (Total("MACs", 4, 10), "2.50 ×", 2.5),
        (Total("MACs", 0, 10), "+10", None),
        (Total("MACs", 10, 10), "the same", 1.0),
        (Total("MACs", 1, 2000), "2e+03 ×", 2000.0),
    ],
)
def test_ratios_in_words(total: Total, text: str, ratio: float | None) -> None:
    assert (total.text, total.ratio) == (text, ratio)
