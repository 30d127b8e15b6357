"""Decoding of YOLO's numbers: by hand, against the torch route of training, and there and back again."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.detection.cells import Head, by_anchor, cell_answers, raw_of, sigmoid
from engine.detection.found import Grid
from engine.detection.letterbox import BAR, letterboxed
from engine.detection.requests import Letterbox
from engine.networks.zoo import yolo_digits

AS_IT_IS = Letterbox(64, 48, 1.0, 1.0, 0.0, 0.0)


def head(
    rows: int = 3, columns: int = 4, anchors: int = 2, classes: int = 3, **more: object
) -> tuple[Head, np.ndarray]:
    grid = Grid(rows, columns, 16.0, tuple((10.0 * (a + 1), 20.0) for a in range(anchors)))
    draw = np.random.default_rng(rows * 100 + columns)
    values = draw.normal(size=(anchors * (5 + classes), rows, columns)).astype(np.float32)
    return Head(grid, classes, **more), values  # type: ignore[arg-type]


def test_one_cell_by_hand() -> None:
    """The middle of cell (1, 2), twice and half the anchor's sides, nothing but class 1."""
    one, _ = head()
    values = np.full((16, 3, 4), -50.0, np.float32)
    values[8:, 1, 2] = [0.0, math.log(3), math.log(2), math.log(0.5), 2.0, -60.0, 60.0, -60.0]
    raw = raw_of([values], [one], AS_IT_IS, least=0.5)
    assert raw.places is not None and raw.places.tolist() == [[0, 1, 2, 1]]
    # The centre (2.5 * 16, 1.75 * 16), the sides 2 * 20 and 20 / 2.
    np.testing.assert_allclose(raw.boxes, [[20, 23, 60, 33]], atol=1e-5)
    np.testing.assert_allclose(raw.classes, [[0, 1, 0]], atol=1e-7)
    assert raw.objectness is not None and raw.objectness[0] == pytest.approx(1 / (1 + math.exp(-2)))


@pytest.mark.parametrize("layout", ["channels first", "channels last"])
def test_boxes_are_those_of_the_training(layout: str) -> None:
    torch.manual_seed(1)
    output = torch.randn(1, 45, 5, 7)
    if layout == "channels last":
        output = output.contiguous(memory_format=torch.channels_last)
    grid = Grid(5, 7, 16.0, yolo_digits.ANCHORS)
    raw = raw_of([output[0].numpy()], [Head(grid, 10, "softmax", largest=6.0)], AS_IT_IS)
    answers = yolo_digits.by_anchor(output)
    expected = yolo_digits.decoded(answers).flatten(0, 3).numpy()
    np.testing.assert_allclose(raw.boxes, expected, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(raw.classes, answers[..., 5:].softmax(-1).flatten(0, 3), rtol=1e-5)
    assert raw.objectness is not None
    np.testing.assert_allclose(raw.objectness, answers[..., 4].sigmoid().flatten(), rtol=1e-6)


@pytest.mark.parametrize("scale_xy", [1.0, 1.05])
@pytest.mark.parametrize("normalised_by", ["softmax", "sigmoid"])
def test_against_a_loop(scale_xy: float, normalised_by: str) -> None:
    one, values = head(scale_xy=scale_xy, normalised_by=normalised_by)
    placed = Letterbox(64, 48, 0.5, 0.25, 8.0, 4.0)
    raw = raw_of([values], [one], placed)
    assert raw.places is not None and raw.objectness is not None and len(raw.boxes) == 24
    for box, classes, objectness, place in zip(
        raw.boxes, raw.classes, raw.objectness, raw.places, strict=True
    ):
        _, row, column, anchor = place.tolist()
        t = values[8 * anchor : 8 * anchor + 8, row, column].astype(float)
        s = [1 / (1 + math.exp(-v)) for v in t]
        x = (column + scale_xy * s[0] - (scale_xy - 1) / 2) * 16
        y = (row + scale_xy * s[1] - (scale_xy - 1) / 2) * 16
        w, h = 10 * (anchor + 1) * math.exp(t[2]), 20 * math.exp(t[3])
        expected = [
            (x - w / 2 - 8) / 0.5,
            (y - h / 2 - 4) / 0.25,
            (x + w / 2 - 8) / 0.5,
            (y + h / 2 - 4) / 0.25,
        ]
        np.testing.assert_allclose(box, expected, rtol=1e-5)
        total = sum(math.exp(v) for v in t[5:])
        likely = s[5:] if normalised_by == "sigmoid" else [math.exp(v) / total for v in t[5:]]
        np.testing.assert_allclose(classes, likely, rtol=1e-5)
        assert objectness == pytest.approx(s[4], rel=1e-5)


def test_a_cell_says_what_stands_in_the_raw_boxes() -> None:
    heads = [head(), head(6, 8, 3)]
    raw = raw_of([values for _, values in heads], [one for one, _ in heads], AS_IT_IS)
    assert raw.places is not None and raw.objectness is not None
    for number, (one, values) in enumerate(heads):
        for anchor in cell_answers(values, one, AS_IT_IS, 2, 3):
            (index,) = np.flatnonzero((raw.places == (number, 2, 3, anchor.anchor)).all(1))
            np.testing.assert_allclose(anchor.picture_box, raw.boxes[index])
            np.testing.assert_allclose(anchor.classes, raw.classes[index])
            np.testing.assert_allclose(anchor.scores, raw.classes[index] * raw.objectness[index], rtol=1e-6)
            assert anchor.offsets == tuple(values[8 * anchor.anchor : 8 * anchor.anchor + 4, 2, 3].tolist())
            assert anchor.size == one.grid.anchors[anchor.anchor]


def test_least_leaves_out_what_cannot_reach_it_and_keeps_what_is_no_number() -> None:
    one, values = head()
    by_anchor(values, one)[0, 1, 1, 4] = np.nan
    everything = raw_of([values], [one], AS_IT_IS)
    strong = raw_of([values], [one], AS_IT_IS, least=0.6)
    assert everything.objectness is not None and strong.objectness is not None
    chosen = ~(everything.objectness < 0.6)
    np.testing.assert_array_equal(strong.boxes, everything.boxes[chosen])
    np.testing.assert_array_equal(strong.classes, everything.classes[chosen])
    assert np.isnan(strong.objectness).sum() == 1 and 1 < len(strong.boxes) < len(everything.boxes)


def test_numbers_beyond_all_measure_give_no_warning_and_no_infinity() -> None:
    one, values = head()
    values[:] = 1e30
    raw = raw_of([values], [one], AS_IT_IS)
    assert np.isfinite(raw.boxes).all() and np.isfinite(raw.classes).all()
    values[:] = -1e30
    assert raw_of([values], [one], AS_IT_IS, least=1e-6).boxes.shape == (0, 4)


@given(st.floats(-60, 60, width=32))
def test_sigmoid_is_torchs(x: float) -> None:
    expected = float(torch.sigmoid(torch.tensor(x, dtype=torch.float64)))
    assert float(sigmoid(np.array([x]))[0]) == pytest.approx(expected, rel=1e-12)


# --- letterbox ----------------------------------------------------------------------------------------------------


@given(st.integers(1, 700), st.integers(1, 700), st.sampled_from([16, 32]))
def test_a_picture_lies_whole_in_a_field_that_is_no_larger_than_it_has_to_be(
    width: int, height: int, multiple: int
) -> None:
    pixels = np.full((height, width, 3), 200, np.uint8)
    field, placed = letterboxed(pixels, 320, 320, multiple)
    assert field.shape == (placed.height, placed.width, 3)
    assert placed.width % multiple == 0 and placed.height % multiple == 0
    assert max(placed.width, placed.height) == 320
    left, top, right, bottom = placed.to_input([0, 0, width, height]).tolist()
    rounding = 1e-9 * 320
    assert left >= 0 and right <= placed.width + rounding and top >= 0 and bottom <= placed.height + rounding
    assert min(placed.width - (right - left), placed.height - (bottom - top)) < rounding, "one side is filled"
    assert placed.width - (right - left) < multiple or placed.height - (bottom - top) < multiple
    bars = np.ones(field.shape[:2], bool)
    bars[round(top) : round(bottom), round(left) : round(right)] = False
    assert (field[bars] == BAR).all() and (field[~bars] == 200).all()


@given(st.lists(st.floats(-500, 500), min_size=4, max_size=4))
def test_to_the_input_and_back(box: list[float]) -> None:
    _, placed = letterboxed(np.zeros((480, 640, 3), np.uint8), 320, 320, 32)
    np.testing.assert_allclose(placed.to_picture(placed.to_input(box)), box, atol=1e-9)
