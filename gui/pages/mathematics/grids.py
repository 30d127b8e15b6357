"""Small grids of numbers as plain values: what the states of this page are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from engine.errors import UserError
from engine.foundations.algebra.exact import VALUE_LIMIT, Values, numbers
from engine.foundations.algebra.presets import Grid

S = TypeVar("S", bound=Any)


def shape_of(grid: Grid) -> tuple[int, int]:
    """Rows and columns."""
    return len(grid), len(grid[0]) if grid else 0


def array(grid: Grid) -> Values:
    """The numbers, whole ones as whole ones, ``[rows, columns]``."""
    return numbers(np.array(grid))


def grid_of(values: Values) -> Grid:
    """The grid of an array ``[rows, columns]``."""
    return tuple(tuple(float(v) for v in row) for row in values)


def checked(name: str, grid: Grid, rows: tuple[int, int], columns: tuple[int, int]) -> None:
    """Raise a UserError unless a grid is a matrix of numbers within its limits."""
    height, width = shape_of(grid)
    if not rows[0] <= height <= rows[1] or not columns[0] <= width <= columns[1]:
        raise UserError(
            f"{name} has {rows[0]} to {rows[1]} rows and {columns[0]} to {columns[1]} columns, not {height} × {width}."
        )
    if any(len(row) != width for row in grid):
        raise UserError(f"The rows of {name} differ in length.")
    for row in grid:
        for value in row:
            if not abs(value) <= VALUE_LIMIT:  # NaN fails every comparison
                raise UserError(
                    f"Numbers of {name} go from −{VALUE_LIMIT} to {VALUE_LIMIT}; {value:g} does not."
                )


def with_cell(grid: Grid, row: int, column: int, value: float) -> Grid:
    """The grid with one number changed."""
    changed = list(grid[row])
    changed[column] = value
    return (*grid[:row], tuple(changed), *grid[row + 1 :])


def resized(grid: Grid, rows: int, columns: int) -> Grid:
    """The grid cut at its end, or continued by what it has, begun again from its first row and column."""
    height, width = shape_of(grid)
    return tuple(tuple(grid[r % height][c % width] for c in range(columns)) for r in range(rows))


def changed(state: S, **fields: Any) -> S:
    """A state with fields replaced whose names are known at run time."""
    result: S = replace(state, **fields)
    return result


def edited(state: S, name: str, row: int, column: int, value: float) -> S:
    """A state with one number of its grid `name` changed."""
    return changed(state, **{name: with_cell(getattr(state, name), row, column, value)})
