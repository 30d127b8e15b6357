"""The detector of digits: what a perfect net would put out decodes to the boxes, and costs nothing."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from engine.detection.boxes import iou
from engine.detection.yolo_digits import find
from engine.networks.zoo.yolo_digits import ANCHORS, CLASSES, STRIDE, YoloDigits, without_batch_norm
from engine.training.detector import loss_of, stacked
from engine.training.digit_scenes import Scene, SceneMaker, examples


def maker() -> SceneMaker:
    """Scenes with "digits" that are bars: what they look like does not matter here."""
    digits = np.zeros((10, 28, 28), np.uint8)
    for kind in range(10):
        digits[kind, 4:24, 10 : 14 + kind] = 255
    photo = np.random.default_rng(3).integers(0, 256, (400, 500, 3), np.uint8)
    return SceneMaker(digits, np.arange(10), [photo])


def apart(scene: Scene) -> Scene:
    """The digits of a scene of which no two belong to one cell."""
    middles = (scene.boxes[:, :2] + scene.boxes[:, 2:]) / 2 // STRIDE
    first = [i for i in range(len(middles)) if not (middles[:i] == middles[i]).all(1).any()]
    return Scene(scene.pixels, scene.boxes[first], scene.labels[first])


def perfect(scene: Scene) -> Tensor:
    """What a net puts out that knows: every anchor of a digit's cell gives its box, and says that it is there."""
    cells = len(scene.pixels) // STRIDE
    raw = torch.full((len(ANCHORS), 5 + CLASSES, cells, cells), -12.0)
    for box, label in zip(torch.from_numpy(scene.boxes), scene.labels, strict=True):
        middle, sides = (box[:2] + box[2:]) / 2 / STRIDE, box[2:] - box[:2]
        column, row = middle.long().tolist()
        share = (middle - middle.floor()).clamp(1e-4, 1 - 1e-4)
        raw[:, :2, row, column] = torch.logit(share)
        raw[:, 2:4, row, column] = torch.log(sides / torch.tensor(ANCHORS))
        raw[:, 4, row, column] = 12.0
        raw[:, 5 + int(label), row, column] = 12.0
    return raw.flatten(0, 1)[None]


class Knows(nn.Module):
    def __init__(self, raw: Tensor) -> None:
        super().__init__()
        self.raw = raw

    def forward(self, _: Tensor) -> Tensor:
        return self.raw


def test_a_perfect_answer_decodes_to_the_boxes_and_costs_next_to_nothing() -> None:
    for scene in map(apart, examples(maker(), 6, seed=4)):
        raw = perfect(scene)
        _, digits = stacked([scene])
        loss, parts = loss_of(raw, digits)
        assert float(parts["where"]) < 0.01 and float(parts["whether"]) < 0.05
        assert float(loss) < 0.5  # label smoothing punishes certainty
        (found,) = find(Knows(raw), torch.zeros(1, 3, 320, 320))
        assert len(found.classes) == len(scene.labels)
        if len(scene.labels):
            common = iou(found.boxes, scene.boxes)
            assert (common.max(1) > 0.98).all()
            np.testing.assert_array_equal(found.classes, scene.labels[common.argmax(1)])


def test_a_wrong_answer_costs_more() -> None:
    scene = apart(next(s for s in examples(maker(), 9, seed=4) if len(s.labels) > 2))
    raw, (_, digits) = perfect(scene), stacked([scene])
    best = float(loss_of(raw, digits)[0])
    for index, change in ((2, 1.0), (4, -24.0), (0, 3.0)):
        worse = raw.clone().view(1, len(ANCHORS), 5 + CLASSES, 20, 20)
        worse[:, :, index] += change
        assert float(loss_of(worse.flatten(1, 2), digits)[0]) > best + 0.1


def test_an_empty_scene_has_a_loss_and_a_gradient() -> None:
    net = YoloDigits(batch_norm=True)
    empty = Scene(np.zeros((320, 320, 3), np.uint8), np.zeros((0, 4), np.float32), np.zeros(0, np.int64))
    pixels, digits = stacked([empty, empty])
    loss, _ = loss_of(net(pixels.float() / 255), digits)
    loss.backward()
    assert torch.isfinite(loss.detach()) and float(loss.detach()) > 0
    assert all(torch.isfinite(p.grad).all() for p in net.parameters() if p.grad is not None)


def test_folding_batch_norm_keeps_the_answer() -> None:
    torch.manual_seed(0)
    net = YoloDigits(batch_norm=True)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0, 0.1)  # type: ignore[arg-type]
            nn.init.uniform_(module.running_var, 0.5, 1.5)  # type: ignore[arg-type]
    net.eval()
    x = torch.rand(1, 3, 64, 96)
    with torch.no_grad():
        torch.testing.assert_close(without_batch_norm(net)(x), net(x), rtol=1e-4, atol=1e-4)
        assert net(x).shape == (1, 45, 4, 6)


def test_scenes_are_the_same_every_time_and_boxes_are_tight() -> None:
    first, again = (examples(maker(), 5, seed=9) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)
        np.testing.assert_array_equal(one.boxes, other.boxes)
        assert (one.boxes[:, :2] < one.boxes[:, 2:]).all() and one.boxes.max(initial=0) <= 320
