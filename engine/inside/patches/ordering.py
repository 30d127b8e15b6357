"""Which activations are the strongest, in an order that does not depend on who found them first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]
Ranked = tuple[Values, Numbers, Numbers]
"""Values, numbers of pictures, places on the map; each [units, entries]."""

NOBODY: Final = -1
"""The number of the picture where there is no entry; its value is -inf."""


def nothing(units: int, k: int) -> Ranked:
    """Rankings without an entry: (float32[units, k], int32[units, k], int32[units, k])."""
    nobody = np.full((units, k), NOBODY, np.int32)
    return np.full((units, k), -np.inf, np.float32), nobody, nobody.copy()


def side_by_side(one: Sequence[npt.NDArray[Any]], other: Sequence[npt.NDArray[Any]]) -> Ranked:
    """The entries of both, row by row: values, pictures, places."""
    values, pictures, places = (np.concatenate(pair, axis=1) for pair in zip(one, other, strict=True))
    return values, pictures, places


def strongest(ranked: Ranked, k: int, *, distinct: bool = False) -> Ranked:
    """The k strongest entries of every row, [units, m] -> [units, k]: by value, then picture, then place.

    `distinct`: a picture may have several entries in a row, of which the first in that order counts.
    """
    values, pictures, places = ranked
    order = np.lexsort((places, pictures, -values), axis=-1)
    if distinct:
        repeated = _repeated(np.take_along_axis(pictures, order, 1))
        order = np.take_along_axis(order, np.argsort(repeated, axis=1, kind="stable"), 1)
    order = order[:, :k]
    kept: list[npt.NDArray[Any]] = [np.take_along_axis(part, order, 1) for part in (values, pictures, places)]
    if distinct:
        left_over = _repeated(kept[1])
        for part, nobody in zip(kept, (-np.inf, NOBODY, NOBODY), strict=True):
            part[left_over] = nobody
    return kept[0], kept[1], kept[2]


def _repeated(pictures: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """bool[units, m]: whether a picture has an entry further left in the row."""
    found = np.zeros(pictures.shape, np.bool_)
    for column in range(1, pictures.shape[1]):
        found[:, column] = (pictures[:, :column] == pictures[:, column, None]).any(axis=1)
    return found
