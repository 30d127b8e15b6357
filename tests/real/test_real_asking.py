"""Occlusion, Grad-CAM and integrated gradients of a published net on real photos. Skipped where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.context import Context
from engine.images import Frame, open_picture
from engine.inside.asking import cam, gradients
from engine.inside.asking.requests import GradCam, IntegrateGradients, Target
from engine.inside.occlusion import respond
from engine.inside.occlusion.occluder import Occluder
from engine.inside.occlusion.requests import SweepOcclusion
from engine.networks.classifying import loaded
from engine.networks.requests import ImportWeights
from engine.networks.steps import at_once
from engine.networks.weights import store
from engine.networks.weights.files import import_weights


@pytest.fixture
def squeezenet(assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    path = assets / "models" / "squeezenet1_0.pth"
    if not path.is_file():
        pytest.skip(f"{path.name} is not among the real data")
    monkeypatch.setenv(store.VARIABLE, str(tmp_path))
    yield at_once(import_weights(ImportWeights(path), Context())).status.name
    loaded.forget()


@pytest.fixture
def photo(assets: Path) -> Frame:
    found = sorted((assets / "images").glob("*/*.JPEG"))
    if not found:
        pytest.skip("no photos of ImageNet among the real data")
    return open_picture(found[0])


def test_three_ways_of_asking_agree_on_the_class_and_add_up(squeezenet: str, photo: Frame) -> None:
    with torch.inference_mode():
        request = SweepOcclusion(squeezenet, photo, "features.12.cat", None, None, Occluder(0.3), 1 / 4)
        sweep = at_once(respond.sweep(request, Context()))
    assert sweep.complete and sweep.check is not None and sweep.check.agrees
    assert len(sweep.labels) == 1000 and sweep.seen.side == 224
    seen = at_once(cam.respond(GradCam(squeezenet, photo, Target()), Context()))
    assert seen.aimed.target.index == sweep.target and seen.cam.shape == (13, 13)
    assert np.isfinite(seen.cam).all() and seen.cam.any()
    way = at_once(gradients.integrate(IntegrateGradients(squeezenet, photo, Target(), 48), Context()))
    assert way.aimed.target.index == sweep.target
    assert abs(way.gap) < 0.1 * abs(way.difference)
