"""Faces that nobody has named yet, gathered into groups: one name then labels many. Free of torch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.faces.evaluate import squared_distances
from engine.faces.requests import GroupFaces


def groups_of(rows: npt.NDArray[np.floating], threshold: float) -> npt.NDArray[np.int64]:
    """int64[N]: the group of every face, the largest group 0, alike large ones in the order of their first face.

    Groups are joined while their faces lie within `threshold` of one another on average (agglomerative clustering,
    average linkage on squared distances). `rows`: float[N, D] of length 1.
    """
    count = len(rows)
    if count < 2:
        return np.zeros(count, np.int64)
    from sklearn.cluster import AgglomerativeClustering

    distances = squared_distances(rows, rows)
    np.fill_diagonal(distances, 0.0)
    found = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=threshold
    ).fit_predict(distances)
    return _largest_first(np.asarray(found, np.int64))


def _largest_first(groups: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    names, first, sizes = np.unique(groups, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    place = np.empty(len(names), np.int64)
    place[order] = np.arange(len(names))
    return place[np.searchsorted(names, groups)]


def answer(request: GroupFaces, _context: Context) -> npt.NDArray[np.int64]:
    """Answer a GroupFaces; scikit-learn, which takes a second to load, stays out of the window's thread."""
    return groups_of(request.rows, request.threshold)
