"""IoU and GIoU: areas counted pixel by pixel, torchvision, and what must hold for any two boxes."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision import ops

from engine.context import Context
from engine.detection import overlap
from engine.detection.boxes import giou, iou
from engine.detection.checks.check import check_overlap
from engine.detection.checks.requests import CheckOverlap
from engine.detection.overlap import Corners

NO_CONTEXT = cast(Context, None)
SIDE = 24


@st.composite
def whole_boxes(draw: st.DrawFn) -> Corners:
    x1, y1 = draw(st.integers(0, SIDE - 1)), draw(st.integers(0, SIDE - 1))
    return x1, y1, draw(st.integers(x1 + 1, SIDE)), draw(st.integers(y1 + 1, SIDE))


def painted(box: Corners) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), bool)
    x1, y1, x2, y2 = (int(value) for value in box)
    mask[y1:y2, x1:x2] = True
    return mask


@given(whole_boxes(), whole_boxes())
def test_areas_are_what_pixels_count(a: Corners, b: Corners) -> None:
    found = overlap.compare(a, b)
    first, second = painted(a), painted(b)
    rows, columns = np.nonzero(first | second)
    around = (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
    counted = (first.sum(), second.sum(), (first & second).sum(), (first | second).sum(), around)
    measured = [found.first_area, found.second_area, found.common_area, found.union_area, found.around_area]
    np.testing.assert_array_equal(counted, measured)
    assert found.iou == pytest.approx(counted[2] / counted[3], abs=1e-12)
    assert found.giou == pytest.approx(counted[2] / counted[3] - (around - counted[3]) / around, abs=1e-12)
    assert (found.common is None) == (counted[2] == 0)


@given(st.lists(whole_boxes(), min_size=1, max_size=6), st.lists(whole_boxes(), min_size=1, max_size=6))
def test_giou_is_torchvisions(a: list[Corners], b: list[Corners]) -> None:
    first, second = np.array(a, np.float64), np.array(b, np.float64)
    theirs = ops.generalized_box_iou(torch.from_numpy(first), torch.from_numpy(second)).numpy()
    np.testing.assert_allclose(giou(first, second), theirs, atol=1e-12)
    np.testing.assert_allclose(giou(first[0], second[0]), theirs[0, 0], atol=1e-12)
    assert (giou(first, second) <= iou(first, second) + 1e-12).all() and (giou(first, second) > -1).all()


def test_examples_done_by_hand() -> None:
    a = (0, 0, 4, 2)
    assert overlap.compare(a, a).iou == 1 and overlap.compare(a, a).giou == 1
    assert overlap.compare(a, (2, 0, 6, 2)).iou == pytest.approx(1 / 3)
    apart = overlap.compare(a, (8, 0, 12, 2))
    assert apart.iou == 0 and apart.giou == pytest.approx(-1 / 3) and apart.common is None
    touching = overlap.compare(a, (4, 0, 8, 2))
    assert touching.iou == 0 and touching.giou == 0


def test_boxes_without_any_area_have_nothing_in_common() -> None:
    assert giou([1, 1, 1, 1], [1, 1, 1, 1]) == 0 and iou([1, 1, 1, 1], [1, 1, 1, 1]) == 0


@given(
    whole_boxes(),
    whole_boxes(),
    st.sampled_from((0, 1)),
    st.lists(st.integers(-30, 30), min_size=1, max_size=5),
)
def test_the_curve_is_made_of_single_comparisons(
    a: Corners, b: Corners, axis: int, shifts: list[int]
) -> None:
    ious, gious = overlap.along(a, b, axis, shifts)
    for shift, one, other in zip(shifts, ious, gious, strict=True):
        moved = list(b)
        moved[axis] += shift
        moved[axis + 2] += shift
        found = overlap.compare(a, (moved[0], moved[1], moved[2], moved[3]))
        assert (one, other) == pytest.approx((found.iou, found.giou), abs=1e-12)


def test_the_check_agrees_and_finds_what_is_wrong() -> None:
    found = overlap.compare((0, 0, 40, 20), (10, 5, 60, 30))
    others = np.array([[0.0, 0.0, 10.0, 10.0]])
    ious, gious = iou(np.array(found.first), others), giou(np.array(found.first), others)
    assert check_overlap(CheckOverlap(found, others, ious, gious), NO_CONTEXT).agrees
    wrong = check_overlap(CheckOverlap(found, others, ious + 0.5, gious), NO_CONTEXT)
    assert not wrong.agrees and wrong.max_abs_difference == pytest.approx(0.5)
