"""Where the 400 weights of a neuron lie: a row of the matrix, cut into channels, folded into planes. Pure geometry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from engine.detection.sliding.window_net import FILTERS, POOLED
from gui.pages.boxes.sliding.blocks import Block, ColorArray
from gui.theme import space
from gui.widgets.stage_layout import TITLE, crisp

Places = npt.NDArray[np.float64]
"""float64[400, 4]: left, top, width, height of every cell."""

LINES: Final = 8
"""A row of 400 is written in eight lines of 50, two channels each, so that its cells can be seen."""
PIECES: Final = FILTERS // LINES
"""Channels in a line."""
PER: Final = POOLED * POOLED
LONGEST: Final = FILTERS * PER // LINES
MOST_CELL: Final = 26.0
GAP: Final = 8.0


@dataclass(frozen=True, slots=True)
class Band:
    """A part of the stage for 400 numbers; `top` of the cells, below the name."""

    left: float
    top: float
    width: float
    height: float


def bands(area: QRectF, count: int) -> list[Band]:
    """An area in so many bands, one above the other, each with room for its name."""
    pitch = area.height() / count
    return [
        Band(area.left(), area.top() + number * pitch + TITLE, area.width(), pitch - TITLE - space.s)
        for number in range(count)
    ]


def in_lines(band: Band, gap: float) -> Places:
    """Eight lines of 50; with a gap they are cut into the 16 channels."""
    across, down = (PIECES - 1) * gap, (LINES - 1) * gap
    cell = crisp(min((band.width - across) / LONGEST, (band.height - down) / LINES, MOST_CELL))
    left = band.left + (band.width - LONGEST * cell - across) / 2
    places = np.empty((FILTERS, PER, 4))
    for channel in range(FILTERS):
        line, part = divmod(channel, PIECES)
        places[channel, :, 0] = round(left + part * (PER * cell + gap)) + np.arange(PER) * cell
        places[channel, :, 1] = round(band.top + line * (cell + gap))
    places[..., 2:] = cell
    return places.reshape(-1, 4)


def in_planes(band: Band) -> Places:
    """16 planes of 5x5, one a channel."""
    cell = crisp(
        min((band.width - (FILTERS - 1) * GAP) / (FILTERS * POOLED), band.height / POOLED, MOST_CELL)
    )
    gap = min((band.width - FILTERS * POOLED * cell) / (FILTERS - 1), 3 * GAP)
    left = band.left + (band.width - FILTERS * POOLED * cell - (FILTERS - 1) * gap) / 2
    rows, columns = np.divmod(np.arange(PER), POOLED)
    places = np.empty((FILTERS, PER, 4))
    for channel in range(FILTERS):
        places[channel, :, 0] = round(left + channel * (POOLED * cell + gap)) + columns * cell
        places[channel, :, 1] = round(band.top) + rows * cell
    places[..., 2:] = cell
    return places.reshape(-1, 4)


def in_block(block: Block) -> Places:
    """Where the entries of the pooled volume lie, channel behind channel."""
    cell = block.front.width() / POOLED
    rows, columns = np.divmod(np.arange(PER), POOLED)
    places = np.empty((FILTERS, PER, 4))
    for channel in range(FILTERS):
        share = channel / (FILTERS - 1)
        places[channel, :, 0] = block.front.left() + block.away.x() * share + columns * cell
        places[channel, :, 1] = block.front.top() + block.away.y() * share + rows * cell
    places[..., 2:] = cell
    return places.reshape(-1, 4)


def in_matrix(matrix: QRectF, row: int, rows: int) -> Places:
    """Where the entries of a row of a matrix lie."""
    count = FILTERS * PER
    places = np.empty((count, 4))
    places[:, 0] = matrix.left() + np.arange(count) * matrix.width() / count
    places[:, 1] = matrix.top() + row * matrix.height() / rows
    places[:, 2], places[:, 3] = matrix.width() / count, matrix.height() / rows
    return places


@dataclass(frozen=True, slots=True, eq=False)
class FlyingCells:
    """Cells on their way from one place to another; their colours, which mean numbers, stay what they are."""

    colors: ColorArray
    """uint8[400, 3]."""
    before: Places
    after: Places
    share: float

    def paint(self, painter: QPainter) -> None:
        now = self.before + (self.after - self.before) * self.share
        for (left, top, wide, tall), (red, green, blue) in zip(
            now.tolist(), self.colors.tolist(), strict=True
        ):
            painter.fillRect(QRectF(left, top, max(wide, 1.0), max(tall, 1.0)), QColor(red, green, blue))
