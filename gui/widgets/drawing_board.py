"""The drawing board: strokes of a mouse or a pen as plain values, and the picture they make."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTabletEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QVBoxLayout, QWidget

from engine.images import Frame
from gui.theme import GREY, ICON_SIZE, radius, space, theme
from gui.widgets.frame_view import to_pixels
from gui.widgets.source_state import INKS, MAX_POINTS, MAX_STROKES, Point, Stroke, count_points

Strokes = tuple[Stroke, ...]

BOARD_SIDE: Final = 256
PUBLISH_MILLISECONDS: Final = 33
LIMIT_UNDO: Final = 200
THINNEST, THICKEST, USUAL = 1, 24, 5  # percent of the board's side
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
        self._pen: tuple[float, bool] = (USUAL / 100, False)
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

    def leaveEvent(self, event: object) -> None:
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


class DrawingBoard(QWidget):
    """Paper with pen, eraser, thickness, undo, redo, clear; `[` `]` change the thickness, E takes the eraser.

    strokesChanged(strokes): a stroke is finished, undone, redone, or all are cleared; inkChanged(str): "dark"
    on white or "light" on black; frameReady(Frame): the picture, at most 30 times a second while a hand draws
    and once when the drawing is as strokesChanged said.
    """

    strokesChanged = Signal(object)
    inkChanged = Signal(str)
    frameReady = Signal(object)

    def __init__(self, parent: QWidget | None = None, side: int = BOARD_SIDE) -> None:
        super().__init__(parent)
        self._strokes: Strokes = ()
        self._ink = INKS[0]
        self._past: list[Strokes] = []
        self._future: list[Strokes] = []
        self._index = 0
        self._unsent = False
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(PUBLISH_MILLISECONDS)
        self._clock.timeout.connect(self._publish_unsent)
        self.paper = Paper(side, self)
        self.paper.began.connect(self._grew)
        self.paper.grew.connect(self._grew)
        self.paper.finished.connect(self._finished)
        self._icons: list[tuple[QToolButton, str]] = []
        self._build()
        self.setAccessibleName("Drawing board")
        theme.changed.connect(self._retint)
        self._retint()
        self._show_tools()

    # --- what is drawn --------------------------------------------------------------------------------------

    @property
    def strokes(self) -> Strokes:
        """The finished strokes."""
        return self._strokes

    @property
    def ink(self) -> str:
        return self._ink

    @property
    def thickness(self) -> float:
        """Of the next stroke, as a share of the board's side."""
        return self.slider.value() / 100

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def frame(self) -> Frame:
        """The drawing as it is now; `index` counts the frames that were made."""
        self._index += 1
        return Frame(to_pixels(self.paper.picture()), "Drawing", index=self._index)

    def set_strokes(self, strokes: Strokes, ink: str = "dark") -> None:
        """Show a drawing without a signal. One that undo or redo would bring counts as that step."""
        ink = ink or INKS[0]
        if strokes != self._strokes:
            if self._past and self._past[-1] == strokes:
                self._future.append(self._strokes)
                self._past.pop()
            elif self._future and self._future[-1] == strokes:
                self._past.append(self._strokes)
                self._future.pop()
            else:
                self._remember()
        elif ink == self._ink and not self.paper.drawing:
            return
        self._strokes, self._ink = strokes, ink
        self.paper.show_strokes(strokes, ink)
        self._show_tools()

    @Slot()
    def undo(self) -> None:
        """Take the last stroke (or a clear) back."""
        if self._past and not self.paper.drawing:
            self._future.append(self._strokes)
            self._take(self._past.pop())

    @Slot()
    def redo(self) -> None:
        """Bring back what was undone last."""
        if self._future and not self.paper.drawing:
            self._past.append(self._strokes)
            self._take(self._future.pop())

    @Slot()
    def clear(self) -> None:
        """Take all strokes away; undo brings them back."""
        if self._strokes:
            self._remember()
            self._take(())

    def set_ink(self, ink: str) -> None:
        """Draw "dark" on white or "light" on black; the strokes stay."""
        if ink in INKS and ink != self._ink:
            self._ink = ink
            self.paper.show_strokes(self._strokes, ink)
            self._show_tools()
            self.inkChanged.emit(ink)
            self._publish()

    def _remember(self) -> None:
        self._past.append(self._strokes)
        del self._past[:-LIMIT_UNDO]
        self._future.clear()

    def _take(self, strokes: Strokes) -> None:
        self._strokes = strokes
        self.paper.show_strokes(strokes, self._ink)
        self._show_tools()
        self.strokesChanged.emit(strokes)
        self._publish()

    @Slot()
    def _grew(self) -> None:
        self._unsent = True
        if not self._clock.isActive():
            self._publish()

    @Slot()
    def _finished(self) -> None:
        stroke = self.paper.stroke()
        self._clock.stop()
        if stroke is None:
            return
        strokes = (*self._strokes, stroke)
        if len(strokes) > MAX_STROKES or count_points(strokes) > MAX_POINTS:
            strokes = self._strokes  # full: what a saved view could not hold is not drawn
        else:
            self._remember()
        self._take(strokes)

    @Slot()
    def _publish_unsent(self) -> None:
        if self._unsent:
            self._publish()

    def _publish(self) -> None:
        self._unsent = False
        self.frameReady.emit(self.frame())
        if self.paper.drawing:
            self._clock.start()

    # --- tools ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.eraser_button = self._button("eraser", "Eraser (E)", self._tool_changed, checkable=True)
        self.ink_button = self._button("invert-colors", "White on black", self._ink_toggled, checkable=True)
        self.undo_button = self._button("undo", "Undo the last stroke", self.undo)
        self.redo_button = self._button("redo", "Redo the stroke", self.redo)
        self.clear_button = self._button("trash-can-outline", "Clear the paper", self.clear)
        tools = QHBoxLayout()
        tools.setSpacing(space.xs)
        tools.addWidget(self.eraser_button)
        tools.addWidget(self.ink_button)
        tools.addStretch(1)
        for button in (self.undo_button, self.redo_button, self.clear_button):
            tools.addWidget(button)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(THINNEST, THICKEST)
        self.slider.setValue(USUAL)
        self.slider.setAccessibleName("Thickness in percent of the paper's side")
        self.slider.setToolTip("Thickness: [ thinner, ] thicker")
        self.slider.valueChanged.connect(self._tool_changed)
        self._value = QLabel()
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label = QLabel("Thickness")
        label.setProperty("role", "muted")
        label.setBuddy(self.slider)
        line = QHBoxLayout()
        line.setSpacing(space.s)
        line.addWidget(label)
        line.addWidget(self.slider, 1)
        line.addWidget(self._value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addWidget(self.paper)
        column.addLayout(tools)
        column.addLayout(line)

    def _button(
        self, icon: str, tip: str, action: Callable[[], None], *, checkable: bool = False
    ) -> QToolButton:
        button = QToolButton()
        button.setCheckable(checkable)
        button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        button.setToolTip(tip)
        button.setAccessibleName(tip.split(" (")[0])
        button.clicked.connect(action)
        self._icons.append((button, icon))
        return button

    @Slot()
    def _tool_changed(self) -> None:
        self.paper.set_pen(self.thickness, self.eraser_button.isChecked())
        self._value.setText(f"{self.slider.value():2d} %")

    @Slot()
    def _ink_toggled(self) -> None:
        self.set_ink("light" if self.ink_button.isChecked() else "dark")

    def _show_tools(self) -> None:
        self.undo_button.setEnabled(self.can_undo)
        self.redo_button.setEnabled(self.can_redo)
        self.clear_button.setEnabled(bool(self._strokes))
        self.ink_button.setChecked(self._ink == "light")
        self._tool_changed()

    @Slot()
    def _retint(self) -> None:
        for button, icon in self._icons:
            button.setIcon(theme.icon(icon))
        self._value.setFont(theme.font("small", mono=True))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}
        if event.key() in steps:
            self.slider.setValue(self.slider.value() + steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_E:
            self.eraser_button.toggle()
            self._tool_changed()
        else:
            super().keyPressEvent(event)
