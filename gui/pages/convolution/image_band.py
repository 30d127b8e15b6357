"""The band of the whole-picture view as a widget: shows one window's arithmetic, takes kernel cells typed over."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from engine.foundations.pixel_windows import PixelWindows
from engine.foundations.requests import WholeImage
from gui.pages.convolution import scene_parts as parts
from gui.pages.convolution.band_scene import Shown, band_scene, cell_rows
from gui.widgets.canvas import Canvas, empty_scene


class ImageBand(Canvas):
    """The window under the cursor, the kernel, their products and sums.

    kernelEdited(filter, channel, row, col, value): a weight was typed over; places are those of the request's
    weight [F, C/groups, kh, kw] as stored, whatever way it lies on the window.
    cellPointed(rows): what the inspector says about the cell under the pointer; empty for an empty cell.
    """

    kernelEdited = Signal(int, int, int, int, float)
    cellPointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Shown | None = None
        self._about: tuple[object, ...] = ()
        self.setAccessibleName("Window under the cursor")
        self.setMinimumSize(120, 60)  # the view lays it out by hand
        self.cellEdited.connect(self._cell_edited)
        self.cellHovered.connect(self._cell_hovered)

    def clear(self) -> None:
        """Nothing was computed."""
        if self._shown is not None:
            self._shown, self._about = None, ()
            self.set_builder(empty_scene)

    def show_window(
        self, request: WholeImage, index: int, windows: PixelWindows | None, cell: tuple[int, int] | None
    ) -> None:
        """Show filter `index` at a response cell (row, col), or without one the kernel alone."""
        if windows is None:
            cell = None
        about = _about(request, index, cell)
        if about == self._about:  # a live picture without a cursor: nothing to draw anew
            return
        self._about, self._shown = about, Shown(request, index)
        if windows is not None and cell is not None:
            self._shown = Shown(request, index, windows.step(index, *cell), windows.padding(*cell))
        self.set_builder(partial(band_scene, self._shown), glide=False)
        if self.hovered is not None:  # what is said about the cell under the pointer is another number now
            self._cell_hovered(*self.hovered)

    @Slot(str, int, int, float)
    def _cell_edited(self, key: str, row: int, column: int, value: float) -> None:
        if self._shown is None or not key.startswith(parts.KERNEL):
            return
        request = self._shown.request
        _filters, depth, rows, columns = request.weight.shape
        if request.spec.flip != request.spec.transposed:
            row, column = rows - 1 - row, columns - 1 - column
        channel = int(key.removeprefix(parts.KERNEL)) % depth
        self.kernelEdited.emit(self._shown.filter, channel, row, column, value)

    @Slot(str, int, int)
    def _cell_hovered(self, key: str, row: int, column: int) -> None:
        plate = self.scene.plate(key)
        if plate is not None and self._shown is not None:
            self.cellPointed.emit(cell_rows(plate, self._shown.request.channels, row, column))


def _about(request: WholeImage, index: int, cell: tuple[int, int] | None) -> tuple[object, ...]:
    """What the picture depends on: with no window on show not on the pixels."""
    bias = None if request.bias is None else request.bias.tobytes()
    pixels = None if cell is None else id(request.pixels)  # the request on show keeps its pixels alive
    kernel = (request.weight.tobytes(), request.weight.shape, bias)
    return (*kernel, request.spec, request.channels, index, cell, pixels)
