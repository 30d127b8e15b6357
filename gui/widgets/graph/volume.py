"""The volume in a box of the graph: a cuboid for maps, a sheet for tokens, a bar for vectors, all to one scale.

The scale: height and width follow the square root of rows and columns, so that 224 is four times as high as 14;
the thickness follows the logarithm of the channels, 2 px for every doubling. A vector's bar has the length of the
logarithm of its values, 2.5 px for every doubling. Volumes of one drawing are compared with its largest picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui.theme import mix, theme

AREA: Final = (56.0, 44.0)
"""Width and height of the place for a volume."""
_LEAST_SIDE, _MOST_SIDE = 5.0, 34.0
_SMALLEST_PICTURE: Final = 28
_SLANT: Final = (0.46, 0.28)
"""How far the width leads to the right and upwards, a pixel of it."""


def side(n: int, largest: int) -> float:
    """How high rows or columns are drawn, where the largest picture of the drawing has `largest`."""
    share = math.sqrt(n / max(largest, _SMALLEST_PICTURE, n))
    return _LEAST_SIDE + (_MOST_SIDE - _LEAST_SIDE) * share


def thickness(channels: int) -> float:
    """How thick channels are drawn."""
    return 1.0 + 2.0 * math.log2(1 + channels)


def bar_length(values: int) -> float:
    """How long a vector is drawn."""
    return 2.5 * math.log2(1 + values)


@dataclass(frozen=True, slots=True)
class Cuboid:
    """Where a volume lies on a drawing: its front, and how far the depth leads to the right and upwards."""

    front: QRectF
    right: float
    up: float

    def outline(self) -> QPolygonF:
        """The line around all of it."""
        x, y, far = self.front.x(), self.front.y(), QPointF(self.right, -self.up)
        corners = [QPointF(x, self.front.bottom()), QPointF(x, y), QPointF(x, y) + far]
        corners += [self.front.topRight() + far, self.front.bottomRight() + far, self.front.bottomRight()]
        return QPolygonF(corners)


def cuboid(area: QRectF, shape: tuple[int, ...], largest: int, scale: float = 1.0) -> Cuboid:
    """A shape's box in the middle of an area; `scale` enlarges it beyond the size in boxes of the graph."""
    if len(shape) == 3:
        channels, rows, columns = shape
        thick, high, deep = thickness(channels), side(rows, largest), side(columns, largest)
    elif len(shape) == 2:
        tokens, width = shape
        thick, high, deep = bar_length(width), bar_length(tokens), 4.0
    else:
        thick, high, deep = 4.0, bar_length(math.prod(shape)), 6.0
    thick, high, deep = thick * scale, high * scale, deep * scale
    right, up = deep * _SLANT[0], deep * _SLANT[1]
    x = area.center().x() - (thick + right) / 2
    y = area.center().y() - (high - up) / 2
    return Cuboid(QRectF(x, y, thick, high), right, up)


def paint_volume(
    painter: QPainter,
    area: QRectF,
    shape: tuple[int, ...],
    color: QColor,
    largest: int,
    scale: float = 1.0,
) -> None:
    """Draw a shape into the middle of an area."""
    painter.setPen(_outline(color))
    _paint_cuboid(painter, cuboid(area, shape, largest, scale), _faces(color))


def _outline(color: QColor) -> QPen:
    pen = QPen(mix(color, theme.colors.text, 0.15), 1.0)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _faces(color: QColor) -> tuple[QColor, QColor, QColor]:
    """Front, top and flank, lit from above."""
    ground = theme.colors.surface
    if theme.dark:
        return mix(color, ground, 0.4), mix(color, theme.colors.text, 0.2), mix(color, ground, 0.62)
    return mix(color, ground, 0.5), mix(color, ground, 0.78), mix(color, ground, 0.22)


def _paint_cuboid(painter: QPainter, box: Cuboid, faces: tuple[QColor, QColor, QColor]) -> None:
    """A box seen from the front, a little from above and from the right."""
    x, y, thick, high = box.front.x(), box.front.y(), box.front.width(), box.front.height()
    right, up = box.right, box.up
    front, top, flank = faces
    painter.setBrush(front)
    painter.drawRect(box.front)
    painter.setBrush(top)
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(x, y),
                QPointF(x + right, y - up),
                QPointF(x + thick + right, y - up),
                QPointF(x + thick, y),
            ]
        )
    )
    painter.setBrush(flank)
    end = x + thick
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(end, y), QPointF(end + right, y - up), QPointF(end + right, y - up + high),
                QPointF(end, y + high),
            ]
        )
    )  # fmt: skip
