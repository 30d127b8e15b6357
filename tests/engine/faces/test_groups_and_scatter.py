"""Unnamed faces in groups, and embeddings in a plane."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from engine.faces.grouping import groups_of
from engine.faces.scatter import neighbours, principal
from engine.networks.steps import at_once


def around(centres: np.ndarray, counts: list[int], noise: float = 0.05, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    rows = np.concatenate([np.repeat(c[None], n, 0) for c, n in zip(centres, counts, strict=True)])
    rows = rows + generator.normal(size=rows.shape) * noise
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


class TestGroups:
    def test_people_are_told_apart_the_largest_group_first(self) -> None:
        rows = around(np.eye(5)[:3], [2, 4, 3])
        assert groups_of(rows, 1.0).tolist() == [2, 2, 0, 0, 0, 0, 1, 1, 1]

    def test_the_threshold_decides(self) -> None:
        rows = around(np.eye(5)[:3], [2, 2, 2])
        assert groups_of(rows, 4.0).max() == 0
        assert sorted(groups_of(rows, 0.0).tolist()) == list(range(6))

    def test_alike_large_groups_keep_the_order_of_their_faces(self) -> None:
        assert groups_of(around(np.eye(4)[[2, 0]], [2, 2]), 1.0).tolist() == [0, 0, 1, 1]

    @pytest.mark.parametrize("count", [0, 1])
    def test_few_faces(self, count: int) -> None:
        assert groups_of(np.ones((count, 1), np.float32), 1.0).tolist() == [0] * count

    def test_the_same_face_twice_is_one_group(self) -> None:
        row = around(np.eye(3)[:1], [1])
        assert groups_of(np.concatenate([row, row]), 0.01).tolist() == [0, 0]


class TestPlane:
    def test_principal_components_are_scikit_learns(self) -> None:
        rows = np.random.default_rng(1).normal(size=(20, 7))
        found = principal(rows)
        theirs = PCA(2).fit(rows)
        expected = theirs.transform(rows)
        for axis in range(2):  # a direction may point either way
            assert np.allclose(np.abs(found.points[:, axis]), np.abs(expected[:, axis]), atol=1e-9)
        assert found.explained == pytest.approx(tuple(theirs.explained_variance_ratio_))

    @pytest.mark.parametrize("rows", [np.zeros((0, 4)), np.ones((1, 4)), np.ones((3, 4)), np.ones((3, 1))])
    def test_what_does_not_vary_lies_in_one_point(self, rows: np.ndarray) -> None:
        found = principal(rows)
        assert found.points.shape == (len(rows), 2) and not found.points.any()
        assert found.explained == (0.0, 0.0)

    def test_neighbours_stay_together(self) -> None:
        rows = around(np.eye(6)[:3], [6, 6, 6], noise=0.02)
        found = at_once(neighbours(rows))
        people = np.repeat([0, 1, 2], 6)
        distances = np.linalg.norm(found.points[:, None] - found.points[None], axis=-1)
        np.fill_diagonal(distances, np.inf)
        assert (people[distances.argmin(1)] == people).all()

    def test_three_faces_are_too_few_for_t_sne(self) -> None:
        assert "principal" in at_once(neighbours(np.eye(3))).told
