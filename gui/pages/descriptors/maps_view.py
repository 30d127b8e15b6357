"""Feature maps as a mosaic, with the place under the pointer marked in every map."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPen, QResizeEvent, QTransform

from engine.networks.learned_features.requests import FeatureMaps
from gui import colormaps
from gui.theme import theme
from gui.widgets.frame_view import FrameView

MOST_MAPS: Final = 24
BRIGHT: Final = 99.5
MARK: Final = 3.0


def strongest_maps(maps: npt.NDArray[np.float32], most: int = MOST_MAPS) -> npt.NDArray[np.int64]:
    """The maps with the largest mean activation, in their own order, int64[n]."""
    order = np.argsort(-maps.mean((1, 2)), kind="stable")[:most]
    return np.sort(order)


def columns_for(count: int, height: int, width: int, aspect: float) -> int:
    """Columns of a mosaic of `count` maps whose shape comes nearest to `aspect` (width to height)."""

    def misfit(columns: int) -> float:
        rows = -(-count // columns)
        return abs(float(np.log((columns * width) / (rows * height) / aspect)))

    return min(range(1, count + 1), key=misfit)


class MapsView(FrameView):
    """The strongest maps of a layer side by side, in the colours of activations."""

    def __init__(self) -> None:
        super().__init__("Feature maps")
        self._found: FeatureMaps | None = None
        self._chosen: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._columns = 1
        self._at: tuple[float, float] | None = None
        self.set_overlay(self._paint_over)
        theme.changed.connect(self._draw)

    @property
    def found(self) -> FeatureMaps | None:
        """The maps on show."""
        return self._found

    def show_maps(self, found: FeatureMaps) -> None:
        """Show the strongest maps of a layer."""
        self._found = found
        self._chosen = strongest_maps(found.maps)
        self._draw()

    def mark(self, at: tuple[float, float] | None) -> None:
        """Mark a place (x, y as shares of the picture) in every map."""
        if at != self._at:
            self._at = at
            self.update()

    @Slot()
    def _draw(self) -> None:
        found = self._found
        if found is None:
            return
        _, height, width = found.maps.shape
        self._columns = self._fitting()
        rows = -(-len(self._chosen) // self._columns)
        ground = theme.colors.window
        mosaic = np.empty((rows * (height + 1) - 1, self._columns * (width + 1) - 1, 3), np.uint8)
        mosaic[:] = (ground.red(), ground.green(), ground.blue())
        limit = float(np.percentile(found.maps[self._chosen], BRIGHT)) or 1.0
        for place, index in enumerate(self._chosen):
            top, left = self._corner(place)
            mosaic[top : top + height, left : left + width] = colormaps.activations(found.maps[index], limit)
        self.set_rgb(mosaic)

    def _fitting(self) -> int:
        assert self._found is not None
        _, height, width = self._found.maps.shape
        aspect = max(self.width(), 1) / max(self.height(), 1)
        return columns_for(len(self._chosen), height + 1, width + 1, aspect)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._found is not None and self._fitting() != self._columns:
            self._draw()

    def _corner(self, place: int) -> tuple[int, int]:
        assert self._found is not None
        _, height, width = self._found.maps.shape
        return place // self._columns * (height + 1), place % self._columns * (width + 1)

    def map_at(self, x: int, y: int) -> tuple[int, float, float] | None:
        """The map under a pixel of the mosaic, and the place in it as shares."""
        if self._found is None:
            return None
        _, height, width = self._found.maps.shape
        row, column = y // (height + 1), x // (width + 1)
        place = row * self._columns + column
        inner_y, inner_x = y % (height + 1), x % (width + 1)
        if place >= len(self._chosen) or inner_y >= height or inner_x >= width or column >= self._columns:
            return None
        return int(self._chosen[place]), (inner_x + 0.5) / width, (inner_y + 0.5) / height

    def _paint_over(self, painter: QPainter, transform: QTransform) -> None:
        found = self._found
        if found is None or self._at is None:
            return
        _, height, width = found.maps.shape
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colors.accent, 1.5))
        for place in range(len(self._chosen)):
            top, left = self._corner(place)
            middle = transform.map(QPointF(left + self._at[0] * width, top + self._at[1] * height))
            painter.drawEllipse(QRectF(middle.x() - MARK, middle.y() - MARK, 2 * MARK, 2 * MARK))
