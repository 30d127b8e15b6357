"""The picture with the orientations of its cells drawn over it; points at cells instead of pixels."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QTransform

from engine.foundations.descriptors.hog import Hog
from gui.pages.descriptors.glyphs import GlyphImage
from gui.pages.descriptors.resolve import block_of
from gui.pages.descriptors.state import Place
from gui.theme import VIRIDIS, theme, with_alpha
from gui.widgets.frame_view import FrameView, arrow_step

GRADIENT, CELLS, BLOCKS, DESCRIPTOR = range(4)
BRIGHT: Final = 99.5
VEIL: Final = 0.62
"""How far the picture steps back behind the glyphs."""


class HogPicture(FrameView):
    """cellPointed(row, column), cellPicked(row, column): by the pointer; arrow keys pick the neighbouring cell."""

    cellPointed = Signal(int, int)
    cellPicked = Signal(int, int)

    def __init__(
        self,
        name: str = "Orientations over the picture",
        *,
        marked: bool = True,
        glyphs: GlyphImage | None = None,
    ) -> None:
        super().__init__(name)
        self._found: Hog | None = None
        self._stage = CELLS
        self._cell: Place = (0, 0)
        self._marked = marked
        self._glyphs = GlyphImage() if glyphs is None else glyphs
        self._levels: np.ndarray | None = None
        self._levels_of: Hog | None = None
        self.set_overlay(self._paint_over)
        self.hovered.connect(self._hovered_at)
        self.clicked.connect(self._clicked_at)

    def show_hog(self, found: Hog, stage: int, cell: Place) -> None:
        """Show a description at a stage, with a cell marked."""
        self._found, self._stage, self._cell = found, stage, cell
        if stage == GRADIENT:
            if self._levels_of is not found:
                self._levels = np.minimum(found.magnitude * (255 / bright(found)), 255).astype(np.uint8)
                self._levels_of = found
            assert self._levels is not None
            self.set_indexed(self._levels, VIRIDIS)
        else:
            self.set_rgb(found.pixels)
        self.update()

    def _paint_over(self, painter: QPainter, transform: QTransform) -> None:
        found = self._found
        if found is None:
            return
        if self._stage != GRADIENT:
            self._paint_glyphs(painter, transform, found)
        if self._marked:
            self._paint_marks(painter, transform, found)

    def _paint_glyphs(self, painter: QPainter, transform: QTransform, found: Hog) -> None:
        size = found.spec.cell
        rows, columns = found.cells.shape[:2]
        height, width = found.grey.shape
        painter.fillRect(
            transform.mapRect(QRectF(0, 0, width, height)), with_alpha(theme.colors.window, VEIL)
        )
        target = transform.mapRect(QRectF(0, 0, columns * size, rows * size))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        glyphs = self._glyphs.image(found, QColor(theme.colors.text), normalise=self._stage >= BLOCKS)
        painter.drawImage(target, glyphs)

    def _paint_marks(self, painter: QPainter, transform: QTransform, found: Hog) -> None:
        size = found.spec.cell
        row, column = self._cell
        if self._stage >= BLOCKS:
            top, left = block_of(found, self._cell)
            side = found.spec.block * size
            self._outline(
                painter,
                transform.mapRect(QRectF(left * size, top * size, side, side)),
                theme.colors.good,
                2.0,
            )
        cell = transform.mapRect(QRectF(column * size, row * size, size, size))
        self._outline(painter, cell, theme.colors.accent, 2.5)

    def _outline(self, painter: QPainter, area: QRectF, color: QColor, width: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(with_alpha(theme.colors.window, 0.85), width + 2.5), QPen(color, width)):
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(area)

    def _cell_at(self, x: int, y: int) -> Place | None:
        if self._found is None:
            return None
        rows, columns = self._found.cells.shape[:2]
        row, column = y // self._found.spec.cell, x // self._found.spec.cell
        return (row, column) if row < rows and column < columns else None

    @Slot(int, int)
    def _hovered_at(self, x: int, y: int) -> None:
        cell = self._cell_at(x, y)
        if cell is None:
            self.left.emit()
        else:
            self.cellPointed.emit(*cell)

    @Slot(int, int)
    def _clicked_at(self, x: int, y: int) -> None:
        cell = self._cell_at(x, y)
        if cell is not None:
            self.cellPicked.emit(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = arrow_step(event)
        if step is None or self._found is None or not self._marked:
            super().keyPressEvent(event)
            return
        rows, columns = self._found.cells.shape[:2]
        row, column = self._cell[0] + step[1], self._cell[1] + step[0]
        self.cellPicked.emit(min(max(row, 0), rows - 1), min(max(column, 0), columns - 1))


def bright(found: Hog) -> float:
    """The magnitude from which on the map of gradients is brightest: few pixels are beyond."""
    return float(np.percentile(found.magnitude, BRIGHT)) or 1.0
