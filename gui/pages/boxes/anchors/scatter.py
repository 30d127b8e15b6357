"""Widths and heights of boxes as dots, the anchors among them as crosses and outlines."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.pages.boxes.anchors.run import Run
from gui.theme import STALE_OPACITY, mix, radius, readable_on, space, theme, with_alpha
from gui.widgets.focus_ring import paint_focus_ring

FloatArray = npt.NDArray[np.float64]

LEFT_ROOM, BELOW, ABOVE = 46.0, 40.0, 26.0
DOT, FEW_DOT = 4.0, 7.0
FEW: Final = 300
"""Up to so many shapes have larger dots."""
CROSS: Final = 7.0
REACH: Final = 14.0
TICKS: Final = 5
STEPS: Final = (0.02, 0.05, 0.1, 0.2, 0.25, 0.5)


class ShapeScatter(QWidget):
    """Shapes of a run with their anchors. pointed(index of a shape, or None); Up and Down go from shape to shape."""

    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self._points: FloatArray = np.zeros((0, 2))
        self._hover: int | None = None
        self._stale = False
        self._reason = ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Widths and heights of boxes, with the anchors")
        theme.changed.connect(self.update)

    def show_run(self, run: Run | None, points: FloatArray | None = None, reason: str = "") -> None:
        """Show a step of a run; without one the shapes alone, and the reason."""
        self._run, self._reason = run, reason
        self._points = run.shapes if run is not None else np.zeros((0, 2)) if points is None else points
        if self._hover is not None and self._hover >= len(self._points):
            self._hover = None
        anchors = "" if run is None else f", {len(run.step.centres)} anchors"
        self.setAccessibleDescription(f"{len(self._points)} shapes{anchors}")
        self.update()

    def set_stale(self, stale: bool) -> None:
        """The shapes belong to the question before."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(460, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 180)

    # --- geometry -------------------------------------------------------------------------------------------

    def place(self, shape: tuple[float, float]) -> QPointF:
        """Where a width and a height lie in the widget."""
        return _Frame(QSizeF(self.size()), self._points, self._run).place(*shape)

    def shape_at(self, point: QPointF) -> int | None:
        """The shape nearest to a point of the widget, None where none is near."""
        if not len(self._points):
            return None
        frame = _Frame(QSizeF(self.size()), self._points, self._run)
        away = np.hypot(frame.xs(self._points) - point.x(), frame.ys(self._points) - point.y())
        nearest = int(away.argmin())
        return nearest if away[nearest] <= REACH else None

    # --- pointer --------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.shape_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if by is None or not len(self._points):
            super().keyPressEvent(event)
            return
        order = np.lexsort((self._points[:, 0], self._points[:, 1])).tolist()  # from flat to tall
        here = -1 if self._hover is None else order.index(self._hover)
        self._point_at(order[min(max(here + by, 0), len(order) - 1)])

    def _point_at(self, index: int | None) -> None:
        if index != self._hover:
            self._hover = index
            self.pointed.emit(index)
            self.update()

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colors.window)
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        paint_scatter(painter, self._run, self._points, QSizeF(self.size()), self._hover)
        painter.setOpacity(1.0)
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()))
        if self._reason:
            painter.setPen(theme.colors.muted)
            painter.setFont(theme.font("body"))
            area = QRectF(self.rect()).adjusted(LEFT_ROOM + space.l, ABOVE + space.l, -space.l, -BELOW)
            flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
            painter.drawText(area, flags, self._reason)


class _Frame:
    """Where the axes lie at a size, and how far they reach."""

    def __init__(self, size: QSizeF, points: FloatArray, run: Run | None) -> None:
        self.area = QRectF(
            LEFT_ROOM,
            ABOVE,
            max(size.width() - LEFT_ROOM - space.l, 1),
            max(size.height() - ABOVE - BELOW, 1),
        )
        every = [points, *(step.centres for step in run.steps)] if run is not None else [points]
        most = (
            np.concatenate([e for e in every if len(e)]).max(0) if any(len(e) for e in every) else (1.0, 1.0)
        )
        self.most_x, self.most_y = (float(m) * 1.06 for m in most)

    def place(self, width: float, height: float) -> QPointF:
        return QPointF(
            self.area.left() + width / self.most_x * self.area.width(),
            self.area.bottom() - height / self.most_y * self.area.height(),
        )

    def xs(self, points: FloatArray) -> FloatArray:
        return np.asarray(self.area.left() + points[:, 0] / self.most_x * self.area.width())

    def ys(self, points: FloatArray) -> FloatArray:
        return np.asarray(self.area.bottom() - points[:, 1] / self.most_y * self.area.height())


def paint_scatter(
    painter: QPainter, run: Run | None, points: FloatArray, size: QSizeF, hover: int | None = None
) -> None:
    """Draw axes, shapes and anchors at a size."""
    frame = _Frame(size, points, run)
    painter.save()
    _paint_axes(painter, frame)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    assigned = None if run is None else run.step.assigned
    _paint_points(painter, frame, points, assigned)
    if run is not None:
        _paint_anchors(painter, frame, run)
    if hover is not None and hover < len(points):
        _paint_hover(painter, frame, run, points, hover)
    painter.restore()


def _paint_axes(painter: QPainter, frame: _Frame) -> None:
    colors, area = theme.colors, frame.area
    painter.setPen(QPen(colors.line, 1))
    painter.setBrush(colors.surface)
    painter.drawRect(area)
    painter.setFont(theme.font("small", mono=True))
    for share in _ticks(frame.most_x):
        x = frame.place(share, 0).x()
        painter.setPen(QPen(with_alpha(colors.line, 0.6), 1))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(colors.muted)
        box = QRectF(x - 30, area.bottom() + 3, 60, 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{share * 100:g}")
    for share in _ticks(frame.most_y):
        y = frame.place(0, share).y()
        painter.setPen(QPen(with_alpha(colors.line, 0.6), 1))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(colors.muted)
        box = QRectF(0, y - 8, area.left() - space.xs, 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{share * 100:g}")
    painter.setFont(theme.font("small"))
    painter.setPen(colors.text)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(space.s, 2, area.width(), 20), left, "height, % of the picture's")
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(
        QRectF(area.left(), area.bottom() + 18, area.width(), 18), right, "width, % of the picture's"
    )


def _ticks(most: float) -> list[float]:
    step = next((s for s in STEPS if most / s <= TICKS), STEPS[-1])
    return [step * n for n in range(1, math.floor(most / step + 1e-9) + 1)]


def group_color(number: int) -> QColor:
    """The colour of an anchor and its shapes."""
    return theme.class_color(number)


def _paint_points(
    painter: QPainter, frame: _Frame, points: FloatArray, assigned: npt.NDArray[np.int64] | None
) -> None:
    """Dots, in the colour of their anchor."""
    if not len(points):
        return
    size = FEW_DOT if len(points) <= FEW else DOT
    xs, ys = frame.xs(points), frame.ys(points)
    groups = [None] if assigned is None else sorted(set(assigned.tolist()))
    for group in groups:
        chosen = np.arange(len(points)) if assigned is None else np.flatnonzero(assigned == group)
        color = theme.colors.muted if group is None else group_color(group)
        pen = QPen(with_alpha(color, 0.75), size)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPoints(QPolygonF([QPointF(xs[i], ys[i]) for i in chosen.tolist()]))


def _paint_anchors(painter: QPainter, frame: _Frame, run: Run) -> None:
    """An outline from the common corner to the cross, and where the cross came from."""
    step, before = run.step, run.before
    origin = frame.place(0, 0)
    for number, (width, height) in enumerate(step.centres.tolist()):
        place, color = frame.place(width, height), group_color(number)
        painter.setPen(QPen(mix(color, theme.colors.text, 0.15), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(QPointF(origin.x(), place.y()), QPointF(place.x(), origin.y())))
        if step.kind == "move" and before is not None:
            old = frame.place(*before.centres[number].tolist())
            painter.setPen(QPen(theme.colors.text, 1.5))
            painter.drawLine(old, place)
            painter.setBrush(theme.colors.surface)
            painter.drawEllipse(old, 3, 3)
    for number, (width, height) in enumerate(step.centres.tolist()):
        _paint_cross(painter, frame.place(width, height), number)


def _paint_cross(painter: QPainter, place: QPointF, number: int) -> None:
    color = group_color(number)
    for pen in (QPen(theme.colors.surface, 6), QPen(theme.colors.text, 3)):
        painter.setPen(pen)
        painter.drawLine(place + QPointF(-CROSS, -CROSS), place + QPointF(CROSS, CROSS))
        painter.drawLine(place + QPointF(-CROSS, CROSS), place + QPointF(CROSS, -CROSS))
    painter.setFont(theme.font("small", bold=True))
    tag = QRectF(place.x() + CROSS + 2, place.y() - CROSS - 12, 18, 18)
    painter.setPen(QPen(readable_on(color), 1))
    painter.setBrush(color)
    painter.drawRoundedRect(tag, radius.cell, radius.cell)
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, str(number))


def _paint_hover(painter: QPainter, frame: _Frame, run: Run | None, points: FloatArray, hover: int) -> None:
    """The shape under the pointer, laid on its anchor at the common corner: what their IoU is about."""
    width, height = points[hover].tolist()
    origin, place = frame.place(0, 0), frame.place(width, height)
    area = QRectF(QPointF(origin.x(), place.y()), QPointF(place.x(), origin.y()))
    if run is not None and run.step.assigned is not None:
        anchor = run.step.centres[run.step.assigned[hover]]
        corner = frame.place(*anchor.tolist())
        mine = QRectF(QPointF(origin.x(), corner.y()), QPointF(corner.x(), origin.y()))
        painter.fillRect(area.intersected(mine), with_alpha(theme.colors.accent, 0.2))
    painter.setPen(QPen(theme.colors.accent, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area)
    painter.drawEllipse(place, 6, 6)
