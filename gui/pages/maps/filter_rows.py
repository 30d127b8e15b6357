"""How the rows of the filter view are chosen and counted: which inputs add most to a unit. Arithmetic alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.inside.maps.requests import Filters

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sum:
    """The value of one unit at one place as a sum: `rows` (place in `parts`, what it adds) largest first, `rest` what
    the `left_out` others add together, the bias, and what the layer put out."""

    position: Position
    rows: tuple[tuple[int, float], ...]
    rest: float
    left_out: int
    bias: float
    total: float


def strongest(found: Filters) -> Position:
    """Row and column of the largest value of the unit's map; of numbers only."""
    values = np.nan_to_num(found.total, nan=-np.inf, posinf=-np.inf)
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    return int(row), int(column)


def summed(found: Filters, position: Position, most: int) -> Sum:
    """The sum at a place, with at most so many rows."""
    row, column = position
    adds = found.parts[:, row, column].astype(np.float64)
    order = np.argsort(-np.abs(np.nan_to_num(adds)), kind="stable")
    kept, others = order[:most], order[most:]
    return Sum(
        position,
        tuple((int(index), float(adds[index])) for index in kept),
        float(adds[others].sum()),
        len(others),
        float(found.bias[found.request.channel]),
        float(found.total[row, column]),
    )


def colored(weights: np.ndarray) -> np.ndarray:
    """uint8[F, kh, kw, 3] of the filters float32[F, 3, kh, kw] of a first layer: zero is middle grey, and the largest
    magnitude of each filter is black or white in its colour."""
    limit = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
    shares = 0.5 + weights / (2 * np.where(limit > 0, limit, 1))
    found: np.ndarray = np.rint(255 * shares).astype(np.uint8).transpose(0, 2, 3, 1)
    return found
