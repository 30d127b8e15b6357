"""How well distances tell pairs of one identity from pairs of two. Free of torch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def pair_distances(
    embeddings: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Squared distances float64[pairs] of all pairs of rows of float32[N, D], and whether both have one label."""
    wide = embeddings.astype(np.float64)
    squares = np.square(wide).sum(1)
    products = np.einsum("id,jd->ij", wide, wide)  # a product of BLAS would take the threads of the window
    every = np.maximum(squares[:, None] + squares - 2 * products, 0)
    first, second = np.triu_indices(len(wide), 1)
    return every[first, second], labels[first] == labels[second]


def auc(scores: FloatArray, positive: npt.NDArray[np.bool_]) -> float:
    """The chance that a positive scores higher than a negative, ties half; 0.5 where either is missing.

    The rank sum of Mann and Whitney (1947), which is the area under the ROC curve.
    """
    count, others = int(positive.sum()), int((~positive).sum())
    if not count or not others:
        return 0.5
    _, place, tied = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(tied) - (tied - 1) / 2
    total = float(ranks[place.reshape(-1)][positive].sum())
    return (total - count * (count + 1) / 2) / (count * others)


def best_threshold(apart: FloatArray, same: npt.NDArray[np.bool_]) -> float:
    """The distance at which false accepts and false rejects are equally frequent, as nearly as pairs allow."""
    order = np.argsort(apart, kind="stable")
    accepted_same = np.cumsum(same[order]) / max(int(same.sum()), 1)
    accepted_other = np.cumsum(~same[order]) / max(int((~same).sum()), 1)
    return float(apart[order][np.abs(1 - accepted_same - accepted_other).argmin()])
