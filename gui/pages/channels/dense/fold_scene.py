"""A row of the matrix becomes a kernel: cut into channels, folded into planes, laid on the input."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from gui.pages.channels.dense.parts import SIGN, Parts
from gui.pages.channels.dense.resolve import PRODUCT, Phase
from gui.pages.channels.items import Drop, fitting
from gui.theme import space
from gui.widgets.plate import Plate
from gui.widgets.stage_layout import TITLE, crisp

MOST_CELL = 58.0


def fold_part(parts: Parts, area: QRectF, matrix: Plate, phase: Phase) -> None:
    """Draw the pieces of the row on show into `area`, with lines from the matrix."""
    state = parts.shown.state
    group = (area.width() - (state.channels - 1) * space.xl) / state.channels
    per = state.side * state.side
    folded = crisp(
        min((group - 2 * SIGN) / (3 * state.side), (area.height() - TITLE) / state.side, MOST_CELL)
    )
    strip = crisp(min(group / per, folded))
    top = area.top() + TITLE + max(area.height() - TITLE - state.side * folded, 0.0) * 0.3
    for channel in range(state.channels):
        left = area.left() + channel * (group + space.xl)
        middle = left + (group - 3 * state.side * folded - 2 * SIGN) / 2 + state.side * folded + SIGN
        if phase.kind == "cut":
            values = parts.dense.weight[phase.output, None, channel * per : (channel + 1) * per]
            at = left + (group - per * strip) / 2
            piece = parts.add(
                parts.kernel(channel, values, f"Entries {channel * per} to {(channel + 1) * per - 1}"),
                at,
                top,
                strip,
            )
        else:
            values = parts.dense.kernels[phase.output, channel]
            piece = parts.add(
                parts.kernel(channel, values, _name("Kernel", channel, folded * state.side)),
                middle,
                top,
                folded,
            )
            if phase.kind == "apply":
                _apply(parts, channel, piece, phase, folded)
        _lines(parts, matrix, piece, phase.output, channel * per, per)


def _apply(parts: Parts, channel: int, kernel: Plate, phase: Phase, cell: float) -> None:
    """The input in front of the kernel, their products behind it."""
    side = parts.shown.state.side
    left, top = kernel.rect.left(), kernel.rect.top()
    wide = side * cell
    source = parts.inputs(channel, parts.dense.x[channel])
    parts.add(source, left - SIGN - wide, top, cell, _name("Input", channel, wide))
    parts.sign(left, kernel, "·")
    products = parts.dense.x[channel] * parts.dense.kernels[phase.output, channel]
    after = kernel.rect.right() + SIGN
    made = parts.products(f"{PRODUCT}{channel}", products, _name("Products", channel, side * cell))
    plate = parts.add(made, after, top, cell)
    parts.sign(after, plate, "=")


def _lines(parts: Parts, matrix: Plate, piece: Plate, row: int, first: int, count: int) -> None:
    """From a stretch of the row to its piece."""
    stretch = matrix.cell_rect(row, first, row + 1, first + count)
    top = piece.rect.top() - TITLE
    for start, end in ((stretch.left(), piece.rect.left()), (stretch.right(), piece.rect.right())):
        parts.scene.below.append(Drop(QPointF(start, matrix.rect.bottom() + 1), QPointF(end, top)))


def _name(what: str, channel: int, room: float) -> str:
    """ "Kernel, channel 0", or "Kernel 0" where there is less room."""
    return fitting(room + SIGN - 2, f"{what}, channel {channel}", f"{what} {channel}")
