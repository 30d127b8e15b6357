"""Where style applies: strokes of a brush as an array."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from engine.images import Frame, publish
from gui.theme import GREY
from gui.widgets.paper import Strokes

LONGEST: Final = 512
"""The longer side of a mask, in pixels."""
KEPT: Final = 8
"""Masks that are remembered, so that undo comes back to the very same."""

Mask = npt.NDArray[np.float32]


class MaskDesk:
    """The same strokes on the same content are the same array: runs are told apart by it."""

    def __init__(self) -> None:
        self._known: dict[tuple[Strokes, bool, Frame], Mask | None] = {}

    def of(self, strokes: Strokes, inverted: bool, content: Frame) -> Mask | None:
        """See `mask_of`; what was asked for last is kept longest."""
        about = strokes, inverted, content
        if about in self._known:
            mask = self._known.pop(about)
        else:
            mask = mask_of(strokes, inverted, content.width, content.height)
        self._known[about] = mask
        for oldest in list(self._known)[:-KEPT]:
            del self._known[oldest]
        return mask


def mask_of(strokes: Strokes, inverted: bool, width: int, height: int) -> Mask | None:
    """float32[H, W] in 0..1, of the shape of a content; None where style applies everywhere.

    Points are shares of width and height, a thickness is a share of the longer side. No stroke and not inverted stands
    for everywhere.
    """
    if not strokes and not inverted:
        return None
    scale = min(1.0, LONGEST / max(width, height))
    image = QImage(
        max(1, round(width * scale)), max(1, round(height * scale)), QImage.Format.Format_Grayscale8
    )
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for thickness, erases, points in strokes:
        colour = QColor(*GREY[0 if erases else -1])
        pen_width = thickness * max(image.width(), image.height())
        cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(colour, pen_width, Qt.PenStyle.SolidLine, cap, join))
        places = [QPointF(point[0] * image.width(), point[1] * image.height()) for point in points]
        # A line of one point has no length, and Qt draws nothing of it.
        painter.drawPolyline(
            QPolygonF(places if len(places) > 1 else [places[0], places[0] + QPointF(0.01, 0)])
        )
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    values = rows[:, : image.width()].astype(np.float32) / 255
    return publish(1 - values if inverted else values)
