"""The graph at one zoom as square pictures, painted once: panning only puts them elsewhere."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

SIDE: Final = 256
MOST: Final = 160
"""Pictures that are kept, 256 KB each."""

Paint = Callable[[QPainter, QRectF], None]
"""Draws what lies in an area of the scene."""


class Tiles:
    """Pictures by place, for one zoom (in device pixels a scene pixel) and one ground."""

    def __init__(self) -> None:
        self._tiles: OrderedDict[tuple[int, int], QImage] = OrderedDict()
        self._scale = 0.0

    def clear(self) -> None:
        self._tiles.clear()

    def draw(
        self, painter: QPainter, area: QRectF, origin: QPointF, scale: float, ground: QColor, paint: Paint
    ) -> None:
        """Fill an area given in device pixels, where the scene's origin is at `origin`."""
        if scale != self._scale:
            self._tiles.clear()
            self._scale = scale
        left, top = round(origin.x()), round(origin.y())
        columns = range(math.floor((area.left() - left) / SIDE), math.ceil((area.right() - left) / SIDE))
        rows = range(math.floor((area.top() - top) / SIDE), math.ceil((area.bottom() - top) / SIDE))
        places = [(column, row) for row in rows for column in columns]
        self._fill([place for place in places if place not in self._tiles], ground, paint)
        for column, row in places:
            self._tiles.move_to_end((column, row))
            painter.drawImage(QPointF(left + column * SIDE, top + row * SIDE), self._tiles[column, row])
        while len(self._tiles) > max(MOST, 2 * len(places)):
            self._tiles.popitem(last=False)

    def _fill(self, places: Sequence[tuple[int, int]], ground: QColor, paint: Paint) -> None:
        """Paint what is missing in one go, for a box that lies on four tiles is drawn once only; then cut it up."""
        if not places:
            return
        left, top = min(c for c, _ in places), min(r for _, r in places)
        columns, rows = max(c for c, _ in places) + 1 - left, max(r for _, r in places) + 1 - top
        image = QImage(columns * SIDE, rows * SIDE, QImage.Format.Format_RGB32)
        image.fill(ground)
        painter = QPainter(image)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        region = QRegion()
        for column, row in places:
            region += QRect((column - left) * SIDE, (row - top) * SIDE, SIDE, SIDE)
        painter.setClipRegion(region)
        painter.translate(-left * SIDE, -top * SIDE)
        painter.scale(self._scale, self._scale)
        side = SIDE / self._scale
        paint(painter, QRectF(left * side, top * side, columns * side, rows * side))
        painter.end()
        for column, row in places:
            self._tiles[column, row] = image.copy((column - left) * SIDE, (row - top) * SIDE, SIDE, SIDE)
