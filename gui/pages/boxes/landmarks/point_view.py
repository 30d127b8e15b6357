"""A picture with numbered points; a person drags them, or walks over them with Tab and moves them with the arrows."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QWidget

from engine.detection.landmarks import Layout
from gui.pages.boxes.landmarks.shown import color_of
from gui.theme import readable_on, space, theme, with_alpha
from gui.widgets.frame_view import FrameView, arrow_step

FloatArray = npt.NDArray[np.float64]
REACH: Final = 14.0
DISC: Final = 8.0
SMALL_DISC: Final = 6.0
MANY: Final = 8
"""More points than these get small discs."""
CLOUD_DOT: Final = 5.0
CLOUD_ALPHA: Final = 0.75
LINE: Final = 2.0


class PointView(FrameView):
    """Shows points [K, 2] as shares of its picture, and clouds of them [N, K, 2].

    moved(index, (x, y), gesture): a point is to be elsewhere; pointed(index or None).
    """

    moved = Signal(int, object, str)
    pointed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None, *, movable: bool = False) -> None:
        self._layout: Layout | None = None
        self._points: FloatArray = np.zeros((0, 2))
        self._cloud: FloatArray = np.zeros((0, 0, 2))
        self._lit: int | None = None
        self._chosen: int | None = None
        self._held: int | None = None
        self._gestures = 0
        self._movable = movable
        super().__init__(name, parent)
        self.set_overlay(self._paint_points)

    @property
    def points(self) -> FloatArray:
        """What is on show."""
        return self._points

    @property
    def lit(self) -> int | None:
        """The point that stands out."""
        return self._lit

    def show_points(self, layout: Layout, points: FloatArray, cloud: FloatArray | None = None) -> None:
        """Show points in an order, over a cloud of others."""
        self._layout, self._points = layout, points
        self._cloud = np.zeros((0, len(points), 2)) if cloud is None else cloud
        if self._chosen is not None and self._chosen >= len(points):
            self._chosen = None
        self._describe()
        self.update()

    def light(self, index: int | None) -> None:
        """Make a point stand out that is pointed at elsewhere."""
        if index != self._lit:
            self._lit = index
            self.update()

    def _describe(self) -> None:
        super()._describe()
        if self._layout is not None and self._chosen is not None:
            x, y = self._points[self._chosen].tolist()
            words = f"; point {self._chosen + 1}, {self._layout.names[self._chosen]}, at {x:.3f}, {y:.3f}"
            self.setAccessibleDescription(self.accessibleDescription() + words)

    # --- painting -------------------------------------------------------------------------------------------

    def _paint_points(self, painter: QPainter, transform: QTransform) -> None:
        layout = self._layout
        if layout is None:
            return
        places = [self._place(transform, point) for point in self._points]
        self._paint_cloud(painter, transform, layout)
        for color, width in ((with_alpha(theme.colors.window, 0.7), LINE + 2), (theme.colors.text, LINE)):
            painter.setPen(QPen(color, width))
            painter.drawLines([QLineF(places[first], places[second]) for first, second in layout.lines])
        disc = DISC if len(places) <= MANY else SMALL_DISC
        font = theme.font("small", bold=True)
        font.setPixelSize(round(disc * 1.4))
        painter.setFont(font)
        for index, place in enumerate(places):
            strong = index in (self._lit, self._chosen)
            color = color_of(layout, index)
            painter.setPen(QPen(theme.colors.accent if strong else readable_on(color), 2.5 if strong else 1))
            painter.setBrush(color)
            size = disc + 2 if strong else disc
            painter.drawEllipse(place, size, size)
            painter.setPen(readable_on(color))
            painter.drawText(
                QRectF(place.x() - disc, place.y() - disc, 2 * disc, 2 * disc),
                Qt.AlignmentFlag.AlignCenter,
                str(index + 1),
            )
        if self._lit is not None and self._lit < len(places):
            self._paint_name(painter, places[self._lit], layout.names[self._lit])

    def _paint_cloud(self, painter: QPainter, transform: QTransform, layout: Layout) -> None:
        """A dot for every point of every picture."""
        scale = np.array(self.picture_size) * [transform.m11(), transform.m22()]
        dots = self._cloud * scale + [transform.dx(), transform.dy()]
        for index in range(dots.shape[1] if len(dots) else 0):
            pen = QPen(with_alpha(color_of(layout, index), CLOUD_ALPHA), CLOUD_DOT)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in dots[:, index].tolist()]))

    def _paint_name(self, painter: QPainter, place: QPointF, name: str) -> None:
        font = theme.font("small", bold=True)
        metrics = QFontMetricsF(font)
        room = self.picture_rect()
        width, height = metrics.horizontalAdvance(name) + 2 * space.xs, metrics.height() + 2
        x = max(min(place.x() - width / 2, room.right() - width), room.left())
        y = place.y() - DISC - height - space.xs
        y = y if y >= room.top() else place.y() + DISC + space.xs
        painter.setPen(QPen(theme.colors.line, 1))
        painter.setBrush(theme.colors.raised)
        pill = QRectF(x, y, width, height)
        painter.drawRoundedRect(pill, space.xs, space.xs)
        painter.setFont(font)
        painter.setPen(theme.colors.text)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, name)

    def _place(self, transform: QTransform, point: FloatArray) -> QPointF:
        width, height = self.picture_size
        x, y = point.tolist()
        return transform.map(QPointF(x * width, y * height))

    # --- pointer and keys -----------------------------------------------------------------------------------

    def _near(self, point: QPointF) -> int | None:
        """The point under the pointer: the nearest within reach."""
        transform = self.transform()
        ways = [(self._place(transform, place) - point) for place in self._points]
        lengths = [way.x() ** 2 + way.y() ** 2 for way in ways]
        best = int(np.argmin(lengths)) if lengths else 0
        return best if lengths and lengths[best] <= REACH**2 else None

    def _point_to(self, index: int | None) -> None:
        if index != self._lit:
            self.light(index)
            self.pointed.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._near(event.position()) if event.button() is Qt.MouseButton.LeftButton else None
        if index is None or not self._movable:
            super().mousePressEvent(event)
            return
        self._held, self._chosen = index, index
        self._gestures += 1
        self._describe()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            super().mouseMoveEvent(event)
            return
        place = self.transform().inverted()[0].map(event.position())
        self._move(self._held, place.x(), place.y(), f"landmark {self._gestures}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            super().mouseReleaseEvent(event)
        self._held = None

    def _move(self, index: int, x: float, y: float, gesture: str) -> None:
        width, height = self.picture_size
        x, y = min(max(x / width, 0.0), 1.0), min(max(y / height, 0.0), 1.0)
        self.moved.emit(index, (x, y), gesture)

    def _hover_at(self, point: QPointF) -> None:
        super()._hover_at(point)
        index = self._near(point)
        self._point_to(index)
        grasp = self._movable and index is not None
        self.setCursor(Qt.CursorShape.SizeAllCursor if grasp else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_to(None)

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Tab goes from point to point, and beyond the last one to the next widget."""
        place = -1 if self._chosen is None else self._chosen
        place += 1 if forwards else -1
        if self._movable and 0 <= place < len(self._points):
            self._chosen = place
            self._point_to(place)
            self._describe()
            self.update()
            return True
        return super().focusNextPrevChild(forwards)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step, chosen = arrow_step(event), self._chosen
        if chosen is not None and step is not None and self._movable:
            width, height = self.picture_size
            x, y = self._points[chosen].tolist()
            self._move(chosen, x * width + step[0], y * height + step[1], "landmark keys")
        elif chosen is not None and event.key() == Qt.Key.Key_Escape:
            self._chosen = None
            self._point_to(None)
            self.update()
        else:
            super().keyPressEvent(event)
