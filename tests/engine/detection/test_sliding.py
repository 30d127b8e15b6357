"""The sliding window: counted against counting, computed against torch and slow loops, one pass against crops."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file
from torch.nn import functional

from engine.context import Context
from engine.detection.sliding import arithmetic, counting, passes, pyramid, requests, window_net
from engine.detection.sliding.requests import CheckVolumes, Crops, Slid, SlideOnce, SlideSeparately
from engine.errors import UserError
from engine.images import Frame
from engine.jobs import Partial

SIDES = st.integers(14, 34)


def ink(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width)).astype(np.float32)


def paper(height: int, width: int) -> Frame:
    """White paper with black strokes."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[height // 4 : height // 2, width // 3] = 0
    pixels[height // 2, width // 4 : 2 * width // 3] = 40
    return Frame(pixels, "paper")


def driven(steps: Generator[Any, None, Any]) -> tuple[Any, list[Any]]:
    said = []
    while True:
        try:
            with torch.inference_mode():
                event = next(steps)
        except StopIteration as stop:
            return stop.value, said
        if isinstance(event, Partial):
            said.append(event.value)


# --- counting ---------------------------------------------------------------------------------------------


@given(SIDES, SIDES, st.integers(1, 9))
@settings(max_examples=25, deadline=None)
def test_looks_are_what_counting_window_by_window_gives(height: int, width: int, stride: int) -> None:
    pixels, cells = np.zeros((height, width), int), np.zeros((height - 4, width - 4), int)
    rows = [top for top in range(0, height, stride) if top + 14 <= height]
    columns = [left for left in range(0, width, stride) if left + 14 <= width]
    for top in rows:
        for left in columns:
            pixels[top : top + 14, left : left + 14] += 1
            cells[top : top + 10, left : left + 10] += 1
    assert counting.grid((height, width), stride) == (len(rows), len(columns))
    assert np.array_equal(counting.looks((height, width), stride), pixels)
    assert np.array_equal(counting.conv_looks((height, width), stride), cells)


@given(st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=3), st.sampled_from([2, 4, 6]))
@settings(max_examples=15, deadline=None)
def test_shared_work_is_what_is_looked_at_and_no_more(sizes: list[tuple[int, int]], stride: int) -> None:
    found = counting.cost(sizes, stride)
    windows = sum(counting.grid(size, stride)[0] * counting.grid(size, stride)[1] for size in sizes)
    assert found.windows == windows and found.separate == windows * found.once
    looked = [counting.conv_looks(size, stride) for size in sizes]
    assert found.layers[0].shared == 400 * sum(cells.size for cells in looked)
    assert found.layers[0].separate == 400 * sum(int(cells.sum()) for cells in looked)
    assert all(layer.separate == layer.shared for layer in found.layers[1:]), "nothing of them is shared"


def test_the_courses_figures() -> None:
    assert counting.volumes((14, 14)) == (
        (14, 14, 1), (10, 10, 16), (5, 5, 16), (1, 1, 400), (1, 1, 400), (1, 1, 11),
    )  # fmt: skip
    assert counting.volumes((16, 16))[1:] == ((12, 12, 16), (6, 6, 16), (2, 2, 400), (2, 2, 400), (2, 2, 11))
    assert counting.volumes((28, 28))[-1] == (8, 8, 11) and counting.grid((28, 28)) == (8, 8)
    one = counting.cost([(14, 14)])
    assert one.once == one.separate == one.shared == 40_000 + 160_000 + 160_000 + 4_400 and one.saved == 1
    assert [layer.saved for layer in counting.cost([(16, 16)]).layers] == [400 / 144, 1, 1, 1]
    assert counting.looks((16, 16)).tolist()[0][:3] == [1, 1, 2] and int(counting.looks((16, 16)).max()) == 4


def test_windows_in_common() -> None:
    assert counting.common((0, 0), (0, 1)) == (14, 12)
    assert counting.common((3, 5), (1, 2)) == (10, 8)
    assert counting.common((0, 0), (7, 0)) == (0, 0) and counting.common((0, 0), (1, 1), 8) == (6, 6)


@pytest.mark.parametrize(
    ("size", "stride", "sentence"),
    [((13, 40), 2, "40 × 13 pixels, smaller than the window"), ((14, 14), 0, "stride is 0")],
)
def test_what_no_window_fits_into_is_said(size: tuple[int, int], stride: int, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        counting.grid(size, stride)


@pytest.mark.parametrize("stride", [1, 3, 0])
def test_an_odd_stride_is_no_convolution_and_it_is_said_why(stride: int) -> None:
    with pytest.raises(UserError, match="max pool halves"):
        counting.cost([(20, 20)], stride)


# --- the net ----------------------------------------------------------------------------------------------


def test_numpy_and_torch_read_one_file() -> None:
    net = window_net.window_net()
    model = passes.trained(net)
    x = ink(14, 14)
    with torch.inference_mode():
        theirs = model(torch.tensor(x)[None, None])[0].numpy()
    ours = arithmetic.dense(x, net).logits[:, 0, 0]
    assert np.allclose(ours, theirs, atol=1e-4) and not net.fc2.flags.writeable
    assert sum(values.size for values in window_net.tensors_of(net).values()) == 325_627


@given(SIDES, SIDES, st.integers(0, 9))
@settings(max_examples=8, deadline=None)
def test_by_hand_one_pass_says_what_every_window_says(height: int, width: int, seed: int) -> None:
    net, x = window_net.window_net(), ink(height, width, seed)
    whole = arithmetic.convolutional(x, net)
    rows, columns = counting.grid((height, width))
    assert whole.logits.shape == (11, rows, columns)
    shapes = [
        (1, *x.shape),
        *(part.shape for part in (whole.conv, whole.pool, whole.fc2, whole.fc3, whole.logits)),
    ]
    assert [(h, w, c) for c, h, w in shapes] == list(counting.volumes((height, width)))
    for row, column in {(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 3)}:
        crop = x[2 * row : 2 * row + 14, 2 * column : 2 * column + 14]
        alone = arithmetic.dense(crop, net)
        for ours, theirs in ((whole.fc2, alone.fc2), (whole.fc3, alone.fc3), (whole.logits, alone.logits)):
            assert np.allclose(ours[:, row, column], theirs[:, 0, 0], atol=1e-10)
        assert np.allclose(whole.probabilities[:, row, column].sum(), 1)


@given(SIDES, SIDES, st.sampled_from([2, 4, 6, 8]), st.integers(0, 9))
@settings(max_examples=15, deadline=None)
def test_in_torch_one_pass_says_what_crops_say(height: int, width: int, stride: int, seed: int) -> None:
    x = ink(height, width, seed)
    model = passes.trained(window_net.window_net())
    with torch.inference_mode():
        separate = model(passes.crops_of(x, stride)).softmax(1)
        folded = passes.as_convolutions(model, stride)(torch.tensor(x)[None, None]).softmax(1)[0]
    assert folded.shape[1:] == counting.grid((height, width), stride)
    assert float((folded.flatten(1).T - separate).abs().max()) <= 1e-5


def test_a_slow_loop_computes_one_neuron() -> None:
    net, x = window_net.window_net(), ink(14, 14, 3)
    conv = np.zeros((16, 10, 10))
    for k in range(16):
        for i in range(10):
            for j in range(10):
                total = sum(
                    float(x[i + u, j + v]) * float(net.conv[k, 0, u, v]) for u in range(5) for v in range(5)
                )
                conv[k, i, j] = max(total + float(net.conv_bias[k]), 0.0)
    pool = np.array(
        [
            [[conv[k, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max() for j in range(5)] for i in range(5)]
            for k in range(16)
        ]
    )
    found = arithmetic.dense(x, net)
    assert np.allclose(found.conv, conv) and np.allclose(found.pool, pool)
    neuron = max(float((net.fc2[7] * pool.ravel()).sum() + net.fc2_bias[7]), 0.0)
    folded = max(float((arithmetic.kernels(net.fc2)[7] * pool).sum() + net.fc2_bias[7]), 0.0)
    assert found.fc2[7, 0, 0] == pytest.approx(neuron) and folded == pytest.approx(neuron)


def test_folded_layers_hold_the_very_same_numbers() -> None:
    model = passes.trained(window_net.window_net())
    folded = passes.as_convolutions(model)
    first = folded[3]
    assert first.weight.data_ptr() == model.classifier.fc2.weight.data_ptr()  # type: ignore[union-attr, operator]
    assert tuple(first.weight.shape) == (400, 16, 5, 5)  # type: ignore[union-attr, arg-type]


def test_the_hand_made_volumes_agree_with_torch_and_a_wrong_number_does_not() -> None:
    made = arithmetic.convolutional(ink(28, 28), window_net.window_net())
    with torch.inference_mode():
        result = passes.check(CheckVolumes(made), Context())
    assert result.agrees and result.max_abs_difference < 1e-9 and "64 windows" in result.reference
    wrong = made.logits.copy()
    wrong[3, 2, 2] += 1e-6
    other = arithmetic.Volumes(made.x, made.conv, made.pool, made.fc2, made.fc3, wrong)
    with torch.inference_mode():
        assert not passes.check(CheckVolumes(other), Context()).agrees


def test_a_file_that_is_not_this_net_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not there"):
        window_net.read_net(tmp_path / "none.safetensors")
    tensors = {n: v.astype(np.float16) for n, v in window_net.tensors_of(window_net.window_net()).items()}
    tensors["features.conv1.weight"] = np.zeros((8, 1, 5, 5), np.float16)
    save_file(tensors, tmp_path / "other.safetensors")
    with pytest.raises(UserError, match=r"conv1.weight is \[8, 1, 5, 5\] and should be \[16, 1, 5, 5\]"):
        window_net.read_net(tmp_path / "other.safetensors")
    whole = (tmp_path / "other.safetensors").read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match="incomplete"):
        window_net.read_net(tmp_path / "cut.safetensors")


# --- pictures ---------------------------------------------------------------------------------------------


def test_ink_is_bright_whatever_the_paper_is() -> None:
    dark = pyramid.ink_of(paper(60, 80).pixels)
    light = pyramid.ink_of(255 - paper(60, 80).pixels)
    assert dark.max() == 1 and dark[0, 0] == 0 and np.allclose(dark, light, atol=0.02)
    assert not pyramid.ink_of(np.full((20, 20, 3), 137, np.uint8)).any()


@pytest.mark.parametrize("shape", [(300, 300), (480, 640), (1, 1), (3000, 900), (15, 200)])
def test_scales_have_even_sides_and_the_pictures_shape(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    made = pyramid.pyramid(Frame(pixels, "noise"), 56, 4)
    assert len(made.levels) + len(made.too_small) == 4
    for number, level in enumerate(made.levels):
        height, width = level.size
        assert height % 2 == width % 2 == 0 and min(level.size) >= 14
        assert abs(max(level.size) - 56 * 0.75**number) <= 1
        assert height == pytest.approx(shape[0] * level.scale[0]) and level.ink.max() <= 1
        assert not level.ink.flags.writeable and level.ink.dtype == np.float32
    assert all(min(size) < 14 for size in made.too_small)


# --- what the engine answers ------------------------------------------------------------------------------


def answered(frame: Frame, side: int = 28, scales: int = 2, stride: int = 2) -> Slid:
    slid, _ = driven(passes.respond(SlideOnce(frame, side, scales, stride), Context()))
    assert isinstance(slid, Slid)
    return slid


@pytest.mark.parametrize("stride", [2, 4])
def test_one_by_one_and_in_one_pass_are_the_same(stride: int) -> None:
    slid = answered(paper(100, 120), stride=stride)
    crops, partial = driven(passes.separately(SlideSeparately(slid.request), Context()))
    assert isinstance(crops, Crops) and crops.complete and crops.agrees and crops.windows == slid.windows
    assert crops.seconds.shape == (slid.windows,) and (crops.seconds > 0).all()
    flat = np.concatenate([answer.reshape(-1, 11) for answer in slid.answers])
    assert float(np.abs(flat - crops.probabilities).max()) <= 1e-5
    assert partial and not partial[0].complete and len(partial[-1].probabilities) == slid.windows
    assert np.array_equal(partial[0].probabilities, crops.probabilities[: len(partial[0].probabilities)])
    assert crops.batch_seconds and crops.pass_seconds and f"{slid.windows} crops, torch" in crops.reference
    assert slid.cost.windows == slid.windows


def test_a_picture_smaller_than_the_window_is_refused_and_small_scales_are_left_out() -> None:
    with pytest.raises(UserError, match="40 × 8 pixels, smaller than the window"):
        answered(paper(20, 100), side=40)
    slid = answered(paper(50, 100), side=40, scales=3)
    assert [level.size for level in slid.levels] == [(20, 40), (16, 30)] and slid.too_small == ((12, 22),)


def test_every_window_has_a_number() -> None:
    grids = [(8, 8), (3, 5), (1, 1)]
    places = [requests.place_of(index, grids) for index in range(64 + 15 + 1)]
    assert (
        places[0] == (0, 0, 0)
        and places[64] == (1, 0, 0)
        and places[70] == (1, 1, 1)
        and places[79] == (2, 0, 0)
    )
    assert [requests.index_of(*place, grids) for place in places] == list(range(80))
    with pytest.raises(IndexError):
        requests.place_of(80, grids)


def test_windows_become_boxes_of_the_picture() -> None:
    level = pyramid.Level(np.zeros((28, 56), np.float32), (0.25, 0.5))
    answer = np.zeros((8, 22, 11), np.float32)
    answer[..., 10] = 1
    answer[3, 4] = np.eye(11, dtype=np.float32)[7] * 0.9
    answer[3, 5] = np.eye(11, dtype=np.float32)[7] * 0.95
    answer[0, 20] = np.eye(11, dtype=np.float32)[1] * 0.8
    found = requests.likely((level,), (answer,), 2, 0.85)
    assert found.boxes.tolist() == [[16, 24, 44, 80], [20, 24, 48, 80]] and found.classes.tolist() == [7, 7]
    kept = requests.suppressed(found, 0.3)
    assert kept.boxes.tolist() == [[20, 24, 48, 80]] and kept.scores.tolist() == pytest.approx([0.95])
    assert len(requests.likely((level,), (answer,), 2, 0.99).boxes) == 0
    assert len(requests.suppressed(requests.likely((level,), (answer,), 2, 0.99), 0.3).boxes) == 0


def test_the_net_reads_a_digit_that_is_drawn_in_the_middle() -> None:
    """A seven of two strokes, 10 pixels high, as anybody would write it."""
    fine = np.zeros((56, 56), np.float32)
    fine[8:13, 18:40] = 1
    for row in range(12, 48):
        left = 36 - (row - 12) * 14 // 36
        fine[row, left - 2 : left + 3] = 1
    window = functional.avg_pool2d(torch.tensor(fine)[None, None], 4)[0, 0].numpy()
    said = arithmetic.dense(window, window_net.window_net()).probabilities[:, 0, 0]
    assert window_net.LABELS[int(said.argmax())] == "7" and said[7] > 0.9
    moved = arithmetic.dense(np.roll(window, 6, 1), window_net.window_net()).probabilities[:, 0, 0]
    assert window_net.LABELS[int(moved.argmax())] == "nothing"
