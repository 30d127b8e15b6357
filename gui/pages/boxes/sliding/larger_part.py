"""The folded net on a larger picture: answers side by side, the window of one of them, the work that is shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from engine.detection.sliding.counting import conv_looks, looks
from engine.detection.sliding.window_net import POOL, WINDOW
from gui import colormaps
from gui.pages.boxes.sliding.shown import Folding
from gui.theme import VIRIDIS, space, theme, with_alpha
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Scene, Words
from gui.widgets.stage_layout import TITLE
from gui.widgets.stage_text import by, key

LARGER: Final = "larger/"
SMALL_SHARE: Final = 0.34
"""Of the height for the net on one window, above that on the larger picture."""
MOST_CELL: Final = 11.0
KEY: Final = 20.0
_SHADE: Final = 0.22

DrawNet = Callable[..., object]
"""Draws a net: the area, its volumes, the beginning of the plates' names; `most_cell`."""


@dataclass(frozen=True, slots=True)
class Shade:
    """A tint over a part of a plate, for what two windows have in common."""

    plate: Plate
    top: int
    left: int
    bottom: int
    right: int

    def paint(self, painter: QPainter) -> None:
        area = self.plate.cell_rect(self.top, self.left, self.bottom, self.right)
        painter.fillRect(area, with_alpha(theme.colors.good, _SHADE))


def larger_part(
    scene: Scene, folding: Folding, area: QRectF, hover: tuple[int, int] | None, draw: DrawNet
) -> None:
    """The net on one window above, on the larger picture beneath."""
    tall = area.height() * SMALL_SHARE
    above = QRectF(area.left(), area.top(), area.width(), tall)
    beneath = area.adjusted(0, tall + space.m, 0, 0)
    for part, made, name, title in (
        (above, folding.alone, "alone/", "One window, as it was trained"),
        (beneath, folding.larger, LARGER, f"{by(folding.size)} pixels in one pass, the same filters"),
    ):
        line = QRectF(part.left(), part.top(), part.width(), TITLE)
        scene.below.append(Words(line, title, role="muted"))
        draw(part.adjusted(0, TITLE, 0, 0), made, name, most_cell=MOST_CELL)
    cell = folding.cell if hover is None else hover
    _window(scene, folding, cell)
    if folding.settings.shared:
        _shared(scene, folding, beneath)


def _window(scene: Scene, folding: Folding, cell: tuple[int, int]) -> None:
    """What an answer has looked at, on every volume, and what it shares with its neighbour."""
    row, column = cell
    for name, top, left, side in (
        ("input", POOL * row, POOL * column, WINDOW), ("conv", POOL * row, POOL * column, WINDOW - 4),
        ("pool", row, column, 5), ("fc2", row, column, 1), ("fc3", row, column, 1), ("answers", row, column, 1),
    ):  # fmt: skip
        plate = scene.plate(LARGER + name)
        if plate is not None:
            plate.marks = (Mark(MarkRole.WINDOW, top, left, top + side, left + side),)
    picture = scene.plate(LARGER + "input")
    columns = folding.larger.logits.shape[2]
    if picture is None or columns < 2:
        return
    other = column + 1 if column + 1 < columns else column - 1
    begin = POOL * max(column, other)
    top, left = POOL * row, POOL * other
    neighbour = Mark(MarkRole.LINKED, top, left, top + WINDOW, left + WINDOW)
    picture.marks = (neighbour, *picture.marks)
    if not folding.settings.shared:
        end = POOL * min(column, other) + WINDOW
        scene.above.append(Shade(picture, top, begin, top + WINDOW, end))


def _shared(scene: Scene, folding: Folding, area: QRectF) -> None:
    """How many windows look at each pixel, and compute each place of the convolution, in colours and numbers."""
    highest = float(looks(folding.size).max())
    for name, counts in (("input", looks(folding.size)), ("conv", conv_looks(folding.size))):
        plate = scene.plate(LARGER + name)
        if plate is not None:
            plate.values = counts.astype(np.float64)
            plate.colors = colormaps.magnitude(plate.values, 0, highest)
            plate.numbers, plate.decimals = True, 0
    bar = key(VIRIDIS, 0, highest, "windows at a place")
    wide = min(area.width() * 0.45, 360.0)
    scene.below.append(replace(bar, area=QRectF(area.right() - wide, area.top(), wide, KEY)))
