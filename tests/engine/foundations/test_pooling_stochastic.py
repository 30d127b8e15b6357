"""Stochastic pooling: chances, dice, frequencies, the weighted form, and what the paper leaves open."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare, kstest

from engine.foundations.pooling import PoolSpec, trace
from engine.foundations.pooling import stochastic as draws
from engine.foundations.pooling.words import dice_line

PAPER = np.array([[0, 0, 0], [0, 1.6, 0], [0, 0, 2.4]])
SPEC = PoolSpec("stochastic", 3)


def test_chances_are_shares_of_the_sum() -> None:
    np.testing.assert_allclose(draws.probabilities(PAPER)[PAPER > 0], [0.4, 0.6])
    step = trace(PAPER, SPEC).step(0)
    assert step.expected == pytest.approx(0.4 * 1.6 + 0.6 * 2.4)
    assert trace(PAPER, SPEC).expected.item() == pytest.approx(step.expected)
    np.testing.assert_array_equal(step.probabilities, draws.probabilities(PAPER))


@pytest.mark.parametrize("seed", [0, 1, 2013])
def test_samples_have_the_frequencies_of_their_chances(seed: int) -> None:
    region = np.array([[3.0, 0.0, 1.0], [5.0, 2.0, 0.0], [0.5, 8.0, 4.0]])
    count = 20_000
    found = draws.frequencies(region, draws.dice_of(seed, 7, count)).ravel() * count
    chances = draws.probabilities(region).ravel()
    there = chances > 0
    assert found[~there].sum() == 0 and found.sum() == pytest.approx(count)
    assert chisquare(found[there], chances[there] * count).pvalue > 0.01


@pytest.mark.parametrize("draw", ["rolls of one window", "windows of one roll", "seeds"])
def test_the_dice_are_uniform(draw: str) -> None:
    if draw == "rolls of one window":
        dice = draws.dice_of(3, 11, 20_000)
    elif draw == "windows of one roll":
        dice = draws.dice(3, (2, 100, 100), 5).ravel()
    else:
        dice = np.array([draws.dice(seed, (1, 1, 1)).item() for seed in range(3000)])
    assert dice.min() >= 0 and dice.max() < 1
    assert kstest(dice, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(dice[:-1], dice[1:])[0, 1]) < 0.05


def test_the_dice_can_be_asked_in_any_order() -> None:
    whole = np.stack([draws.dice(9, (2, 3, 4), roll) for roll in range(5)])
    for window in (0, 13, 23):
        np.testing.assert_array_equal(draws.dice_of(9, window, 5), whole.reshape(5, -1)[:, window])
    assert len(np.unique(whole)) == whole.size
    assert not np.array_equal(draws.dice(9, (2, 3, 4)), draws.dice(10, (2, 3, 4)))


def test_a_roll_of_the_trace_is_a_roll_of_the_histogram() -> None:
    x = np.random.default_rng(2).integers(0, 5, (2, 6, 6)).astype(float)
    spec = PoolSpec("stochastic", 3, 2, 1)
    for roll in range(12):
        done = trace(x, spec, seed=4, roll=roll)
        for i in range(len(done)):
            step = done.step(i)
            activations = np.where(step.inside, step.values, 0.0)
            picked = draws.drawn(activations, draws.dice_of(4, i, roll + 1))[roll]
            assert step.result == (activations.ravel()[picked] if picked >= 0 else 0.0)
            if picked >= 0:
                assert step.shares.ravel()[picked] == 1 and step.probabilities.ravel()[picked] > 0


def test_every_stretch_belongs_to_its_cell() -> None:
    region = np.array([2.0, 0.0, 3.0, 5.0])
    edges = np.array([0.0, 0.1999, 0.2, 0.4999, 0.5, 0.9999, np.nextafter(1, 0)])
    np.testing.assert_array_equal(draws.drawn(region, edges), [0, 0, 2, 2, 3, 3, 3])


def test_negative_values_are_never_drawn_and_a_region_without_activation_gives_nothing() -> None:
    x = np.array([[-1.0, -2.0, -3.0, 4.0], [0.0, -5.0, 0.0, -1.0]])
    done = trace(x, PoolSpec("stochastic", 2))
    assert done.switches is not None
    np.testing.assert_array_equal(done.output, [[[0.0, 4.0]]])
    np.testing.assert_array_equal(done.switches, [[[-1, 3]]])
    assert done.step(0).switch is None and done.step(0).probabilities.sum() == 0
    np.testing.assert_array_equal(done.backward([[[7.0, 9.0]]])[0], [[0, 0, 0, 9.0], [0, 0, 0, 0]])
    np.testing.assert_array_equal(done.expected, [[[0.0, 4.0]]])
    assert draws.frequencies(-np.ones((2, 2)), draws.dice_of(0, 0, 10)).sum() == 0


def test_padding_is_never_drawn() -> None:
    done = trace(np.ones((1, 3, 3)), PoolSpec("stochastic", 2, 2, 1, ceil_mode=True))
    assert (done.output == 1).all() and done.switches is not None and done.switches.min() >= 0


def test_the_mean_of_many_rolls_comes_to_the_weighted_output() -> None:
    x = np.random.default_rng(8).integers(0, 9, (1, 4, 4)).astype(float)
    spec = PoolSpec("stochastic", 2)
    mean = np.mean([trace(x, spec, 1, roll).output for roll in range(2000)], axis=0)
    np.testing.assert_allclose(mean, trace(x, spec).expected, atol=0.25)


def test_the_roll_in_words() -> None:
    step = next(s for s in (trace(PAPER, SPEC, 1, roll).step(0) for roll in range(50)) if s.result == 1.6)
    assert dice_line(step).endswith("lies in 0 … 1.6: 1.6 is drawn") and " · 4 = " in dice_line(step)
