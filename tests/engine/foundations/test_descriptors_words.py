"""Visual words against loops and scikit-learn's k-means."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UserError
from engine.foundations.descriptors.check import check_words
from engine.foundations.descriptors.words import (
    VisualWords,
    WordsSpec,
    corner_places,
    cut,
    described,
    grid_places,
    lloyd,
    means,
    squared_distances,
    start,
    visual_words,
)
from engine.images import Frame

T = TypeVar("T")


def run(steps: Generator[Any, None, T]) -> T:
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: T = stop.value
            return result


def noise(height: int = 60, width: int = 72, seed: int = 0) -> Frame:
    return Frame(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8), "noise")


FOUR = WordsSpec(words=4, patch=6, spacing=6)


def words(spec: WordsSpec = FOUR, frame: Frame | None = None) -> VisualWords:
    return run(visual_words(noise() if frame is None else frame, spec))


@given(st.integers(2, 12), st.integers(1, 4), st.integers(1, 5), st.integers(0, 50))
def test_every_round_is_that_of_a_loop(count: int, size: int, k: int, seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(count, size))
    found = run(lloyd(points, start(points, k, seed)))
    for t, labels in enumerate(found.labels):
        centres = found.centres[t]
        for point, label in zip(points, labels, strict=True):
            away = [float(((point - centre) ** 2).sum()) for centre in centres]
            assert away[int(label)] == pytest.approx(min(away), abs=1e-9)
        total = sum(float(((p - centres[l]) ** 2).sum()) for p, l in zip(points, labels, strict=True))  # noqa: E741
        assert found.inertia[t] == pytest.approx(total, abs=1e-9)
        if t + 1 < len(found.centres):
            for word, centre in enumerate(found.centres[t + 1]):
                mine = points[labels == word]
                assert centre == pytest.approx(mine.mean(0) if len(mine) else centres[word])
    assert (np.diff(found.inertia) <= 1e-9).all(), "k-means never gets worse"
    assert found.converged and (found.labels[-1] == found.labels[-2]).all()
    assert len(found.centres) == len(found.labels) and found.steps == 2 * len(found.labels)


def test_steps_alternate() -> None:
    points = np.array([[0.0], [1.0], [10.0], [11.0]])
    found = run(lloyd(points, np.array([[0.0], [1.0]])))
    centres, labels = found.at(0)
    assert centres.ravel().tolist() == [0, 1] and labels is None
    centres, labels = found.at(1)
    assert centres.ravel().tolist() == [0, 1] and labels is not None and labels.tolist() == [0, 1, 1, 1]
    centres, labels = found.at(2)
    assert (
        centres.ravel() == pytest.approx([0, 22 / 3])
        and labels is not None
        and labels.tolist() == [0, 1, 1, 1]
    )
    centres, labels = found.at(999)
    assert centres.ravel().tolist() == [0.5, 10.5] and labels is not None and labels.tolist() == [0, 0, 1, 1]
    assert found.inertia.tolist() == pytest.approx([0 + 0 + 81 + 100, found.inertia[1], *found.inertia[2:]])
    assert found.inertia[-1] == 1.0


def test_a_run_can_be_cut_short() -> None:
    points = np.random.default_rng(1).normal(size=(200, 3))
    found = run(lloyd(points, start(points, 8, 1), rounds=2))
    assert len(found.labels) == 2 and not found.converged


def test_a_word_without_points_stays() -> None:
    points = np.array([[0.0], [1.0]])
    assert means(points, np.array([0, 0]), np.array([[5.0], [9.0]])).tolist() == [[0.5], [9.0]]


@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 5), st.integers(0, 20))
def test_distances_are_those_of_differences(n: int, k: int, size: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    points, centres = draw.normal(size=(n, size)), draw.normal(size=(k, size))
    assert squared_distances(points, centres) == pytest.approx(
        ((points[:, None] - centres[None]) ** 2).sum(-1), abs=1e-9
    )


def test_the_start_takes_different_points_and_no_more_than_there_are() -> None:
    points = np.repeat(np.array([[0.0], [3.0], [7.0]]), 5, axis=0)
    found = start(points, 10, 3)
    assert sorted(found.ravel().tolist()) == [0.0, 3.0, 7.0]
    assert (start(points, 2, 3) == start(points, 2, 3)).all()


def test_patches_are_cut_where_the_places_say() -> None:
    grey = np.arange(30.0).reshape(5, 6)
    assert cut(grey, np.array([[0, 0], [2, 3]]), 2).tolist() == [[[0, 1], [6, 7]], [[15, 16], [21, 22]]]


@given(st.integers(1, 40), st.integers(1, 40), st.integers(6, 12), st.integers(6, 12))
def test_a_grid_is_regular_inside_and_centred(height: int, width: int, patch: int, spacing: int) -> None:
    places = grid_places((height, width), WordsSpec(patch=patch, spacing=spacing))
    for axis, length in ((0, height), (1, width)):
        values = np.unique(places[:, axis])
        if length < patch or not len(places):
            continue
        assert (np.diff(values) == spacing).all()
        before, after = int(values[0]), length - patch - int(values[-1])
        assert 0 <= before <= after <= before + 1
    expected = max((height - patch) // spacing + 1, 0) * max((width - patch) // spacing + 1, 0)
    assert len(places) == expected


def test_corners_are_found_at_corners() -> None:
    grey = np.zeros((60, 60))
    grey[20:40, 20:40] = 255
    places = corner_places(grey, WordsSpec(patch=8, where="corners")) + 4
    assert {(r > 30, c > 30) for r, c in places.tolist()} == {
        (False, False),
        (False, True),
        (True, False),
        (True, True),
    }
    assert all(
        min(abs(r - 20), abs(r - 39)) <= 2 and min(abs(c - 20), abs(c - 39)) <= 2 for r, c in places.tolist()
    )
    assert len(corner_places(np.zeros((60, 60)), WordsSpec(where="corners"))) == 0


def test_contrast_is_normalised() -> None:
    patches = np.random.default_rng(0).integers(0, 100, (5, 6, 6)).astype(float)
    points = described(patches, contrast=True)
    assert points.mean(1) == pytest.approx(np.zeros(5), abs=1e-12)
    spread = patches.reshape(5, -1).std(1)
    assert points.std(1) == pytest.approx(spread / np.sqrt(spread**2 + 10))
    assert described(patches + 50, contrast=True) == pytest.approx(points), "brightness does not matter"
    assert described(patches, contrast=False) == pytest.approx(patches.reshape(5, -1) / 255)
    assert described(np.full((1, 2, 2), 7.0), contrast=True).tolist() == [[0.0] * 4]


def test_words_of_a_picture() -> None:
    found = words()
    assert found.points.shape == (10 * 12, 36) and found.words == 4
    last = found.run.steps - 1
    assert found.counts(last).sum() == 120 and found.counts(0).tolist() == [0] * 4
    assert found.counts(last).tolist() == [int((found.run.labels[-1] == w).sum()) for w in range(4)]


def test_a_pixel_belongs_to_the_nearest_patch_that_holds_it() -> None:
    found = words(WordsSpec(words=2, patch=8, spacing=6))
    for x, y in ((0, 0), (30, 30), (35, 11), (71, 59)):
        index = found.patch_at(x, y)
        holding = [
            (abs(y - r - 3.5) + abs(x - c - 3.5), i)
            for i, (r, c) in enumerate(found.places.tolist())
            if r <= y < r + 8 and c <= x < c + 8
        ]
        assert index == (min(holding)[1] if holding else None)


def test_a_plain_picture_has_one_word() -> None:
    found = words(WordsSpec(words=5, patch=6, spacing=6), Frame(np.full((30, 30, 3), 90, np.uint8), "plain"))
    assert found.words == 1 and found.counts(1).tolist() == [25]


def test_too_few_patches_are_refused_in_words() -> None:
    with pytest.raises(UserError, match="Fewer than two patches of 32 × 32 pixels"):
        words(WordsSpec(patch=32), noise(33, 33))
    with pytest.raises(UserError, match="grid instead of corners"):
        words(WordsSpec(where="corners"), Frame(np.zeros((60, 60, 3), np.uint8), "black"))


@pytest.mark.parametrize("wrong", [{"words": 1}, {"words": 21}, {"patch": 5}, {"spacing": 5}, {"seed": -1}])
def test_numbers_out_of_range_are_refused_in_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="Visual words take"):
        replace(WordsSpec(), **wrong).validated()


@pytest.mark.parametrize(
    "spec", [WordsSpec(words=3, patch=6, spacing=7), WordsSpec(words=7, contrast=False, patch=8)]
)
def test_scikit_learn_finds_the_same_words(spec: WordsSpec) -> None:
    found = words(spec)
    check = check_words(found)
    assert check.agrees and "KMeans" in check.reference
    moved = replace(
        found.run, centres=found.run.centres + np.linspace(0, 1e-3, len(found.run.centres))[:, None, None]
    )
    assert len(found.run.labels) > 1
    assert not check_words(replace(found, run=moved)).agrees
