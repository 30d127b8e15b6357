"""Suppression decision by decision: against torchvision, a plain loop of soft-NMS, and a hand of five cards."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.ops import batched_nms, box_iou
from torchvision.ops import nms as torch_nms

from engine.detection.boxes import Soft, nms, nms_steps

BOXES = np.array([[0, 0, 10, 10], [0, 0, 10, 8], [20, 0, 30, 10], [21, 0, 31, 10], [0, 0, 10, 9]], float)
SCORES = [0.9, 0.8, 0.7, 0.95, 0.5]


def test_a_hand_of_five() -> None:
    steps = nms_steps(BOXES, SCORES, 0.5, 0.6)
    told = [(step.kind, step.pick, step.rival, step.verdict) for step in steps]
    assert told == [
        ("threshold", None, None, None),
        ("pick", 3, None, None),
        ("rival", 3, 0, "lives"),
        ("rival", 3, 1, "lives"),
        ("rival", 3, 2, "dies"),
        ("pick", 0, None, None),
        ("rival", 0, 1, "dies"),
        ("end", None, None, None),
    ]
    assert steps[0].dropped == (4,) and steps[0].waiting == (3, 0, 1, 2)
    assert steps[4].overlap == pytest.approx(90 / 110) and steps[4].waiting == (0, 1)
    assert steps[-1].kept == (3, 0) and steps[-1].scores == tuple(SCORES)


def test_a_score_of_exactly_the_threshold_is_discarded_and_an_iou_of_exactly_the_threshold_lives() -> None:
    steps = nms_steps([[0, 0, 2, 1], [0, 0, 1, 1], [0, 0, 3, 1]], [0.9, 0.8, 0.6], 0.5, 0.6)
    assert steps[0].dropped == (2,)
    assert steps[-1].kept == (0, 1)


def test_scores_that_are_no_number_are_discarded_at_once() -> None:
    steps = nms_steps(BOXES[:2], [math.nan, 0.9], 0.5)
    assert steps[0].dropped == (0,) and steps[-1].kept == (1,)


def test_nothing_at_all() -> None:
    assert [step.kind for step in nms_steps(np.zeros((0, 4)), [], 0.5)] == ["threshold", "end"]


def test_another_class_is_left_alone() -> None:
    steps = nms_steps(BOXES, SCORES, 0.5, 0.6, classes=(0, 1, 0, 0, 0))
    assert steps[-1].kept == (3, 0, 1)
    assert [step.verdict for step in steps if step.rival == 1] == ["other class", "other class"]


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_what_is_kept_is_what_torchvision_keeps(seed: int, count: int, threshold: float) -> None:
    draw = np.random.default_rng(seed)
    low = draw.integers(0, 9, (count, 2)).astype(float)
    boxes = np.concatenate([low, low + draw.integers(1, 7, (count, 2))], 1)
    scores, kinds = draw.integers(0, 6, count) / 5, draw.integers(0, 3, count)
    good = np.flatnonzero(scores > 0.2)
    corners, values = torch.tensor(boxes[good]), torch.tensor(scores[good])
    steps = nms_steps(boxes, scores, threshold, 0.2)
    assert list(steps[-1].kept) == good[torch_nms(corners, values, threshold).numpy()].tolist()
    assert list(steps[-1].kept) == good[nms(boxes[good], scores[good], threshold)].tolist()
    apart = nms_steps(boxes, scores, threshold, 0.2, classes=tuple(kinds.tolist()))
    theirs = batched_nms(corners, values, torch.tensor(kinds[good]), threshold).numpy()
    assert sorted(apart[-1].kept) == sorted(good[theirs].tolist())
    overlaps = box_iou(torch.tensor(boxes), torch.tensor(boxes)).numpy()
    assert all(
        s.overlap == overlaps[s.pick, s.rival] for s in steps if s.pick is not None and s.rival is not None
    )


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 25))
def test_every_box_is_somewhere(seed: int, count: int) -> None:
    draw = np.random.default_rng(seed)
    low = draw.uniform(0, 20, (count, 2))
    boxes = np.concatenate([low, low + draw.uniform(1, 15, (count, 2))], 1)
    steps = nms_steps(boxes, draw.uniform(0, 1, count), 0.4, 0.3)
    gone: set[int] = set()
    for step in steps:
        gone |= set(step.dropped)
        assert set(step.kept) | set(step.waiting) | gone == set(range(count))
        assert len(step.kept) + len(step.waiting) + len(gone) == count
    assert not steps[-1].waiting


def soft_by_hand(boxes: np.ndarray, scores: list[float], soft: Soft, threshold: float) -> dict[int, float]:
    """Soft-NMS as its paper writes it, without removing boxes until the end: index -> final score."""
    left, final = {i: s for i, s in enumerate(scores) if s > soft.least}, {}
    while left:
        best = max(left, key=lambda i: (left[i], -i))
        final[best] = left.pop(best)
        shares = box_iou(torch.tensor(boxes[best : best + 1]), torch.tensor(boxes)).numpy()[0]
        for other in list(left):
            share = float(shares[other])
            if soft.kind == "linear":
                factor = 1 - share if share > threshold else 1.0
            else:
                factor = math.exp(-share * share / soft.sigma)
            left[other] *= factor
            if left[other] <= soft.least:
                del left[other]
    return final


@pytest.mark.parametrize("kind", ["linear", "gaussian"])
@pytest.mark.parametrize("seed", range(6))
def test_soft_suppression_like_the_paper(kind: str, seed: int) -> None:
    draw = np.random.default_rng(seed)
    low = draw.uniform(0, 20, (18, 2))
    boxes = np.concatenate([low, low + draw.uniform(4, 15, (18, 2))], 1)
    scores = draw.uniform(0, 1, 18).tolist()
    soft = Soft(kind, 0.4, 0.05)  # type: ignore[arg-type]
    last = nms_steps(boxes, scores, 0.3, 0.05, soft=soft)[-1]
    expected = soft_by_hand(boxes, scores, soft, 0.3)
    assert list(last.kept) == list(expected)
    np.testing.assert_allclose([last.scores[i] for i in last.kept], list(expected.values()), rtol=1e-12)


def test_a_soft_verdict_tells_what_happened() -> None:
    steps = nms_steps(BOXES, SCORES, 0.5, 0.6, soft=Soft("linear", least=0.2))
    verdicts = {(s.pick, s.rival): s.verdict for s in steps if s.kind == "rival"}
    assert verdicts[3, 2] == "dies" and verdicts[3, 0] == "lives"
    assert verdicts[0, 1] == "dies"  # 0.8 * (1 - 0.8) = 0.16
    gentle = nms_steps(BOXES, SCORES, 0.5, 0.6, soft=Soft("linear", least=0.1))
    assert {s.verdict for s in gentle if (s.pick, s.rival) == (0, 1)} == {"decays"}
    assert gentle[-1].scores[1] == pytest.approx(0.16)
