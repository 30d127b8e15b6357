"""Which part of a graph a view shows: zoom and pan, with limits."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF

MAX_ZOOM: Final = 3.0
LARGEST_FIT: Final = 1.25
"""A small net is not blown up beyond this."""


class Camera:
    """`zoom` pixels of the view a pixel of the scene; `pan` is where the scene's origin lies in the view.

    `fitted`: everything is in view, and stays there when the view or the scene changes.
    """

    def __init__(self, view: QSizeF, bounds: QRectF) -> None:
        self.view, self.bounds = view, bounds
        self.zoom, self.pan = 1.0, QPointF()
        self.fitted = True

    @property
    def middle(self) -> QPointF:
        return QPointF(self.view.width() / 2, self.view.height() / 2)

    @property
    def seen(self) -> QRectF:
        """The part of the scene that is in view."""
        return QRectF(self.to_scene(QPointF()), self.view / self.zoom)

    @property
    def sees_everything(self) -> bool:
        return self.seen.adjusted(-1, -1, 1, 1).contains(self.bounds)

    @property
    def fit_zoom(self) -> float:
        width, height = max(self.view.width(), 1.0), max(self.view.height(), 1.0)
        return min(width / self.bounds.width(), height / self.bounds.height(), LARGEST_FIT)

    def to_scene(self, point: QPointF) -> QPointF:
        return (point - self.pan) / self.zoom

    def to_view(self, area: QRectF) -> QRectF:
        return QRectF(area.topLeft() * self.zoom + self.pan, area.size() * self.zoom)

    def fit(self) -> None:
        """Show everything."""
        self.zoom = self.fit_zoom
        self.pan = self.pan_for(self.bounds.center())
        self.fitted = True

    def zoom_by(self, factor: float, around: QPointF) -> None:
        """Zoom so that a point of the view stays where it is."""
        zoom = min(max(self.zoom * factor, min(self.fit_zoom * 0.5, 1.0)), MAX_ZOOM)
        self.pan = self.clamped(around - (around - self.pan) * (zoom / self.zoom), zoom)
        self.zoom, self.fitted = zoom, False

    def move_to(self, pan: QPointF) -> None:
        """Pan, within the limits."""
        self.pan, self.fitted = self.clamped(pan), False

    def pan_for(self, centre: QPointF) -> QPointF:
        """The pan that has a point of the scene in the middle of the view."""
        return self.middle - centre * self.zoom

    def clamped(self, pan: QPointF, zoom: float = 0.0) -> QPointF:
        """The nearest pan that keeps the drawing in the middle of the view: nobody gets lost."""
        zoom, middle, bounds = zoom or self.zoom, self.middle, self.bounds
        return QPointF(
            min(max(pan.x(), middle.x() - bounds.right() * zoom), middle.x() - bounds.left() * zoom),
            min(max(pan.y(), middle.y() - bounds.bottom() * zoom), middle.y() - bounds.top() * zoom),
        )
