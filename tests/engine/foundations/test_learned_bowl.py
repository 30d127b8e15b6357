"""The loss as a bowl: curvatures, least squares, stable rates, against lstsq, plain loops and real runs."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.context import Context
from engine.foundations.learned import Bowl, Exercise, TrainSpec, make_exercise, respond, target_kernel
from engine.foundations.learned import pictures as pics
from engine.foundations.learned.bowl import measure
from engine.foundations.learned.by_hand import loss_and_gradient, walk
from engine.foundations.learned.requests import MeasureBowl

T = TypeVar("T")


def bowl_of(exercise: Exercise, bias: bool = False) -> Bowl:
    steps: Generator[Any, None, Bowl] = measure(MeasureBowl(exercise, bias), Context())
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            found: Bowl = stop.value
            return found


def patches_of(x: np.ndarray, size: int) -> np.ndarray:
    """The patches of a picture, one a row, by a plain loop."""
    return np.array(
        [
            x[r : r + size, c : c + size].ravel()
            for r in range(len(x) - size + 1)
            for c in range(x.shape[1] - size + 1)
        ]
    )


@settings(max_examples=25, deadline=None)
@given(
    st.integers(12, 15), st.integers(12, 15), st.sampled_from([1, 3, 5]), st.booleans(), st.integers(0, 999)
)
def test_the_solution_is_that_of_lstsq(rows: int, cols: int, size: int, bias: bool, seed: int) -> None:
    draw = np.random.default_rng(seed)
    exercise = make_exercise(draw.normal(size=(rows, cols)), draw.normal(size=(size, size)), 0.3, seed)
    found = bowl_of(exercise, bias)
    patches = patches_of(exercise.x, size)
    if bias:
        patches = np.hstack([patches, np.ones((len(patches), 1))])
    theirs, _, rank, _ = np.linalg.lstsq(patches, exercise.answer.ravel(), rcond=None)
    assert found.rank == rank == patches.shape[1]
    np.testing.assert_allclose(found.solution, theirs, atol=1e-7)
    assert found.least == pytest.approx(np.mean((patches @ theirs - exercise.answer.ravel()) ** 2), abs=1e-12)
    singular = np.linalg.svd(patches, compute_uv=False)
    np.testing.assert_allclose(found.curvatures, 2 * singular**2 / exercise.count, rtol=1e-6, atol=1e-12)
    assert found.condition == pytest.approx((singular[0] / singular[-1]) ** 2, rel=1e-4)


def test_the_loss_of_any_kernel_comes_from_the_bowl() -> None:
    draw = np.random.default_rng(6)
    exercise = make_exercise(draw.normal(size=(15, 17)), draw.normal(size=(3, 3)), 0.2)
    found = bowl_of(exercise, bias=True)
    weights = draw.normal(size=(5, 10))
    slow = [loss_and_gradient(exercise.x, exercise.answer, w[:9].reshape(3, 3), w[9])[0] for w in weights]
    np.testing.assert_allclose(found.losses(weights), slow)
    hessian = found.directions.T * found.curvatures @ found.directions
    gradients = (weights - found.solution) @ hessian
    slopes = [loss_and_gradient(exercise.x, exercise.answer, w[:9].reshape(3, 3), w[9]) for w in weights]
    np.testing.assert_allclose(gradients, [np.append(s[1].ravel(), s[2]) for s in slopes], atol=1e-10)


@pytest.mark.parametrize(("name", "rank"), [("noise", 9), ("stripes", 3), ("ramp", 2), ("flat", 1)])
def test_what_patterns_can_teach(name: str, rank: int) -> None:
    x = pics.scaled(pics.pattern(name).build(40), "unit")
    found = bowl_of(make_exercise(x, target_kernel("sobel", 3, 30)))
    assert found.rank == rank and np.isinf(found.condition) == (rank < 9)
    assert found.least == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(respond(x, found.kernel), respond(x, target_kernel("sobel", 3, 30)), atol=1e-9)


def test_a_flat_picture_teaches_the_sum_and_nothing_else() -> None:
    x = pics.scaled(pics.pattern("flat").build(20), "unit")
    found = bowl_of(make_exercise(x, target_kernel("blur")))
    np.testing.assert_allclose(found.kernel, 1 / 9)  # the shortest kernel of that sum
    assert found.steepest == pytest.approx(2 * 9 * 0.6**2)
    nothing = bowl_of(make_exercise(np.zeros((12, 12)), target_kernel("sobel")))
    assert nothing.rank == 0 and nothing.stable_rate(TrainSpec("sgd")) == float("inf") and nothing.least == 0


def test_white_noise_is_the_best_teacher() -> None:
    plane = pics.pattern("noise").build(128)
    assert bowl_of(make_exercise(pics.scaled(plane, "standard"), target_kernel("sobel"))).condition < 1.5
    assert bowl_of(make_exercise(pics.scaled(plane, "unit"), target_kernel("sobel"))).condition > 20


@pytest.mark.parametrize(("optimiser", "momentum"), [("sgd", 0.0), ("momentum", 0.5), ("momentum", 0.9)])
def test_the_largest_stable_rate_is_where_runs_begin_to_diverge(optimiser: Any, momentum: float) -> None:
    exercise = make_exercise(np.random.default_rng(1).normal(size=(14, 14)), target_kernel("sobel"))
    found = bowl_of(exercise)
    spec = TrainSpec(optimiser, 1.0, momentum, updates=400)
    limit = found.stable_rate(spec)
    assert limit is not None
    for share, grows in ((0.97, False), (1.03, True)):
        tried = replace(spec, rate=share * limit)
        steps = list(walk(exercise, tried))
        assert (steps[-1].loss > steps[0].loss) == grows
        largest = float(np.abs(found.factors(tried)).max())  # type: ignore[arg-type]
        assert (largest > 1) == grows


def test_errors_shrink_by_their_factors() -> None:
    exercise = make_exercise(np.random.default_rng(2).normal(size=(14, 14)), target_kernel("blur"), 0.1)
    found, spec = bowl_of(exercise), TrainSpec("sgd", 0.2, updates=5)
    errors = found.errors(np.array([s.weights for s in walk(exercise, spec)]))
    factors = found.factors(spec)
    assert factors is not None
    np.testing.assert_allclose(errors[1:], errors[:-1] * factors, atol=1e-12)
    assert found.factors(TrainSpec("adam")) is None and found.stable_rate(TrainSpec("adam")) is None


def test_directions_are_kernels_of_length_one_with_a_sign_of_their_own() -> None:
    found = bowl_of(make_exercise(np.random.default_rng(3).normal(size=(16, 16)), np.ones((5, 5))))
    np.testing.assert_allclose(found.directions @ found.directions.T, np.eye(25), atol=1e-10)
    for row in found.directions:
        assert row[np.abs(row).argmax()] > 0
    assert found.direction(4).shape == (5, 5) and not found.biased
