"""Where the whole picture, its response and the arithmetic of one window lie: pure geometry."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF

from gui.theme import space

HEAD = 26.0
FOOT = 22.0
TITLE = 18.0
LINE = 20.0
SYMBOL = 22.0
SUM_WIDTH = 104.0
BLOCK_GAP = 24.0
OVERHANG = 10.0
"""How far the name of the last grid may reach beyond it."""
LEAST_BLOCK = 172.0
"""The narrowest window, kernel and products whose names have room."""
LARGEST_CELL = 32.0
LEGIBLE_CELL = 22.0
"""Pictures give room to cells up to here; beyond it cells take only what pictures leave."""
LEAST_PICTURE = 40.0
_CELLS = (LARGEST_CELL, LEGIBLE_CELL, 26.0, 24.0, 22.0, 20.0, 18.0, 16.0, 14.0, 12.0, 10.0, 8.0, 6.0)


@dataclass(frozen=True, slots=True)
class BandShape:
    """What the band has to show: channels of a filter and the kernel's sides."""

    channels: int
    rows: int
    columns: int

    def size(self, cell: float, stacked: bool) -> tuple[float, float]:
        """Width and height for cells of a size; the channels below each other (`stacked`) or side by side."""
        block = max(3 * self.columns * cell + 2 * SYMBOL, LEAST_BLOCK)
        grid = TITLE + self.rows * cell
        if stacked:
            width, height = block + SUM_WIDTH, self.channels * grid + (self.channels - 1) * space.s
        else:
            width = self.channels * block + (self.channels - 1) * BLOCK_GAP + OVERHANG
            height = grid + LINE
        return width, HEAD + height + 2 * LINE + space.s

    def fit(self, width: float, height: float) -> tuple[float, bool]:
        """The largest cell for an area, and whether the channels lie below each other."""
        found = []
        for stacked in (False, True):
            down = self.rows * (self.channels if stacked else 1)
            tall = (height - self.size(0.0, stacked)[1]) / down
            found.append((min(self.widest(width, stacked), tall), stacked))
        cell, stacked = max(found)
        return max(cell, 0.5), stacked

    def widest(self, width: float, stacked: bool) -> float:
        """The largest cell for a width; next to nothing where not even the names of the grids have room."""
        if not stacked and self.size(0.0, stacked)[0] > width:
            return 0.0
        blocks = 1 if stacked else self.channels
        beside = SUM_WIDTH if stacked else (blocks - 1) * BLOCK_GAP + OVERHANG
        room = width - beside - blocks * 2 * SYMBOL - 1  # grids are moved to whole pixels
        return min(room / (blocks * 3 * self.columns), LARGEST_CELL)


@dataclass(frozen=True, slots=True)
class ImageLayout:
    """Areas of the whole-picture view; heads lie above the pictures, feet below."""

    band: QRectF
    source: QRectF
    response: QRectF


def image_layout(
    size: tuple[float, float], picture: tuple[float, float], response: tuple[float, float], band: BandShape
) -> ImageLayout:
    """Pictures as large as legible arithmetic lets them be: beside each other below the band, or around it.

    `picture` and `response` are widths and heights in pixels; both are drawn into boxes of the same size.
    """
    width, height = size[0] - 2 * space.xl, size[1] - space.m - space.l
    best: tuple[float, float, float, bool, tuple[float, float]] | None = None
    for stacked in (False, True):
        widest = band.widest(width, stacked)
        if not stacked and widest <= 0:
            continue
        widest = max(widest, 1.0)
        for cell in (widest, *(cell for cell in _CELLS if cell < widest)):
            needs = band.size(cell, stacked)
            for beside in (True, False):
                scale = _scale((width, height - needs[1] - space.l), picture, beside)
                # Twice as large a picture is worth as much as cells with four times the side.
                score = scale * min(cell, LEGIBLE_CELL) ** 0.5
                if best is None or (score, -needs[1]) > best[:2]:
                    best = (score, -needs[1], scale, beside, (min(needs[0], width), needs[1]))
    assert best is not None
    return _placed(size, picture, response, *best[2:])


def _scale(room: tuple[float, float], picture: tuple[float, float], beside: bool) -> float:
    """How large two pictures can be drawn in a room that they share."""
    across, down = (2, 1) if beside else (1, 2)
    width = (room[0] - (across - 1) * space.l) / across
    height = (room[1] - (down - 1) * space.l) / down - HEAD - FOOT
    return min(width / picture[0], max(height, LEAST_PICTURE) / picture[1])


def _placed(
    size: tuple[float, float],
    picture: tuple[float, float],
    response: tuple[float, float],
    scale: float,
    beside: bool,
    band: tuple[float, float],
) -> ImageLayout:
    box = (picture[0] * scale, picture[1] * scale)
    block = HEAD + box[1] + FOOT
    pictures = 2 * box[0] + space.l if beside else box[0]
    used = band[1] + space.l + (block if beside else 2 * block + space.l)
    full = size[0] - 2 * space.xl
    left = space.xl + max((full - max(pictures, band[0])) / 2, 0.0)
    top = space.m + max((size[1] - space.m - space.l - used) / 3, 0.0)
    band_width = size[0] - space.xl - left
    if beside:
        band_area = QRectF(left, top, band_width, band[1])
        first = QRectF(left, top + band[1] + space.l + HEAD, *box)
        second = first.translated(box[0] + space.l, 0)
    else:
        first = QRectF(left, top + HEAD, *box)
        band_area = QRectF(left, top + block + space.l, band_width, band[1])
        second = QRectF(left, band_area.bottom() + space.l + HEAD, *box)
    return ImageLayout(band_area, first, _fitted(second, response))


def _fitted(box: QRectF, picture: tuple[float, float]) -> QRectF:
    """The picture's own shape in the upper left of a box."""
    scale = min(box.width() / picture[0], box.height() / picture[1])
    return QRectF(box.left(), box.top(), picture[0] * scale, picture[1] * scale)
