"""What lies beneath the points: the crop of a photo, its mirror image, a pale copy of it, or a hand drawn on paper."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from engine.detection.landmarks import LAYOUTS, Point
from engine.images import Frame, luminance
from gui.pages.boxes.shares import Shares
from gui.theme import mix, theme
from gui.widgets.picture import to_pixels

Pixels = npt.NDArray[np.uint8]
SIDE: Final = 300
FINGER: Final = 0.075
"""The thickness of a finger as a share of the paper's side."""
PALM: Final = (0, 1, 2, 5, 9, 13, 17)
PALE: Final = 0.6


@lru_cache(maxsize=4)
def cropped(frame: Frame, region: Shares) -> Pixels:
    """uint8[h, w, 3]: a part of a picture, at least one pixel of it."""
    height, width = frame.pixels.shape[:2]
    x1, y1, x2, y2 = region
    left, top = min(int(x1 * width), width - 1), min(int(y1 * height), height - 1)
    right, bottom = max(round(x2 * width), left + 1), max(round(y2 * height), top + 1)
    return np.ascontiguousarray(frame.pixels[top:bottom, left:right])


def flipped(pixels: Pixels) -> Pixels:
    """The mirror image."""
    return np.ascontiguousarray(pixels[:, ::-1])


def pale(pixels: Pixels) -> Pixels:
    """Without colours and near to the ground, so that what is drawn over it speaks."""
    ground = theme.colors.window
    towards = np.array([ground.red(), ground.green(), ground.blue()], np.float32)
    grey = luminance(pixels)[..., None].astype(np.float32)
    return np.ascontiguousarray(np.rint(grey * (1 - PALE) + towards * PALE).astype(np.uint8))


def hand(points: tuple[Point, ...]) -> Pixels:
    """uint8[SIDE, SIDE, 3]: a hand around its 21 points, shares of the paper, in the colours of the theme."""
    return _hand(points, theme.dark)


@lru_cache(maxsize=2)
def _hand(points: tuple[Point, ...], _dark: bool) -> Pixels:
    """Kept: pointing at a number shows the same hand again."""
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB888)
    image.fill(theme.colors.raised)
    skin = mix(theme.colors.raised, theme.colors.text, 0.16)
    places = [QPointF(x * SIDE, y * SIDE) for x, y in points]
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for color, more in ((mix(theme.colors.raised, theme.colors.text, 0.45), 3.0), (skin, 0.0)):
        _paint_hand(painter, places, color, FINGER * SIDE + more)
    painter.end()
    return to_pixels(image)


def _paint_hand(painter: QPainter, places: list[QPointF], color: QColor, width: float) -> None:
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    bones = QPainterPath()
    for first, second in LAYOUTS["hand"].lines:
        bones.moveTo(places[first])
        bones.lineTo(places[second])
    painter.drawPath(bones)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([places[index] for index in PALM]))
