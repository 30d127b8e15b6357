"""Pieces that all scenes of the pooling page share: keys of plates, colours, names, words about a pooling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor

from engine.foundations.pooling import PoolSpec
from gui import colormaps
from gui.pages.pooling.resolve import Resolved
from gui.theme import GREY, RGB, space, theme
from gui.widgets.plate import LARGEST_NUMBERED_SIDE, Plate, number_texts
from gui.widgets.scene import ColorBar
from gui.widgets.stage_layout import Table, crisp, largest_cell, margin_of, table_layout
from gui.widgets.stage_text import Heads, by, head_width, key, limit_of, signed, text_width

ROOMY = 1.5
KEPT_CELL = 0.94
"""Full heads may take so much of a cell's side, and no more, before they are shortened."""

FloatArray = npt.NDArray[np.float64]
ColorArray = npt.NDArray[np.uint8]

INPUT, WINDOW, OUTPUT = "input/", "window/", "output/"
GRAD_IN, GRAD_OUT = "grad-in/", "grad-out/"
CHANCES, DRAWN, EXPECTED = "chances/", "drawn/", "expected/"

KIND_NAMES = {
    "max": "max pooling", "average": "average pooling", "min": "min pooling", "l2": "L2 pooling",
    "stochastic": "stochastic pooling", "global_max": "global max pooling",
    "global_average": "global average pooling",
}  # fmt: skip


def value_range(resolved: Resolved) -> tuple[float, float]:
    """What the colours of input and output span, the same for both: an output can be compared with its input."""
    trace = resolved.trace
    largest = max(limit_of(trace.x), limit_of(trace.output))
    if signed(trace.x):
        return -largest, largest
    if resolved.pixels:
        return 0.0, max(255.0, float(trace.output.max()))
    return 0.0, max(largest, 1.0)


def value_anchors(resolved: Resolved) -> tuple[RGB, ...]:
    """Pixels and other values without a sign in grey levels, signed ones in the colours of activations."""
    return colormaps.activation_anchors() if signed(resolved.trace.x) else GREY


def value_colors(values: FloatArray, resolved: Resolved) -> ColorArray:
    """Colours of input and output values; what stands for the padding of max and min gets an end colour."""
    low, high = value_range(resolved)
    return colormaps.look_up(values, low, high, value_anchors(resolved))


def value_key(resolved: Resolved) -> ColorBar:
    return key(value_anchors(resolved), *value_range(resolved))


def channel_title(resolved: Resolved, channel: int) -> str:
    name = resolved.channel_names[channel]
    return name.capitalize() if resolved.pixels else f"Channel {name}"


def channel_color(resolved: Resolved, channel: int) -> QColor:
    """The colour of a channel's name: its hue for red, green, blue; muted for grey and for plain numbers."""
    if not resolved.pixels or resolved.channel_names[channel] == "grey":
        return theme.colors.muted
    return theme.channel_color(channel)


def padding_words(resolved: Resolved) -> str:
    """What lies around the input: "padded with −∞ to 6 × 6", empty where nothing does."""
    g, rule = resolved.trace.geometry, resolved.trace.spec.rule
    if g.frame_hw == g.input_hw:
        return ""
    filled = {"max": "−∞", "min": "∞"}.get(rule, "0")
    if max(g.pads) == 0:
        return f"hangs over to {by(g.frame_hw)}"
    return f"padded with {filled} to {by(g.frame_hw)}"


def window_words(spec: PoolSpec) -> str:
    """ "stride 2, padding 1" for a pooling."""
    if spec.is_global:
        return "the whole input"
    words = [f"stride {spec.stride_hw[0]}"]
    words += [f"padding {spec.padding_hw[0]}"] if max(spec.padding_hw) else []
    words += ["ceil mode"] if spec.ceil_mode else []
    return ", ".join(words)


def input_plate(resolved: Resolved, channel: int, *, editable: bool = True) -> Plate:
    """The frame of a channel: hatched cells are padding, a marked corner says that no value is taken from a cell."""
    trace = resolved.trace
    unused = uncounted(resolved)
    return Plate(
        f"{INPUT}{channel}", trace.frame[channel], value_colors(trace.frame[channel], resolved),
        title=channel_title(resolved, channel), title_color=channel_color(resolved, channel),
        faint=trace.is_outside if trace.is_outside.any() else None, crossed=unused if unused.any() else None,
        editable=editable,
    )  # fmt: skip


def uncounted(resolved: Resolved) -> npt.NDArray[np.bool_]:
    """Cells of the frame that take no part: no window sees them, or an average leaves them out of its count."""
    trace = resolved.trace
    unused = trace.reads == 0
    if trace.spec.rule == "average":
        left_out = trace.is_beyond if trace.spec.count_include_pad else trace.is_outside
        unused = unused | left_out
    result: npt.NDArray[np.bool_] = unused
    return result


def same_digits(plates: list[Plate]) -> None:
    """Show the numbers of these plates in one size; large ones are drawn without numbers."""
    numbered = [plate for plate in plates if max(plate.shape) <= LARGEST_NUMBERED_SIDE]
    digits = max((number_texts(plate.values)[1] for plate in numbered), default=0)
    for plate in numbered:
        plate.digits = digits


def roomy_cell(size: QSizeF) -> float:
    """The largest cell on this page: its grids are small, and a lecture hall has a last row."""
    return ROOMY * largest_cell(size.width(), size.height())


@dataclass(frozen=True, slots=True)
class Columns:
    """What stands in the columns of a table: cells of the widest plate, heads, keys, the names above the plates."""

    cells: Sequence[int]
    heads: Sequence[Heads]
    bars: Sequence[ColorBar | None]
    titles: Sequence[Sequence[str]]


def roomy_table(size: QSizeF, columns: Columns, *, lines: int, rows: int, strip: float) -> Table:
    """A table of plates with heads as long as fits without costing the cells anything worth speaking of."""
    forms = max(len(heads) for heads in columns.heads)
    needs = [_needs(columns, form) for form in range(forms)]
    tables = [
        table_layout(
            (size.width(), size.height()), lines=lines, columns=columns.cells, rows=rows, heads=widths,
            strip=strip, largest=roomy_cell(size),
        )
        for widths in needs
    ]  # fmt: skip
    room = size.width() - 2 * margin_of(size.width()) - (len(columns.cells) - 1) * space.xl
    for table, widths in zip(tables, needs, strict=True):
        if sum(widths) <= room and table.cell >= KEPT_CELL * tables[-1].cell:
            return table
    return tables[-1]


def _needs(columns: Columns, form: int) -> list[float]:
    """The width of each column's words, its head in one of its forms (0: the longest)."""
    return [
        max(head_width((heads[min(form, len(heads) - 1)],), bar), *(text_width(name) + 2 for name in names))
        for heads, bar, names in zip(columns.heads, columns.bars, columns.titles, strict=True)
    ]


def column_cell(
    table: Table, index: int, shape: tuple[int, int], tallest: int, size: QSizeF, inset: float = 0.0
) -> float:
    """The cell of a small plate: larger than the first column's where its own column and its line have room.

    `tallest` cells of the table is what a line has of height; `inset` is what is to stay free of it.
    """
    if index == 0:
        return table.cell
    rows, columns = shape
    room = min(table.widths[index] / columns, (tallest * table.cell - inset) / rows, roomy_cell(size))
    return max(table.cell, crisp(room))
