"""The triplet loss in the plane: against hand-computed numbers, finite differences and autograd."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.context import Context
from engine.faces import triplet
from engine.faces.learning.check import check_triplet
from engine.faces.learning.plane import (
    ANCHOR,
    NEGATIVES,
    POSITIVE,
    Rules,
    choose,
    collapsed,
    distances,
    measure,
    nudged,
    on_circle,
    rings,
    walk,
)
from engine.faces.learning.requests import CheckTriplet

POINTS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.1], [2.0, 0.0], [0.5, 0.0]])
COORDINATE = st.floats(-2, 2, allow_nan=False).map(lambda value: round(value, 3))
PLACES = st.integers(1, 5).flatmap(lambda more: arrays(np.float64, (2 + more, 2), elements=COORDINATE))
RULES = st.builds(Rules, st.floats(0, 2), st.booleans(), st.booleans())


def test_one_triplet_by_hand() -> None:
    found = measure(POINTS, Rules(margin=0.5))
    assert (found.to_positive, found.to_negative) == pytest.approx((1.0, 1.21))
    assert found.loss == pytest.approx(0.29) and found.kind == "semi-hard"
    assert found.gradients[ANCHOR] == pytest.approx([2 * (0 - 1), 2 * (1.1 - 0)])  # 2 (N - P)
    assert found.gradients[POSITIVE] == pytest.approx([2, 0])  # 2 (P - A)
    assert found.gradients[NEGATIVES] == pytest.approx([0, -2.2])  # 2 (A - N)
    assert not found.gradients[NEGATIVES + 1 :].any()


def test_an_easy_triplet_teaches_nothing() -> None:
    found = measure(POINTS, Rules(margin=0.2))
    assert found.kind == "easy" and found.loss == 0 and not found.gradients.any()


def test_the_trap_and_what_the_margin_makes_of_it() -> None:
    points = collapsed(POINTS, unit=False)
    without, with_margin = measure(points, Rules(0.0)), measure(points, Rules(0.3))
    assert without.loss == 0 and with_margin.loss == pytest.approx(0.3) and not with_margin.gradients.any()
    stuck = walk(points, Rules(0.0), "chosen", 0, 0.1, 20, 1)
    assert not stuck.losses.any() and not stuck.points.any()
    free = walk(nudged(points, 3), Rules(0.3), "chosen", 0, 0.1, 60, 1)
    assert free.losses[0] > 0.2 and free.losses[-1] == 0


@given(PLACES, RULES)
def test_gradients_are_those_of_finite_differences(points: np.ndarray, rules: Rules) -> None:
    points = on_circle(points) if rules.unit else points
    found = measure(points, rules)
    apart = [found.to_positive, *found.to_negatives]
    if min(apart) < 1e-3 or abs(found.to_positive - found.to_negative + rules.margin) < 1e-3:
        return  # a kink has no derivative
    step = 1e-6
    for place in np.ndindex(points.shape):
        ways = []
        for sign in (1, -1):
            moved = points.copy()
            moved[place] += sign * step
            ways.append(measure(moved, rules, "chosen", found.chosen).loss)
        assert found.gradients[place] == pytest.approx((ways[0] - ways[1]) / (2 * step), abs=1e-5)


@given(PLACES, RULES)
def test_autograd_agrees(points: np.ndarray, rules: Rules) -> None:
    found = measure(points, rules)
    if abs(found.to_positive - found.to_negative + rules.margin) < 1e-9:
        return  # which side of the kink it is, is rounding
    with torch.enable_grad():
        result = check_triplet(CheckTriplet(found), Context())
    assert result.agrees, result.max_abs_difference


def test_the_check_finds_a_wrong_gradient() -> None:
    found = measure(POINTS, Rules(0.5))
    wrong = found.gradients.copy()
    wrong[ANCHOR, 0] += 1e-3
    with torch.enable_grad():
        assert not check_triplet(CheckTriplet(replace(found, gradients=wrong)), Context()).agrees


@given(PLACES, st.floats(0, 2))
def test_the_choice_of_negatives_is_that_of_the_batch(points: np.ndarray, margin: float) -> None:
    """One pair and its negatives as a batch: the same choice as engine.faces.triplet, which trains the nets."""
    apart = distances(points[ANCHOR], points[NEGATIVES:], plain=False)
    to_positive = float(distances(points[ANCHOR], points[POSITIVE], plain=False))
    labels = torch.tensor([0, 0, *range(1, len(points) - 1)])
    every = torch.from_numpy(np.square(points[:, None] - points).sum(2))
    taken = triplet.semi_hard(every, labels, margin)
    mine = choose(to_positive, apart, "semi-hard", 0, 0)
    rows = [
        int(n) - NEGATIVES for a, p, n in zip(*taken, strict=True) if int(a) == ANCHOR and int(p) == POSITIVE
    ]
    if float(apart[mine]) >= to_positive + margin:
        assert rows == []  # the batch leaves easy ones out, the plane shows them without a gradient
    else:
        assert len(rows) == 1 and apart[rows[0]] == pytest.approx(apart[mine])
    assert choose(to_positive, apart, "hard", 0, 0) == int(apart.argmin())
    assert choose(to_positive, apart, "chosen", len(apart) - 1, 0) == len(apart) - 1
    assert {choose(to_positive, apart, "random", 0, seed) for seed in range(60)} == set(range(len(apart)))


@given(PLACES, RULES, st.sampled_from(["negative", "positive"]))
def test_the_kind_changes_at_the_rings(points: np.ndarray, rules: Rules, about: str) -> None:
    found = measure(points, replace(rules, unit=False))
    inner, outer = rings(found, about)  # type: ignore[arg-type]
    names = ("hard", "semi-hard", "easy") if about == "negative" else ("easy", "semi-hard", "hard")
    row = NEGATIVES if about == "negative" else POSITIVE
    for radius, name in ((inner - 1e-3, names[0]), ((inner + outer) / 2, names[1]), (outer + 1e-3, names[2])):
        if radius <= 0 or (name == "semi-hard" and outer - inner < 1e-3):
            continue
        moved = points.copy()
        moved[row] = points[ANCHOR] + [radius, 0]
        assert measure(moved, replace(rules, unit=False)).kind == name


def test_descent_on_the_circle_stays_on_it_and_goes_down() -> None:
    start = np.array([[1.0, 0.0], [0.2, 0.9], [0.7, -0.7]])
    found = walk(start, Rules(0.5, unit=True), "chosen", 0, 0.02, 60, 1)
    assert np.linalg.norm(found.points, axis=2) == pytest.approx(1.0)
    assert found.losses[0] > 0 and found.losses[-1] == 0 and (np.diff(found.losses) <= 1e-12).all()
    assert found.to_positive[-1] < found.to_positive[0]


def test_a_point_without_direction_gets_one() -> None:
    assert on_circle(np.zeros((1, 2))).tolist() == [[1.0, 0.0]]
