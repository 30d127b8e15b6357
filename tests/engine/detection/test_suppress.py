"""The fast suppression against torchvision's, a plain loop, ties, and scores that are no numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.ops import batched_nms
from torchvision.ops import nms as torch_nms

from engine.detection.boxes import nms
from engine.detection.found import Raw
from engine.detection.suppress import BLOCK, fast_nms, likely, suppress, unusable


def crowd(draw: np.random.Generator, count: int, classes: int = 4) -> Raw:
    """Boxes in heaps, scores rounded so that many are equal."""
    middles = draw.uniform(40, 400, (max(count // 12, 1), 2))[draw.integers(0, max(count // 12, 1), count)]
    middles = middles + draw.normal(0, 6, (count, 2))
    half = draw.uniform(15, 40, (count, 2))
    boxes = np.concatenate([middles - half, middles + half], 1)
    scores = draw.uniform(0, 1, (count, classes)).round(1)
    return Raw(boxes, scores, draw.uniform(0, 1, count).round(1))


def by_hand(raw: Raw, least: float, threshold: float, per_class: bool) -> list[tuple[int, float, int]]:
    """The same box by box, without an array: (index, score, class)."""
    found = []
    for index, row in enumerate(raw.classes.tolist()):
        kind = row.index(max(row))
        score = row[kind] * (1.0 if raw.objectness is None else float(raw.objectness[index]))
        if score >= least:
            found.append((index, score, kind))
    found.sort(key=lambda one: -one[1])  # stable, as the order of equal scores has to be
    kept: list[tuple[int, float, int]] = []
    for one in found:
        rivals = [k for k in kept if not per_class or k[2] == one[2]]
        if all(share(raw.boxes[one[0]].tolist(), raw.boxes[k[0]].tolist()) <= threshold for k in rivals):
            kept.append(one)
    return kept


def share(a: list[float], b: list[float]) -> float:
    width = max(min(a[2], b[2]) - max(a[0], b[0]), 0.0)
    height = max(min(a[3], b[3]) - max(a[1], b[1]), 0.0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height
    return width * height / union if union > 0 else 0.0


@pytest.mark.parametrize("per_class", [True, False])
@pytest.mark.parametrize("count", [0, 1, 40, 3 * BLOCK + 7])
def test_like_a_plain_loop(count: int, per_class: bool) -> None:
    raw = crowd(np.random.default_rng(count), count)
    found = suppress(raw, 0.2, 0.45, per_class, most=10_000)
    expected = by_hand(raw, 0.2, 0.45, per_class)
    np.testing.assert_array_equal(found.boxes, raw.boxes[[one[0] for one in expected]].reshape(-1, 4))
    np.testing.assert_allclose(found.scores, [one[1] for one in expected], rtol=1e-15)
    assert found.classes.tolist() == [one[2] for one in expected]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_keeps_what_torchvision_keeps(seed: int, count: int, threshold: float) -> None:
    draw = np.random.default_rng(seed)
    low = draw.integers(0, 12, (count, 2)).astype(
        float
    )  # whole numbers: many equal boxes and exact ties of IoU
    boxes = np.concatenate([low, low + draw.integers(1, 8, (count, 2))], 1)
    scores = draw.integers(0, 5, count) / 4
    theirs = torch_nms(torch.tensor(boxes), torch.tensor(scores), threshold).tolist()
    assert fast_nms(boxes, scores, threshold).tolist() == theirs
    assert nms(boxes, scores, threshold).tolist() == theirs
    kinds = draw.integers(0, 3, count)
    apart = batched_nms(torch.tensor(boxes), torch.tensor(scores), torch.tensor(kinds), threshold).tolist()
    ours = fast_nms(boxes, scores, threshold, kinds).tolist()
    assert sorted(ours) == sorted(apart)
    assert scores[ours].tolist() == scores[apart].tolist()


def test_equal_boxes_with_equal_scores_leave_the_first() -> None:
    boxes = np.array([[0, 0, 10, 10]] * 3, float)
    assert fast_nms(boxes, [0.5, 0.5, 0.5], 0.5).tolist() == [0]


def test_an_iou_of_exactly_the_threshold_survives() -> None:
    boxes = np.array([[0, 0, 2, 1], [0, 0, 1, 1]], float)  # IoU 1/2
    assert fast_nms(boxes, [0.9, 0.8], 0.5).tolist() == [0, 1]
    assert torch_nms(torch.tensor(boxes), torch.tensor([0.9, 0.8], dtype=torch.float64), 0.5).tolist() == [
        0,
        1,
    ]


def test_stops_at_the_most_that_is_wanted() -> None:
    raw = crowd(np.random.default_rng(5), 900)
    everything = suppress(raw, 0.1, 0.45, True, most=10_000)
    some = suppress(raw, 0.1, 0.45, True, most=7)
    np.testing.assert_array_equal(some.boxes, everything.boxes[:7])
    assert len(suppress(raw, 0.1, 0.45, True, most=0).boxes) == 0


def test_what_is_no_number_is_left_out_and_counted() -> None:
    boxes = np.array([[0, 0, 9, 9], [20, 0, 29, 9], [40, 0, np.nan, 9], [60, 0, 69, 9]])
    classes = np.array([[0.9, 0.1], [np.nan, 0.8], [0.9, 0.0], [0.2, 0.7]])
    raw = Raw(boxes, classes, np.array([1.0, 1.0, 1.0, np.nan]))
    found = suppress(raw, 0.3, 0.5)
    assert found.boxes.tolist() == [[0, 0, 9, 9]]
    assert unusable(raw) == 3


def test_no_objectness_and_no_classes() -> None:
    boxes = np.array([[0, 0, 9, 9]], float)
    assert suppress(Raw(boxes, np.array([[0.2, 0.6]])), 0.5, 0.5).classes.tolist() == [1]
    assert len(suppress(Raw(boxes, np.zeros((1, 0)), np.ones(1)), 0.5, 0.5).boxes) == 0


def test_a_score_of_exactly_the_least_is_found() -> None:
    raw = Raw(np.array([[0, 0, 9, 9]], float), np.array([[0.5]]), np.array([0.5]))
    assert likely(raw, 0.25)[0].tolist() == [0]
    assert likely(raw, 0.2500001)[0].tolist() == []
