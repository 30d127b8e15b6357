"""Errata: both formulas evaluated, and the right one counted in the graphs of the nets."""

from __future__ import annotations

import pytest

from engine.networks.catalogue import names
from engine.networks.describe import network_graph
from engine.networks.graphs.errata import ERRATA, Erratum, errata, evaluate
from engine.networks.graphs.graph import Graph
from engine.networks.graphs.ops import Conv
from tests.engine.networks.hand_graphs import lenet, resnet, vgg


@pytest.mark.parametrize("one", ERRATA, ids=lambda one: f"{one.net} {one.layer}")
def test_the_formulas_give_the_figures(one: Erratum) -> None:
    assert evaluate(one.formula_printed) == one.printed
    assert evaluate(one.formula_exact) == one.exact
    assert one.printed != one.exact
    assert set(one.networks) <= set(names())


def exact(net: str, layer: str) -> int:
    (found,) = (one.exact for one in ERRATA if (one.net, one.layer) == (net, layer))
    return found


@pytest.mark.parametrize(
    ("layer", "name", "graph"),
    [
        ("CONV1", "conv1", lenet(3, 8)),
        ("CONV1 with 6 filters", "conv1", lenet(3, 6)),
        ("CONV2", "conv2", lenet(3, 8)),
        ("FC3", "fc3", lenet(3, 8)),
        ("FC4", "fc4", lenet(3, 8)),
        ("Softmax", "output", lenet(3, 8)),
    ],
)
def test_the_course_table_is_counted_in_the_graph(layer: str, name: str, graph: Graph) -> None:
    assert graph.by_name[name].params == exact("LeNet-5, course table (32 × 32 × 3)", layer)


def test_the_course_net_of_the_catalogue_has_these_layers() -> None:
    params = [node.params for node in network_graph("lenet5-course").nodes if node.params]
    table = [one for one in errata("lenet5-course") if "6 filters" not in one.layer]
    assert params == [one.exact for one in table]


def test_alexnet_of_2012() -> None:
    first = next(node for node in network_graph("alexnet-2012").nodes if isinstance(node.op, Conv))
    assert first.params == exact("AlexNet", "CONV1")


def test_lenet_of_1998_counted_connection_by_connection() -> None:
    """Table I of LeCun et al. 1998: which maps of S2 each map of C3 reads."""
    triples = [{n, (n + 1) % 6, (n + 2) % 6} for n in range(6)]
    fours = [{n, (n + 1) % 6, (n + 2) % 6, (n + 3) % 6} for n in range(6)]
    pairs = [{n, n + 1, (n + 3) % 6, (n + 4) % 6} for n in range(3)]
    table = [*triples, *fours, *pairs, set(range(6))]
    assert len(table) == 16
    c3 = sum(25 * len(read) + 1 for read in table)
    (sparse,) = (one for one in ERRATA if one.layer == "C3")
    assert c3 == sparse.printed
    assert lenet().by_name["conv2"].params == sparse.exact
    whole = next(one for one in ERRATA if one.net == "LeNet-5 of 1998" and not one.layer)
    common = lenet()
    trained_pooling = 2 * 6 + 2 * 16
    learned = sum(common.by_name[name].params for name in ("conv1", "fc3", "fc4")) + c3 + trained_pooling
    assert learned == whole.printed
    assert common.params == whole.exact


def test_macs_that_are_called_flops() -> None:
    assert vgg().macs == exact("VGG-16", "")
    assert round(vgg().flops / 1e9, 2) == 30.95
    assert resnet().macs == exact("ResNet-50", "")
    assert resnet(stride_first=True).macs == exact("ResNet-50 of the paper", "")


def test_errata_of_one_network() -> None:
    assert {one.net for one in errata("alexnet-2012")} == {"AlexNet"}
    assert errata("squeezenet1_0") == ()
    assert len(errata()) == len(ERRATA)


def test_words() -> None:
    assert errata("lenet5-course")[0].text == "CONV1: 208 is printed, 608 is right"
    assert errata("vgg16")[0].text == "“15.5 GFLOPs” is printed, 15,470,264,320 MACs are meant here"


@pytest.mark.parametrize("formula", ["__import__('os')", "3 / 2", "2 ×", "a + 1", "⁹", "2 × ⁹"])
def test_formulas_are_numbers_only(formula: str) -> None:
    with pytest.raises(ValueError, match="not a formula"):
        evaluate(formula)
