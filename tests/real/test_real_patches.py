"""Top patches of SqueezeNet's published weights in real photographs. Skipped without CONVSCOPE_ASSETS."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torchvision.models import SqueezeNet1_0_Weights

from engine.context import Context, Idle
from engine.inside.nets import OpenNet
from engine.inside.patches import index_file, library, lookup, mine
from engine.inside.patches.requests import FindPatches, MinePatches, Pictures, UnitPatches
from engine.networks import catalogue
from engine.networks.classifying.loaded import LoadedNet
from engine.networks.classifying.preprocessing import InputRecipe
from engine.networks.program import program_of

LABELS = tuple(SqueezeNet1_0_Weights.IMAGENET1K_V1.meta["categories"])


@pytest.fixture(scope="module")
def squeezenet(assets: Path) -> OpenNet:
    path = assets / "models" / "squeezenet1_0.pth"
    net = catalogue.build("squeezenet1_0", path).requires_grad_(False)
    net = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    loaded = LoadedNet(
        "squeezenet", "SqueezeNet", "squeezenet1_0", path, net, LABELS, InputRecipe(), torch.device("cpu"), 0, 0
    )  # fmt: skip
    return OpenNet(loaded, program_of(net, (3, 224, 224)))


@pytest.fixture(scope="module")
def photos(assets: Path, squeezenet: OpenNet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pictures]:
    """Forty photos of ImageNet, mined; each shows the class in its name."""

    def opened(_name: str, _context: Context) -> Generator[None, None, OpenNet]:
        yield
        return squeezenet

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(library.VARIABLE, str(tmp_path_factory.mktemp("indexes")))
        patch.setattr(mine, "open_net", opened)
        patch.setattr(lookup, "open_net", opened)
        pictures = Pictures("folder", str(assets / "images" / "imagenet_samples"))
        report = driven(mine.mine(MinePatches("squeezenet", pictures), Context()))
        assert report.mined == report.total == 40 and not report.skipped
        assert index_file.load(report.file).mined == 40
        yield pictures
    library.forget()
    lookup.forget()


def driven(steps: Generator[Any, None, Any]) -> Any:
    with torch.inference_mode():
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                return stop.value
            if isinstance(step, Idle):
                Context().cancel.wait(0.001)


def found(layer: str, channel: int, pictures: Pictures) -> UnitPatches:
    answer: UnitPatches = driven(lookup.find(FindPatches("squeezenet", layer, channel, pictures), Context()))
    return answer


@pytest.mark.parametrize("layer", ["features.1", "features.5.cat", "features.12.cat", "classifier.2"])
def test_the_index_says_what_the_net_says_now(layer: str, photos: Pictures, squeezenet: OpenNet) -> None:
    answer = found(layer, 7, photos)
    assert answer.check is not None and answer.check.agrees, answer.check
    assert len({patch.picture for patch in answer.patches}) == 9
    for patch in answer.patches:
        top, left, bottom, right = patch.window
        outside = np.abs(np.asarray(patch.projection))
        outside[max(top, 0) : bottom, max(left, 0) : right] = 0
        assert outside.max() == 0 and not patch.problem


def test_the_unit_of_a_class_finds_its_photo(photos: Pictures, assets: Path) -> None:
    """SqueezeNet's last convolution has a map for every class: far more photos than by chance (1 of 40) lead theirs."""
    right = 0
    names = sorted(path.name for path in (assets / "images" / "imagenet_samples").iterdir())
    for name in names:
        label = name.split("_", 1)[1].rsplit(".", 1)[0].replace("_", " ").casefold()
        channel = next((i for i, known in enumerate(LABELS) if known.casefold() == label), None)
        if channel is not None:
            answer = found("classifier.1", channel, photos)
            right += answer.patches[0].picture == name
    assert right >= 10, f"only {right} of {len(names)}"
