"""What a Darknet net finds in a picture, on nets whose answers are written into their biases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.detection.darknet import load
from engine.detection.darknet.net import DarknetNet
from engine.detection.darknet.plan import Plan, plan
from engine.detection.found import Detection
from engine.detection.yolo import batch_of, detect, raw
from engine.errors import UserError
from engine.images import Frame
from tests.engine.detection.darknet_files import described, last, write_pair, write_weights

SIDE, STRIDE = 64, 16
TWO = "yolo anchors=8,8,32,16 num=2 classes=3"
# One convolution of 16x16 windows that do not overlap: a cell sees its own square and nothing else.
EYE = "convolutional filters={} size=16 stride=16 pad=0 activation=linear"


def net_of(
    folder: Path, biases: list[float], kernels: dict[int, float] | None = None, net: str = ""
) -> DarknetNet:
    """A net of one layer: what a cell says is its bias plus, by output, `kernels` times the mean of its pixels."""
    text = described(EYE.format(16), TWO, side=SIDE, net=net)
    cfg = folder / "eye.cfg"
    cfg.write_text(text)
    weights = np.zeros((16, 3, 16, 16), "<f4")
    for output, factor in (kernels or {}).items():
        weights[output] = factor / (3 * 16 * 16)
    return load(cfg, write_weights(folder / "eye.weights", [np.asarray(biases, "<f4"), weights.reshape(-1)]))


NOTHING = [0.0, 0, 0, 0, -20, 0, 0, 0] * 2
LIT = {4: 30.0}
"""The first anchor sees something where its square is white."""
SEES_WHITE = [0.0, 0, 0, 0, -10, 1, 4, -2, *NOTHING[8:]]


def spot(width: int = SIDE, height: int = SIDE) -> np.ndarray:
    """Black, with the square of the cell in row 1, column 2 of a grid of 4 x 4 in white."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[height // 4 : height // 2, width // 2 : 3 * width // 4] = 255
    return pixels


def sigmoid(t: float) -> float:
    return float(1 / (1 + np.exp(-t)))


def test_one_thing_where_it_is(tmp_path: Path) -> None:
    net = net_of(tmp_path, SEES_WHITE, LIT)
    (found,) = detect(net, spot())
    score = sigmoid(20) * sigmoid(4)
    assert found == Detection("class 1", pytest.approx(score), pytest.approx((36, 20, 44, 28)))
    assert detect(net, Frame(spot(), "a spot")) == [found]
    assert detect(net, spot(), least=score + 0.001) == []


def test_boxes_are_in_pixels_of_the_picture(tmp_path: Path) -> None:
    net = net_of(tmp_path, SEES_WHITE, LIT)
    (found,) = detect(net, spot(128, 192))  # stretched: 2 pixels a pixel of the net across, 3 down
    assert found.box == pytest.approx((72, 60, 88, 84))


def test_letterboxed_instead(tmp_path: Path) -> None:
    """A wide picture keeps its proportions; the cfg can say so, or the caller."""
    pixels = np.zeros((64, 256, 3), np.uint8)
    pixels[:, 64:128] = 255  # scaled by 1/4 into one row of cells: the second of four
    for net, fit in (
        (net_of(tmp_path, SEES_WHITE, LIT), "letterbox"),
        (net_of(tmp_path, SEES_WHITE, LIT, "letter_box=1"), None),
    ):
        (found,) = detect(net, pixels, fit=fit)  # type: ignore[arg-type]
        assert found.box == pytest.approx((80, 16, 112, 48))
    stretched = detect(net, pixels, fit="stretch")
    assert len(stretched) == 4 and stretched[0].box == pytest.approx((80, 4, 112, 12))


def test_everything_before_suppression(tmp_path: Path) -> None:
    net = net_of(tmp_path, SEES_WHITE, LIT)
    said = raw(net, spot())
    assert said.boxes.shape == (32, 4) and said.classes.shape == (32, 3)
    assert said.objectness is not None and said.places is not None
    best = int(np.argmax(said.objectness))
    assert said.places[best].tolist() == [0, 1, 2, 0] and said.classes[best, 1] == pytest.approx(sigmoid(4))
    assert said.objectness[0] == pytest.approx(sigmoid(-10), rel=1e-4)
    likely = raw(net, spot(), least=0.5)
    np.testing.assert_array_equal(likely.boxes, said.boxes[[best]])


def test_suppression_by_class_or_not(tmp_path: Path) -> None:
    """Both anchors see the same: boxes of 8 x 8 and 9.6 x 8 (IoU 0.83), called class 1 and class 0."""
    wider = float(np.log(9.6 / 32)), float(np.log(8 / 16))
    biases = [0.0, 0, 0, 0, -10, 1, 4, -2, 0, 0, *wider, -10, 3, 1, -2]
    net = net_of(tmp_path, biases, {4: 30.0, 12: 30.0})
    assert [d.label for d in detect(net, spot())] == ["class 1", "class 0"]
    assert [d.label for d in detect(net, spot(), per_class=False)] == ["class 1"]
    assert [d.label for d in detect(net, spot(), per_class=False, iou_threshold=0.9)] == [
        "class 1",
        "class 0",
    ]


def test_pictures_that_are_none(tmp_path: Path) -> None:
    net = net_of(tmp_path, SEES_WHITE, LIT)
    for wrong in (
        np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ):  # fmt: skip
        with pytest.raises(UserError, match=r"A picture is uint8\[H, W, 3\] in RGB"):
            detect(net, wrong)
    assert detect(net, np.zeros((1, 1, 3), np.uint8)) == []
    assert len(detect(net, np.full((1, 1, 3), 255, np.uint8))) == 16


@pytest.mark.parametrize(("least", "overlap"), [(-0.1, 0.5), (1.1, 0.5), (float("nan"), 0.5), (0.5, 2)])
def test_thresholds_out_of_bounds(tmp_path: Path, least: float, overlap: float) -> None:
    with pytest.raises(UserError, match="is not between 0 and 1"):
        detect(net_of(tmp_path, SEES_WHITE), spot(), least, overlap)


@pytest.mark.parametrize("broken", [4, 5])
def test_answers_that_are_no_numbers(tmp_path: Path, broken: int) -> None:
    net = net_of(tmp_path, [0.0, 0, 0, 0, 5, 5, 5, 5, *NOTHING[8:]])
    bias = net.convolutional_0.conv.bias
    bias.data[broken] = float("nan")
    with pytest.raises(UserError, match="numbers that are not finite"):
        detect(net, spot())


def test_what_the_net_gets(tmp_path: Path) -> None:
    net = net_of(tmp_path, NOTHING)
    pixels = np.arange(64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3)
    pixels.flags.writeable = False
    batch = batch_of(net, pixels)
    np.testing.assert_allclose(batch[0].permute(1, 2, 0).numpy(), pixels / np.float32(255), rtol=1e-6)


def test_region_heads_have_one_softmax(tmp_path: Path) -> None:
    text = described(last(16), "region anchors=1,1,2,1 num=2 classes=3 softmax=1", side=8)
    said = raw(load(*write_pair(tmp_path, text)), spot(8, 8))
    np.testing.assert_allclose(said.classes.sum(1), 1, rtol=1e-6)
    assert isinstance(plan(text), Plan)
