"""Siamese pairs by hand: against scikit-learn, autograd, slow loops; and the bill of a gallery."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.context import Context
from engine.faces.learning.check import check_pair
from engine.faces.learning.net import build, multiply_adds
from engine.faces.learning.pairs import bill, fit, fitting, partial_sums, sigma, slope, terms
from engine.faces.learning.requests import CheckPair, Form
from engine.faces.learning.verify import auc, best_threshold, pair_distances

FEATURES = arrays(np.float64, (2, 5), elements=st.floats(0, 1))
FORMS = st.sampled_from(["absolute", "chi-square"])


@given(FEATURES, FORMS)
def test_terms_are_those_of_a_loop(both: np.ndarray, form: Form) -> None:
    for k, found in enumerate(terms(both[0], both[1], form)):
        a, b = float(both[0, k]), float(both[1, k])
        wanted = abs(a - b) if form == "absolute" else ((a - b) ** 2 / (a + b) if a + b else 0.0)
        assert found == pytest.approx(wanted)


def test_partial_sums_end_in_the_answer() -> None:
    found, weights = np.array([0.5, 0.25]), np.array([-2.0, 4.0])
    assert partial_sums(found, weights, 1.0).tolist() == [1.0, 0.0, 1.0]
    assert float(sigma(0.0)) == 0.5 and float(sigma(-800.0)) == 0.0 and float(sigma(800.0)) == 1.0


def test_the_regression_is_that_of_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression

    draw = np.random.default_rng(4)
    found = draw.uniform(0, 1, (300, 6))
    same = draw.random(300) < sigma(2 - found @ np.array([3.0, 0, 1, 2, 0, 1]))
    mine = fit(found, same)
    theirs = LogisticRegression(C=1.0, tol=1e-12, max_iter=1000).fit(found, same)
    assert mine.weights == pytest.approx(theirs.coef_[0], abs=1e-5)
    assert mine.bias == pytest.approx(float(theirs.intercept_[0]), abs=1e-5)
    assert mine.losses[0] == pytest.approx(np.log(2)) and mine.losses[-1] < mine.losses[0]
    assert len(list(fitting(found, same))) == len(mine.losses)


@given(FEATURES, FORMS, arrays(np.float64, 5, elements=st.floats(-3, 3)), st.floats(-3, 3))
def test_autograd_agrees(both: np.ndarray, form: Form, weights: np.ndarray, bias: float) -> None:
    found = terms(both[0], both[1], form)
    y = float(sigma(partial_sums(found, weights, bias)[-1]))
    ours = CheckPair(both[0], both[1], weights, bias, form, y, slope(found, y))
    with torch.enable_grad():
        assert check_pair(ours, Context()).agrees
        assert not check_pair(replace(ours, y=y + 1e-3), Context()).agrees


def test_multiply_adds_are_counted_layer_by_layer() -> None:
    for side, dims in ((8, 12), (32, 5)):
        net, counted = build(side, dims, "free", 1), 0

        def count(module: torch.nn.Module, given: tuple[torch.Tensor], out: torch.Tensor) -> None:
            nonlocal counted
            weights = module.weight.numel() // out.shape[1]  # type: ignore[operator]
            counted += out.numel() * weights

        hooks = [one.register_forward_hook(count) for one in net.modules() if hasattr(one, "weight")]
        net(torch.zeros(1, 1, side, side))
        for hook in hooks:
            hook.remove()
        assert multiply_adds(side, dims) == counted


def test_a_gallery_of_kept_features_costs_one_embedding() -> None:
    found = bill(1000, 50_000, 12, 1e-3, 1e-6)
    assert (found.kept, found.anew) == (50_000 + 24_000, 1001 * 50_000 + 24_000)
    assert found.kept_seconds == pytest.approx(0.002) and found.anew_seconds == pytest.approx(1.002)
    assert found.bytes == 48_000


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=40))
def test_auc_against_scikit_learn_and_against_counting(pairs: list[tuple[int, bool]]) -> None:
    scores, positive = np.array([float(s) for s, _ in pairs]), np.array([p for _, p in pairs])
    if positive.all() or not positive.any():
        assert auc(scores, positive) == 0.5
        return
    wins = [(a > b) + (a == b) / 2 for a in scores[positive] for b in scores[~positive]]
    assert auc(scores, positive) == pytest.approx(np.mean(wins))


def test_pairs_and_their_threshold() -> None:
    rows = np.array([[0.0, 0], [0.1, 0], [1, 0], [1, 0.2]], np.float32)
    apart, same = pair_distances(rows, np.array([0, 0, 1, 1]))
    assert same.tolist() == [True, False, False, False, False, True]
    assert apart[0] == pytest.approx(0.01, abs=1e-6) and apart[-1] == pytest.approx(0.04, abs=1e-6)
    assert 0.04 - 1e-6 <= best_threshold(apart, same) < 0.8
