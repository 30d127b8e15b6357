"""Feature maps of SqueezeNet's published weights on real photographs. Skipped without CONVSCOPE_ASSETS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.models import SqueezeNet1_0_Weights, squeezenet1_0

from engine.images import open_picture
from engine.inside.maps.filters import _filters, convolution_of
from engine.inside.maps.looking import answer_steps
from engine.inside.maps.requests import LookAtFilters, Wanted
from engine.inside.nets import OpenNet
from engine.networks import catalogue
from engine.networks.classifying.loaded import LoadedNet
from engine.networks.classifying.preprocessing import InputRecipe
from engine.networks.program import program_of
from engine.networks.steps import at_once


@pytest.fixture(scope="module")
def squeezenet(assets: Path) -> OpenNet:
    path = assets / "models" / "squeezenet1_0.pth"
    labels = tuple(SqueezeNet1_0_Weights.IMAGENET1K_V1.meta["categories"])
    net = catalogue.build("squeezenet1_0", path).requires_grad_(False)
    loaded = LoadedNet(
        "squeezenet",
        "SqueezeNet",
        "squeezenet1_0",
        path,
        net,
        labels,
        InputRecipe(),
        torch.device("cpu"),
        0,
        0,
    )
    return OpenNet(loaded, program_of(net, (3, 224, 224)))


@pytest.mark.parametrize("photo", ["dog.jpg", "eagle.jpg", "starry_night.jpg"])
def test_every_fire_module_as_a_hook_sees_it(assets: Path, squeezenet: OpenNet, photo: str) -> None:
    frame = open_picture(assets / "images" / photo)
    reference = squeezenet1_0()
    reference.load_state_dict(torch.load(assets / "models" / "squeezenet1_0.pth", weights_only=True))
    seen: dict[str, Tensor] = {}

    def hook(name: str) -> Any:
        return lambda _m, _i, out: seen.update({name: out[0].clone()})

    names = [f"features.{index}" for index in (3, 4, 5, 7, 8, 9, 10, 12)]
    for name in names:
        reference.get_submodule(name).register_forward_hook(hook(name))
    with torch.inference_mode():
        reference.eval()(squeezenet.values(squeezenet.prepared(frame.pixels)))
        for name in names:
            layer = next(
                one.name
                for one in squeezenet.program.layers
                if one.name.startswith(f"{name}.") and one.kind == "concat"
            )
            found = at_once(answer_steps(squeezenet, "squeezenet", frame, Wanted(layer, guesses=5)))
            np.testing.assert_allclose(found.maps, seen[name].numpy(), rtol=1e-3, atol=1e-3)
            assert len(found.guesses) == 5 and not found.statistics.odd.any()


def test_what_a_unit_is_made_of(assets: Path, squeezenet: OpenNet) -> None:
    frame = open_picture(assets / "images" / "dog.jpg")
    layer = "features.10.expand3x3"
    source = convolution_of(squeezenet.program, layer)
    with torch.inference_mode():
        values = squeezenet.values(squeezenet.prepared(frame.pixels))
        kept = squeezenet.program.run(values, {layer, source.inputs[0]})
        module = squeezenet.program.maker(layer).target
        request = LookAtFilters("squeezenet", layer, 17, frame)
        found = _filters(request, squeezenet, source, module, kept[source.inputs[0]], kept[layer])  # type: ignore[arg-type]
    assert found.agrees and found.parts.shape[0] == 64 and found.max_abs_difference < 1e-2
