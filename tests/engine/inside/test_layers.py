"""The layers that a page lists."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from engine.context import Context
from engine.errors import UserError
from engine.inside.layers import list_layers
from engine.inside.requests import ListLayers, NetLayers, checked_maps, maps_of
from engine.networks.steps import at_once


def listed(net: str) -> NetLayers:
    return at_once(list_layers(ListLayers(net), Context(device=torch.device("cpu"), torch_ready=True)))


def test_the_layers_of_a_bundled_net() -> None:
    found = listed("tinyvgg-cifar10")
    assert (found.architecture, found.side, found.channels) == ("tinyvgg", 32, 3)
    assert found.labels[0] == "airplane" and len(found.labels) == 10
    assert found.first.name == "features.relu1_1"
    layer = found.find("features.pool1")
    assert layer is not None and maps_of(layer) == (64, 16, 16)
    assert found.find("nothing") is None


def test_a_row_of_numbers_is_maps_of_one_pixel() -> None:
    found = listed("random:lenet5")
    layer = found.find("classifier.fc3")
    assert layer is not None and checked_maps(layer) == (120, 1, 1)
    assert found.channels == 1 and found.title == "LeNet-5, modern form, untrained"


def test_what_is_no_map_is_refused_in_words() -> None:
    tokens = replace(listed("random:lenet5").layers[1], out_shape=(49, 768))
    assert maps_of(tokens) is None
    with pytest.raises(UserError, match="which are no maps"):
        checked_maps(tokens)
