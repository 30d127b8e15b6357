"""A picture view that can have another picture over it, left of a divider, and an arrow at a pixel."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QWidget

from gui.theme import space, theme, with_alpha
from gui.widgets.frame_view import FrameView
from gui.widgets.picture import Picture

Pixels = npt.NDArray[np.uint8]
Vector = tuple[float, float]
GRIP: Final = 9.0
KEY_STEP: Final = 0.02
ARROW: Final = 46.0
HEAD: Final = 11.0
KNOB: Final = 7.0
NAMES: Final = ("input", "response")


class WipeView(FrameView):
    """dividerMoved(share of the width): a person moved the divider, by hand or with Ctrl and the arrow keys."""

    dividerMoved = Signal(float)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._over = Picture()
        self._share = 0.5
        self._holding = False
        self._arrow: tuple[int, int, Vector] | None = None
        self.set_overlay(self._paint_more)

    @property
    def wiped(self) -> bool:
        """Whether a picture lies over this one."""
        return bool(self._over.size[0])

    @property
    def divider(self) -> float:
        """Where the divider is, as a share of the picture's width."""
        return self._share

    def set_over(self, pixels: Pixels | None, share: float) -> None:
        """Lay a picture of the same size over this one, left of `share` of the width; None takes it away."""
        if pixels is self._over.pixels and (pixels is None or share == self._share):
            return
        self._over.set(pixels)
        self._share = share
        self.update()

    def set_arrow(self, x: int, y: int, vector: Vector | None) -> None:
        """Draw an arrow from a pixel in the direction of a vector (right, down); None takes it away."""
        arrow = None if vector is None else (x, y, vector)
        if arrow != self._arrow:
            self._arrow = arrow
            self.update()

    # --- painting --------------------------------------------------------------------------------------------

    def _paint_more(self, painter: QPainter, transform: QTransform) -> None:
        if self.wiped:
            self._paint_over(painter, transform)
        if self._arrow is not None:
            self._paint_arrow(painter, transform)

    def _paint_over(self, painter: QPainter, transform: QTransform) -> None:
        target = transform.mapRect(QRectF(0, 0, *self.picture_size))
        seen = target.intersected(QRectF(self.rect()))
        x = self._divider_x()
        painter.save()
        painter.setClipRect(QRectF(seen.left(), seen.top(), max(x - seen.left(), 0.0), seen.height()))
        self._over.paint(painter, target, self.devicePixelRatioF())
        painter.restore()
        middle = QPointF(x, seen.center().y())
        for color, width in ((with_alpha(theme.colors.window, 0.8), 4.0), (theme.colors.accent, 2.0)):
            painter.setPen(QPen(color, width))
            painter.drawLine(QPointF(x, seen.top()), QPointF(x, seen.bottom()))
        painter.setBrush(theme.colors.surface)
        painter.drawEllipse(middle, KNOB, KNOB)
        self._paint_name(painter, NAMES[0], x, seen, before=True)
        self._paint_name(painter, NAMES[1], x, seen, before=False)

    def _paint_name(self, painter: QPainter, text: str, x: float, seen: QRectF, *, before: bool) -> None:
        """What lies on a side of the divider, where there is room."""
        painter.setFont(theme.font("small"))
        width = painter.fontMetrics().horizontalAdvance(text) + 2 * space.s
        left = x - space.s - width if before else x + space.s
        if left < seen.left() or left + width > seen.right():
            return
        pill = QRectF(left, seen.bottom() - space.xl - space.s, width, space.xl - space.xs)
        painter.setPen(QPen(theme.colors.line, 1))
        painter.setBrush(theme.colors.raised)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setPen(theme.colors.text)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_arrow(self, painter: QPainter, transform: QTransform) -> None:
        x, y, (dx, dy) = self._arrow or (0, 0, (0.0, 0.0))
        length = float(np.hypot(dx, dy))
        if length == 0:
            return
        start = transform.map(QPointF(x + 0.5, y + 0.5))
        ahead = QPointF(dx / length, dy / length)
        across = QPointF(-ahead.y(), ahead.x())
        end = start + ahead * ARROW
        neck = end - ahead * HEAD
        tip = QPolygonF([end, neck + across * HEAD * 0.5, neck - across * HEAD * 0.5])
        for color, width in ((theme.colors.window, 5.0), (theme.colors.text, 2.5)):
            painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.setBrush(color)
            painter.drawLine(start, neck)
            painter.drawPolygon(tip)

    # --- the divider -----------------------------------------------------------------------------------------

    def _divider_x(self) -> float:
        return self.transform().map(QPointF(self._share * self.picture_size[0], 0)).x()

    def _near(self, x: float) -> bool:
        return self.wiped and abs(x - self._divider_x()) <= GRIP

    def _move_to(self, share: float) -> None:
        share = min(max(share, 0.0), 1.0)
        if share != self._share:
            self._share = share
            self.update()
            self.dividerMoved.emit(share)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._near(event.position().x()):
            self._holding = True
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._holding:
            inverse, possible = self.transform().inverted()
            if possible and self.picture_size[0]:
                self._move_to(inverse.map(event.position()).x() / self.picture_size[0])
            return
        super().mouseMoveEvent(event)
        if not event.buttons():
            near = self._near(event.position().x())
            self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._holding:
            self._holding = False
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = {Qt.Key.Key_Left: -KEY_STEP, Qt.Key.Key_Right: KEY_STEP}.get(Qt.Key(event.key()))
        if self.wiped and way is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._move_to(round(self._share + way, 4))
        else:
            super().keyPressEvent(event)
