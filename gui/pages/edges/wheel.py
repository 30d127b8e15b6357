"""Angles as colours: a wheel of hues, darker where there is little to see, and its legend."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from gui import colormaps
from gui.theme import CYCLIC, theme
from gui.widgets.picture import to_image
from gui.widgets.scene import Words
from gui.widgets.stage_text import text_width

Pixels = npt.NDArray[np.uint8]

_HUES: Final = 256
_LEVELS: Final = 64
_TURN: Final = 360.0
LABEL: Final = 15.0
LABELS: Final = (("→ 0°", 0), ("↓ 90°", 90), ("← 180°", 180), ("↑ −90°", -90))
"""What the four ends of the wheel say: where it gets darker, and the angle of that direction."""
_SMOOTH: Final = 2
"""Pixels of the wheel's picture to one of the stage."""


@lru_cache(maxsize=1)
def _table() -> Pixels:
    """uint8[levels * hues, 3]: every hue from black to its full brightness."""
    hues = colormaps.table(CYCLIC).astype(np.float32)
    shares = np.linspace(0.0, 1.0, _LEVELS, dtype=np.float32)
    colors: Pixels = np.rint(shares[:, None, None] * hues[None]).astype(np.uint8).reshape(-1, 3)
    return colors


def colours(angle: npt.NDArray[np.float32], size: npt.NDArray[np.float32], limit: float) -> Pixels:
    """uint8[H, W, 3]: the hue of an angle in degrees, its brightness growing with a magnitude up to `limit`."""
    hue = (angle * np.float32(_HUES / _TURN) + np.float32(_HUES + 0.5)).astype(np.int32) & (_HUES - 1)
    level = np.minimum(size * np.float32((_LEVELS - 1) / limit) + np.float32(0.5), _LEVELS - 1).astype(
        np.int32
    )
    found: Pixels = _table().take(level * _HUES + hue, axis=0)
    return found


@lru_cache(maxsize=8)
def _disc(side: int, ground: tuple[int, int, int]) -> QImage:
    """The wheel on a ground of a colour: black in the middle, full colours at the rim."""
    steps = (np.arange(side, dtype=np.float32) + 0.5) * (2 / side) - 1
    x, y = np.meshgrid(steps, steps)
    away = np.hypot(x, y)
    shown = colours(np.degrees(np.arctan2(y, x)).astype(np.float32), away.astype(np.float32), 1.0)
    cover = np.clip((1 - away) * side / 2, 0, 1)[..., None]
    mixed = shown * cover + np.array(ground) * (1 - cover)
    return to_image(np.rint(mixed).astype(np.uint8))


@dataclass(frozen=True, slots=True)
class Wheel:
    """The legend of angles: the direction on the screen is the direction of the vector."""

    area: QRectF

    def paint(self, painter: QPainter) -> None:
        side = self.disc_side
        ground = theme.colors.window
        image = _disc(max(round(side * _SMOOTH), 1), (ground.red(), ground.green(), ground.blue()))
        middle = self.area.center()
        disc = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(disc, image)
        painter.restore()
        for text, degrees in LABELS:
            self._label(painter, text, degrees, disc)

    @property
    def disc_side(self) -> float:
        """The diameter of the disc: there is room for the four labels around it."""
        wide = max(text_width(text) for text, _ in LABELS)
        return max(min(self.area.width() - 2 * (wide + 6), self.area.height() - 2 * LABEL - 4), 24.0)

    def _label(self, painter: QPainter, text: str, degrees: int, disc: QRectF) -> None:
        wide = text_width(text) + 2
        middle = disc.center()
        corner = {
            0: QPointF(disc.right() + 5, middle.y() - LABEL / 2),
            180: QPointF(disc.left() - 5 - wide, middle.y() - LABEL / 2),
            90: QPointF(middle.x() - wide / 2, disc.bottom() + 2),
            -90: QPointF(middle.x() - wide / 2, disc.top() - LABEL - 2),
        }[degrees]
        area = QRectF(corner.x(), corner.y(), wide, LABEL)
        Words(area, text, role="muted", align=Qt.AlignmentFlag.AlignHCenter, elide=False).paint(painter)
