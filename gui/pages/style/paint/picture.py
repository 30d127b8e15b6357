"""The picture that is being painted: with the content under a divider, and a brush for the mask."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QTransform
from PySide6.QtWidgets import QWidget

from gui.theme import theme, with_alpha
from gui.widgets.picture import to_image
from gui.widgets.source_state import Point, Stroke
from gui.widgets.wipe_view import WipeView

TINT: Final = 0.5
"""The opacity of the tint where style applies."""
NEAREST: Final = 0.004
"""Points of a stroke closer together than this share of a side are one."""
NO_STROKE: Final[tuple[Point, ...]] = ()


class PaintPicture(WipeView):
    """strokeDone(Stroke): a person painted on the mask, by dragging or with Return at the keyboard's cursor."""

    strokeDone = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._mask: npt.NDArray[np.float32] | None = None
        self._tint = to_image(np.zeros((1, 1, 3), np.uint8))
        self._masking, self._brush, self._erasing = False, 0.0, False
        self._points = NO_STROKE
        self._pointer: QPointF | None = None
        theme.changed.connect(self._tint_anew)

    @property
    def masking(self) -> bool:
        """Whether the pointer is a brush."""
        return self._masking

    def show_mask(self, mask: npt.NDArray[np.float32] | None) -> None:
        """Where style applies, float32[H, W] in 0..1; None: everywhere."""
        if mask is not self._mask:
            self._mask = mask
            self._tint_anew()

    def set_brush(self, masking: bool, brush: float, erasing: bool) -> None:
        """Whether the pointer paints, how wide (a share of the longer side), and whether it takes away."""
        if (masking, brush, erasing) != (self._masking, self._brush, self._erasing):
            self._masking, self._brush, self._erasing = masking, brush, erasing
            self._points = NO_STROKE
            self.setCursor(Qt.CursorShape.BlankCursor if masking else Qt.CursorShape.ArrowCursor)
            self.update()

    @Slot()
    def _tint_anew(self) -> None:
        if self._mask is not None:
            self._tint = _tint(self._mask)
        self.update()

    # --- painting --------------------------------------------------------------------------------------------

    def _paint_more(self, painter: QPainter, transform: QTransform) -> None:
        super()._paint_more(painter, transform)
        target = transform.mapRect(QRectF(0, 0, *self.picture_size))
        if self._masking and self._mask is not None:
            painter.drawImage(target, self._tint)
        if self._masking:
            painter.setClipRect(target)
            self._paint_stroke(painter, target)
            self._paint_pointer(painter, target)

    def _paint_stroke(self, painter: QPainter, target: QRectF) -> None:
        """What the hand has drawn since it came down."""
        if not self._points:
            return
        colour = with_alpha(theme.colors.window if self._erasing else theme.colors.accent, TINT)
        cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(colour, self._brush_width(target), Qt.PenStyle.SolidLine, cap, join))
        places = [
            target.topLeft() + QPointF(x * target.width(), y * target.height()) for x, y, *_ in self._points
        ]
        painter.drawPolyline(places if len(places) > 1 else [places[0], places[0] + QPointF(0.01, 0)])

    def _paint_pointer(self, painter: QPainter, target: QRectF) -> None:
        if self._pointer is None:
            return
        reach = self._brush_width(target) / 2
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((theme.colors.window, 3.0), (theme.colors.accent, 1.5)):
            painter.setPen(
                QPen(colour, width, Qt.PenStyle.DashLine if self._erasing else Qt.PenStyle.SolidLine)
            )
            painter.drawEllipse(self._pointer, reach, reach)

    def _brush_width(self, target: QRectF) -> float:
        return self._brush * max(target.width(), target.height())

    # --- the brush -------------------------------------------------------------------------------------------

    def _place_of(self, place: QPointF) -> Point:
        target = self.transform().mapRect(QRectF(0, 0, *self.picture_size))
        x, y = (place.x() - target.left()) / target.width(), (place.y() - target.top()) / target.height()
        return round(min(max(x, 0.0), 1.0), 4), round(min(max(y, 0.0), 1.0), 4)

    def _dab(self, points: tuple[Point, ...]) -> None:
        stroke: Stroke = (self._brush, self._erasing, points)
        self.strokeDone.emit(stroke)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        inside = self.pixel_at(event.position()) is not None
        if self._masking and event.button() is Qt.MouseButton.LeftButton and inside:
            self._points = (self._place_of(event.position()),)
            self.update()
        elif not self._masking:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._masking:
            super().mouseMoveEvent(event)
            return
        self._pointer = event.position()
        self._hover_at(event.position())
        if self._points:
            point, last = self._place_of(event.position()), self._points[-1]
            if max(abs(point[0] - last[0]), abs(point[1] - last[1])) > NEAREST:
                self._points = (*self._points, point)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointer = None
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._masking:
            super().mouseReleaseEvent(event)
        elif self._points:
            points, self._points = self._points, NO_STROKE
            self._dab(points)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        cursor = self._cursor
        if self._masking and cursor is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            width, height = self.picture_size
            self._dab((((cursor[0] + 0.5) / width, (cursor[1] + 0.5) / height),))
        else:
            super().keyPressEvent(event)


def _tint(mask: npt.NDArray[np.float32]) -> QImage:
    """The accent, as opaque as style applies."""
    accent = theme.colors.accent
    values = np.empty((*mask.shape, 4), np.uint8)
    values[..., :3] = (accent.red(), accent.green(), accent.blue())
    values[..., 3] = np.rint(mask * (255 * TINT)).astype(np.uint8)
    values = np.ascontiguousarray(values)
    height, width = mask.shape
    return QImage(values.data, width, height, values.strides[0], QImage.Format.Format_RGBA8888).copy()
