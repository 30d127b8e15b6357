"""A real painting over a real photo with a real SqueezeNet, small. Skipped where there are no assets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine import device as devices
from engine.context import Context
from engine.images import Frame, open_picture
from engine.inside import nets
from engine.networks.requests import ImportWeights
from engine.networks.steps import at_once
from engine.networks.weights import store
from engine.networks.weights.files import import_weights
from engine.style.objective import Objective, terms_of
from engine.style.opening import open_backbone
from engine.style.pictures import style_size, tensor_of
from engine.style.requests import Painted
from engine.style.settings import StyleSettings
from engine.style.transfer import StyleTransfer

CPU = torch.device("cpu")
SETTINGS = StyleSettings(size=128, steps=60, levels=1, beta=300.0, precision="float32")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path))
    yield
    nets.forget()


@pytest.fixture
def pictures(assets: Path) -> tuple[Frame, Frame]:
    content, style = assets / "images" / "golden_gate.jpg", assets / "images" / "starry_night.jpg"
    if not (content.is_file() and style.is_file()):
        pytest.skip("golden_gate.jpg and starry_night.jpg are not among the assets")
    return open_picture(content), open_picture(style)


def squeezenet(assets: Path) -> str:
    path = assets / "models" / "squeezenet1_0.pth"
    if not path.is_file():
        pytest.skip("squeezenet1_0.pth is not among the assets")
    with devices.step_mode(False):
        found: Any = at_once(import_weights(ImportWeights(path), Context(device=CPU)))
    return str(found.status.name)


def style_cost_of(
    pixels: np.ndarray[Any, Any], pictures: tuple[Frame, Frame], settings: StyleSettings
) -> float:
    """The mean of the layers' style costs of any picture, measured apart from the run."""
    with torch.no_grad():
        opened = at_once(open_backbone(settings, Context(device=CPU)))
        size = (pixels.shape[1], pixels.shape[0])
        content = tensor_of(pictures[0].pixels, size, CPU)
        style = tensor_of(pictures[1].pixels, style_size(pictures[1].pixels, float(settings.size)), CPU)
        terms = terms_of(settings, opened.backbone)
        objective = Objective(opened.features, terms, content, [style], settings)
        costs = objective.costs(tensor_of(pixels, size, CPU))
    return float(costs[1:-1].mean())


@pytest.mark.parametrize("net", ["tinyvgg-cifar10", "squeezenet1_0"])
def test_the_golden_gate_under_a_starry_night(assets: Path, pictures: tuple[Frame, Frame], net: str) -> None:
    settings = replace(SETTINGS, net=net if net.startswith("tiny") else squeezenet(assets))
    seen: list[Painted] = []
    transfer = StyleTransfer(*pictures, settings)
    painted = transfer.run(progress=seen.append)
    last = transfer.painted
    assert last is not None and last.outcome == "done"
    costs = np.concatenate([rows.values[:, -1] for rows in last.costs])
    windows = costs[: len(costs) // 10 * 10].reshape(-1, 10).min(axis=1)
    assert (np.diff(windows) < 0).all(), "J falls from window to window"
    content = np.asarray(seen[0].pixels)  # the run begins with it
    before, after = (style_cost_of(p, pictures, settings) for p in (content, painted))
    assert after < 0.1 * before, f"style cost {before:.3g} became {after:.3g}"
    assert np.corrcoef(content.mean(axis=2).ravel(), painted.mean(axis=2).ravel())[0, 1] > 0.4, (
        "still the bridge"
    )
