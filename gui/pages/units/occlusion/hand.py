"""The picture with the square in a person's hand."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QTransform, QWheelEvent
from PySide6.QtWidgets import QWidget

from engine.images import Frame
from engine.inside.occlusion.occluder import Occluder, box_around
from engine.inside.seen import Seen
from gui.pages.units.seen_picture import in_colour, picture_of
from gui.widgets.frame_view import FrameView, arrow_step
from gui.widgets.heat_view import paint_block, part_of
from gui.widgets.picture import to_image

GROWTH: Final = 1.15
"""What one notch of the wheel, or one press of + or −, makes of the square's size."""


class HandView(FrameView):
    """Drag moves the square, so do the arrow keys (Shift: ten pixels); the wheel, + and − change its size.

    moved(row, column, bool): its middle as shares, and whether the hand has let go; sizeAsked(float): a factor.
    """

    moved = Signal(float, float, bool)
    sizeAsked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Picture with a square that hides a part of it", parent)
        self._seen: Seen | None = None
        self._occluder = Occluder()
        self._place = (0.5, 0.5)
        self._cover: QImage | None = None
        self._dragging = False
        self.set_overlay(self._paint_square)
        self.setCursor(Qt.CursorShape.SizeAllCursor)

    @property
    def dragging(self) -> bool:
        return self._dragging

    @property
    def place(self) -> tuple[float, float]:
        """Row and column of the square's middle, as shares."""
        return self._place

    def show_seen(self, seen: Seen | None) -> None:
        """Show what a net reads."""
        if seen is not self._seen:
            self._seen, self._cover = seen, None
            self.set_rgb(None if seen is None else picture_of(seen))

    def announce(self, frame: Frame | None) -> None:
        """Show a picture of which it is not known yet what the net reads of it."""
        if self._seen is None:
            self.set_frame(frame)

    def show_square(self, occluder: Occluder, row: float, column: float) -> None:
        """Put the square somewhere; a hand that holds it knows better where."""
        if occluder != self._occluder:
            self._occluder, self._cover = occluder, None
        if not self._dragging:
            self._place = (row, column)
        self.update()

    def block(self) -> tuple[float, float, float, float] | None:
        """What the square hides, as shares (left, top, right, bottom); None while there is no picture."""
        if self._seen is None:
            return None
        side = self._seen.side
        top, left, bottom, right = box_around(*self._place, self._occluder.pixels(side), side)
        return left / side, top / side, right / side, bottom / side

    # --- painting -------------------------------------------------------------------------------------------

    def _paint_square(self, painter: QPainter, transform: QTransform) -> None:
        """The very pixels that the net gets in the place of those beneath them."""
        block = self.block()
        if self._seen is None or block is None:
            return
        if self._cover is None:
            self._cover = to_image(in_colour(self._occluder.cover(self._seen.pixels)))
        whole = transform.mapRect(QRectF(0, 0, *self.picture_size))
        area = part_of(whole, block)
        side = self._seen.side
        source = part_of(QRectF(0, 0, side, side), block)
        painter.setClipRect(whole)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(area, self._cover, source)
        paint_block(painter, area)

    # --- hand -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._seen is not None:
            self._dragging = True
            self._drag_to(event.position())
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._drag_to(event.position())
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.button() is Qt.MouseButton.LeftButton:
            self._dragging = False
            self.moved.emit(*self._place, True)
        else:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if self._seen is not None and turned:
            self.sizeAsked.emit(GROWTH if turned > 0 else 1 / GROWTH)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = arrow_step(event)
        if step is not None and self._seen is not None:
            side = self._seen.side
            self._go(self._place[0] + step[1] / side, self._place[1] + step[0] / side)
            self.moved.emit(*self._place, True)
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.sizeAsked.emit(1 / GROWTH if event.key() == Qt.Key.Key_Minus else GROWTH)
        else:
            super().keyPressEvent(event)

    def give_up(self) -> None:
        """Forget the drag under way."""
        self._dragging = False

    def _drag_to(self, point: QPointF) -> None:
        whole = self.transform().mapRect(QRectF(0, 0, *self.picture_size))
        self._go((point.y() - whole.y()) / whole.height(), (point.x() - whole.x()) / whole.width())
        self.moved.emit(*self._place, False)

    def _go(self, row: float, column: float) -> None:
        self._place = (min(max(row, 0.0), 1.0), min(max(column, 0.0), 1.0))
        self.update()
