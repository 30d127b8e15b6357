"""Where plates lie on a stage: the sizes that all scenes share, and tables of plates. Pure geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gui.theme import space

LEAST_CAP, MOST_CAP = 56.0, 120.0
CRISP_FROM = 6.0
"""Cells of this size and more are whole pixels wide, so that digits are crisp."""
TITLE = 20.0
"""Height of the line with a plate's name, above its cells."""
HEAD = 68.0
"""Height of a column's head: its name, a line about it, its colour bar."""
NARROW_STAGE = 640.0
TINY = 0.02


def largest_cell(width: float, height: float) -> float:
    """The largest cell that a stage of this size may show: a projector gets larger ones than a laptop."""
    return min(max(min(width / 13, height / 9), LEAST_CAP), MOST_CAP)


def crisp(cell: float) -> float:
    """A cell's side in whole pixels, where a pixel more or less is not seen."""
    return float(int(cell)) if cell >= CRISP_FROM else max(cell, TINY)


def margin_of(width: float) -> float:
    """What stays free on the left and right of a stage."""
    return space.l if width < NARROW_STAGE else space.xl


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of plates with cells of one size: a head above each column, a strip of sentences beneath."""

    cell: float
    lefts: tuple[float, ...]
    widths: tuple[float, ...]
    head: float
    tops: tuple[float, ...]
    """The upper edge of the cells, line by line."""
    strip: float


def table_layout(
    size: tuple[float, float],
    *,
    lines: int,
    columns: Sequence[int],
    rows: int,
    heads: Sequence[float],
    strip: float,
    largest: float | None = None,
) -> Table:
    """Lay out `lines` lines of plates, `rows` cells high at most, `columns` cells wide, heads that need a width.

    Cells are as large as fits, up to `largest` (None: `largest_cell` of the stage).
    """
    count, gutter = len(columns), float(space.l if size[0] < NARROW_STAGE else space.xl)
    available = size[0] - 2 * margin_of(size[0]) - (count - 1) * gutter
    squeeze = min(available / max(sum(heads), 1.0), 1.0)
    needs = [head * squeeze for head in heads]
    height = size[1] - HEAD - strip - space.s - space.m - space.s
    tall = (height - lines * TITLE - (lines - 1) * space.m) / (lines * rows)
    most = largest_cell(*size) if largest is None else largest
    cell = crisp(min(_widest(columns, needs, available), tall, most))
    widths = [max(n * cell, need) for n, need in zip(columns, needs, strict=True)]
    free = max(available - sum(widths), 0.0)
    gap = gutter + min(free / count, max(size[0] * 0.06, 24.0))
    left = (size[0] - sum(widths) - gap * (count - 1)) / 2
    lefts = [float(int(left + sum(widths[:i]) + i * gap)) for i in range(count)]
    pitch = float(int(TITLE + rows * cell + space.m))
    body = lines * pitch - space.m
    head = space.s + float(int(max(height - body, 0.0) * 0.36))
    tops = tuple(head + HEAD + TITLE + line * pitch for line in range(lines))
    return Table(cell, tuple(lefts), tuple(widths), head, tops, head + HEAD + body + space.m)


def _widest(columns: Sequence[int], needs: Sequence[float], available: float) -> float:
    """The largest cell for which the columns, none narrower than its head, fit side by side."""
    low, high = 0.0, available
    for _ in range(30):
        middle = (low + high) / 2
        fits = sum(max(n * middle, need) for n, need in zip(columns, needs, strict=True)) <= available
        low, high = (middle, high) if fits else (low, middle)
    return low
