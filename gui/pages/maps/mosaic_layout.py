"""Where the maps of a mosaic lie, and the picture that they make together: one array for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gui.pages.maps.colours import Levels, Table

GAP: Final = 4
LABEL: Final = 15
LABEL_FROM: Final = 40
"""Widths of a map, in device-independent pixels, from which its number has room beneath it."""

SNAP: Final = 0.2
"""How much smaller maps may become so that all values are squares of one size."""

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MosaicLayout:
    """`count` maps in `columns`. Each is `width` x `height` device pixels, over `label` pixels for its number; `gap`
    lies between neighbours."""

    count: int
    columns: int
    width: int
    height: int
    gap: int
    label: int

    @property
    def rows(self) -> int:
        return -(-self.count // max(self.columns, 1))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole mosaic."""
        return (
            self.columns * (self.width + self.gap) - self.gap,
            self.rows * (self.height + self.label + self.gap) - self.gap,
        )

    def corner(self, place: int) -> tuple[int, int]:
        """Left and top of the map at a place."""
        row, column = divmod(place, self.columns)
        return column * (self.width + self.gap), row * (self.height + self.label + self.gap)

    def at(self, x: float, y: float) -> tuple[int, float, float] | None:
        """The place under a device pixel with the shares of its map (0..1, across and down); None between maps."""
        column, left = divmod(x, self.width + self.gap)
        row, top = divmod(y, self.height + self.label + self.gap)
        place = int(row) * self.columns + int(column)
        inside = 0 <= column < self.columns and row >= 0 and left < self.width and top < self.height
        if not inside or place >= self.count:
            return None
        return place, left / self.width, top / self.height


def fitted(count: int, shape: tuple[int, int], room: tuple[float, float], ratio: float = 1.0) -> MosaicLayout:
    """The layout with the largest maps of `shape` (height, width) in a room of device-independent pixels."""
    with_numbers = _largest(count, shape, room, ratio, round(LABEL * ratio))
    if with_numbers.width >= LABEL_FROM * ratio:
        return with_numbers
    return _largest(count, shape, room, ratio, 0)


def _largest(
    count: int, shape: tuple[int, int], room: tuple[float, float], ratio: float, label: int
) -> MosaicLayout:
    height, width = shape
    gap = round(GAP * ratio)
    across, down = room[0] * ratio + gap, room[1] * ratio + gap
    columns = np.arange(1, max(count, 1) + 1)
    rows = -(-count // columns)
    scales = np.minimum((across / columns - gap) / width, (down / np.maximum(rows, 1) - gap - label) / height)
    best = int(np.argmax(scales))
    scale = max(float(scales[best]), 1 / min(height, width))
    if scale > 1 and scale % 1 < SNAP:
        scale = float(int(scale))  # squares of one size, and quicker
        fitting = scales >= scale  # 16 x 16 rather than 15 x 17 and one: as few empty places as possible
        best = int(np.argmin(np.where(fitting, rows * columns - count, np.inf)))
    return MosaicLayout(
        count, int(columns[best]), max(int(width * scale), 1), max(int(height * scale), 1), gap, label
    )


def fill(
    pixels: npt.NDArray[np.uint32], found: Levels, order: IntArray, layout: MosaicLayout, colors: Table
) -> None:
    """Put levels uint8[C, h, w] in an order into a mosaic's picture uint32[H, W], in the colours uint32[256] of a
    table; each map is grown to its place by whole squares, and what lies between the maps stays as it is."""
    count, height, width = found.shape
    ordered = found if _in_order(order) else found[order]
    down, across = layout.height // height, layout.width // width
    whole = (layout.height, layout.width) == (down * height, across * width)
    if not whole:
        rows = np.arange(layout.height) * height // layout.height
        columns = np.arange(layout.width) * width // layout.width
        ordered, down, across = ordered.take(rows, axis=1).take(columns, axis=2), 1, 1
    colored = colors.take(ordered)
    rows_full, rest = divmod(count, layout.columns)
    cells = _cells(pixels, layout)
    if rows_full:
        block = colored[: rows_full * layout.columns].reshape(rows_full, layout.columns, *colored.shape[1:])
        _put(cells[:rows_full], block.transpose(0, 2, 1, 3), down, across)
    if rest:
        _put(cells[rows_full:, :, :rest], colored[None, -rest:].transpose(0, 2, 1, 3), down, across)


def _in_order(order: IntArray) -> bool:
    return bool((np.diff(order) == 1).all()) and (not len(order) or int(order[0]) == 0)


def _cells(pixels: npt.NDArray[np.uint32], layout: MosaicLayout) -> npt.NDArray[np.uint32]:
    """A view uint32[rows, h, columns, w] of the places of the maps."""
    step_down, step_across = layout.height + layout.label + layout.gap, layout.width + layout.gap
    split = pixels.reshape(layout.rows, step_down, layout.columns, step_across)
    return split[:, : layout.height, :, : layout.width]


def _put(cells: npt.NDArray[np.uint32], colored: npt.NDArray[np.uint32], down: int, across: int) -> None:
    """Every value a square of `down` x `across` pixels."""
    if (down, across) == (1, 1):
        cells[...] = colored
        return
    for y in range(down):
        for x in range(across):
            cells[:, y::down, :, x::across] = colored


def canvas_of(layout: MosaicLayout, color: int) -> npt.NDArray[np.uint32]:
    """The picture uint32[H, W] of a mosaic without its maps."""
    step_down, step_across = layout.height + layout.label + layout.gap, layout.width + layout.gap
    return np.full((layout.rows * step_down, layout.columns * step_across), color, np.uint32)


def averaged(values: npt.NDArray[np.float32], layout: MosaicLayout) -> npt.NDArray[np.float32]:
    """Maps float32[C, h, w] that are larger than their places, averaged down by a whole number; else as they are."""
    side = min(values.shape[1] // layout.height, values.shape[2] // layout.width)
    if side < 2:
        return values
    height, width = values.shape[1] // side, values.shape[2] // side
    cut = values[:, : height * side, : width * side]
    found: npt.NDArray[np.float32] = cut.reshape(-1, height, side, width, side).mean((2, 4), dtype=np.float32)
    return found
