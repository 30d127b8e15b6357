"""The kernels of a dense layer on a larger picture: one answer for every place (Sermanet et al. 2013)."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF

from gui.pages.channels.dense.parts import Parts
from gui.pages.channels.dense.resolve import MAP, phase_of
from gui.pages.channels.items import fitting
from gui.pages.channels.numbers import subscript
from gui.theme import space
from gui.widgets.plate import Mark, MarkRole, number_texts
from gui.widgets.stage_layout import TITLE, crisp

MOST_CELL = 54.0
GROUP_GAP = 40.0


def slide_part(parts: Parts, area: QRectF) -> None:
    """The picture and the kernels of an output above, the maps of all outputs beneath."""
    state, phase = parts.shown.state, parts.shown.phase
    large, places = state.side + state.more, state.more + 1
    gap = float(space.l)
    above = state.channels * (large + state.side)
    gaps = GROUP_GAP + 2 * (state.channels - 1) * gap
    tall = area.height() - 2 * TITLE - space.xl
    cell = min((area.width() - gaps) / above, tall / (large + places), MOST_CELL)
    wide = (area.width() - (state.outputs - 1) * space.xl) / (state.outputs * places)
    cell = crisp(min(cell, wide))
    left = area.left() + (area.width() - above * cell - gaps) / 2
    top = area.top() + TITLE + (tall - (large + places) * cell) * 0.25
    for channel, values in enumerate(parts.dense.image):
        title = _name("Picture", "P", channel, large * cell)
        plate = parts.add(parts.inputs(channel, values), left, top, cell, title)
        bottom, right = phase.row + state.side, phase.col + state.side
        plate.marks = (Mark(MarkRole.WINDOW, phase.row, phase.col, bottom, right),)
        left += large * cell + gap
    left += GROUP_GAP - gap
    for channel, values in enumerate(parts.dense.kernels[phase.output]):
        title = _name(f"Kernel {phase.output}", f"K{subscript(phase.output)}", channel, state.side * cell)
        down = top + (large - state.side) * cell / 2
        parts.add(parts.kernel(channel, values, title), left, down, cell)
        left += state.side * cell + gap
    _maps(parts, area, top + large * cell + space.l + TITLE, cell)


def _maps(parts: Parts, area: QRectF, top: float, cell: float) -> None:
    """One map an output, filled in place by place."""
    state, phase = parts.shown.state, parts.shown.phase
    places = state.more + 1
    across = state.outputs * places * cell + (state.outputs - 1) * space.xl
    left = area.left() + (area.width() - across) / 2
    walked = max(_walked(parts), phase.row * places + phase.col)
    digits = number_texts(parts.dense.slid.reshape(1, -1))[1]
    for output, values in enumerate(parts.dense.slid):
        plate = parts.products(f"{MAP}{output}", values, f"Output {output}")
        plate.digits = digits
        unknown = np.arange(places * places).reshape(places, places) > walked
        plate.hidden = unknown if unknown.any() else None
        plate.marks = (Mark.cell(MarkRole.WINDOW, phase.row, phase.col),)
        parts.add(plate, left, top, cell)
        left += places * cell + space.xl


def _walked(parts: Parts) -> int:
    """The place that the walk itself has reached."""
    phase = phase_of(parts.shown.state, parts.shown.state.step)
    return phase.row * (parts.shown.state.more + 1) + phase.col if phase.kind == "slide" else 0


def _name(what: str, short: str, channel: int, room: float) -> str:
    """ "Picture, channel 0", or "Picture, c 0", or "P, c 0" where there is less room."""
    return fitting(
        room + space.l - 2, f"{what}, channel {channel}", f"{what}, c {channel}", f"{short}, c {channel}"
    )
