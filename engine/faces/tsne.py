"""t-SNE step by step (van der Maaten & Hinton 2008), so that the map can be watched while it settles. Free of torch.

The likeness of two faces, p_ij, comes from their squared distance in the embedding; that of two points of the map,
q_ij, from a heavy-tailed curve; points move downhill on KL(P || Q). Exact: every pair counts.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

EXAGGERATION: Final = 12.0
"""How much stronger likeness pulls at first, so that groups form before they find their places."""
EARLY: Final = 200
"""Steps of that kind."""
STEPS: Final = 500
HALVINGS: Final = 64
"""Of the interval in which the width of a neighbourhood is looked for."""
CLOSE: Final = 1e-5
"""How near its entropy has to come to that of the perplexity."""
BLOCK: Final = 128
"""Rows whose widths are found in one step."""
SPREAD: Final = 1e-4
"""Standard deviation of the first points."""
TINY: Final = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """The map after some steps: `points` float64[N, 2]; `loss`: KL(P || Q) in nats."""

    number: int
    points: Floats
    loss: float


def descend(distances: Floats, start: Floats, perplexity: float) -> Generator[Step]:
    """All steps, from `start` float64[N, 2] on, for squared distances float64[N, N]; no chance has a part in it."""
    likeness = yield from _shared(distances, perplexity, start)
    points = start * (SPREAD / max(float(start[:, 0].std()), TINY))
    moved, gains = np.zeros_like(points), np.ones_like(points)
    rate = max(len(points) / EXAGGERATION / 4, 50.0)
    for number in range(1, STEPS + 1):
        early = number <= EARLY
        slope, loss = gradient(likeness * EXAGGERATION if early else likeness, points)
        against = moved * slope < 0
        gains = np.maximum(np.where(against, gains + 0.2, gains * 0.8), 0.01)
        moved = (0.5 if early else 0.8) * moved - rate * gains * slope
        points = points + moved
        yield Step(number, points - points.mean(0), loss)


def _shared(distances: Floats, perplexity: float, start: Floats) -> Generator[Step, None, Floats]:
    """p_ij float64[N, N], a step a block of rows."""
    count = len(distances)
    given = np.zeros((count, count))
    for first in range(0, count, BLOCK):
        rows = np.arange(first, min(first + BLOCK, count))
        given[rows] = neighbourhoods(distances, rows, perplexity)
        yield Step(0, start, float("nan"))
    return joint(given)


def neighbourhoods(distances: Floats, rows: npt.NDArray[np.int64], perplexity: float) -> Floats:
    """p_j|i float64[len(rows), N]: Gaussians whose widths make the entropy of each row log(perplexity)."""
    away = distances[rows].copy()
    own = (np.arange(len(rows)), rows)
    away[own] = np.inf
    away -= away.min(1, keepdims=True)  # the same shares, and none of the exponentials is too small
    wanted = np.log(perplexity)
    low, high = np.zeros(len(rows)), np.full(len(rows), np.inf)
    sharpness = np.ones(len(rows))
    for _ in range(HALVINGS):
        shares = np.exp(-np.where(np.isfinite(away), away, 0.0) * sharpness[:, None])
        shares[own] = 0.0
        shares /= shares.sum(1, keepdims=True)
        entropy = -(shares * np.log(np.maximum(shares, TINY))).sum(1)
        if np.abs(entropy - wanted).max() < CLOSE:
            break
        wide = entropy > wanted
        low, high = np.where(wide, sharpness, low), np.where(wide, high, sharpness)
        sharpness = np.where(np.isinf(high), sharpness * 2, (low + np.where(np.isinf(high), low, high)) / 2)
    return np.asarray(shares)


def joint(given: Floats) -> Floats:
    """p_ij = (p_j|i + p_i|j) / 2N."""
    both = given + given.T
    return np.asarray(np.maximum(both / max(both.sum(), TINY), TINY))


def gradient(likeness: Floats, points: Floats) -> tuple[Floats, float]:
    """The slope of KL(P || Q) float64[N, 2], 4 sum_j (p_ij - q_ij)(y_i - y_j) / (1 + |y_i - y_j|^2), and KL itself."""
    squares = (points**2).sum(1)
    near = 1.0 / (1.0 + np.maximum(squares[:, None] + squares[None, :] - 2 * points @ points.T, 0.0))
    np.fill_diagonal(near, 0.0)
    shown = np.maximum(near / near.sum(), TINY)
    pull = (likeness - shown) * near
    slope = 4 * (pull.sum(1)[:, None] * points - pull @ points)
    return slope, float((likeness * np.log(likeness / shown)).sum())
