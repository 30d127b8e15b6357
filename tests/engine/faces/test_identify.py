"""One face against the gallery, against a brute-force loop."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.faces.gallery.requests import Index, Snapshot
from engine.faces.identify import (
    Identity,
    Match,
    differences,
    distance,
    distances_to,
    identify,
    nearest,
    verify,
)

MAKER = ("net", "1")
NOBODY = Snapshot(Path("gallery")).index(MAKER)


def unit(rows: npt.ArrayLike) -> npt.NDArray[np.float32]:
    values = np.asarray(rows, np.float64)
    return (values / np.linalg.norm(values, axis=-1, keepdims=True)).astype(np.float32)


def index_of(people: list[int], seed: int = 0, size: int = 5) -> Index:
    rows = unit(np.random.default_rng(seed).normal(size=(len(people), size)))
    return Index(MAKER, rows, np.array(people, np.int64), np.arange(10, 10 + len(people)))


def by_brute_force(embedding: npt.NDArray[np.float32], index: Index) -> list[tuple[float, int]]:
    """(distance, person) of every person's nearest photo, the nearest person first."""
    best: dict[int, float] = {}
    for row, person in zip(index.rows, index.people.tolist(), strict=True):
        total = 0.0
        for a, b in zip(embedding.tolist(), row.tolist(), strict=True):
            total += (a - b) ** 2
        best[person] = min(best.get(person, 9.0), total)
    return sorted((found, person) for person, found in best.items())


@settings(max_examples=40, deadline=None)
@given(
    people=st.lists(st.integers(1, 5), min_size=1, max_size=12),
    seed=st.integers(0, 999),
    threshold=st.floats(0, 4),
)
def test_best_and_runner_up_are_those_of_a_slow_loop(people: list[int], seed: int, threshold: float) -> None:
    index = index_of(people, seed)
    embedding = unit(np.random.default_rng(seed + 1).normal(size=5))
    expected = by_brute_force(embedding, index)
    found = identify(embedding, index, threshold)
    assert found.best is not None and found.best.person == expected[0][1]
    assert found.best.distance == pytest.approx(expected[0][0], abs=1e-6)
    assert found.known == (found.best.distance <= threshold)
    assert found.person == (found.best.person if found.known else None)
    if len(expected) == 1:
        assert found.runner_up is None
    else:
        assert found.runner_up is not None and found.runner_up.person == expected[1][1]
        assert found.runner_up.distance == pytest.approx(expected[1][0], abs=1e-6)
    for most in (1, 3, 99):
        assert [m.person for m in nearest(embedding, index, most)] == [p for _, p in expected[:most]]


def test_the_best_wins_though_another_within_the_threshold_comes_first() -> None:
    rows = unit([[1, 0.5, 0], [1, 0.1, 0]])
    found = identify(unit([1, 0, 0]), Index(MAKER, rows, np.array([1, 2]), np.array([7, 8])), 4.0)
    assert found.best is not None and (found.best.person, found.best.photo) == (2, 8)


def test_the_same_photo_is_at_no_distance() -> None:
    index = index_of([3, 4, 4], 8, size=128)
    found = identify(index.rows[2], index, 0.0)
    assert found.best == Match(4, 12, 0.0) and found.known


def test_an_empty_gallery_knows_nobody() -> None:
    assert identify(unit([1, 2]), NOBODY, 4.0) == Identity(None, None, False)
    assert verify(unit([1, 2]), NOBODY, 1, 4.0) is None and nearest(unit([1, 2]), NOBODY, 3) == ()


def test_a_claim_is_held_against_that_person_alone() -> None:
    rows = unit([[1, 0], [0, 1], [0.8, 0.6]])
    index = Index(MAKER, rows, np.array([1, 2, 2]), np.array([5, 6, 7]))
    face = unit([1, 0])
    found = verify(face, index, 2, 0.5)
    assert found is not None and found[0].photo == 7 and found[0].distance == pytest.approx(0.4) and found[1]
    refused = verify(face, index, 2, 0.3)
    assert refused is not None and not refused[1]
    assert verify(face, index, 99, 4.0) is None


def test_the_differences_add_up_to_the_distance() -> None:
    a, b = unit(np.random.default_rng(0).normal(size=(2, 128)))
    assert (
        differences(a, b).sum()
        == pytest.approx(distance(a, b))
        == pytest.approx(2 - 2 * float(a @ b), abs=1e-6)
    )
    assert distance(a, -a) == pytest.approx(4)


def test_all_distances_by_one_product() -> None:
    index = index_of([1] * 50, size=128)
    found = distances_to(index.rows[7], index)
    assert np.allclose(found, ((index.rows - index.rows[7]) ** 2).sum(1), atol=1e-5) and found.min() >= 0


def test_embeddings_of_another_length_are_never_compared() -> None:
    for ask in (lambda e: identify(e, index_of([1]), 1.0), lambda e: verify(e, index_of([1]), 1, 1.0)):
        with pytest.raises(ValueError, match="another embedder"):
            ask(unit([1, 2, 3]))
