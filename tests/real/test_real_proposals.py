"""Proposals on a real photograph, in which a published classifier finds the dog. Skipped without CONVSCOPE_ASSETS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.context import Context
from engine.detection.boxes import iou
from engine.detection.proposals import crops, pooled, search
from engine.detection.proposals.ranking import best_overlaps
from engine.detection.proposals.requests import ClassifyCrops, ClassifyPooled, FindProposals, Search
from engine.detection.proposals.settings import SearchSettings
from engine.images import open_picture
from engine.networks.classifying import loaded
from engine.networks.requests import ImportWeights
from engine.networks.steps import at_once
from engine.networks.weights import store
from engine.networks.weights.files import import_weights

NET = "squeezenet1_0"
DOGS = range(151, 269)
"""The breeds among the classes of ImageNet."""
DOG, BICYCLE, TRUCK = (131, 220, 310, 545), (120, 125, 570, 425), (470, 75, 690, 170)
"""In pixels of dog.jpg, 768 x 576."""


@pytest.fixture(scope="module")
def dog(assets: Path) -> Search:
    frame = open_picture(assets / "images" / "dog.jpg")
    return at_once(search.respond(FindProposals(frame, SearchSettings()), Context()))


@pytest.fixture
def net(assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The published SqueezeNet in a models folder of its own."""
    monkeypatch.setenv(store.VARIABLE, str(tmp_path))
    asked = ImportWeights(assets / "models" / "squeezenet1_0.pth", NET)
    yield at_once(import_weights(asked, Context())).status.name
    loaded.forget()


def test_the_things_of_a_photo_are_among_the_proposals(dog: Search) -> None:
    truth = np.array([DOG, BICYCLE, TRUCK]) * (dog.picture.width / 768)
    best = best_overlaps(truth, dog.proposals.boxes)[-1]
    assert (best >= 0.5).all(), best


@pytest.mark.parametrize("method", ["crops", "pooled"])
def test_the_dog_is_called_a_dog_where_it_is(dog: Search, net: str, method: str) -> None:
    scale = dog.picture.width / 768
    overlaps = iou(dog.proposals.boxes, np.array(DOG) * scale)
    boxes = dog.proposals.boxes[np.argsort(-overlaps)[:3]]
    with torch.inference_mode():
        run = (
            at_once(crops.respond(ClassifyCrops(net, dog.picture, boxes), Context()))
            if method == "crops"
            else at_once(pooled.respond(ClassifyPooled(net, dog.picture, boxes, 3.0, "align"), Context()))
        )
    assert int(run.classes[0]) in DOGS  # the proposal that fits best
