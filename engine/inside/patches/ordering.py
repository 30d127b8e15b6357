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


def strongest(ranked: Ranked, k: int) -> Ranked:
    """The k strongest entries of every row, [units, m] -> [units, k]: by value, then picture.

    A picture has at most one entry in a row.
    """
    keys = _keys(ranked[0], ranked[1])
    if keys.shape[1] > k:
        best = np.argpartition(keys, k - 1, axis=1)[:, :k]
    else:
        best = np.broadcast_to(np.arange(keys.shape[1]), keys.shape)
    order = np.take_along_axis(best, np.argsort(np.take_along_axis(keys, best, 1), axis=1), 1)
    return _taken(ranked, order)


def strongest_apart(ranked: Ranked, k: int) -> Ranked:
    """The same where a picture may have several entries in a row: the strongest counts, and its first place."""
    values, pictures, places = ranked
    order = np.lexsort((places, pictures, -values), axis=-1)
    repeated = _repeated(np.take_along_axis(pictures, order, 1))
    kept = _taken(ranked, np.take_along_axis(order, np.argsort(repeated, axis=1, kind="stable")[:, :k], 1))
    left_over = _repeated(kept[1])
    for part, nobody in zip(kept, (-np.inf, NOBODY, NOBODY), strict=True):
        part[left_over] = nobody
    return kept


def _keys(values: Values, pictures: Numbers) -> npt.NDArray[np.int64]:
    """One number that orders by value, largest first, and then by picture: a third of the time of sorting by both.

    The bits of floating-point numbers are ordered as the numbers are, those of negative ones the other way round.
    """
    bits = (values + np.float32(0)).view(np.int32)  # -0 becomes 0
    rising = np.where(bits >= 0, bits, bits ^ np.int32(0x7FFFFFFF)).astype(np.int64)
    return (-rising << 32) | (pictures.astype(np.int64) + 1)


def _taken(ranked: Ranked, order: npt.NDArray[np.int64]) -> Ranked:
    values, pictures, places = ranked
    return (
        np.take_along_axis(values, order, 1),
        np.take_along_axis(pictures, order, 1),
        np.take_along_axis(places, order, 1),
    )


def _repeated(pictures: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """bool[units, m]: whether a picture has an entry further left in the row."""
    found = np.zeros(pictures.shape, np.bool_)
    for column in range(1, pictures.shape[1]):
        found[:, column] = (pictures[:, :column] == pictures[:, column, None]).any(axis=1)
    return found
