"""A Gram matrix as a picture: a pixel a cell, one of them framed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QTransform

from gui import colormaps
from gui.theme import RGB, VIRIDIS
from gui.widgets.frame_view import FrameView, arrow_step
from gui.widgets.heat_view import paint_block
from gui.widgets.picture_tile import Key
from gui.widgets.stage_text import plain

Values = npt.NDArray[np.floating]
CUT: Final = 0.995
"""Colours are full at this quantile: the diagonal of a Gram matrix is far above the rest."""


@dataclass(frozen=True, slots=True)
class Range:
    """What the ends of the colours stand for. `diverging`: zero is in the middle."""

    limit: float
    diverging: bool = False
    beyond: bool = False

    @property
    def anchors(self) -> tuple[RGB, ...]:
        return colormaps.activation_anchors() if self.diverging else VIRIDIS

    def colors(self, values: Values) -> npt.NDArray[np.uint8]:
        """uint8[H, W, 3]."""
        return colormaps.look_up(values, -self.limit if self.diverging else 0.0, self.limit, self.anchors)

    def key(self, label: str = "") -> Key:
        """For the bar beneath a picture."""
        low = plain(-self.limit) if self.diverging else "0"
        high = plain(self.limit)
        if self.beyond:
            low, high = (f"≤ {low}" if self.diverging else low), f"≥ {high}"
        return self.anchors, low, high, label


def range_of(*values: Values, diverging: bool = False, cut: float = CUT) -> Range:
    """One range for several arrays, so that equal colours are equal numbers; never empty."""
    sizes = np.abs(np.concatenate([np.ravel(one) for one in values])) if values else np.zeros(1)
    limit = float(np.quantile(sizes, cut)) if sizes.size else 0.0
    largest = float(sizes.max(initial=0.0))
    limit = limit or largest or 1.0
    return Range(limit, diverging, beyond=largest > limit)


class MatrixView(FrameView):
    """`hovered` and `clicked` give (column, row). The framed cell is seen on any picture.

    Arrows go from cell to cell, first from the framed one; Enter chooses as a click does.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._cell: tuple[int, int] | None = None
        self.set_empty_text("On its way", "timer-sand")
        self.set_overlay(self._paint_cell)

    def show_values(self, values: Values, scale: Range) -> None:
        """Colour a matrix."""
        self.set_rgb(scale.colors(values))

    def frame_cell(self, cell: tuple[int, int] | None) -> None:
        """Frame (row, column)."""
        if cell != self._cell:
            self._cell = cell
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if chosen and self.cursor_place is not None:
            self.clicked.emit(*self.cursor_place)
            return
        if arrow_step(event) is not None and self.cursor_place is None and self._cell is not None:
            self.set_cursor(self._cell[1], self._cell[0])
        super().keyPressEvent(event)

    def _paint_cell(self, painter: QPainter, transform: QTransform) -> None:
        if self._cell is not None and self.picture_size[0]:
            row, column = self._cell
            area = transform.mapRect(QRectF(column, row, 1, 1))
            paint_block(painter, area.adjusted(-2, -2, 2, 2))
