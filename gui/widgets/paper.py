"""The paper of the drawing board: strokes of a mouse or a pen as plain values, and the picture they make."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QTabletEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import GREY, radius, theme
from gui.widgets.picture import to_pixels
from gui.widgets.source_state import INKS, Point, Stroke

Strokes = tuple[Stroke, ...]

BOARD_SIDE: Final = 256
USUAL: Final = 0.05
_LIGHTEST_TOUCH: Final = 0.15
_NEAREST_POINTS: Final = 0.002


def render(strokes: Strokes, size: int = BOARD_SIDE, ink: str = "dark") -> npt.NDArray[np.uint8]:
    """The antialiased picture of a drawing, `uint8[size, size, 3]`: "dark" ink on white, "light" on black."""
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.fill(_colors(ink)[1])
    _paint_strokes(image, strokes, ink)
    return to_pixels(image)


def _colors(ink: str) -> tuple[QColor, QColor]:
    """Ink and paper: data, not looks, hence the same in both themes."""
    dark, light = QColor(*GREY[0]), QColor(*GREY[-1])
    return (light, dark) if ink == "light" else (dark, light)


def _paint_strokes(image: QImage, strokes: Strokes, ink: str) -> None:
    pen_color, paper = _colors(ink)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for thickness, erases, points in strokes:
        _paint_stroke(
            painter, thickness * image.width(), points, image.width(), paper if erases else pen_color
        )
    painter.end()


def _paint_stroke(
    painter: QPainter, width: float, points: tuple[Point, ...], side: int, color: QColor
) -> None:
    pen = QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    places = [QPointF(point[0] * side, point[1] * side) for point in points]
    pressures = [point[2] if len(point) > 2 else 1.0 for point in points]
    if len(places) == 1:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        reach = width * max(pressures[0], _LIGHTEST_TOUCH) / 2
        painter.drawEllipse(places[0], reach, reach)
    elif all(pressure == 1.0 for pressure in pressures):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        painter.drawPath(_smooth(places))
    else:
        for index in range(1, len(places)):
            pen.setWidthF(width * max((pressures[index - 1] + pressures[index]) / 2, _LIGHTEST_TOUCH))
            painter.setPen(pen)
            painter.drawLine(places[index - 1], places[index])


def _smooth(places: list[QPointF]) -> QPainterPath:
    """A curve through the middles between the points, so that few points of a quick hand make no corners."""
    path = QPainterPath(places[0])
    for here, following in pairwise(places[1:]):
        path.quadTo(here, (here + following) / 2)
    path.lineTo(places[-1])
    return path


class Paper(QWidget):
    """The square that is drawn on. Knows the finished strokes and the one under way."""

    began = Signal()
    grew = Signal()
    finished = Signal()

    def __init__(self, side: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._side = side
        self._strokes: Strokes = ()
        self._ink = INKS[0]
        self._points: list[Point] = []
        self._pen: tuple[float, bool] = (USUAL, False)
        self._under_way: tuple[float, bool] | None = None
        self._done = QImage()
        self._pointer: QPointF | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Paper")
        theme.changed.connect(self.update)
        self.show_strokes((), self._ink)

    @property
    def drawing(self) -> bool:
        """Whether a stroke is under way."""
        return self._under_way is not None

    def show_strokes(self, strokes: Strokes, ink: str) -> None:
        """Show finished strokes; gives up the one under way."""
        self._strokes, self._ink, self._under_way, self._points = strokes, ink, None, []
        self._done = QImage(self._side, self._side, QImage.Format.Format_RGB32)
        self._done.fill(_colors(ink)[1])
        _paint_strokes(self._done, strokes, ink)
        self.update()

    def set_pen(self, thickness: float, erases: bool) -> None:
        """What the next stroke is drawn with."""
        self._pen = (thickness, erases)
        self.update()

    def stroke(self) -> Stroke | None:
        """The stroke under way."""
        return None if self._under_way is None else (*self._under_way, tuple(self._points))

    def picture(self) -> QImage:
        """The drawing as it is now, with the stroke under way."""
        stroke = self.stroke()
        if stroke is None:
            return self._done
        image = self._done.copy()
        _paint_strokes(image, (stroke,), self._ink)
        return image

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return width

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._side // 2, self._side // 2)

    def _square(self) -> QRectF:
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        square = self._square()
        corners = QPainterPath()
        corners.addRoundedRect(square, radius.control, radius.control)
        painter.setClipPath(corners)
        painter.drawImage(square, self.picture())
        if self._pointer is not None:
            self._paint_pointer(painter, square)
        painter.setClipping(False)
        focused = self.hasFocus()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colors.accent if focused else theme.colors.line, 1))
        painter.drawRoundedRect(square.adjusted(0.5, 0.5, -0.5, -0.5), radius.control, radius.control)

    def _paint_pointer(self, painter: QPainter, square: QRectF) -> None:
        """The pen's real size under the pointer, as a ring seen on ink and on paper."""
        reach = self._pen[0] * square.width() / 2
        painter.setBrush(Qt.BrushStyle.NoBrush)
        style = Qt.PenStyle.DashLine if self._pen[1] else Qt.PenStyle.SolidLine
        ink, paper = _colors(self._ink)
        for color, wider in ((paper, 1.0), (ink, 0.0)):
            painter.setPen(QPen(color, 1, style))
            painter.drawEllipse(self._pointer or QPointF(), reach + wider, reach + wider)

    # --- hand -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._begin(event.position(), None, self._pen[1])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self.drawing:
            self._add(event.position(), None)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen: its pressure scales the thickness, its other end erases."""
        event.accept()  # else Qt makes mouse events of it
        self._pointer = event.position()
        kind = event.type()
        if kind == QTabletEvent.Type.TabletPress:
            other_end = event.pointerType() is event.pointingDevice().PointerType.Eraser
            self._begin(event.position(), event.pressure(), self._pen[1] or other_end)
        elif kind == QTabletEvent.Type.TabletMove and self.drawing:
            self._add(event.position(), event.pressure())
        elif kind == QTabletEvent.Type.TabletRelease:
            self._end()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    def _point(self, position: QPointF, pressure: float | None) -> Point:
        square = self._square()
        side = max(square.width(), 1.0)
        places = ((position.x() - square.x()) / side, (position.y() - square.y()) / side)
        x, y = (round(min(max(place, -1.0), 2.0), 4) for place in places)
        return (x, y) if pressure is None else (x, y, round(min(max(pressure, 0.0), 1.0), 3))

    def _begin(self, position: QPointF, pressure: float | None, erases: bool) -> None:
        self._under_way = (self._pen[0], erases)
        self._points = [self._point(position, pressure)]
        self.update()
        self.began.emit()

    def _add(self, position: QPointF, pressure: float | None) -> None:
        point = self._point(position, pressure)
        last = self._points[-1]
        if max(abs(point[0] - last[0]), abs(point[1] - last[1])) >= _NEAREST_POINTS:
            self._points.append(point)
            self.grew.emit()

    def _end(self) -> None:
        if self.drawing:
            self.finished.emit()
