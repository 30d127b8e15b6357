"""Anchors: shapes, k-means step by step against plain loops and scikit-learn, who gets which anchor of a cell."""

from __future__ import annotations

import itertools
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from torchvision.ops import box_iou

from engine.context import Context
from engine.detection.anchoring import check
from engine.detection.anchoring.requests import CheckKMeans, CheckPlaced
from engine.detection.anchoring.street import SIZE, street, street_shapes
from engine.detection.anchors import (
    Centre,
    KMeansStep,
    Metric,
    cell_target,
    crowded,
    first_centres,
    kmeans,
    lost,
    place,
    shape_iou,
)
from engine.errors import UserError
from engine.foundations.requests import CheckResult


def answer(steps: Generator[Any, None, CheckResult]) -> CheckResult:
    """What a job answers at its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: CheckResult = end.value
            return result


def check_kmeans(request: CheckKMeans, context: Context) -> CheckResult:
    return answer(check.check_kmeans(request, context))


def check_placed(request: CheckPlaced, context: Context) -> CheckResult:
    return answer(check.check_placed(request, context))


WHOLE = st.integers(1, 30)
SHAPES = st.lists(st.tuples(WHOLE, WHOLE), min_size=1, max_size=40)


def test_iou_of_shapes_by_hand() -> None:
    np.testing.assert_allclose(shape_iou([[2, 4], [4, 2]], [[2, 4], [3, 3]]), [[1, 6 / 11], [4 / 12, 6 / 11]])


@settings(max_examples=50, deadline=None)
@given(SHAPES, SHAPES)
def test_iou_of_shapes_like_boxes_with_one_corner(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> None:
    boxes = [torch.tensor([(0, 0, w, h) for w, h in shapes], dtype=torch.float64) for shapes in (a, b)]
    np.testing.assert_allclose(shape_iou(a, b), box_iou(*boxes).numpy(), rtol=1e-12)


# --- k-means ----------------------------------------------------------------------------------------------


def by_loops(
    shapes: list[tuple[float, float]], centres: list[tuple[float, float]], centre: Centre
) -> tuple[list[int], list[tuple[float, float]], float]:
    """k-means with 1 - IoU without an array: the last choice, the last anchors, the last average IoU."""

    def share(a: tuple[float, float], b: tuple[float, float]) -> float:
        common = min(a[0], b[0]) * min(a[1], b[1])
        return common / (a[0] * a[1] + b[0] * b[1] - common)

    def middle(values: list[float]) -> float:
        if centre == "mean":
            return sum(values) / len(values)
        values, half = sorted(values), len(values) // 2
        return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2

    chosen: list[int] = []
    for _ in range(100):
        now = [max(range(len(centres)), key=lambda k: (share(s, centres[k]), -k)) for s in shapes]
        average = sum(share(s, centres[k]) for s, k in zip(shapes, now, strict=True)) / len(shapes)
        if now == chosen:
            break
        chosen = now
        for k in range(len(centres)):
            mine = [s for s, c in zip(shapes, chosen, strict=True) if c == k]
            if mine:
                centres[k] = middle([s[0] for s in mine]), middle([s[1] for s in mine])
    return chosen, centres, average


@pytest.mark.parametrize("centre", ["mean", "median"])
@pytest.mark.parametrize("seed", range(5))
def test_like_plain_loops(centre: Centre, seed: int) -> None:
    shapes = street_shapes(12, seed)
    steps = kmeans(shapes, 4, seed=seed, centre=centre)
    chosen, centres, average = by_loops(
        [tuple(s) for s in shapes.tolist()], [tuple(c) for c in steps[0].centres.tolist()], centre
    )
    last = steps[-1]
    assert last.assigned is not None and last.assigned.tolist() == chosen
    np.testing.assert_allclose(last.centres, centres, rtol=1e-9)
    assert last.average_iou == pytest.approx(average)


def test_steps_tell_what_they_did() -> None:
    shapes = np.array([[1, 2], [1, 2.2], [4, 2], [4.4, 2]])
    steps = kmeans(shapes, 2, start=[[1, 2], [1, 2.2]])
    assert [step.kind for step in steps] == ["start", "assign", "move", "assign", "move", "assign"]
    assert steps[1].assigned is not None and steps[1].assigned.tolist() == [0, 1, 0, 0]
    assert steps[1].changed == 4 and steps[-1].changed == 0
    np.testing.assert_allclose(steps[2].centres, [[(1 + 4 + 4.4) / 3, 2], [1, 2.2]])
    assert steps[-1].assigned is not None and steps[-1].assigned.tolist() == [1, 1, 0, 0]


@settings(max_examples=40, deadline=None)
@given(SHAPES, st.integers(1, 5), st.integers(0, 1000), st.sampled_from(["mean", "median"]))
def test_choosing_never_lowers_the_average_iou(
    shapes: list[tuple[int, int]], count: int, seed: int, centre: Centre
) -> None:
    count = min(count, len(set(shapes)))
    steps = kmeans(shapes, count, seed=seed, centre=centre)
    for before, after in itertools.pairwise(steps):
        if after.kind == "assign":
            assert after.average_iou >= before.average_iou - 1e-12
    assert steps[-1].assigned is not None
    assert {0} | set(steps[-1].assigned.tolist()) <= set(range(count))


def test_as_good_as_any_grouping_of_a_handful() -> None:
    """Every way of giving six shapes to two anchors: none has a better average than the best of all starts."""
    shapes = np.array([[1, 3], [1.2, 3.1], [0.9, 2.6], [4, 2], [4.3, 1.8], [3.8, 2.4]])

    def average(groups: tuple[int, ...]) -> float:
        members = np.array(groups)
        centres = np.array([shapes[members == k].mean(0) for k in (0, 1)])
        return float(shape_iou(shapes, centres)[np.arange(6), members].mean())

    every = [g for g in itertools.product((0, 1), repeat=6) if len(set(g)) == 2]
    best = max(kmeans(shapes, 2, seed=seed)[-1].average_iou for seed in range(20))
    assert best == pytest.approx(max(map(average, every)))


@pytest.mark.parametrize("seed", range(5))
def test_the_euclidean_one_is_scikit_learns(seed: int) -> None:
    shapes = street_shapes(20, seed)
    steps = kmeans(shapes, 3, seed=seed, metric="euclidean")
    model = KMeans(3, init=steps[0].centres, n_init=1, max_iter=300, tol=0, algorithm="lloyd").fit(shapes)
    np.testing.assert_allclose(steps[-1].centres, model.cluster_centers_, rtol=1e-9)
    assert steps[-1].assigned is not None
    np.testing.assert_array_equal(steps[-1].assigned, model.labels_)


def test_an_anchor_that_nobody_chooses_stays() -> None:
    steps = kmeans([[1, 1], [1.1, 1], [9, 9]], 3, start=[[1, 1], [9, 9], [500, 1]])
    assert steps[1].empty == (2,) and steps[-1].centres[2].tolist() == [500, 1]


def test_too_few_shapes_and_shapes_without_area() -> None:
    with pytest.raises(UserError, match="3 anchors cannot be made of 1 different"):
        kmeans([[1, 2], [1, 2]], 3)
    with pytest.raises(UserError, match="without width"):
        kmeans([[1, 2], [0, 2]], 1)
    with pytest.raises(UserError, match="cannot be made"):
        first_centres(np.zeros((0, 2)), 1, 0)


# --- who gets which anchor --------------------------------------------------------------------------------

ANCHORS = [[10, 30], [30, 10]]


def test_two_things_in_one_cell_each_get_the_anchor_of_their_shape() -> None:
    boxes = [[10, 20, 54, 34], [26, 4, 38, 44]]  # midpoints (32, 27) and (32, 24) in the cell (0, 0)
    placed = place(boxes, ANCHORS, (2, 2), (100, 100))
    assert [(p.row, p.column, p.anchor, p.lost_to) for p in placed] == [(0, 0, 1, None), (0, 0, 0, None)]
    assert crowded(placed) == {(0, 0): (0, 1)} and not lost(placed)
    target = cell_target(placed, (0, 0), boxes, [1, 0], anchors=2, classes=2, grid=(2, 2), size=(100, 100))
    np.testing.assert_allclose(target, [[1, 0.64, 0.48, 0.8, 0.24, 1, 0], [1, 0.64, 0.54, 0.28, 0.88, 0, 1]])


def test_two_equal_shapes_in_one_cell_leave_the_first() -> None:
    boxes = [[10, 10, 20, 40], [14, 8, 24, 38], [60, 60, 70, 90]]
    placed = place(boxes, ANCHORS, (2, 2), (100, 100))
    assert [p.lost_to for p in placed] == [None, 0, None]
    assert [p.thing for p in lost(placed)] == [1]
    target = cell_target(placed, (0, 0), boxes, [0, 0, 0], anchors=2, classes=1, grid=(2, 2), size=(100, 100))
    np.testing.assert_allclose(target[0], [1, 0.3, 0.5, 0.6, 0.2, 1])
    assert target[1, 0] == 0 and np.isnan(target[1, 1:]).all()


def test_with_one_anchor_the_second_thing_is_lost() -> None:
    placed = place([[10, 20, 54, 34], [26, 4, 38, 44]], [[20, 20]], (2, 2), (100, 100))
    assert [p.lost_to for p in placed] == [None, 0]


def test_the_far_edges_belong_to_the_last_cells_and_equal_overlaps_to_the_first_anchor() -> None:
    placed = place([[100, 100, 100, 100], [0, 0, 10, 10]], [[5, 5], [5, 5]], (3, 3), (100, 100))
    assert (placed[0].row, placed[0].column) == (2, 2)
    assert placed[1].anchor == 0


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 4))
def test_every_place_of_the_target_holds_one_thing(seed: int, side: int, count: int) -> None:
    scene = street(seed)
    anchors = np.random.default_rng(seed).uniform(20, 200, (count, 2))
    placed = place(scene.boxes, anchors, (side, side), SIZE)
    held = [(p.row, p.column, p.anchor) for p in placed if p.lost_to is None]
    assert len(set(held)) == len(held)
    for one in lost(placed):
        assert one.lost_to is not None and one.lost_to < one.thing
        assert (one.row, one.column, one.anchor) in held
    for one in placed:
        x1, y1, x2, y2 = scene.boxes[one.thing]
        assert one.column * SIZE[0] / side <= (x1 + x2) / 2 <= (one.column + 1) * SIZE[0] / side
        assert one.row * SIZE[1] / side <= (y1 + y2) / 2 <= (one.row + 1) * SIZE[1] / side


# --- the badge --------------------------------------------------------------------------------------------

METRICS: tuple[Metric, ...] = ("iou", "euclidean")
CENTRES: tuple[Centre, ...] = ("mean", "median")
KINDS = list(itertools.product(METRICS, CENTRES))


@pytest.mark.parametrize(("metric", "centre"), KINDS)
def test_the_badge_agrees_with_a_true_run(metric: Metric, centre: Centre) -> None:
    shapes = street_shapes(10, 3)
    steps = kmeans(shapes, 4, seed=1, metric=metric, centre=centre)
    result = check_kmeans(CheckKMeans(shapes, steps, centre, metric), Context())
    assert result.agrees, result


@pytest.mark.parametrize(("metric", "centre"), KINDS)
def test_the_badge_finds_a_wrong_anchor(metric: Metric, centre: Centre) -> None:
    shapes = street_shapes(10, 3)
    steps = kmeans(shapes, 4, seed=1, metric=metric, centre=centre)
    last = steps[-1]
    bent = KMeansStep(last.kind, last.round, last.centres * 1.01, last.assigned, last.average_iou)
    assert not check_kmeans(CheckKMeans(shapes, (*steps[:-1], bent), centre, metric), Context()).agrees


def test_the_badge_of_a_cell() -> None:
    boxes, anchors = np.array([[10, 20, 54, 34], [26, 4, 38, 44]], float), np.array(ANCHORS, float)
    shapes = boxes[:, 2:] - boxes[:, :2]
    placed = place(boxes, anchors, (2, 2), (100, 100))
    assert check_placed(CheckPlaced(shapes, anchors, placed), Context()).agrees
    swapped = place(boxes, anchors[::-1], (2, 2), (100, 100))
    assert not check_placed(CheckPlaced(shapes, anchors, swapped), Context()).agrees
