"""t-SNE against scikit-learn's own parts, and against differences of KL."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.manifold import _t_sne, trustworthiness
from sklearn.metrics.pairwise import euclidean_distances

from engine.context import Context
from engine.faces import scatter, tsne
from engine.faces.requests import PlaceFaces
from engine.jobs import Partial


def rows_of(groups: int, each: int, dimensions: int = 16) -> np.ndarray:
    generator = np.random.default_rng(3)
    middles = generator.normal(size=(groups, dimensions))
    rows = np.repeat(middles, each, 0) + 0.25 * generator.normal(size=(groups * each, dimensions))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@pytest.fixture
def distances() -> np.ndarray:
    return np.asarray(euclidean_distances(rows_of(6, 8), squared=True))


def test_likenesses_are_those_of_scikit_learn(distances: np.ndarray) -> None:
    given = tsne.neighbourhoods(distances, np.arange(48), 10.0)
    from scipy.spatial.distance import squareform

    expected = squareform(_t_sne._joint_probabilities(distances.astype(np.float32), 10.0, verbose=0))
    np.testing.assert_allclose(tsne.joint(given) * (1 - np.eye(48)), expected, atol=2e-6)
    entropies = -(given * np.log(np.maximum(given, 1e-300))).sum(1)
    np.testing.assert_allclose(np.exp(entropies), 10.0, rtol=1e-3)


def test_the_slope_is_that_of_scikit_learn_and_of_differences(distances: np.ndarray) -> None:
    from scipy.spatial.distance import squareform

    likeness = tsne.joint(tsne.neighbourhoods(distances, np.arange(48), 10.0))
    points = np.random.default_rng(0).normal(size=(48, 2))
    slope, loss = tsne.gradient(likeness, points)
    condensed = squareform(likeness * (1 - np.eye(48)), checks=False)
    theirs_loss, theirs = _t_sne._kl_divergence(points.ravel(), condensed, 1, 48, 2)
    np.testing.assert_allclose(slope.ravel(), theirs, atol=1e-8)
    assert loss == pytest.approx(theirs_loss, abs=1e-6)
    for place in ((0, 0), (17, 1)):
        moved = points.copy()
        moved[place] += 1e-5
        back = points.copy()
        back[place] -= 1e-5
        difference = (tsne.gradient(likeness, moved)[1] - tsne.gradient(likeness, back)[1]) / 2e-5
        assert slope[place] == pytest.approx(difference, abs=1e-6)


def test_neighbours_stay_neighbours() -> None:
    rows = rows_of(20, 6)
    steps = list(scatter.neighbours(rows))
    plane = steps[-1]
    assert trustworthiness(rows, plane.points, n_neighbors=5) > 0.95
    assert trustworthiness(rows, plane.points, n_neighbors=5) > 0.05 + trustworthiness(
        rows, scatter.principal(rows).points, n_neighbors=5
    )
    assert "step 500 of 500" in plane.told
    again = list(scatter.neighbours(rows))[-1]
    assert np.array_equal(again.points, plane.points)  # nothing is left to chance


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_few_points(count: int) -> None:
    rows = rows_of(5, 1)[:count]
    answer = scatter.answer(PlaceFaces(rows.astype(np.float32)), Context())
    with pytest.raises(StopIteration) as stop:
        while True:
            next(answer)
    assert stop.value.value.points.shape == (count, 2)
    assert np.isfinite(stop.value.value.points).all()


def test_equal_faces_do_not_stop_it() -> None:
    rows = np.repeat(rows_of(1, 1), 12, 0)
    assert np.isfinite(list(scatter.neighbours(rows))[-1].points).all()


def test_planes_are_told_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scatter, "STEP_S", 0.0)
    answer = scatter.answer(PlaceFaces(rows_of(3, 4).astype(np.float32)), Context())
    first = next(answer)
    assert isinstance(first, Partial)
    assert isinstance(first.value, scatter.Plane)
    answer.close()
