"""Darknet nets in torch: against OpenCV's reader of the same files, against slow loops, and damaged files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from engine.cv import cv2
from engine.detection import cells
from engine.detection.darknet import load
from engine.detection.darknet.layers import Convolution, MaxPool
from engine.detection.darknet.net import DarknetNet, SpaceToDepth, _max_pool
from engine.detection.darknet.plan import plan
from engine.detection.found import Raw
from engine.detection.requests import Letterbox
from engine.detection.yolo import heads
from engine.errors import UserError
from engine.networks.program import program_of
from tests.engine.detection.darknet_files import (
    conv,
    described,
    last,
    random_numbers,
    write_pair,
    write_weights,
)

SIDE = 32
YOLO = "yolo mask=0,1 anchors=4,6,10,8,20,24 num=3 classes=2 scale_x_y=1.2"
REGION = "region anchors=1,2,3,2.5 num=2 classes=2 coords=4 softmax=1"
FIRST = conv(8, 3, 2)
NETS = {
    "yolo": (FIRST, last(14), YOLO),
    "region": (FIRST, last(14), REGION),
    "mish": (conv(8, 3, 2, "mish"), last(14), YOLO),
    "relu and logistic": (conv(8, 3, 2, "relu"), conv(8, 1, 1, "logistic"), last(14), YOLO),
    "swish without batch norm": ("convolutional filters=8 size=3 stride=2 pad=1 activation=swish", last(14), YOLO),
    "grouped": (FIRST, conv(8, 5, 1, "leaky", "groups=8"), conv(12, 1, 1, "linear", "groups=4"), last(14), YOLO),
    "max pool, stride 1": (FIRST, "maxpool size=2 stride=1", last(14), YOLO),
    "max pool, stride 1, odd": (FIRST, "maxpool size=5 stride=1", last(14), YOLO),
    "max pool, stride 2": (FIRST, "maxpool size=2 stride=2", last(14), YOLO),
    "max pool, odd, stride 2": (FIRST, "maxpool size=3 stride=2", last(14), YOLO),
    "route": (FIRST, conv(4, 1), "route layers=-1,0", last(14), YOLO),
    "route to a part": (FIRST, "route layers=-1 groups=2 group_id=1", conv(4), "route layers=-1,-3", last(14), YOLO),
    "shortcut": (FIRST, conv(8), "shortcut from=-2 activation=linear", last(14), YOLO),
    "shortcut, leaky": (FIRST, conv(8), "dropout probability=.2", "shortcut from=-3 activation=leaky", last(14), YOLO),
    "reorg": (FIRST, conv(8), "reorg stride=2", last(14), YOLO),
    "two grids": (
        FIRST, "maxpool size=2 stride=2", last(14), YOLO, "route layers=-3", "upsample stride=2", "route layers=-1,0",
        last(7), "yolo mask=2 anchors=4,6,10,8,20,24 num=3 classes=2",
    ),
}  # fmt: skip
OPENCV_HIDES = 0.21
"""OpenCV writes 0 for scores below 0.2."""


def picture(seed: int = 3, side: int = SIDE) -> Tensor:
    return torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(seed))


def raw_of(net: DarknetNet, x: Tensor) -> Raw:
    """All boxes in pixels of the input, cell by cell and there anchor by anchor, as OpenCV has them."""
    height, width = x.shape[2:]
    with torch.inference_mode():
        outputs = [output[0].numpy() for output in net(x)]
    found = cells.raw_of(outputs, heads(net, height, width), Letterbox(width, height, 1, 1, 0, 0))
    assert found.places is not None and found.objectness is not None
    order = np.lexsort(found.places[:, ::-1].T)
    return Raw(found.boxes[order], found.classes[order], found.objectness[order], found.places[order])


def opencv_rows(cfg: Path, weights: Path, x: Tensor) -> np.ndarray:
    """[N, 5 + C] as OpenCV's reader answers: centre and size in shares of the picture, objectness, scores."""
    reference = cv2.dnn.readNetFromDarknet(str(cfg), str(weights))
    reference.setInput(x.numpy())
    answers = reference.forward(reference.getUnconnectedOutLayersNames())
    return np.concatenate([answer.reshape(-1, answer.shape[-1]) for answer in answers])


@pytest.mark.parametrize("version", [(0, 1, 0), (0, 2, 5)], ids=["32 bits", "64 bits"])
@pytest.mark.parametrize("sections", NETS.values(), ids=NETS.keys())
def test_opencv_reads_the_same_boxes(
    tmp_path: Path, sections: tuple[str, ...], version: tuple[int, int, int]
) -> None:
    cfg, weights = write_pair(tmp_path, described(*sections, side=SIDE), version=version)
    x = picture()
    found, expected = raw_of(load(cfg, weights), x), opencv_rows(cfg, weights, x)
    centre, half = expected[:, :2], expected[:, 2:4] / 2
    np.testing.assert_allclose(
        found.boxes, SIDE * np.concatenate([centre - half, centre + half], 1), rtol=1e-4, atol=1e-3
    )
    assert found.objectness is not None
    np.testing.assert_allclose(found.objectness, expected[:, 4], atol=1e-5)
    scores = found.classes * found.objectness[:, None]
    shown = expected[:, 5:] > 0
    np.testing.assert_allclose(scores[shown], expected[:, 5:][shown], atol=1e-5)
    assert shown.any()
    if "region" not in sections[-1]:  # whose boxes OpenCV suppresses itself
        assert scores[~shown].max() < OPENCV_HIDES


def test_a_sum_of_three_against_torch(tmp_path: Path) -> None:
    sections = (conv(8), conv(8), conv(8), "shortcut from=-2,-3 activation=linear", last(14), YOLO)
    net = load(*write_pair(tmp_path, described(*sections)))
    x = picture()
    with torch.no_grad():
        a = net.convolutional_0(x)
        b = net.convolutional_1(a)
        assert torch.equal(net(x)[0], net.convolutional_4(net.convolutional_2(b) + b + a))


def test_batch_norm_folded_and_not(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, described(conv(8), conv(16, 3, 2, "mish", "groups=8"), last(14), YOLO))
    folded, plain = load(*pair), load(*pair, folded=False)
    assert any(isinstance(m, nn.BatchNorm2d) for m in plain.modules())
    assert not any(isinstance(m, nn.BatchNorm2d) for m in folded.modules())
    assert not folded.training and not any(p.requires_grad for p in folded.parameters())
    x = picture()
    torch.testing.assert_close(folded(x)[0], plain(x)[0], rtol=1e-4, atol=1e-5)


def test_batch_norm_by_hand(tmp_path: Path) -> None:
    """One 1x1 filter on three channels: leaky(scale * (w.x - mean) / sqrt(variance + 1e-6) + bias)."""
    text = described("convolutional filters=1 batch_normalize=1 activation=leaky", last(7),
                     "yolo anchors=4,6 num=1 classes=2", side=1)  # fmt: skip
    cfg = tmp_path / "a.cfg"
    cfg.write_text(text)
    first = [[0.5], [2.0], [1.0], [4.0], [1.0, -2.0, 3.0]]  # bias, scale, mean, variance, kernel
    rest = [np.zeros(7), np.ones(7)]
    weights = write_weights(tmp_path / "a.weights", [np.asarray(v, "<f4") for v in (*first, *rest)])
    x = torch.tensor([0.2, 0.9, 0.1]).view(1, 3, 1, 1)
    value = 2.0 * ((0.2 - 1.8 + 0.3) - 1.0) / 2.0 + 0.5
    assert load(cfg, weights)(x)[0][0, :, 0, 0].tolist() == pytest.approx([0.1 * value] * 7, rel=1e-5)


# --- max pooling and reorg, cell by cell ----------------------------------------------------------------------


def slow_pool(x: np.ndarray, op: MaxPool) -> np.ndarray:
    """Darknet's loops: windows begin half of the padding before the picture; what lies outside is not looked at."""
    rows, columns = x.shape
    out_rows, out_columns = ((n + op.padding - op.size) // op.stride + 1 for n in (rows, columns))
    found = np.full((out_rows, out_columns), -np.inf)
    for i in range(out_rows):
        for j in range(out_columns):
            for n in range(op.size):
                for m in range(op.size):
                    row, column = i * op.stride + n - op.padding // 2, j * op.stride + m - op.padding // 2
                    if 0 <= row < rows and 0 <= column < columns:
                        found[i, j] = max(found[i, j], x[row, column])
    return found


@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(1, 6),
    st.integers(1, 4),
    st.integers(0, 5),
    st.integers(0, 99),
)
def test_max_pooling_is_darknets(
    rows: int, columns: int, size: int, stride: int, padding: int, seed: int
) -> None:
    padding = min(padding, 2 * size - 2)
    if min(rows, columns) + padding < size:
        return
    op = MaxPool(size, stride, padding)
    x = np.random.default_rng(seed).normal(-3, 1, (rows, columns)).astype(np.float32)  # zeros would win
    found = _max_pool(op)(torch.from_numpy(x)[None, None])[0, 0].numpy()
    np.testing.assert_array_equal(found, slow_pool(x, op).astype(np.float32))


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_reorg_is_darknets(stride: int, parts: int, down: int, across: int) -> None:
    channels, rows, columns = parts * stride**2, down * stride, across * stride
    x = np.arange(channels * rows * columns, dtype=np.float32)
    expected = np.zeros_like(x)
    for k in range(channels):
        for j in range(rows):
            for i in range(columns):
                offset, c2 = divmod(k, parts)
                w2, h2 = i * stride + offset % stride, j * stride + offset // stride
                expected[i + columns * (j + rows * k)] = x[w2 + columns * stride * (h2 + rows * stride * c2)]
    found = SpaceToDepth(stride)(torch.from_numpy(x).view(1, channels, rows, columns))
    assert found.shape == (1, channels * stride**2, down, across)
    np.testing.assert_array_equal(found.flatten().numpy(), expected)


# --- the module -----------------------------------------------------------------------------------------------


def test_a_net_can_be_run_layer_by_layer(tmp_path: Path) -> None:
    """What the maps page does: every kind of layer has a name and maps, and nothing is lost on the way."""
    sections = (
        FIRST, "maxpool size=2 stride=1", "route layers=-1 groups=2 group_id=1", conv(4), "dropout",
        "shortcut from=-3 activation=leaky", "route layers=-1,0", conv(16, 3, 2), "reorg stride=2", "upsample stride=2",
        "route layers=-1,-3", last(14), YOLO,
    )  # fmt: skip
    net = load(*write_pair(tmp_path, described(*sections)))
    x = picture()
    with torch.no_grad():
        program = program_of(net, (3, SIDE, SIDE), "tiny", "A tiny net")
        names = [layer.name for layer in program.layers]
        assert {"convolutional_0.conv", "convolutional_0.leaky", "route_6.cat", "upsample_9"} <= set(names)
        found = program.run(x, names)
        torch.testing.assert_close(found["convolutional_11.conv"], net(x)[0])
        torch.testing.assert_close(found["convolutional_0.leaky"], net.convolutional_0(x))
        torch.testing.assert_close(found["route_6.cat"][:, 4:], net.convolutional_0(x))


def test_other_sizes_and_those_that_do_not_divide(tmp_path: Path) -> None:
    net = load(*write_pair(tmp_path, described(*NETS["two grids"])))
    assert [(g.rows, g.columns, g.stride) for g in net.grids(32, 32)] == [(8, 8, 4), (16, 16, 2)]
    assert net.grids(64, 20)[1].anchors == ((20, 24),) and net.grids(64, 20)[0].columns == 5
    assert [tuple(o.shape) for o in net(torch.zeros(1, 3, 64, 20))] == [(1, 14, 16, 5), (1, 7, 32, 10)]
    with pytest.raises(UserError, match="multiples of 4, not 30 × 64"):
        net.grids(64, 30)
    (grid,) = load(*write_pair(tmp_path, described(*NETS["region"]), "v2")).grids(32, 32)
    assert grid.anchors == ((2, 4), (6, 5))  # from cells to pixels


def test_values_that_nobody_reads_any_more_are_given_up(tmp_path: Path) -> None:
    net = load(
        *write_pair(tmp_path, described(FIRST, conv(8), "shortcut from=-2 activation=linear", last(14), YOLO))
    )
    assert net._unread == ((-1,), (), (0, 1), (2,), (3,))


# --- damaged files --------------------------------------------------------------------------------------------


TWO = described(conv(8), last(14), YOLO)  # 32 + 216 numbers, then 14 + 112


def test_truncated_and_too_long(tmp_path: Path) -> None:
    cfg, weights = write_pair(tmp_path, TWO)
    whole = weights.read_bytes()
    assert len(whole) == 20 + 4 * (32 + 216 + 14 + 112) == 1516
    weights.write_bytes(whole[:1400])
    with pytest.raises(UserError) as refused:
        load(cfg, weights)
    assert refused.value.sentence == (
        "tiny.weights ends too early, in layer 1 ([convolutional], line 14 of tiny.cfg): 504 bytes are expected there "
        "and 388 found; the whole net needs 1,516 bytes and the file has 1,400."
    )
    weights.write_bytes(whole + b"\0" * 40)
    with pytest.raises(UserError, match=r"too long for tiny\.cfg: 1,516 bytes are expected and 1,556 found"):
        load(cfg, weights)


@given(st.integers(0, 1515))
def test_a_file_cut_off_anywhere(tmp_path_factory: pytest.TempPathFactory, end: int) -> None:
    folder = tmp_path_factory.getbasetemp()
    cfg, weights = write_pair(folder, TWO, "cut")
    weights.write_bytes(weights.read_bytes()[:end])
    with pytest.raises(UserError, match=r"cut\.weights (ends too early|is empty|does not begin)"):
        load(cfg, weights)


def test_files_that_are_none(tmp_path: Path) -> None:
    cfg, weights = write_pair(tmp_path, TWO)
    with pytest.raises(UserError, match="is not there"):
        load(cfg, tmp_path / "none.weights")
    with pytest.raises(UserError, match="could not be read"):
        load(cfg, tmp_path)
    weights.write_bytes(b"PK\x03\x04" * 400)
    with pytest.raises(UserError, match="does not begin as Darknet's weights do"):
        load(cfg, weights)


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, np.nan, "biases of layer 0"),
        (9, np.inf, "scales of layer 0"),
        (-1, np.nan, "weights of layer 1"),
        (25, -0.5, "variances of layer 0 .* below 0"),
    ],
)
def test_numbers_that_are_none(tmp_path: Path, place: int, value: float, words: str) -> None:
    cfg = tmp_path / "a.cfg"
    cfg.write_text(TWO)
    values = np.concatenate(random_numbers(plan(TWO)))
    values[place] = value
    with pytest.raises(UserError, match=words):
        load(cfg, write_weights(tmp_path / "a.weights", [values]))


def test_lists_of_classes(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, TWO)
    assert load(*pair).labels == ("class 0", "class 1")
    (tmp_path / "tiny.names").write_text("cup\nlamp\n")
    assert load(*pair).labels == ("cup", "lamp")
    (tmp_path / "other.names").write_text("a\nb\nc\n")
    with pytest.raises(UserError, match=r"other\.names has 3 names, but the net knows 2 classes"):
        load(*pair, tmp_path / "other.names")
    with pytest.raises(UserError, match="is not there"):
        load(*pair, tmp_path / "none.names")
    with pytest.raises(UserError, match="has 1 names"):
        DarknetNet(plan(TWO), ("one",))


def test_numbers_of_a_layer() -> None:
    assert Convolution(8, 16, 3, 1, 1, 4, True, "leaky").numbers == 4 * 16 + 16 * 2 * 9
    assert Convolution(8, 16, 3, 1, 1, 1, False, "leaky").numbers == 16 + 16 * 8 * 9
