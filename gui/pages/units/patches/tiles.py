"""Patches as pictures to paint: cut to what the unit reads, padding hatched; projections with zero as grey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPen

from engine.images import publish
from engine.inside.patches.requests import Patch
from gui.theme import mix, theme, with_alpha
from gui.widgets.picture import PIXELS_VISIBLE_FROM, to_image

GREY: Final = 127.5
STALE: Final = 0.6
"""How much of what is on show disappears while it belongs to another unit."""


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One patch: its picture with as many pixels as there are, the same as the net gets it, and its projection."""

    patch: Patch
    sharp: QImage | None
    seen: QImage | None
    projection: QImage | None

    @classmethod
    def of(cls, patch: Patch) -> Tile:
        return cls(
            patch,
            None if patch.sharp is None else to_image(patch.sharp),
            None if patch.seen is None else to_image(patch.seen),
            None if patch.projection is None else to_image(projection_pixels(patch.projection)),
        )

    def picture(self, sharp: bool) -> QImage | None:
        """The picture to show; as the net gets it where the photo has no more."""
        return self.sharp if sharp and self.sharp is not None else self.seen

    @property
    def side(self) -> int:
        """The side of what the net gets, in pixels."""
        return self.seen.width() if self.seen is not None else 1


def projection_pixels(projection: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """uint8[h, w, 3] of float32[h, w, 3 | 1]: zero is grey, the largest magnitude black or white in its channel."""
    limit = float(np.abs(projection).max()) or 1.0
    levels = np.rint(GREY + projection * (GREY / limit)).astype(np.uint8)
    return publish(np.repeat(levels, 3, axis=2) if levels.shape[2] == 1 else levels)


def paint_window(painter: QPainter, target: QRectF, image: QImage, tile: Tile) -> None:
    """Draw the part of `image` that the unit reads into `target`; what it reads outside of the picture is hatched."""
    top, left, bottom, right = tile.patch.window
    scale = target.width() / max(right - left, 1)
    inner = QRectF(0, 0, tile.side, tile.side).intersected(QRectF(left, top, right - left, bottom - top))
    area = QRectF(
        target.left() + (inner.left() - left) * scale,
        target.top() + (inner.top() - top) * scale,
        inner.width() * scale,
        inner.height() * scale,
    )
    if inner.size() != QRectF(left, top, right - left, bottom - top).size():
        painter.fillRect(target, mix(theme.colors.surface, theme.colors.line, 0.35))
        painter.fillRect(target, QBrush(with_alpha(theme.colors.muted, 0.35), Qt.BrushStyle.BDiagPattern))
    finer = image.width() / tile.side
    source = QRectF(inner.left() * finer, inner.top() * finer, inner.width() * finer, inner.height() * finer)
    pixel = area.width() / max(source.width(), 1e-6)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, pixel < PIXELS_VISIBLE_FROM)
    painter.drawImage(area, image, source)


def paint_edge(painter: QPainter, target: QRectF, *, strong: bool) -> None:
    """The outline of a tile; `strong` where the pointer or the keys are."""
    colors = theme.colors
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colors.accent if strong else colors.line, 2 if strong else 1))
    painter.drawRect(target.adjusted(-0.5, -0.5, 0.5, 0.5))
