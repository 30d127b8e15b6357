"""Embeddings in a plane: by principal components, or by t-SNE (van der Maaten & Hinton 2008). Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

PERPLEXITY: Final = 15.0
FEWEST: Final = 4
"""Points below which t-SNE has no neighbours to speak of."""


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Where the faces lie: `points` float64[N, 2]; `told`: what the axes are.

    `explained`: the share of the variance along both axes, () where the axes mean nothing (t-SNE).
    """

    points: npt.NDArray[np.float64]
    told: str
    explained: tuple[float, ...] = ()


def principal(rows: npt.NDArray[np.floating]) -> Plane:
    """The two directions in which float[N, D] varies most; signs are such that the largest weight is positive."""
    values = np.asarray(rows, np.float64)
    if len(values) < 2:
        return Plane(np.zeros((len(values), 2)), "one face: no direction", (0.0, 0.0))
    centred = values - values.mean(0)
    _, strengths, directions = np.linalg.svd(centred, full_matrices=False)
    axes = np.zeros((2, values.shape[1]))
    count = min(2, len(directions))
    axes[:count] = directions[:count]
    largest = np.abs(axes).argmax(1)
    axes *= np.where(axes[np.arange(2), largest] < 0, -1.0, 1.0)[:, None]
    power = strengths**2
    total = power.sum()
    shares = tuple(float(p / total) if total > 0 else 0.0 for p in (*power[:2], 0.0, 0.0)[:2])
    return Plane(centred @ axes.T, f"principal components, {sum(shares):.0%} of the variance", shares)


def neighbours(rows: npt.NDArray[np.floating], seed: int = 0) -> Plane:
    """Neighbours stay neighbours, distances between groups say nothing. Few points: principal components."""
    values = np.asarray(rows, np.float64)
    if len(values) < FEWEST:
        return principal(values)
    from sklearn.manifold import TSNE

    perplexity = min(PERPLEXITY, (len(values) - 1) / 3)
    points = TSNE(
        n_components=2,
        perplexity=perplexity,
        init="pca",
        random_state=seed,
        method="exact" if len(values) < 50 else "barnes_hut",
    ).fit_transform(values)
    return Plane(np.asarray(points, np.float64), f"t-SNE, perplexity {perplexity:.0f}")
