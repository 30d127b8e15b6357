"""A picture with a map of numbers over it, in colours; places without a number are left open or hatched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QWidget

from gui import colormaps
from gui.theme import RGB, theme, with_alpha
from gui.widgets.frame_view import FrameView

Array = npt.NDArray[Any]
Shares = tuple[float, float, float, float]
"""Left, top, right, bottom as shares of the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """A map float[n, m] that covers the whole picture, coloured from `low` to `high`.

    `asked` bool[n, m]: which places have a number (None: all); others show the picture. Values that are no numbers
    are hatched. `strength`: how much of the picture the colours hide, 0..1. `smooth`: blend from place to place.
    """

    values: Array
    low: float
    high: float
    anchors: tuple[RGB, ...]
    asked: npt.NDArray[np.bool_] | None = None
    strength: float = 1.0
    smooth: bool = False

    def colors(self) -> npt.NDArray[np.uint8]:
        """uint8[n, m, 4] RGBA, transparent where nothing was asked or the value is no number."""
        shown = np.isfinite(self.values)
        if self.asked is not None:
            shown &= self.asked
        colors = np.empty((*self.values.shape, 4), np.uint8)
        colors[..., :3] = colormaps.look_up(self.values, self.low, self.high, self.anchors)
        colors[..., 3] = np.where(shown, round(255 * self.strength), 0)
        return colors

    def broken(self) -> npt.NDArray[np.bool_]:
        """Places that were asked and answered with no number."""
        broken = ~np.isfinite(self.values)
        return broken if self.asked is None else broken & self.asked


class HeatView(FrameView):
    """A FrameView with a map on top and a marked block. `hovered` and `clicked` give pixels; see `cell_of`."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._heat: Heat | None = None
        self._image: QImage | None = None
        self._block: Shares | None = None
        self.set_overlay(self._paint_over)

    @property
    def heat(self) -> Heat | None:
        return self._heat

    def show_heat(self, heat: Heat | None) -> None:
        """Lay a map over the picture; None takes it away."""
        self._heat = heat
        self._image = None if heat is None else _image(heat.colors())
        self.update()

    def mark(self, block: Shares | None) -> None:
        """Frame a part of the picture; None frames nothing."""
        if block != self._block:
            self._block = block
            self.update()

    def cell_of(self, x: int, y: int) -> tuple[int, int] | None:
        """Row and column of the map at a pixel of the picture; None without a map."""
        width, height = self.picture_size
        if self._heat is None or not width:
            return None
        rows, columns = self._heat.values.shape
        return min(y * rows // height, rows - 1), min(x * columns // width, columns - 1)

    def _paint_over(self, painter: QPainter, transform: QTransform) -> None:
        whole = transform.mapRect(QRectF(0, 0, *self.picture_size))
        painter.setClipRect(whole)
        if self._heat is not None and self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._heat.smooth)
            painter.drawImage(whole, self._image)
            self._hatch(painter, whole, self._heat)
        if self._block is not None:
            paint_block(painter, part_of(whole, self._block))

    def _hatch(self, painter: QPainter, whole: QRectF, heat: Heat) -> None:
        rows, columns = heat.values.shape
        brush = QBrush(with_alpha(theme.colors.warn, 0.8), Qt.BrushStyle.BDiagPattern)
        for row, column in np.argwhere(heat.broken()):
            block = (column / columns, row / rows, (column + 1) / columns, (row + 1) / rows)
            painter.fillRect(part_of(whole, block), brush)


def part_of(whole: QRectF, block: Shares) -> QRectF:
    """The part of an area that shares of it name."""
    left, top, right, bottom = block
    return QRectF(
        whole.x() + left * whole.width(), whole.y() + top * whole.height(),
        (right - left) * whole.width(), (bottom - top) * whole.height(),
    )  # fmt: skip


def paint_block(painter: QPainter, area: QRectF) -> None:
    """A frame that is seen on any picture."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((with_alpha(theme.colors.window, 0.8), 4), (theme.colors.accent, 2)):
        pen = QPen(color, width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(area)


def _image(colors: npt.NDArray[np.uint8]) -> QImage:
    colors = np.ascontiguousarray(colors)
    height, width = colors.shape[:2]
    return QImage(colors.data, width, height, colors.strides[0], QImage.Format.Format_RGBA8888).copy()
