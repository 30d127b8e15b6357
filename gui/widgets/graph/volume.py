"""The volume in a box of the graph: a cuboid for maps, a sheet for tokens, a bar for vectors, all to one scale.

The scale: height and width follow the square root of rows and columns, so that 224 is four times as high as 14;
the thickness follows the logarithm of the channels, 2 px for every doubling. A vector's bar has the length of the
logarithm of its values, 2.5 px for every doubling. Volumes of one drawing are compared with its largest picture.
"""

from __future__ import annotations

import math
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


def paint_volume(
    painter: QPainter, area: QRectF, shape: tuple[int, ...], color: QColor, largest: int
) -> None:
    """Draw a shape into the middle of an area."""
    painter.setPen(_outline(color))
    faces = _faces(color)
    if len(shape) == 3:
        channels, rows, columns = shape
        cuboid = thickness(channels), side(rows, largest), side(columns, largest)
        _paint_cuboid(painter, area, cuboid, faces)
    elif len(shape) == 2:
        tokens, width = shape
        _paint_cuboid(painter, area, (bar_length(width), bar_length(tokens), 4.0), faces)
    else:
        length = bar_length(math.prod(shape))
        _paint_cuboid(painter, area, (4.0, length, 6.0), faces)


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


def _paint_cuboid(
    painter: QPainter, area: QRectF, size: tuple[float, float, float], faces: tuple[QColor, QColor, QColor]
) -> None:
    """A box seen from the front, a little from above and from the right; size: across, up, into the distance."""
    thick, high, deep = size
    right, up = deep * _SLANT[0], deep * _SLANT[1]
    x = area.center().x() - (thick + right) / 2
    y = area.center().y() - (high - up) / 2
    front, top, flank = faces
    painter.setBrush(front)
    painter.drawRect(QRectF(x, y, thick, high))
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
