"""Units of a real SqueezeNet before real photos: one unit down to the pixels. Skipped where there are no assets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from engine import device as devices
from engine.context import Context
from engine.foundations.requests import CheckResult
from engine.images import Frame, open_picture
from engine.inside import nets
from engine.inside.deconvnet import project
from engine.inside.descent import kept
from engine.inside.descent.answer import descend
from engine.inside.descent.check import check
from engine.inside.descent.requests import CheckDescent, Descend, Descents
from engine.networks.requests import ImportWeights
from engine.networks.weights import store
from engine.networks.weights.files import import_weights

LAYER = "features.7.expand3x3_activation"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path))
    yield
    kept.forget()
    nets.forget()


def answered(steps: Any, grad: bool = False) -> Any:
    while True:
        with devices.step_mode(grad):
            try:
                next(steps)
            except StopIteration as stop:
                return stop.value


def photo(assets: Path) -> Frame:
    found = sorted((assets / "images").rglob("*.jpg"))
    return open_picture(found[0])


def test_squeezenet_looks_at_a_photo(assets: Path) -> None:
    imported = answered(import_weights(ImportWeights(assets / "models" / "squeezenet1_0.pth"), Context()))
    frame = photo(assets)
    found: Descents = answered(
        descend(Descend(imported.status.name, LAYER, 17, None, frame, "deconvnet"), Context())
    )
    assert not found.refusals and found.value > 0
    top, left, bottom, right = found.field
    for picture in found.pictures.values():
        inside = np.abs(picture[top:bottom, left:right]).sum()
        assert inside > 0 and np.abs(picture).sum() == pytest.approx(float(inside), rel=1e-6)
    # Pools whose windows overlap: every switch of SqueezeNet's pools of 3 with stride 2 lies in its window.
    pools = [step for step in found.steps if step.switches is not None]
    assert len(pools) == 2 and {step.action for step in pools} == {"unpool"}
    result: CheckResult = answered(check(CheckDescent(found), Context()), grad=True)
    assert result.agrees, result


def test_the_public_door_takes_torchvisions_module(assets: Path) -> None:
    from torchvision.models import squeezenet1_0

    net = squeezenet1_0()
    net.load_state_dict(torch.load(assets / "models" / "squeezenet1_0.pth", weights_only=True))
    pixels = photo(assets).pixels[:160, :160]
    ours = project(net.eval(), pixels, "features.4.squeeze", 3, rule="gradient")
    point = (torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255).requires_grad_()
    x = functional.relu(net.features[0](point))
    x = functional.max_pool2d(x, 3, 2, ceil_mode=True)
    squeezed = net.features[4].squeeze(net.features[3](x))
    best = squeezed[0, 3].max()
    (gradient,) = torch.autograd.grad(best, point)
    theirs = (gradient[0] * best.detach()).permute(1, 2, 0).numpy()
    assert ours.shape == (160, 160, 3)
    np.testing.assert_allclose(ours, theirs, atol=1e-4 * float(np.abs(theirs).max()))
