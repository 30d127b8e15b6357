"""The picture view: one frame, fitted or magnified to visible pixels, with a linked cursor and overlays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QTransform, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.images import Frame
from gui.theme import ICON_SIZE, RGB, STALE_OPACITY, mix, radius, space, theme, with_alpha
from gui.widgets.picture import ByteArray, Picture

Overlay = Callable[[QPainter, QTransform], None]
"""Draws on top of the picture; the transform leads from picture pixels to the widget."""

EMPTY_TEXT: Final = "Drop a picture here, or pick one"
EMPTY_ICON: Final = "image-plus-outline"
LARGEST_PIXEL: Final = 64.0
WHEEL_ZOOM: Final = 1.0015
KEY_ZOOM: Final = 1.25


@dataclass(frozen=True, slots=True)
class View:
    """What is seen of a picture: `zoom` 1 fits it; `x`, `y` is the middle, as shares of width and height."""

    zoom: float = 1.0
    x: float = 0.5
    y: float = 0.5


class FrameView(QWidget):
    """Shows one frame; wheel zooms, drag pans, double-click or 0 fits, arrows move the cursor.

    hovered(x, y): the pixel under the pointer or the keyboard's cursor; left(): the pointer is on no pixel;
    clicked(x, y); viewChanged(View): a person zoomed or panned (another view's `set_view` follows it).
    """

    hovered = Signal(int, int)
    left = Signal()
    clicked = Signal(int, int)
    viewChanged = Signal(object)

    def __init__(self, name: str = "Picture", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = Picture()
        self._frame: Frame | None = None
        self._view = View()
        self._cursor: tuple[int, int] | None = None
        self._hover: tuple[int, int] | None = None
        self._overlay: Overlay | None = None
        self._stale = False
        self._empty_text, self._empty_icon = EMPTY_TEXT, EMPTY_ICON
        self._pressed: QPointF | None = None
        self._dragged = False
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)
        self._describe()

    # --- what is shown --------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame | None:
        """The frame shown, None where there is none or pixels were set by set_rgb."""
        return self._frame

    @property
    def pixels(self) -> ByteArray | None:
        """The pixels shown, `uint8[H, W, 3]` RGB; colours of levels are worked out anew at every call."""
        return self._picture.pixels

    @property
    def picture_size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels, (0, 0) without one."""
        return self._picture.size

    @property
    def stale(self) -> bool:
        return self._stale

    @property
    def view(self) -> View:
        return self._view

    @Slot(object)
    def set_frame(self, frame: Frame | None) -> None:
        """Show a frame; None shows the empty state. The zoom stays."""
        self._show(frame, None if frame is None else frame.pixels)

    def set_rgb(self, pixels: ByteArray | None) -> None:
        """Show computed colours, `uint8[H, W, 3]`; the array must not change afterwards."""
        if pixels is not None and (pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3):
            raise ValueError(f"a picture is uint8[H, W, 3], not {pixels.dtype}{list(pixels.shape)}")
        self._show(None, None if pixels is None else np.ascontiguousarray(pixels))

    def set_indexed(self, levels: ByteArray, anchors: tuple[RGB, ...]) -> None:
        """Show levels `uint8[H, W]` in the 256 colours of a map; they must not change afterwards.

        The same array in other colours (another theme) costs nothing but the next paint.
        """
        if levels.dtype != np.uint8 or levels.ndim != 2:
            raise ValueError(f"levels are uint8[H, W], not {levels.dtype}{list(levels.shape)}")
        self._keep_hover_for((levels.shape[1], levels.shape[0]))
        self._frame = None
        self._picture.set_indexed(np.ascontiguousarray(levels), anchors)
        self._describe()
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Dim the picture while a newer one is being computed."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def set_empty_text(self, text: str, icon: str = EMPTY_ICON) -> None:
        """What is said where there is no picture: an invitation, or why there is none."""
        self._empty_text, self._empty_icon = text, icon
        self._describe()
        self.update()

    def set_overlay(self, overlay: Overlay | None) -> None:
        """Draw more on top: `overlay(painter, transform)` is called at every paint."""
        self._overlay = overlay
        self.update()

    @property
    def cursor_place(self) -> tuple[int, int] | None:
        """The pixel (x, y) that is marked with a cross."""
        return self._cursor

    def set_cursor(self, x: int, y: int) -> None:
        """Mark a pixel with a cross (the same place as under the pointer in a linked view)."""
        if self._cursor != (x, y):
            self._cursor = (x, y)
            self.update()

    def step_cursor(self, dx: int, dy: int) -> None:
        """Move the marked pixel as the arrow keys do; a magnified picture follows it. Emits `hovered`."""
        width, height = self._picture.size
        if not width:
            return
        x, y = self._cursor or self._hover or (width // 2, height // 2)
        x, y = min(max(x + dx, 0), width - 1), min(max(y + dy, 0), height - 1)
        self.set_cursor(x, y)
        self._reveal(x, y)
        self.hovered.emit(x, y)

    def _reveal(self, x: int, y: int) -> None:
        """Bring a pixel that is out of sight into the middle."""
        width, height = self._picture.size
        if not QRectF(self.rect()).contains(self.transform().mapRect(QRectF(x, y, 1, 1))):
            self._change_view(View(self._view.zoom, (x + 0.5) / width, (y + 0.5) / height))

    @Slot()
    def clear_cursor(self) -> None:
        """Take the cross away."""
        if self._cursor is not None:
            self._cursor = None
            self.update()

    @Slot(object)
    def set_view(self, view: View) -> None:
        """Zoom and pan as another view did; emits nothing."""
        if view != self._view:
            self._view = view
            self.update()

    def transform(self) -> QTransform:
        """From picture pixels to the widget's coordinates; identity without a picture."""
        width, height = self._picture.size
        if not width:
            return QTransform()
        scale = self._fit_scale() * self._view.zoom
        dx = _offset(self.width(), width * scale, self._view.x)
        dy = _offset(self.height(), height * scale, self._view.y)
        return QTransform(scale, 0, 0, scale, dx, dy)

    def picture_rect(self) -> QRectF:
        """Where the picture is seen in the widget; empty without one."""
        target = self.transform().mapRect(QRectF(0, 0, *self._picture.size))
        return target.intersected(QRectF(self.rect()))

    def pixel_at(self, point: QPointF) -> tuple[int, int] | None:
        """The picture's pixel (x, y) under a point of the widget, None beside the picture."""
        width, height = self._picture.size
        inverse, possible = self.transform().inverted()
        if not width or not possible:
            return None
        place = inverse.map(point)
        x, y = int(place.x() // 1), int(place.y() // 1)
        return (x, y) if 0 <= x < width and 0 <= y < height else None

    @Slot()
    def fit(self) -> None:
        """Show the whole picture."""
        self._change_view(View())

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom around a point of the widget (its middle by default): whole picture to 64 px a pixel."""
        width, height = self._picture.size
        if not width:
            return
        point = around if around is not None else QPointF(self.width() / 2, self.height() / 2)
        largest = max(1.0, LARGEST_PIXEL / self._fit_scale())
        zoom = min(max(self._view.zoom * factor, 1.0), largest)
        place = self.transform().inverted()[0].map(point)
        scale = self._fit_scale() * zoom
        middle = place + (QPointF(self.width() / 2, self.height() / 2) - point) / scale
        self._change_view(View(zoom, middle.x() / width, middle.y() / height))

    def sizeHint(self) -> QSize:
        return QSize(480, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 90)

    def _show(self, frame: Frame | None, pixels: ByteArray | None) -> None:
        self._keep_hover_for((0, 0) if pixels is None else (pixels.shape[1], pixels.shape[0]))
        self._frame = frame
        self._picture.set(pixels)
        self._describe()
        self.update()

    def _keep_hover_for(self, size: tuple[int, int]) -> None:
        if size != self._picture.size:
            self._hover = None

    def _describe(self) -> None:
        width, height = self._picture.size
        name = f"{self._frame.name}, " if self._frame is not None else ""
        self.setAccessibleDescription(f"{name}{width} × {height} pixels" if width else self._empty_text)

    def _fit_scale(self) -> float:
        width, height = self._picture.size
        return max(min(self.width() / max(width, 1), self.height() / max(height, 1)), 1e-6)

    def _change_view(self, view: View) -> None:
        width, height = self._picture.size
        scale = self._fit_scale() * view.zoom
        view = View(
            view.zoom,
            _inside(view.x, self.width(), width * scale),
            _inside(view.y, self.height(), height * scale),
        )
        if view != self._view:
            self._view = view
            self.viewChanged.emit(view)
            self.update()

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._picture.size[0]:
            self._paint_empty(painter)
            return
        transform = self.transform()
        target = transform.mapRect(QRectF(0, 0, *self._picture.size))
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        self._picture.paint(painter, target, self.devicePixelRatioF())
        painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._overlay is not None:
            painter.save()
            self._overlay(painter, transform)
            painter.restore()
        if self._cursor is not None:
            self._paint_cursor(painter, transform, target)
        if self._stale:
            self._paint_stale(painter, target)
        self._paint_edge(painter, target)

    def _paint_edge(self, painter: QPainter, target: QRectF) -> None:
        focused = self.hasFocus()
        edge = target.intersected(QRectF(self.rect())).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colors.accent if focused else theme.colors.line, 2 if focused else 1))
        painter.drawRect(edge)

    def _paint_cursor(self, painter: QPainter, transform: QTransform, target: QRectF) -> None:
        """A cross that leaves its pixel free, light on dark so that it is seen on any picture."""
        x, y = self._cursor or (0, 0)
        cell = transform.mapRect(QRectF(x, y, 1, 1))
        middle = cell.center()
        free = max(cell.width() / 2, space.xs)
        painter.setClipRect(target)
        for color, width in ((with_alpha(theme.colors.window, 0.7), 3), (theme.colors.accent, 1)):
            painter.setPen(QPen(color, width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawLine(QPointF(target.left(), middle.y()), QPointF(middle.x() - free, middle.y()))
            painter.drawLine(QPointF(middle.x() + free, middle.y()), QPointF(target.right(), middle.y()))
            painter.drawLine(QPointF(middle.x(), target.top()), QPointF(middle.x(), middle.y() - free))
            painter.drawLine(QPointF(middle.x(), middle.y() + free), QPointF(middle.x(), target.bottom()))
            painter.drawRect(QRectF(middle.x() - free, middle.y() - free, 2 * free, 2 * free))
        painter.setClipping(False)

    def _paint_stale(self, painter: QPainter, target: QRectF) -> None:
        painter.setFont(theme.font("small"))
        text = "updating"
        width = painter.fontMetrics().horizontalAdvance(text) + 2 * space.s
        seen = target.intersected(QRectF(self.rect()))
        pill = QRectF(seen.left() + space.s, seen.top() + space.s, width, space.xl - space.xs)
        painter.setPen(QPen(theme.colors.line, 1))
        painter.setBrush(theme.colors.raised)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setPen(theme.colors.muted)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.colors
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        edge = colors.accent if self.hasFocus() else mix(colors.line, colors.muted, 0.35)
        painter.setPen(QPen(edge, 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area, radius.card, radius.card)
        icon = theme.icon(self._empty_icon, colors.muted)
        side = ICON_SIZE + space.s
        middle = area.center()
        icon.paint(painter, int(middle.x() - side / 2), int(middle.y() - side - space.xs), side, side)
        painter.setFont(theme.font("body"))
        painter.setPen(colors.muted)
        words = QRectF(
            area.left() + space.m, middle.y() + space.xs, area.width() - 2 * space.m, area.height() / 2
        )
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(words, flags, self._empty_text)

    # --- pointer and keys -----------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if not self._picture.size[0] or not turned:
            event.ignore()
            return
        self.zoom_by(WHEEL_ZOOM**turned, event.position())
        self._hover_at(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._hover_at(event.position())
            return
        moved = event.position() - self._pressed
        if self._view.zoom <= 1 or (not self._dragged and moved.manhattanLength() < space.xs):
            return
        self._dragged = True
        self._pressed = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        width, height = self._picture.size
        scale = self._fit_scale() * self._view.zoom
        if width:
            x, y = self._view.x - moved.x() / (width * scale), self._view.y - moved.y() / (height * scale)
            self._change_view(View(self._view.zoom, x, y))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self.pixel_at(event.position())
        click = (
            event.button() is Qt.MouseButton.LeftButton and self._pressed is not None and not self._dragged
        )
        self._pressed, self._dragged = None, False
        self.unsetCursor()
        if click and place is not None:
            self.clicked.emit(*place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover_to(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = arrow_step(event)
        if event.key() == Qt.Key.Key_0:
            self.fit()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(KEY_ZOOM)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_by(1 / KEY_ZOOM)
        elif step is not None and self._picture.size[0]:
            self.step_cursor(*step)
        else:
            super().keyPressEvent(event)

    def _hover_at(self, point: QPointF) -> None:
        self._hover_to(self.pixel_at(point))

    def _hover_to(self, place: tuple[int, int] | None) -> None:
        if place == self._hover:
            return
        self._hover = place
        if place is None:
            self.left.emit()
        else:
            self.hovered.emit(*place)


def arrow_step(event: QKeyEvent) -> tuple[int, int] | None:
    """How far (x, y) an arrow key moves something: 1 pixel, with Shift 10; None for other keys."""
    many = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
    steps = {
        Qt.Key.Key_Left: (-many, 0), Qt.Key.Key_Right: (many, 0),
        Qt.Key.Key_Up: (0, -many), Qt.Key.Key_Down: (0, many),
    }  # fmt: skip
    return steps.get(Qt.Key(event.key()))


def _offset(room: float, length: float, middle: float) -> float:
    """Where a picture of `length` begins in `room` when its share `middle` is in the middle; no gap opens."""
    return room / 2 - _inside(middle, room, length) * length


def _inside(middle: float, room: float, length: float) -> float:
    """`middle` moved so that the picture fills the room; 0.5 where it is smaller than the room."""
    if length <= room:
        return 0.5
    margin = room / (2 * length)
    return min(max(middle, margin), 1 - margin)
