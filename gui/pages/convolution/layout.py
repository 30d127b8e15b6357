"""Where the plates of the convolution page lie: pure geometry, tried out in tests without a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from gui.theme import space
from gui.widgets.stage_layout import CRISP_FROM as CRISP_FROM
from gui.widgets.stage_layout import HEAD as HEAD
from gui.widgets.stage_layout import LEAST_CAP as LEAST_CAP
from gui.widgets.stage_layout import MOST_CAP as MOST_CAP
from gui.widgets.stage_layout import NARROW_STAGE as NARROW_STAGE
from gui.widgets.stage_layout import TITLE as TITLE
from gui.widgets.stage_layout import Table as Table
from gui.widgets.stage_layout import crisp as crisp
from gui.widgets.stage_layout import largest_cell as largest_cell
from gui.widgets.stage_layout import margin_of as margin_of
from gui.widgets.stage_layout import table_layout as table_layout

MIN_KERNEL_CELL = 22.0
POOR_CELL = 6.0
"""Kernel cells so small that the sums at the products are given up for larger ones."""
SUM_LINE = 24.0
MIDDLE_STAGE = 900.0


@dataclass(frozen=True, slots=True)
class Grid:
    """A block of equal plates: a cell's side, columns and rows of plates, their pitch, the size of the block."""

    cell: float
    columns: int
    rows: int
    pitch_x: float
    pitch_y: float
    width: float
    height: float


def grid(
    count: int,
    rows: int,
    columns: int,
    width: float,
    height: float,
    cap: float = LEAST_CAP,
    least: float = 0.0,
) -> Grid:
    """The arrangement of `count` plates of rows x columns cells that gives the largest cells in an area.

    Every plate has a title above it and takes at least `least` pixels of width.
    """
    found = [
        _arranged(across, count, rows, columns, width, height, cap, least) for across in range(1, count + 1)
    ]
    fitting = [one for one in found if one.width <= width and one.height <= height]
    # Nothing fits: what overflows least, for a stage that is smaller than any the program promises.
    return max(fitting or found, key=lambda one: (one.cell, -one.columns))


def _arranged(
    across: int, count: int, rows: int, columns: int, width: float, height: float, cap: float, least: float
) -> Grid:
    down = -(-count // across)
    gap = float(space.m)
    wide = (width - (across - 1) * gap) / (across * columns)
    high = (height - down * TITLE - (down - 1) * gap) / (down * rows)
    cell = crisp(min(wide, high, cap))
    pitch_x = max(columns * cell, least) + gap
    pitch_y = TITLE + rows * cell + gap
    return Grid(cell, across, down, pitch_x, pitch_y, across * pitch_x - gap, down * pitch_y - gap)


def share_width(wanted: Sequence[float], floors: Sequence[float], available: float) -> list[float]:
    """Shrink widths in proportion until they fit, none below its floor; floors that do not fit together shrink too."""
    widths = [max(want, 0.0) for want in wanted]
    least = sum(floors)
    if least > available:
        return [floor * max(available, 0.0) / least for floor in floors]
    fixed = [False] * len(widths)
    while sum(widths) > available + 1e-6 and not all(fixed):
        free = sum(width for width, kept in zip(widths, fixed, strict=True) if not kept)
        factor = max((free - (sum(widths) - available)) / free, 0.0) if free > 0 else 0.0
        tight = [i for i, kept in enumerate(fixed) if not kept and widths[i] * factor < floors[i]]
        for index in tight:
            widths[index], fixed[index] = min(widths[index], floors[index]), True
        if not tight:
            return [width if kept else width * factor for width, kept in zip(widths, fixed, strict=True)]
    return widths


class Sums(Enum):
    """Where the sum of a channel's products stands."""

    BENEATH = "beneath"
    BESIDE = "beside"
    NOWHERE = "nowhere"
    """On very small stages: the formula has them."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Room that words need: the three heads, a channel's sum, a map's title, and the height of the formula strip."""

    heads: tuple[float, float, float] = (96.0, 120.0, 110.0)
    sum: float = 104.0
    map_title: float = 12.0
    strip: float = 60.0


@dataclass(frozen=True, slots=True)
class StepLayout:
    """The step view: one row a channel (input, window x kernel = products), the outputs, the formula strip beneath."""

    input_cell: float
    kernel_cell: float
    output: Grid
    input_left: float
    kernel_left: float
    output_left: float
    symbol: float
    """Width of the gap in which a multiplication or an equals sign stands."""
    arithmetic_right: float
    """Where products and sums end and the gutter before the outputs begins."""
    head: float
    top: float
    """The upper edge of the first row's titles."""
    pitch: float
    input_drop: float
    """From a row's upper edge to the cells of its input."""
    kernel_drop: float
    output_top: float
    strip: float
    bottom: float
    """The lowest edge of all plates and sums."""
    sums: Sums

    def kernel_lefts(self, columns: int) -> tuple[float, float, float]:
        """Left edges of window, kernel and products."""
        step = columns * self.kernel_cell + self.symbol
        first = self.kernel_left
        return first, float(round(first + step)), float(round(first + 2 * step))


def step_layout(
    size: tuple[float, float],
    *,
    rows: int,
    padded: tuple[int, int],
    kernel: tuple[int, int],
    outputs: tuple[int, int, int],
    texts: Texts = Texts(),
) -> StepLayout:
    """Lay out inputs, window x kernel = products, and outputs (filters, rows, columns) on a stage of `size`.

    The sums stand beneath the products, or beside them where that leaves larger cells, or nowhere where both
    would leave none to look at.
    """
    asked = (size, rows, padded, kernel, outputs, texts)
    beneath, beside = _step_layout(*asked, Sums.BENEATH), _step_layout(*asked, Sums.BESIDE)
    best = beside if beside.kernel_cell > beneath.kernel_cell + 2.0 else beneath
    if best.kernel_cell < POOR_CELL:
        without = _step_layout(*asked, Sums.NOWHERE)
        return without if without.kernel_cell > best.kernel_cell * 1.2 else best
    return best


def _step_layout(
    size: tuple[float, float],
    rows: int,
    padded: tuple[int, int],
    kernel: tuple[int, int],
    outputs: tuple[int, int, int],
    texts: Texts,
    sums: Sums,
) -> StepLayout:
    cap = largest_cell(*size)
    symbol, gutters = _gaps(size[0])
    beneath = SUM_LINE if sums is Sums.BENEATH else 0.0
    beside = texts.sum + space.s if sums is Sums.BESIDE else 0.0
    middle = max(texts.heads[1], texts.sum if sums is Sums.BENEATH else 0.0)
    width = size[0] - 2 * margin_of(size[0])
    height = size[1] - HEAD - texts.strip - space.s - space.m - space.s
    inner = max(height / rows - TITLE - space.xs, 1.0)
    input_cell = min(inner / padded[0], cap)
    kernel_cell = min(max(inner - beneath, 1.0) / kernel[0], cap)
    available = width - sum(gutters)
    fixed = 2 * symbol + beside
    out = grid(*outputs, available * 0.42, height, cap, texts.map_title)
    taps = 3 * kernel[1]
    wanted = (input_cell * padded[1], fixed + kernel_cell * taps, out.width)
    least = (
        available * 0.24,
        fixed + min(MIN_KERNEL_CELL * taps, available * 0.42),
        available * 0.2,
    )
    heads = (texts.heads[0], middle, texts.heads[2])
    floors = [max(head, min(want, low)) for head, want, low in zip(heads, wanted, least, strict=True)]
    columns = share_width([max(w, f) for w, f in zip(wanted, floors, strict=True)], floors, available)
    input_cell = crisp(min(input_cell, columns[0] / padded[1]))
    kernel_cell = crisp(min(kernel_cell, max(columns[1] - fixed, 1.0) / taps))
    out = grid(*outputs, columns[2], height, cap, texts.map_title)
    arithmetic = max(fixed + kernel_cell * taps, texts.sum if sums is Sums.BENEATH else 0.0)
    used = (input_cell * padded[1], arithmetic, out.width)
    blocks = [max(min(head, share), use) for head, share, use in zip(heads, columns, used, strict=True)]
    lefts = _spread(blocks, gutters, size[0])
    down = _rows(size, rows, input_cell * padded[0], kernel_cell * kernel[0], beneath, out, texts.strip)
    return StepLayout(
        input_cell, kernel_cell, out, *lefts, symbol, lefts[1] + used[1], *down, sums,
    )  # fmt: skip


def _gaps(width: float) -> tuple[float, tuple[float, float]]:
    """Room for a symbol between two plates, and for the lines in the two gutters, at least."""
    if width < NARROW_STAGE:
        return 16.0, (18.0, 38.0)
    return (20.0, (24.0, 54.0)) if width < MIDDLE_STAGE else (26.0, (36.0, 68.0))


def _spread(blocks: Sequence[float], gutters: Sequence[float], width: float) -> tuple[float, float, float]:
    """Left edges of three blocks: gutters grow first, then the margins."""
    free = max(width - 2 * margin_of(width) - sum(blocks) - sum(gutters), 0.0)
    most = max(width * 0.05, 24.0)
    grown = [gutter + min(free / 2, most) for gutter in gutters]
    first = (width - sum(blocks) - sum(grown)) / 2
    second = first + blocks[0] + grown[0]
    return float(int(first)), float(int(second)), float(int(second + blocks[1] + grown[1]))


def _rows(
    size: tuple[float, float],
    rows: int,
    input_: float,
    kernel: float,
    beneath: float,
    out: Grid,
    strip: float,
) -> tuple[float, float, float, float, float, float, float, float]:
    """Upper edges: head, first row, pitch, input and kernel within a row, outputs, strip; and the lowest edge."""
    content = max(input_, kernel + beneath)
    height = size[1] - HEAD - strip - space.s - space.m - space.s
    room = height / rows - TITLE - content
    between = min(max(room, 0.0), float(space.xl)) if rows > 1 else 0.0
    pitch = float(int(TITLE + content + between))
    taken = (rows - 1) * pitch + TITLE + content
    body = max(taken, out.height)
    head = space.s + float(int(max(height - body, 0.0) * 0.36))
    top = head + HEAD
    first = top + float(int((body - taken) / 2))
    kernel_drop = min((content - kernel) / 2, content - kernel - beneath)
    return (
        head, first, pitch, TITLE + float(int((content - input_) / 2)), TITLE + float(int(kernel_drop)),
        top + float(int((body - out.height) / 2)), top + float(int(body)) + space.m, top + body,
    )  # fmt: skip
