"""The overview in a corner of the graph: everything small, and a frame around what is in view."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from gui.theme import mix, radius, space, theme, with_alpha
from gui.tokens import kind_color
from gui.widgets.graph.data import color_kind
from gui.widgets.graph.scene import GraphScene

LARGEST: Final = QSizeF(196.0, 132.0)
LEAST_SIDE: Final = 28.0


class Minimap:
    """Knows where the overview is in a view, and draws it; its picture is made once a scene."""

    def __init__(self) -> None:
        self._image: QImage | None = None

    def forget(self) -> None:
        """The scene or the theme changed."""
        self._image = None

    @staticmethod
    def place(scene: GraphScene, view: QSizeF) -> QRectF:
        """The overview's rectangle in the lower right corner of a view."""
        bounds = scene.bounds
        scale = min(LARGEST.width() / bounds.width(), LARGEST.height() / bounds.height())
        width = max(bounds.width() * scale, LEAST_SIDE)
        height = max(bounds.height() * scale, LEAST_SIDE)
        return QRectF(view.width() - width - space.m, view.height() - height - space.m, width, height)

    @staticmethod
    def to_scene(point: QPointF, place: QRectF, scene: GraphScene) -> QPointF:
        """The point of the scene under a point of the overview."""
        x = scene.bounds.left() + (point.x() - place.left()) / place.width() * scene.bounds.width()
        y = scene.bounds.top() + (point.y() - place.top()) / place.height() * scene.bounds.height()
        return QPointF(x, y)

    def paint(self, painter: QPainter, place: QRectF, scene: GraphScene, seen: QRectF, ratio: float) -> None:
        """Draw the overview with a frame around the part of the scene that is seen."""
        colors = theme.colors
        if self._image is None:
            self._image = _picture(scene, place.size(), ratio)
        painter.drawImage(place, self._image)
        scale_x, scale_y = place.width() / scene.bounds.width(), place.height() / scene.bounds.height()
        window = QRectF(
            place.left() + (seen.left() - scene.bounds.left()) * scale_x,
            place.top() + (seen.top() - scene.bounds.top()) * scale_y,
            seen.width() * scale_x, seen.height() * scale_y,
        ).intersected(place)  # fmt: skip
        painter.setPen(QPen(colors.accent, 1.5))
        painter.setBrush(with_alpha(colors.accent, 0.12))
        painter.drawRect(window.adjusted(1, 1, -1, -1))
        painter.setPen(QPen(mix(colors.line, colors.muted, 0.3), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place, radius.cell, radius.cell)


def _picture(scene: GraphScene, size: QSizeF, ratio: float) -> QImage:
    image = QImage((size * ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(with_alpha(theme.colors.surface, 0.94))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(image.width() / scene.bounds.width(), image.height() / scene.bounds.height())
    painter.translate(-scene.bounds.topLeft())
    painter.setPen(Qt.PenStyle.NoPen)
    for item in scene.items.values():
        color = theme.colors.warn if item.box.problem else kind_color(color_kind(item.box), theme.dark)
        painter.setBrush(color)
        painter.drawRect(item.card)
    painter.end()
    return image
