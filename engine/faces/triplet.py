"""The triplet loss and the choice of triplets within a batch (Schroff, Kalenichenko and Philbin 2015, "FaceNet")."""

from __future__ import annotations

from typing import Final, NamedTuple

import torch
from torch import Generator, Tensor

MARGIN: Final = 0.2
"""Of FaceNet, for squared distances of unit vectors."""
HARD: Final = 0
SEMI_HARD: Final = 1
EASY: Final = 2


class Triplets(NamedTuple):
    """Rows of a batch that belong together: three int64[T]. Anchor and positive show one person, negative another."""

    anchor: Tensor
    positive: Tensor
    negative: Tensor


def squared_distances(embeddings: Tensor) -> Tensor:
    """Tensor[N, N] of ||f_i - f_j||^2 for Tensor[N, D]; 0 to 4 for unit vectors, exactly 0 on the diagonal.

    The matrix product loses digits where vectors nearly agree; what would fall below 0 is cut off.
    """
    squares = embeddings.square().sum(1)
    distances = (squares[:, None] + squares[None] - 2 * embeddings @ embeddings.T).clamp(min=0)
    return distances.masked_fill(torch.eye(len(embeddings), dtype=torch.bool, device=embeddings.device), 0)


def triplet_loss(to_positive: Tensor, to_negative: Tensor, margin: float = MARGIN) -> Tensor:
    """max(d(A, P) - d(A, N) + margin, 0) a triplet, Tensor[T], from squared distances Tensor[T] and Tensor[T]."""
    return (to_positive - to_negative + margin).clamp(min=0)


def batch_loss(embeddings: Tensor, triplets: Triplets, margin: float = MARGIN) -> Tensor:
    """Mean loss of the triplets of a batch of embeddings Tensor[N, D]; 0, with gradient 0, where there are none."""
    if not len(triplets.anchor):
        return embeddings.sum() * 0
    anchor, positive, negative = (embeddings[rows] for rows in triplets)
    to_positive = (anchor - positive).square().sum(1)
    to_negative = (anchor - negative).square().sum(1)
    return triplet_loss(to_positive, to_negative, margin).mean()


def kinds(to_positive: Tensor, to_negative: Tensor, margin: float = MARGIN) -> Tensor:
    """HARD, SEMI_HARD or EASY a triplet, int64[T].

    Hard: the negative is not farther than the positive. Semi-hard: it is, by less than the margin. Easy: its loss is 0.
    """
    gap = to_negative - to_positive
    return (gap > 0).long() + (gap >= margin).long()


def all_triplets(labels: Tensor) -> Triplets:
    """Every triplet of a batch with labels int64[N], ordered by anchor, positive, negative ("batch all")."""
    same = labels[:, None] == labels[None]
    pairs = same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    return Triplets(*(pairs[:, :, None] & ~same[:, None, :]).nonzero(as_tuple=True))


def shares_of_kinds(distances: Tensor, labels: Tensor, margin: float = MARGIN) -> tuple[float, float, float]:
    """The shares of HARD, SEMI_HARD and EASY among all triplets of a batch, 0..1; all 0 where there are none.

    Pair by pair, without the list of triplets: a batch of 192 has 380,000 of them among seven million places.
    """
    same = labels[:, None] == labels[None]
    anchor, positive = (same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)).nonzero(
        as_tuple=True
    )
    found = kinds(distances[anchor, positive][:, None], distances[anchor], margin)[~same[anchor]]
    counts = torch.bincount(found, minlength=3) / max(len(found), 1)
    return float(counts[HARD]), float(counts[SEMI_HARD]), float(counts[EASY])


def random_triplets(labels: Tensor, rng: Generator) -> Triplets:
    """A negative at random for every pair of one person."""
    return _one_a_pair(labels, torch.rand(len(labels), len(labels), generator=rng)[:, None, :])


def semi_hard(distances: Tensor, labels: Tensor, margin: float = MARGIN) -> Triplets:
    """For every pair of one person the nearest negative that is farther than the positive, if it breaks the margin.

    `distances`: squared, Tensor[N, N]. A pair whose negatives are all nearer than its positive takes the farthest of
    them, so that it is learned from, too. Pairs whose triplet would be easy are left out.
    """
    beyond = distances[:, None, :] > distances[:, :, None]
    # Nearest first among those beyond (scores above 0), farthest first among the others (scores below 0).
    farthest = distances.max() + 1
    score = torch.where(beyond, 2 * farthest - distances[:, None, :], distances[:, None, :] - farthest)
    chosen = _one_a_pair(labels, score)
    a, p, n = chosen
    counts = distances[a, n] < distances[a, p] + margin
    return Triplets(a[counts], p[counts], n[counts])


def hardest(distances: Tensor, labels: Tensor) -> Triplets:
    """For every picture its farthest positive and its nearest negative ("batch hard", Hermans et al. 2017).

    Pictures without a positive or a negative in the batch are left out.
    """
    same = labels[:, None] == labels[None]
    alone = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    positive = distances.masked_fill(~same | alone, -1).argmax(1)
    negative = distances.masked_fill(same, torch.inf).argmin(1)
    anchor = ((same & ~alone).any(1) & (~same).any(1)).nonzero()[:, 0]
    return Triplets(anchor, positive[anchor], negative[anchor])


def _one_a_pair(labels: Tensor, score: Tensor) -> Triplets:
    """For every pair of one person the negative of the highest score, Tensor[N, N or 1, N] by anchor and positive."""
    same = labels[:, None] == labels[None]
    negative = score.masked_fill(same[:, None, :], -torch.inf).argmax(2).expand(same.shape)
    pairs = same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    anchor, positive = (pairs & (~same).any(1)[:, None]).nonzero(as_tuple=True)
    return Triplets(anchor, positive, negative[anchor, positive])
