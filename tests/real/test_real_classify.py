"""SqueezeNet's published features on real photographs, and the digits of MNIST. Skipped without CONVSCOPE_ASSETS."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.models import SqueezeNet1_0_Weights, squeezenet1_0
from torchvision.transforms._presets import ImageClassification

from engine.context import Context
from engine.images import open_picture
from engine.networks import catalogue
from engine.networks.classifying import loaded
from engine.networks.classifying.classify import answer
from engine.networks.classifying.loaded import LoadedNet
from engine.networks.classifying.preprocessing import InputRecipe
from engine.networks.requests import PictureEdits


@pytest.fixture(scope="module")
def squeezenet(assets: Path) -> LoadedNet:
    path = assets / "models" / "squeezenet1_0.pth"
    labels = tuple(SqueezeNet1_0_Weights.IMAGENET1K_V1.meta["categories"])
    net = catalogue.build("squeezenet1_0", path).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return LoadedNet(
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


def named(path: Path) -> str:
    """The class of a sample: its file is called <WordNet id>_<class>."""
    return path.stem.partition("_")[2].replace("_", " ").casefold()


def test_real_photos(assets: Path, squeezenet: LoadedNet) -> None:
    """Measured: the named class is among the first five for 34 of 40, and the first for 30."""
    state = torch.load(assets / "models" / "squeezenet1_0.pth", weights_only=True)
    reference = squeezenet1_0()
    reference.load_state_dict(state)
    reference.eval()
    recipe = ImageClassification(crop_size=224, resize_size=256, antialias=True)
    known = {label.casefold(): index for index, label in enumerate(squeezenet.labels)}
    first = among = total = 0
    for path in sorted((assets / "images" / "imagenet_samples").glob("*.JPEG")):
        frame = open_picture(path)
        found = answer(squeezenet, frame, PictureEdits(), 5)
        with torch.inference_mode():
            logits = reference(recipe(Image.fromarray(frame.pixels))[None])[0]
        assert found.logits is not None
        np.testing.assert_allclose(found.logits, logits.numpy(), atol=2e-4)
        assert [g.index for g in found.guesses] == torch.topk(logits, 5).indices.tolist()
        if named(path) not in known:
            continue
        total += 1
        guesses = [guess.label.casefold() for guess in found.guesses]
        first += guesses[0] == named(path)
        among += named(path) in guesses
    print(f"top-1 {first}, top-5 {among} of {total}")
    assert total >= 35
    assert among / total >= 0.8 and first / total >= 0.7


def test_painting_over_the_head_changes_the_class(assets: Path, squeezenet: LoadedNet) -> None:
    frame = open_picture(assets / "images" / "imagenet_samples" / "n02106662_German_shepherd.JPEG")
    before = answer(squeezenet, frame, PictureEdits(), 5)
    stroke = (0.3, ((0.5, 0.4), (0.5, 0.5)))
    after = answer(squeezenet, frame, PictureEdits(strokes=(stroke,)), 5)
    index = before.guesses[0].index
    assert after.probabilities[index] < 0.5 * before.probabilities[index]


@pytest.fixture
def models(assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A models folder of its own, with squeezenet imported as a person would."""
    from engine.networks.weights import store

    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "models"))
    loaded.forget()
    copy = tmp_path / "squeezenet1_0.pth"
    shutil.copy(assets / "models" / "squeezenet1_0.pth", copy)
    yield copy
    loaded.forget()


def test_through_the_import(models: Path, assets: Path) -> None:
    """The whole way of a person's own file: imported, found, loaded, asked."""
    from engine.networks.classifying.classify import classify
    from engine.networks.requests import ClassifyPicture, ImportedWeights, ImportWeights
    from engine.networks.weights.files import import_weights

    def finish(value: object) -> object:
        if not hasattr(value, "__next__"):
            return value
        while True:
            try:
                next(value)  # type: ignore[call-overload]
            except StopIteration as end:
                return end.value

    context = Context(torch_ready=True, device=torch.device("cpu"))
    imported = finish(import_weights(ImportWeights(models), context))
    assert isinstance(imported, ImportedWeights)
    frame = open_picture(assets / "images" / "imagenet_samples" / "n02124075_Egyptian_cat.JPEG")
    found = finish(classify(ClassifyPicture(imported.status.name, frame), context))
    labels = [guess.label for guess in found.guesses]  # type: ignore[attr-defined]
    assert "Egyptian cat" in labels
