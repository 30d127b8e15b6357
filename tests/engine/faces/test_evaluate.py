"""What a threshold makes of a group's distances, against slow loops, scikit-learn and numbers worked by hand."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from engine.faces import evaluate
from engine.faces.evaluate import (
    Pairs,
    equal_error,
    errors_at,
    grown,
    histogram,
    pairs_of,
    per_person,
    roc,
    squared_distances,
    strangers,
    threshold_for,
    wrong_pairs,
)
from engine.faces.gallery.requests import Index, Snapshot

MAKER = ("net", "1")


def unit(rows: npt.ArrayLike) -> npt.NDArray[np.float32]:
    values = np.asarray(rows, np.float64)
    return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)


def group(people: list[int], seed: int = 0, apart: float = 1.0, size: int = 6) -> Index:
    """Photos scattered around a direction a person."""
    generator = np.random.default_rng(seed)
    centres = {person: generator.normal(size=size) * apart for person in sorted(set(people))}
    rows = unit([centres[person] + generator.normal(size=size) for person in people])
    return Index(MAKER, rows, np.array(people), np.arange(100, 100 + len(people)))


def by_hand() -> Pairs:
    """Four pairs of one person, four of two; one of each kind lies at 0.5."""
    same = [0.1, 0.2, 0.5, 0.9]
    different = [0.5, 1.0, 1.5, 2.0]
    count = np.arange(8)
    return Pairs(np.array(same + different), np.array([True] * 4 + [False] * 4), count, count)


class TestPairs:
    @settings(max_examples=25, deadline=None)
    @given(people=st.lists(st.integers(1, 4), max_size=9), seed=st.integers(0, 99))
    def test_they_are_those_of_a_slow_loop(self, people: list[int], seed: int) -> None:
        index = group(people, seed) if people else Snapshot(Path("x")).index(MAKER)
        found = pairs_of(index)
        expected = [
            (a, b, float(((index.rows[a].astype(float) - index.rows[b].astype(float)) ** 2).sum()))
            for a, b in itertools.combinations(range(len(people)), 2)
        ]
        assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == [
            e[:2] for e in expected
        ]
        assert np.allclose(found.distances, [e[2] for e in expected], atol=1e-6)
        assert found.same.tolist() == [people[a] == people[b] for a, b, _ in expected]

    def test_the_same_photo_is_at_no_distance_and_opposite_ones_at_four(self) -> None:
        a = unit([[1, 2, 3]])
        assert squared_distances(a, a)[0, 0] == pytest.approx(0, abs=1e-6)
        assert squared_distances(a, -a)[0, 0] == pytest.approx(4, abs=1e-6)

    def test_a_large_group_is_drawn_from_and_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(evaluate, "MOST_PHOTOS", 5)
        index = group([1, 1, 2, 2, 3, 3, 4])
        found = pairs_of(index, seed=3)
        assert len(found.distances) == 10 and found.left_out == 2
        assert np.array_equal(found.first, pairs_of(index, seed=3).first)
        between = ((index.rows[found.first] - index.rows[found.second]) ** 2).sum(1)
        assert np.allclose(found.distances, between, atol=1e-5)


class TestThreshold:
    def test_mistakes_by_hand_and_a_pair_at_the_threshold_is_accepted(self) -> None:
        found = errors_at(by_hand(), 0.5)
        assert (found.false_accepts, found.different, found.false_rejects, found.same) == (1, 4, 1, 4)
        assert (found.far, found.frr) == (0.25, 0.25)
        stricter = errors_at(by_hand(), 0.4999)
        assert (stricter.false_accepts, stricter.false_rejects) == (0, 2)

    def test_wrong_pairs_come_worst_first(self) -> None:
        accepts, rejects = wrong_pairs(by_hand(), 1.2)
        assert accepts.tolist() == [4, 5] and rejects.tolist() == []
        accepts, rejects = wrong_pairs(by_hand(), 0.15)
        assert accepts.tolist() == [] and rejects.tolist() == [3, 2, 1]

    @pytest.mark.parametrize("most", [1, 2, 5, 99])
    def test_the_most_wrong_ones_are_those_of_the_whole_list(self, most: int) -> None:
        pairs = pairs_of(group([person % 7 for person in range(30)]))
        for whole, part in zip(wrong_pairs(pairs, 1.9), wrong_pairs(pairs, 1.9, most), strict=True):
            assert part.tolist() == whole[:most].tolist()

    def test_without_pairs_no_rate_is_a_division_by_nothing(self) -> None:
        found = errors_at(pairs_of(group([1])), 1.0)
        assert (found.far, found.frr) == (0.0, 0.0)

    def test_the_histogram_counts_every_pair_once(self) -> None:
        pairs = pairs_of(group([1, 1, 2, 2, 3]))
        found = histogram(pairs, 7)
        assert found.same.sum() == pairs.same.sum() and found.different.sum() == (~pairs.same).sum()
        assert found.edges[0] == 0 and found.edges[-1] == pytest.approx(pairs.distances.max())

    def test_the_histogram_of_nobody_is_empty(self) -> None:
        found = histogram(pairs_of(Snapshot(Path("x")).index(MAKER)))
        assert not found.same.any() and not found.different.any() and found.edges[-1] == evaluate.LARGEST


class TestCurve:
    def test_by_hand(self) -> None:
        found = roc(by_hand())
        assert found.thresholds.tolist() == [-np.inf, 0.1, 0.2, 0.5, 0.9, 1.0, 1.5, 2.0]
        assert found.true_accepts.tolist() == [0, 0.25, 0.5, 0.75, 1, 1, 1, 1]
        assert found.false_accepts.tolist() == [0, 0, 0, 0.25, 0.25, 0.5, 0.75, 1]
        # 16 comparisons of a same with a different pair: 14 won, 1 tie (0.5), 1 lost (0.9 against 0.5)
        assert found.area == pytest.approx(14.5 / 16)

    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 999), steps=st.integers(2, 30))
    def test_area_is_scikit_learns_ties_and_all(self, seed: int, steps: int) -> None:
        generator = np.random.default_rng(seed)
        same = np.append([True, False], generator.random(30) < 0.4)
        distances = np.round(generator.random(32) * steps) / steps
        count = np.arange(32)
        found = roc(Pairs(distances, same, count, count))
        assert found.area == pytest.approx(roc_auc_score(same, -distances), abs=1e-12)
        for threshold, false, true in zip(
            found.thresholds, found.false_accepts, found.true_accepts, strict=True
        ):
            errors = errors_at(Pairs(distances, same, count, count), threshold)
            assert (errors.far, 1 - errors.frr) == (pytest.approx(false), pytest.approx(true))

    def test_equal_error_by_hand(self) -> None:
        assert equal_error(roc(by_hand())) == (0.5, 0.25)

    def test_a_threshold_for_a_wanted_rate_keeps_it(self) -> None:
        curve = roc(by_hand())
        assert threshold_for(curve, 0.0) == 0.2
        assert threshold_for(curve, 0.3) == 0.9
        assert threshold_for(curve, 1.0) == 2.0

    def test_people_who_are_told_apart_have_the_whole_area(self) -> None:
        rows = unit(np.repeat(np.eye(3), 2, axis=0) + 0.01)
        found = pairs_of(Index(MAKER, rows, np.array([1, 1, 2, 2, 3, 3]), np.arange(6)))
        assert roc(found).area == 1.0

    @pytest.mark.parametrize("people", [[], [1], [1, 1], [1, 2]])
    def test_a_curve_needs_pairs_of_both_kinds(self, people: list[int]) -> None:
        index = group(people) if people else Snapshot(Path("x")).index(MAKER)
        with pytest.raises(ValueError, match="needs a pair"):
            roc(pairs_of(index))


class TestOneAmongMany:
    def test_growth_by_hand(self) -> None:
        assert grown(0.1, [1, 2, 3]).tolist() == pytest.approx([0.1, 0.19, 0.271])
        assert grown(0.0, [10]).tolist() == [0.0]
        assert grown(1.0, [1]).tolist() == pytest.approx([1.0])
        assert grown(1e-9, [1000])[0] == pytest.approx(1e-6, rel=1e-4)

    def test_strangers_lie_where_the_group_lies(self) -> None:
        index = group([1, 1, 2, 2, 3, 3])
        between = pairs_of(index).of_two
        for count, away in strangers(index, (1, 2), draws=50).items():
            assert count in (1, 2) and len(away) == 50
            assert np.abs(away[:, None] - between[None]).min(1).max() < 1e-5, (
                "every one is a pair of two people"
            )

    def test_the_nearest_of_more_people_is_nearer(self) -> None:
        found = strangers(group(list(range(30)), size=3), (1, 5, 20), draws=400)
        assert found[1].mean() > found[5].mean() > found[20].mean()

    def test_more_people_than_there_are_cannot_be_drawn(self) -> None:
        assert list(strangers(group([1, 2, 3]), (2, 3, 0), draws=3)) == [2]

    def test_one_comparison_is_the_false_accept_rate(self) -> None:
        index = group([person for person in range(12) for _ in range(2)], seed=4, apart=0.6)
        far = errors_at(pairs_of(index), 1.2).far
        measured = (strangers(index, (1,), draws=4000)[1] <= 1.2).mean()
        assert 0.1 < far < 0.9 and measured == pytest.approx(far, abs=4 * (far * (1 - far) / 4000) ** 0.5)


class TestPerPerson:
    def test_against_a_slow_loop(self) -> None:
        index = group([1, 1, 1, 2, 2, 7], seed=2, apart=0.5)
        found = {one.person: one for one in per_person(index, pairs_of(index), 1.5)}
        assert sorted(found) == [1, 2, 7]
        for person, told in found.items():
            own = others = rejected = mistaken = 0
            nearest = (0, np.inf)
            for a, b in itertools.combinations(range(6), 2):
                whose = {int(index.people[a]), int(index.people[b])}
                if person not in whose:
                    continue
                distance = float(((index.rows[a] - index.rows[b]) ** 2).sum())
                if len(whose) == 1:
                    own += 1
                    rejected += distance > 1.5
                else:
                    others += 1
                    mistaken += distance <= 1.5
                    nearest = min(nearest, ((whose - {person}).pop(), distance), key=lambda n: n[1])
            assert (told.own, told.rejected, told.others, told.mistaken) == (own, rejected, others, mistaken)
            assert told.nearest is not None
            assert told.nearest[0] == nearest[0] and told.nearest[1] == pytest.approx(nearest[1], abs=1e-5)
        assert found[7].photos == 1 and found[7].own == 0

    def test_somebody_alone_is_near_to_nobody(self) -> None:
        index = group([5, 5])
        (told,) = per_person(index, pairs_of(index), 1.0)
        assert told.nearest is None and told.others == 0
