"""Nets that are looked into, trained and untrained."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from engine.context import Context
from engine.errors import UserError
from engine.inside import detector_nets, nets
from engine.inside.nets import OpenNet, open_net
from engine.networks.steps import at_once
from engine.networks.weights import store
from engine.networks.weights.store import Resolved
from tests.engine.detection.darknet_files import conv, described, last, write_pair


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    nets.forget()
    detector_nets.forget()


def opened(name: str) -> OpenNet:
    with torch.no_grad():
        return at_once(open_net(name, Context()))


def test_a_bundled_net_with_its_program() -> None:
    net = opened("tinyvgg-cifar10")
    picture = np.random.default_rng(0).integers(0, 256, (50, 60, 3), np.uint8)
    values = net.values(net.prepared(picture))
    with torch.inference_mode():
        answer, kept = net.program.answer(values, ["features.relu1_1"])
        torch.testing.assert_close(answer, net.net.logits(values))
    assert kept["features.relu1_1"].shape[2:] == (32, 32)
    assert opened("tinyvgg-cifar10").program is net.program, "taken apart again for every question"


def test_a_detector_reads_the_whole_picture() -> None:
    net = opened("yolo-digits")
    picture = np.full((100, 200, 3), 255, np.uint8)
    prepared = net.prepared(picture)
    assert prepared.seen.shape == (320, 320, 3)
    assert (prepared.seen[80:240] == 255).all() and (prepared.seen[:80] == 128).all()
    assert prepared.window == (0, -0.5, 1, 1.5), "the bars lie beyond the picture"
    with torch.inference_mode():
        answer, kept = net.program.answer(net.values(prepared), ["features.act10"])
        torch.testing.assert_close(answer, net.net.net(net.values(prepared)))
    assert kept["features.act10"].shape[1:] == (128, 20, 20) and not net.net.labels
    assert opened("yolo-digits").net is net.net, "read again for every question"


def resolved(name: str, path: Path, *companions: Path) -> Callable[[str], Generator[int, None, Resolved]]:
    """The store, as if the files of a published net lay in the models folder."""

    def find_steps(_name: str) -> Generator[int, None, Resolved]:
        yield from ()
        return Resolved(store.entry(name), path, companions)

    return find_steps


def test_a_net_of_darknet_is_taken_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = described(conv(8, 3, 2), last(14), "yolo mask=0,1 anchors=4,6,10,8,20,24 num=3 classes=2")
    cfg, weights = write_pair(tmp_path, text)
    name = "yolo-fastest-1.1-coco"
    monkeypatch.setattr(store, "find_steps", resolved(name, weights, cfg))
    net = opened(name)
    prepared = net.prepared(np.full((30, 60, 3), 200, np.uint8))
    values = net.values(prepared)
    with torch.inference_mode():
        (head,) = net.net.net(values)
        answer, _ = net.program.answer(values)
    torch.testing.assert_close(answer, head)


def test_the_features_of_torchvisions_detectors_are_taken_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torchvision.models.detection  # noqa: F401  # not in a thread, beside a test that waits without sleeping
    from torchvision.models.detection.anchor_utils import AnchorGenerator
    from torchvision.models.detection.retinanet import RetinaNet

    from engine.detection import torchvision_detector
    from engine.detection.torchvision_detector import TorchvisionDetector

    class Pyramid(nn.Module):
        out_channels = 4

        def __init__(self) -> None:
            super().__init__()
            self.fine, self.coarse = nn.Conv2d(3, 4, 4, 4), nn.Conv2d(4, 4, 3, 2, 1)

        def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
            fine = self.fine(x).relu()
            return {"0": fine, "1": self.coarse(fine)}

    whole = RetinaNet(
        Pyramid(), 3, anchor_generator=AnchorGenerator(((8,),) * 2, ((1.0,),) * 2), min_size=64, max_size=96
    ).eval()

    def open_tiny(_found: Resolved, device: torch.device) -> Generator[None, None, TorchvisionDetector]:
        yield
        return TorchvisionDetector("tiny", "Tiny", whole, ("a", "b"), device)

    path = tmp_path / "tiny.pth"
    path.touch()
    name = "retinanet_resnet50_fpn-coco"
    monkeypatch.setattr(store, "find_steps", resolved(name, path))
    monkeypatch.setattr(torchvision_detector, "opened", open_tiny)
    net = opened(name)
    values = net.values(net.prepared(np.full((60, 90, 3), 200, np.uint8)))
    assert values.shape == (1, 3, 64, 64)
    assert float(values[0, 0, 32, 32]) == pytest.approx((200 / 255 - 0.485) / 0.229, abs=1e-5)
    with torch.inference_mode():
        maps = whole.backbone(values)
        answer, kept = net.program.answer(values, ["backbone.relu"])
    torch.testing.assert_close(answer, maps["1"])
    torch.testing.assert_close(kept["backbone.relu"], maps["0"])


def test_an_untrained_net_is_the_same_every_time() -> None:
    net = opened("random:squeezenet1_1")
    nets.forget()
    again = opened("random:squeezenet1_1")
    assert net.net.title == "SqueezeNet 1.1, untrained" and net.net is not again.net
    for one, other in zip(net.net.net.parameters(), again.net.net.parameters(), strict=True):
        assert torch.equal(one, other)


def test_untrained_nets_are_given_up_and_the_generator_of_others_is_left_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    for name in ("lenet5", "tinyvgg", "squeezenet1_1"):
        opened(f"{nets.RANDOM}{name}")
    torch.testing.assert_close(torch.rand(3), expected)
    assert len(nets._random) == nets.KEPT


def test_a_part_of_a_net_is_refused() -> None:
    with pytest.raises(UserError, match="reads maps, not pictures"):
        opened("random:inception-module")
