"""The picture on the stage with what is being done to it: painted over or drawn on, cropped, turned."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.images import Frame
from engine.networks.classifying.picture_edits import rim_color
from engine.networks.requests import PictureEdits
from gui.pages.classify.crop_handles import CropDrag, CropGrip, grip_at, nudged
from gui.pages.classify.picture_paint import (
    paint_brush,
    paint_crop,
    paint_invitation,
    paint_on_paper,
    paint_picture,
    paint_window,
)
from gui.pages.classify.state import STEEPEST, Crop, Point
from gui.theme import STALE_OPACITY, space, theme
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.picture import Picture

EMPTY: Final = "Drop a picture here, or pick one"
NEAREST: Final = 0.002
NEARLY_WHOLE: Final = 0.93
"""The share of the picture from which a frame around what the net reads would only be a second line."""
TURN_STEP, TURN_LEAP = 1.0, 15.0
BRUSH_STEP: Final = 1.15
WHOLE: Final[Crop] = (0.0, 0.0, 1.0, 1.0)

_CURSORS: Final = {
    "move": Qt.CursorShape.SizeAllCursor,
    "new": Qt.CursorShape.CrossCursor,
    "tl": Qt.CursorShape.SizeFDiagCursor, "br": Qt.CursorShape.SizeFDiagCursor,
    "tr": Qt.CursorShape.SizeBDiagCursor, "bl": Qt.CursorShape.SizeBDiagCursor,
    "l": Qt.CursorShape.SizeHorCursor, "r": Qt.CursorShape.SizeHorCursor,
    "t": Qt.CursorShape.SizeVerCursor, "b": Qt.CursorShape.SizeVerCursor,
}  # fmt: skip


class PictureStage(QWidget):
    """Shows a picture after its edits and lets a hand change them. Positions are shares of the picture.

    strokeGrew(points), strokeDone(points): under the brush, in the picture as it came; cropMoved(crop), cropDone(crop):
    of the turned picture; angleMoved(float), angleDone(float): degrees counter-clockwise; brushAsked(float): a factor
    for the brush (Ctrl and wheel, [ and ]); hovered(x, y): a pixel of the picture as it came; left().
    """

    strokeGrew = Signal(object)
    strokeDone = Signal(object)
    cropMoved = Signal(object)
    cropDone = Signal(object)
    angleMoved = Signal(float)
    angleDone = Signal(float)
    brushAsked = Signal(float)
    hovered = Signal(int, int)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = Picture()
        self._frame: Frame | None = None
        self._rim = QColor()
        self._edits = PictureEdits()
        self._window: Crop | None = None
        self._invitation = ""
        self._tool = "paint"
        self._reach, self._paint_color = 0.06, QColor()
        self._stale = False
        self._by_keyboard = False  # a hand with a mouse needs no ring around what it works on
        self._pointer: QPointF | None = None
        self._stroke: list[Point] | None = None
        self._crop_drag: CropDrag | None = None
        self._turn_from: tuple[float, float] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The picture")
        theme.changed.connect(self.update)

    # --- what is shown ---------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame | None:
        return self._frame

    @property
    def edits(self) -> PictureEdits:
        return self._edits

    @property
    def stale(self) -> bool:
        return self._stale

    def show_picture(self, frame: Frame | None, edits: PictureEdits) -> None:
        """Show a picture with its edits; None shows the invitation."""
        if frame is not self._frame:
            self._frame = frame
            self._picture.set(None if frame is None else frame.pixels)
            if frame is not None:
                red, green, blue = (int(value) for value in rim_color(frame.pixels))
                self._rim = QColor(red, green, blue)
        self._edits = edits
        self._describe()
        self.update()

    def _describe(self) -> None:
        size = EMPTY if self._frame is None else f"{self._frame.width} × {self._frame.height} pixels"
        self.setAccessibleDescription(". ".join(part for part in (size, self._invitation) if part))

    def show_window(self, window: Crop | None) -> None:
        """Mark which part of the cropped picture the net reads, as shares of it."""
        if window != self._window:
            self._window = window
            self.update()

    def invite(self, text: str) -> None:
        """Say on the picture, which is blank paper, what to do there; "" says nothing."""
        if text != self._invitation:
            self._invitation = text
            self._describe()
            self.update()

    @property
    def invitation(self) -> str:
        return self._invitation

    def set_tool(self, tool: str, reach: float, color: QColor) -> None:
        """What a press does: "paint" with a brush of this radius (a share of the longer side), "crop" or "turn"."""
        self._tool, self._reach, self._paint_color = tool, reach, color
        self.unsetCursor()
        if tool == "turn":
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Dim the picture: it is not the newest of its source."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    # --- geometry --------------------------------------------------------------------------------------------

    def area(self) -> QRectF:
        """Where the picture lies in the widget."""
        room = QSizeF(self.size())
        if self._frame is None:
            return QRectF()
        margin = space.m
        scale = min(
            max(room.width() - 2 * margin, 1) / self._frame.width,
            max(room.height() - 2 * margin, 1) / self._frame.height,
        )
        width, height = self._frame.width * scale, self._frame.height * scale
        return QRectF((room.width() - width) / 2, (room.height() - height) / 2, width, height)

    def crop_rect(self, area: QRectF) -> QRectF:
        """The crop in the widget's coordinates; the whole picture without one."""
        return _part(area, self._edits.crop or WHOLE)

    def to_picture(self, place: QPointF) -> Point:
        """A place of the widget as shares of the picture as it came, before it was turned."""
        area = self.area()
        back = QTransform().rotate(self._edits.angle).map(place - area.center())
        return (
            round(back.x() / max(area.width(), 1) + 0.5, 4),
            round(back.y() / max(area.height(), 1) + 0.5, 4),
        )

    def _shares(self, place: QPointF) -> Point:
        """A place of the widget as shares of the turned picture, inside it."""
        area = self.area()
        x = (place.x() - area.x()) / max(area.width(), 1)
        y = (place.y() - area.y()) / max(area.height(), 1)
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)

    # --- painting --------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        if self._frame is None:
            paint_invitation(painter, QRectF(self.rect()), EMPTY)
            return
        area, inner = self.area(), self.crop_rect(self.area())
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        paint_picture(painter, area, self._picture, self._edits, self._rim, self.devicePixelRatioF())
        painter.setOpacity(1.0)
        if self._invitation:
            paint_on_paper(painter, area, self._invitation, self._rim)
        if self._edits.crop is not None or self._tool == "crop":
            paint_crop(painter, area, inner, grips=self._tool == "crop")
        if self._window is not None and not _nearly_whole(self._window):
            paint_window(painter, area, _part(inner, self._window))
        if self._pointer is not None and self._tool == "paint":
            paint_brush(
                painter, self._pointer, self._reach * max(area.width(), area.height()), self._paint_color
            )
        if self.hasFocus() and self._by_keyboard:
            paint_focus_ring(painter, QRectF(self.rect()))

    # --- hand ------------------------------------------------------------------------------------------------

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        super().focusInEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._frame is None:
            super().mousePressEvent(event)
            return
        place = event.position()
        if self._tool == "paint":
            self._stroke = [self.to_picture(place)]
            self.strokeGrew.emit(tuple(self._stroke))
        elif self._tool == "crop":
            inner = self.crop_rect(self.area())
            whole = self._edits.crop is None
            grip: CropGrip = grip_at(inner, place, whole)
            self._crop_drag = CropDrag(grip, self._edits.crop or WHOLE, self._shares(place))
        else:
            self._turn_from = (self._bearing(place), self._edits.angle)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        self._pointer = place
        if self._stroke is not None:
            self._grow(self.to_picture(place))
        elif self._crop_drag is not None and self._frame is not None:
            square = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            size = (self._frame.width, self._frame.height)
            self.cropMoved.emit(self._crop_drag.moved(self._shares(place), size, square=square))
        elif self._turn_from is not None:
            self.angleMoved.emit(self._angle_to(place, event))
        else:
            self._hover(place)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        stroke, drag, turn = self._stroke, self._crop_drag, self._turn_from
        place = event.position()
        if drag is not None and self._frame is not None:
            square = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            size = (self._frame.width, self._frame.height)
            self._crop_drag = None
            self.cropDone.emit(drag.moved(self._shares(place), size, square=square))
        elif stroke is not None:
            self._stroke = None
            self.strokeDone.emit(tuple(stroke))
        elif turn is not None:
            angle = self._angle_to(place, event)
            self._turn_from = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.angleDone.emit(angle)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Straight again, or the whole picture again."""
        if self._tool == "turn":
            self.angleDone.emit(0.0)
        elif self._tool == "crop":
            self.cropDone.emit(None)
        else:
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.left.emit()
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._tool == "paint" and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.brushAsked.emit(BRUSH_STEP if event.angleDelta().y() > 0 else 1 / BRUSH_STEP)
        else:
            event.ignore()

    def give_up(self) -> None:
        """Forget the gesture under way; nothing is emitted when the button is let go."""
        self._stroke = self._crop_drag = self._turn_from = None
        self.update()

    def _grow(self, point: Point) -> None:
        stroke = self._stroke
        if stroke is None:
            return
        last = stroke[-1]
        if max(abs(point[0] - last[0]), abs(point[1] - last[1])) >= NEAREST:
            stroke.append(point)
            self.strokeGrew.emit(tuple(stroke))

    def pixel_pointed_at(self) -> tuple[int, int] | None:
        """The pixel of the picture as it came that lies under the pointer."""
        if self._frame is None or self._pointer is None:
            return None
        x, y = self.to_picture(self._pointer)
        inside = 0 <= x < 1 and 0 <= y < 1
        return (int(x * self._frame.width), int(y * self._frame.height)) if inside else None

    def _hover(self, place: QPointF) -> None:
        if self._frame is None:
            return
        pixel = self.pixel_pointed_at()
        if pixel is not None:
            self.hovered.emit(*pixel)
        else:
            self.left.emit()
        if self._tool == "crop":
            inner = self.crop_rect(self.area())
            self.setCursor(_CURSORS[grip_at(inner, place, self._edits.crop is None)])

    def _bearing(self, place: QPointF) -> float:
        """Degrees counter-clockwise of a place as seen from the picture's middle."""
        way = place - self.area().center()
        return math.degrees(math.atan2(-way.y(), way.x()))

    def _angle_to(self, place: QPointF, event: QMouseEvent) -> float:
        began, angle = self._turn_from or (0.0, 0.0)
        turned = angle + self._bearing(place) - began
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            turned = round(turned / TURN_LEAP) * TURN_LEAP
        return wrapped(round(turned))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the crop by a pixel or turn by a degree (Shift: ten, fifteen); [ and ] change the brush."""
        far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        key = Qt.Key(event.key())
        across = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        down = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key, 0)
        frame = self._frame
        if self._tool == "crop" and frame is not None and self._edits.crop is not None and (across or down):
            step = 10 if far else 1
            moved = nudged(self._edits.crop, across * step / frame.width, down * step / frame.height)
            self.cropDone.emit(moved)
        elif self._tool == "turn" and frame is not None and (across or down):
            step_angle = TURN_LEAP if far else TURN_STEP
            self.angleDone.emit(wrapped(self._edits.angle - (across or down) * step_angle))
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self.brushAsked.emit(BRUSH_STEP if key == Qt.Key.Key_BracketRight else 1 / BRUSH_STEP)
        else:
            super().keyPressEvent(event)


def wrapped(angle: float) -> float:
    """The same direction between -180 and 180 degrees."""
    inside = (angle + STEEPEST) % 360 - STEEPEST
    return STEEPEST if inside == -STEEPEST and angle > 0 else inside


def _part(area: QRectF, shares: Crop) -> QRectF:
    """The part of an area that shares of it name."""
    left, top, right, bottom = shares
    return QRectF(
        area.x() + left * area.width(), area.y() + top * area.height(),
        (right - left) * area.width(), (bottom - top) * area.height(),
    )  # fmt: skip


def _nearly_whole(window: Crop) -> bool:
    return (window[2] - window[0]) * (window[3] - window[1]) > NEARLY_WHOLE
