"""Where the plates of the convolution page lie: pure geometry, tried out in tests without a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gui.theme import space

MAX_CELL = 56.0
MIN_KERNEL_CELL = 22.0
TITLE = 20.0
HEADER = 76.0


@dataclass(frozen=True, slots=True)
class Grid:
    """A block of equal plates in columns: side of a cell, number of columns, and the size of the whole block."""

    cell: float
    columns: int
    rows: int
    width: float
    height: float


def grid(count: int, rows: int, columns: int, width: float, height: float, cap: float = MAX_CELL) -> Grid:
    """The arrangement of `count` plates of rows x columns cells that gives the largest cells in an area."""
    best: Grid | None = None
    for across in range(1, count + 1):
        down = -(-count // across)
        cell_w = (width - (across - 1) * space.m) / (across * columns)
        cell_h = (height - down * TITLE - (down - 1) * space.m) / (down * rows)
        cell = max(min(cell_w, cell_h, cap), 0.1)
        found = Grid(
            cell,
            across,
            down,
            across * columns * cell + (across - 1) * space.m,
            down * (rows * cell + TITLE) + (down - 1) * space.m,
        )
        if best is None or found.cell > best.cell + 1e-6:
            best = found
    assert best is not None
    return best


def share_width(wanted: Sequence[float], floors: Sequence[float], available: float) -> list[float]:
    """Shrink widths in proportion until they fit, none below its floor while another one can still give."""
    widths = [max(want, 0.0) for want in wanted]
    fixed = [False] * len(widths)
    while sum(widths) > available + 1e-6 and not all(fixed):
        free = sum(width for width, kept in zip(widths, fixed, strict=True) if not kept)
        excess = sum(widths) - available
        factor = max((free - excess) / free, 0.0) if free > 0 else 0.0
        again = False
        for index, kept in enumerate(fixed):
            if not kept and widths[index] * factor < floors[index]:
                widths[index], fixed[index], again = min(widths[index], floors[index]), True, True
        if again:
            continue
        widths = [width if kept else width * factor for width, kept in zip(widths, fixed, strict=True)]
        break
    return widths


@dataclass(frozen=True, slots=True)
class StepLayout:
    """Cell sizes and left edges of the three columns of the step view; `head` is the line under which the column heads lie."""

    input_cell: float
    kernel_cell: float
    output: Grid
    input_left: float
    kernel_left: float
    output_left: float
    row_height: float
    head: float
    top: float
    sum_beside: bool
    """The channel sums stand to the right of the products (low stages), not beneath them."""


SYMBOL = 26.0
SUM_LINE = 24.0
SUM_WIDTH = 96.0
LOW_STAGE = 520.0
OUTPUT_HEAD = 168.0
INPUT_HEAD = 132.0


def step_layout(
    size: tuple[float, float],
    *,
    rows: int,
    padded: tuple[int, int],
    kernel: tuple[int, int],
    outputs: tuple[int, int, int],
    strip: float,
) -> StepLayout:
    """Lay out inputs, window x kernel = products, outputs for a stage of `size` with a formula strip of height `strip`.

    The sums stand beneath the products, or beside them where that leaves larger cells.
    """
    found = [_step_layout(size, rows, padded, kernel, outputs, strip, beside) for beside in (False, True)]
    return max(found, key=lambda layout: round(layout.kernel_cell, 1) + (0.0 if layout.sum_beside else 2.0))


def _step_layout(
    size: tuple[float, float],
    rows: int,
    padded: tuple[int, int],
    kernel: tuple[int, int],
    outputs: tuple[int, int, int],
    strip: float,
    beside: bool,
) -> StepLayout:
    beneath, right = (0.0, SUM_WIDTH) if beside else (SUM_LINE, 0.0)
    width, height = size[0] - 2 * space.xl, size[1] - strip - HEADER - 2 * space.m
    row_height = max(height / rows, 24.0)
    inner = max(row_height - TITLE - space.xs, 12.0)
    input_cell = min(inner / padded[0], MAX_CELL)
    kernel_cell = min(max(inner - beneath, 8.0) / kernel[0], MAX_CELL)
    filters, out_rows, out_columns = outputs
    out = grid(filters, out_rows, out_columns, width * 0.36, height)
    wanted = (input_cell * padded[1], kernel_cell * kernel[1] * 3, max(out.width, OUTPUT_HEAD))
    floors = (
        min(wanted[0], width * 0.24),
        min(wanted[1], MIN_KERNEL_CELL * kernel[1] * 3, width * 0.42),
        min(wanted[2], max(width * 0.2, OUTPUT_HEAD)),
    )
    widths = share_width(wanted, floors, width - 2 * SYMBOL - right - 2 * space.xl)
    input_cell = min(input_cell, widths[0] / padded[1])
    kernel_cell = min(kernel_cell, widths[1] / (3 * kernel[1]))
    out = grid(filters, out_rows, out_columns, max(widths[2], 24.0), height)
    blocks = (
        max(input_cell * padded[1], min(INPUT_HEAD, width * 0.2)),
        2 * SYMBOL + kernel_cell * kernel[1] * 3 + right,
        max(out.width, OUTPUT_HEAD),
    )
    gap = min(max((width - sum(blocks)) / 2, space.l), 88.0)
    left = space.xl + max((width - sum(blocks) - 2 * gap) / 2, 0.0)
    kernel_left = left + blocks[0] + gap
    output_left = kernel_left + blocks[1] + gap
    content = max(input_cell * padded[0], kernel_cell * kernel[0] + 2 * beneath) + TITLE + space.s
    row_height = min(row_height, content + (space.xl if rows > 1 else 0))
    used_height = HEADER + max(row_height * rows, out.height)
    head = space.m + max((size[1] - strip - 2 * space.m - used_height) * 0.4, 0.0)
    return StepLayout(
        input_cell, kernel_cell, out, left, kernel_left, output_left, row_height, head, head + HEADER, beside
    )
