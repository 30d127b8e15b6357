"""Orders of feature maps in which the structure of a Gram matrix shows. Free of torch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_TINY = 1e-12


def by_similarity(gram: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    """int64[C]: the maps so that those which are active at the same places stand together.

    Agglomerative clustering (average linkage) of 1 - G_kk' / sqrt(G_kk G_k'k'), leaves from left to right. Maps that
    are never active come last, in their own order.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    values = np.asarray(gram, np.float64)
    strength = np.sqrt(np.clip(np.diag(values), 0, None))
    active = np.flatnonzero(strength > _TINY)
    silent = np.flatnonzero(strength <= _TINY)
    if len(active) < 3:
        return np.concatenate([active, silent])
    alike = values[np.ix_(active, active)] / np.outer(strength[active], strength[active])
    apart = np.clip(1 - alike, 0, 2)
    np.fill_diagonal(apart, 0)
    apart = (apart + apart.T) / 2
    leaves = leaves_list(linkage(squareform(apart, checks=False), "average"))
    return np.concatenate([active[leaves], silent])
