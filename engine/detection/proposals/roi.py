"""RoI max pooling (Girshick 2015) and RoIAlign (He et al. 2017) of one box, cell by cell. No torch.

`scale`: cells of the map a pixel of the picture (1 / stride). `size`: cells along each side of what comes out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]
IntArray = npt.NDArray[np.int64]
BoxLike = npt.ArrayLike


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """The cells of a map that each output cell takes the largest of: half-open ranges int64[size, 2].

    Output cell (i, j) reads rows `rows[i]`, columns `columns[j]`; neighbours may share cells. `box`: the rounded box in
    cells (left, top, right, bottom), half-open.
    """

    rows: IntArray
    columns: IntArray
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Where RoIAlign reads a map: `ys`, `xs` float64[size, points], positions between the middles of cells.

    Output cell (i, j) is the mean of the values at all ys[i] and xs[j]. `box` in cells, not rounded.
    """

    ys: FloatArray
    xs: FloatArray
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Corner:
    """One of the four cells that a sample is mixed of."""

    row: int
    column: int
    weight: float


def pool_bins(box: BoxLike, scale: float, size: int, shape: tuple[int, int]) -> Bins:
    """Both roundings of RoI pooling: the box to whole cells, and its parts to whole cells.

    As torchvision does it: halves are rounded up, the cell of the last corner counts, parts are widened to whole cells
    and computed in float32.
    """
    corners = np.asarray(box, np.float32) * np.float32(scale)
    left, top, right, bottom = np.floor(corners + np.float32(0.5)).astype(np.int64).tolist()
    width, height = max(right - left + 1, 1), max(bottom - top + 1, 1)
    rows, columns = _ranges(top, height, size, shape[0]), _ranges(left, width, size, shape[1])
    return Bins(rows, columns, (left, top, left + width, top + height))


def _ranges(start: int, length: int, size: int, limit: int) -> IntArray:
    part = np.float32(length) / np.float32(size)
    places = np.arange(size, dtype=np.float32)
    low = np.floor(places * part).astype(np.int64) + start
    high = np.ceil((places + 1) * part).astype(np.int64) + start
    return np.asarray(np.clip(np.stack([low, high], 1), 0, limit))


def max_pool(maps: FloatArray, bins: Bins) -> FloatArray:
    """[C, size, size] of maps [C, H, W]: the largest value of each part, 0 where a part lies outside of the map."""
    out = np.zeros((len(maps), len(bins.rows), len(bins.columns)), maps.dtype)
    for i, (top, bottom) in enumerate(bins.rows.tolist()):
        for j, (left, right) in enumerate(bins.columns.tolist()):
            if bottom > top and right > left:
                out[:, i, j] = maps[:, top:bottom, left:right].max((1, 2))
    return out


def largest_in(values: FloatArray, bins: Bins, cell: tuple[int, int]) -> tuple[int, int] | None:
    """Row and column of the value that wins an output cell of one map [H, W]; None where its part is empty."""
    (top, bottom), (left, right) = bins.rows[cell[0]].tolist(), bins.columns[cell[1]].tolist()
    part = values[top:bottom, left:right]
    if not part.size:
        return None
    row, column = np.unravel_index(int(part.argmax()), part.shape)
    return top + int(row), left + int(column)


def align_samples(box: BoxLike, scale: float, size: int, points: int = 2) -> Samples:
    """Where RoIAlign reads: `points` x `points` places evenly in every part, nothing rounded.

    Half a cell is taken off, since a map's value stands in the middle of its cell ("aligned" in torchvision).
    """
    left, top, right, bottom = (np.asarray(box, np.float64) * scale - 0.5).tolist()
    steps = (np.arange(size)[:, None] + (np.arange(points) + 0.5) / points) / size
    return Samples(top + steps * (bottom - top), left + steps * (right - left), (left, top, right, bottom))


def corners_of(y: float, x: float, shape: tuple[int, int]) -> tuple[Corner, ...]:
    """The cells that a place is mixed of, with their weights; none where it lies more than a cell outside."""
    height, width = shape
    if not (-1 <= y <= height and -1 <= x <= width):
        return ()
    rows, columns = _between(y, height), _between(x, width)
    return tuple(Corner(row, column, a * b) for row, a in rows for column, b in columns)


def _between(place: float, length: int) -> tuple[tuple[int, float], tuple[int, float]]:
    """The two cells on both sides of a place, with their shares; a place beyond the last middle is drawn to it."""
    inside = min(max(place, 0.0), length - 1.0)
    low = min(int(inside), length - 1)
    high = min(low + 1, length - 1)
    share = inside - low
    return (low, 1 - share), (high, share)


def align(maps: FloatArray, samples: Samples) -> FloatArray:
    """[C, size, size] of maps [C, H, W]: the mean of the mixed values of each part."""
    shape = (int(maps.shape[1]), int(maps.shape[2]))
    rows, columns = _mixing(samples.ys, shape[0]), _mixing(samples.xs, shape[1])
    return np.asarray(np.einsum("ih,chw,jw->cij", rows, maps, columns))


def _mixing(places: FloatArray, length: int) -> FloatArray:
    """float64[size, length]: how much of every row (or column) of the map is in each part."""
    size, points = places.shape
    mixing = np.zeros((size, length))
    for part, column in np.ndindex(size, points):
        place = float(places[part, column])
        if -1 <= place <= length:
            for cell, share in _between(place, length):
                mixing[part, cell] += share / points
    return mixing
