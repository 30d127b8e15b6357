"""Where the maps of a step stand: a row of what comes down, a row of what arrives, each with a title a layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSizeF

from engine.inside.descent.requests import MOST_CHANNELS, Band, DescentStep
from gui.theme import space

LEAST_SIDE: Final = 28.0
LARGEST_SIDE: Final = 132.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One map: the `index`-th of the channels of a band."""

    band: Band
    index: int
    area: QRectF
    below: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a band."""

    band: Band
    area: QRectF
    below: bool


@dataclass(frozen=True, slots=True)
class StripLayout:
    """`sentence`: where what is done is told, between the rows."""

    cells: tuple[Cell, ...]
    headings: tuple[Heading, ...]
    sentence: QRectF

    def at(self, x: float, y: float) -> Cell | None:
        """The map under a point."""
        return next((cell for cell in self.cells if cell.area.contains(x, y)), None)


def height_for(width: float, line: float) -> float:
    """How high a strip of that width wants to be; the same for all steps, so that nothing moves between them."""
    return 2 * _side(width) + 5.5 * (line + space.xs)


def _side(width: float) -> float:
    across = (width - space.s * (MOST_CHANNELS - 1)) / MOST_CHANNELS
    return min(max(across, LEAST_SIDE), LARGEST_SIDE)


def lay_out(step: DescentStep, size: QSizeF, line: float) -> StripLayout:
    """Two rows of maps in a room; `line` is the height of a line of text."""
    words = line + space.xs  # beneath every map, and above every row
    side = max(min((size.height() - 5.5 * words) / 2, _side(size.width())), LEAST_SIDE)
    top = _row((step.above,), 0.0, side, words, size.width(), below=False)
    middle = QRectF(0, 2 * words + side, size.width(), 1.5 * words)
    bottom = _row(step.below, middle.bottom(), side, words, size.width(), below=True)
    return StripLayout((*top[0], *bottom[0]), (*top[1], *bottom[1]), middle)


def _row(
    bands: tuple[Band, ...], top: float, side: float, words: float, width: float, *, below: bool
) -> tuple[list[Cell], list[Heading]]:
    cells: list[Cell] = []
    headings: list[Heading] = []
    x = 0.0
    room = (width - space.l * (len(bands) - 1)) / len(bands)
    for band in bands:
        fitting = max(1, min(len(band.channels), int((room + space.s) // (side + space.s))))
        headings.append(Heading(band, QRectF(x, top, room, words), below))
        cells += [
            Cell(band, index, QRectF(x + index * (side + space.s), top + words, side, side), below)
            for index in range(fitting)
        ]
        x += room + space.l
    return cells, headings
