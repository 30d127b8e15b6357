"""Triplets: the loss against autograd and numbers done by hand, mining against slow loops."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from engine.faces import triplet
from engine.faces.triplet import EASY, HARD, SEMI_HARD, Triplets

SEEDS = st.integers(0, 10_000)
MARGINS = st.sampled_from([0.05, 0.2, 0.5, 1.5])


def a_batch(seed: int) -> tuple[Tensor, Tensor]:
    """Unit vectors of a few people, one of whom may have a single photo."""
    rng = torch.Generator().manual_seed(seed)
    count = int(torch.randint(2, 13, (1,), generator=rng))
    labels = torch.randint(0, 4, (count,), generator=rng)
    rows = torch.randn(count, 5, generator=rng, dtype=torch.float64)
    return torch.nn.functional.normalize(rows), labels


def rows_of(triplets: Triplets) -> list[tuple[int, ...]]:
    return list(zip(*(part.tolist() for part in triplets), strict=True))


def distance(rows: Tensor, i: int, j: int) -> float:
    one, other = rows[i].tolist(), rows[j].tolist()
    return float(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)))


@given(SEEDS)
def test_squared_distances_against_a_loop(seed: int) -> None:
    rows, _ = a_batch(seed)
    expected = [[distance(rows, i, j) for j in range(len(rows))] for i in range(len(rows))]
    found = triplet.squared_distances(rows)
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64), rtol=0, atol=1e-12)
    assert not found.diagonal().any() and float(found.min()) >= 0


@given(SEEDS)
def test_every_triplet_of_a_batch(seed: int) -> None:
    _, labels = a_batch(seed)
    who = labels.tolist()
    expected = [
        (a, p, n)
        for a, p, n in itertools.product(range(len(who)), repeat=3)
        if a != p and who[a] == who[p] and who[a] != who[n]
    ]
    assert rows_of(triplet.all_triplets(labels)) == expected


@given(SEEDS, MARGINS)
def test_semi_hard_triplets_against_a_loop(seed: int, margin: float) -> None:
    rows, labels = a_batch(seed)
    distances, who = triplet.squared_distances(rows).tolist(), labels.tolist()
    expected = []
    for a, p in itertools.permutations(range(len(who)), 2):
        negatives = [n for n in range(len(who)) if who[n] != who[a]]
        if who[a] != who[p] or not negatives:
            continue
        to_positive = distances[a][p]
        beyond = [n for n in negatives if distances[a][n] > to_positive]
        nearest_first = sorted(beyond or negatives, key=lambda n: distances[a][n])
        chosen = nearest_first[0 if beyond else -1]
        if distances[a][chosen] < to_positive + margin:
            expected.append((a, p, chosen))
    found = triplet.semi_hard(triplet.squared_distances(rows), labels, margin)
    assert rows_of(found) == sorted(expected)


@given(SEEDS)
def test_hardest_triplets_against_a_loop(seed: int) -> None:
    rows, labels = a_batch(seed)
    distances, who = triplet.squared_distances(rows).tolist(), labels.tolist()
    expected = []
    for a in range(len(who)):
        positives = [i for i in range(len(who)) if i != a and who[i] == who[a]]
        negatives = [i for i in range(len(who)) if who[i] != who[a]]
        if positives and negatives:
            farthest = max(positives, key=lambda i: distances[a][i])
            expected.append((a, farthest, min(negatives, key=lambda i: distances[a][i])))
    assert rows_of(triplet.hardest(triplet.squared_distances(rows), labels)) == expected


@given(SEEDS)
def test_random_triplets_are_valid_one_a_pair_and_seeded(seed: int) -> None:
    _, labels = a_batch(seed)
    first, again = (
        rows_of(triplet.random_triplets(labels, torch.Generator().manual_seed(seed))) for _ in range(2)
    )
    every = rows_of(triplet.all_triplets(labels))
    assert first == again and set(first) <= set(every)
    assert [row[:2] for row in first] == sorted({row[:2] for row in every})


def test_random_negatives_are_not_always_the_same() -> None:
    labels = torch.tensor([0, 0, 1, 1, 2, 2])
    drawn = {
        row[2]
        for seed in range(20)
        for row in rows_of(triplet.random_triplets(labels, torch.Generator().manual_seed(seed)))
        if row[0] == 0
    }
    assert drawn == {2, 3, 4, 5}


def test_a_loss_done_by_hand() -> None:
    # d(A, P) = 0.09 + 0.16 = 0.25; d(A, N) = 0.36 + 0.64 = 1.
    rows = torch.tensor([[0.0, 0.0], [0.3, 0.4], [0.6, 0.8]])
    one = Triplets(*(torch.tensor([i]) for i in range(3)))
    assert float(triplet.batch_loss(rows, one, margin=1.0)) == pytest.approx(0.25)
    assert float(triplet.batch_loss(rows, one, margin=0.5)) == 0


@given(SEEDS, MARGINS)
def test_the_gradient_against_the_formula(seed: int, margin: float) -> None:
    """dL/dA = 2 (N - P), dL/dP = 2 (P - A), dL/dN = 2 (A - N) of every triplet that breaks the margin."""
    rows, labels = a_batch(seed)
    triplets = triplet.all_triplets(labels)
    expected = torch.zeros_like(rows)
    loss = 0.0
    for a, p, n in rows_of(triplets):
        one = distance(rows, a, p) - distance(rows, a, n) + margin
        if one > 0:
            loss += one
            expected[a] += 2 * (rows[n] - rows[p])
            expected[p] += 2 * (rows[p] - rows[a])
            expected[n] += 2 * (rows[a] - rows[n])
    many = max(len(triplets.anchor), 1)
    leaf = rows.clone().requires_grad_()
    found = triplet.batch_loss(leaf, triplets, margin)
    found.backward()
    assert float(found.detach()) == pytest.approx(loss / many, abs=1e-12)
    assert leaf.grad is not None
    torch.testing.assert_close(leaf.grad, expected / many, rtol=0, atol=1e-12)


def test_a_batch_of_one_person_costs_nothing_and_has_a_gradient() -> None:
    rows = torch.ones(3, 2, requires_grad=True)
    labels = torch.zeros(3, dtype=torch.int64)
    for triplets in (
        triplet.all_triplets(labels),
        triplet.hardest(triplet.squared_distances(rows.detach()), labels),
        triplet.semi_hard(triplet.squared_distances(rows.detach()), labels),
    ):
        loss = triplet.batch_loss(rows, triplets)
        loss.backward()
        assert float(loss.detach()) == 0 and rows.grad is not None and not rows.grad.any()


@given(SEEDS, MARGINS)
def test_shares_of_kinds_are_those_of_all_triplets(seed: int, margin: float) -> None:
    rows, labels = a_batch(seed)
    apart, every = triplet.squared_distances(rows), triplet.all_triplets(labels)
    found = triplet.kinds(
        apart[every.anchor, every.positive], apart[every.anchor, every.negative], margin
    ).tolist()
    expected = [found.count(kind) / max(len(found), 1) for kind in (HARD, SEMI_HARD, EASY)]
    assert triplet.shares_of_kinds(apart, labels, margin) == pytest.approx(expected, abs=1e-6)


def test_kinds_of_triplets_at_their_borders() -> None:
    to_positive = torch.full((5,), 0.5)
    to_negative = torch.tensor([0.25, 0.5, 0.75, 1.0, 1.5])
    found = triplet.kinds(to_positive, to_negative, margin=0.5)
    assert found.tolist() == [HARD, HARD, SEMI_HARD, EASY, EASY]
    easy = triplet.triplet_loss(to_positive, to_negative, 0.5) == 0
    assert torch.equal(easy, found == EASY)
