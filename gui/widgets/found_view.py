"""A picture with what was found on it: boxes under a pointer, a grid with cells, and paper to draw on."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QTransform
from PySide6.QtWidgets import QWidget

from engine.images import Frame
from gui.theme import STALE_OPACITY, theme, with_alpha
from gui.widgets.found_paint import Boxes, Findings, Lattice, Outline, Trail, paint_findings
from gui.widgets.frame_view import FrameView, arrow_step
from gui.widgets.picture import to_image

__all__ = ["Boxes", "Findings", "FoundView", "Lattice", "Outline", "Trail", "annotated"]

NEAREST: Final = 0.002
"""Points of a stroke are further apart than this share of the picture."""
Point = tuple[float, float]


class FoundView(FrameView):
    """Shows a frame and its findings. Nothing of it asks an engine.

    pointedAt(int or None): the box under the pointer; picked(int or None, float, float): a click, the box there, and
    the place in pixels of the picture. With a pen in the hand (`set_pen`) a drag is a stroke instead: strokeGrew,
    strokeDone(points), as shares of the picture.
    """

    pointedAt = Signal(object)
    picked = Signal(object, float, float)
    strokeGrew = Signal(object)
    strokeDone = Signal(object)

    def __init__(self, name: str = "The picture", parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._found = Findings()
        self._labels: list[QRectF] = []
        self._selected: int | None = None
        self._pointed: int | None = None
        self._pen: float | None = None
        self._faded = False
        self._stroke: list[Point] | None = None
        self._at: QPointF | None = None
        self.set_overlay(self._paint_found)

    # --- what is shown --------------------------------------------------------------------------------------

    @property
    def found(self) -> Findings:
        """What is drawn over the frame."""
        return self._found

    @property
    def selected(self) -> int | None:
        return self._selected

    @property
    def pointed(self) -> int | None:
        """The box under the pointer."""
        return self._pointed

    @property
    def labels(self) -> list[QRectF]:
        """Where the labels stood when they were painted last."""
        return self._labels

    def show_found(self, frame: Frame | None, found: Findings) -> None:
        """Show a frame with what was found on this very frame."""
        self._found = found
        self._labels = []
        if frame is not self.frame:
            self.set_frame(frame)
        if self._at is not None:
            self._point_at(self._at)
        self._tell_screen_reader()
        self.update()

    def select(self, index: int | None) -> None:
        """Mark one box; emits nothing."""
        if index != self._selected:
            self._selected = index
            self.update()

    def fade_found(self, faded: bool) -> None:
        """Fade what was found while newer finds are being worked out; the picture itself is new already."""
        if faded != self._faded:
            self._faded = faded
            self.update()

    @property
    def faded(self) -> bool:
        return self._faded

    def set_pen(self, thickness: float | None) -> None:
        """Put a pen of this thickness (a share of the picture's width) into the hand, or take it away."""
        if thickness != self._pen:
            self._pen = thickness
            self.update()
        self.setCursor(Qt.CursorShape.CrossCursor) if thickness is not None else self.unsetCursor()

    @property
    def drawing(self) -> bool:
        """Whether a stroke is under way."""
        return self._stroke is not None

    def give_up(self) -> None:
        """Forget the stroke under way."""
        self._stroke = None
        self.update()

    def box_at(self, point: QPointF) -> int | None:
        """The box at a place of the widget: the one whose label it is on, else the smallest one around it."""
        for index, label in enumerate(self._labels):
            if label.contains(point):
                return index
        inverse, possible = self.transform().inverted()
        corners = self._found.boxes.corners
        if not possible or not len(corners):
            return None
        place = inverse.map(point)
        inside = (
            (corners[:, 0] <= place.x()) & (corners[:, 1] <= place.y())
            & (place.x() <= corners[:, 2]) & (place.y() <= corners[:, 3])
        )  # fmt: skip
        sizes = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
        return int(np.where(inside, sizes, np.inf).argmin()) if inside.any() else None

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def _tell_screen_reader(self) -> None:
        self._describe()
        texts = self._found.boxes.texts
        if texts:
            named = ", ".join(texts[:10]) + (" and more" if len(texts) > 10 else "")
            self.setAccessibleDescription(f"{self.accessibleDescription()}. Found: {named}.")

    # --- painting -------------------------------------------------------------------------------------------

    def _paint_found(self, painter: QPainter, transform: QTransform) -> None:
        painter.setOpacity(STALE_OPACITY if self._faded else 1.0)
        self._labels = paint_findings(
            painter,
            transform,
            self.picture_rect(),
            self._found,
            selected=self._selected,
            hovered=self._pointed,
        )
        painter.setOpacity(1.0)
        if self._pen is not None and self._at is not None and self.picture_rect().contains(self._at):
            self._paint_pen(painter, transform, self._at, self._pen)

    def _paint_pen(self, painter: QPainter, transform: QTransform, at: QPointF, thickness: float) -> None:
        """The pen's real size, as a ring seen on ink and on paper."""
        reach = thickness * self.picture_size[0] * transform.m11() / 2
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, wider in ((with_alpha(theme.colors.window, 0.8), 1.0), (theme.colors.accent, 0.0)):
            painter.setPen(QPen(color, 1))
            painter.drawEllipse(at, reach + wider, reach + wider)

    # --- pointer and keys -----------------------------------------------------------------------------------

    def _point_at(self, point: QPointF | None) -> None:
        self._at = point
        index = None if point is None else self.box_at(point)
        if index != self._pointed:
            self._pointed = index
            self.pointedAt.emit(index)
            self.update()

    def _place(self, point: QPointF) -> Point:
        """A place of the widget as shares of the picture; a hand may leave it within a stroke."""
        width, height = self.picture_size
        place = self.transform().inverted()[0].map(point)
        x, y = place.x() / max(width, 1), place.y() / max(height, 1)
        return round(min(max(x, -1.0), 2.0), 4), round(min(max(y, -1.0), 2.0), 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        on_paper = self.pixel_at(event.position()) is not None
        if self._pen is not None and event.button() is Qt.MouseButton.LeftButton and on_paper:
            self._stroke = [self._place(event.position())]
            self.strokeGrew.emit(tuple(self._stroke))
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        stroke = self._stroke
        if stroke is not None:
            self._at = event.position()
            point = self._place(event.position())
            if max(abs(point[0] - stroke[-1][0]), abs(point[1] - stroke[-1][1])) >= NEAREST:
                stroke.append(point)
                self.strokeGrew.emit(tuple(stroke))
            self.update()
            return
        super().mouseMoveEvent(event)
        if self._pressed is None:
            self._point_at(event.position())
        if self._pen is not None:
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        stroke = self._stroke
        if stroke is not None and event.button() is Qt.MouseButton.LeftButton:
            self._stroke = None
            self.strokeDone.emit(tuple(stroke))
            return
        click = (
            event.button() is Qt.MouseButton.LeftButton and self._pressed is not None and not self._dragged
        )
        super().mouseReleaseEvent(event)
        if click and self.pixel_at(event.position()) is not None:
            place = self.transform().inverted()[0].map(event.position())
            self.picked.emit(self.box_at(event.position()), place.x(), place.y())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._pen is not None:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows belong to whoever shows the picture: they go from cell to cell, or from picture to picture."""
        if arrow_step(event) is not None:
            event.ignore()
        else:
            super().keyPressEvent(event)


def annotated(frame: Frame, found: Findings) -> QImage:
    """The frame at its own size, with what was found on it."""
    image = to_image(frame.pixels)
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        paint_findings(painter, QTransform(), QRectF(0, 0, image.width(), image.height()), found)
    finally:
        painter.end()
    return image
