"""A plot of a few lines: named axes, linear or logarithmic, labels at the lines, values read out under the pointer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import STALE_OPACITY, radius, space, theme
from gui.widgets.plot.data import Content, FloatArray, Marker, Reading, Series, frame_of, reading_of
from gui.widgets.plot.paint import paint_plot, paint_reading
from gui.widgets.plot.scale import Axis

__all__ = ["Axis", "LinePlot", "Marker", "Reading", "Series"]

DEFAULT_SIZE = QSizeF(720, 420)
ON_POINT = 10.0
"""How near to a point a click has to be, in device-independent pixels."""


class LinePlot(QWidget):
    """Shows a few series; hovering or the arrow keys read values out.

    read(Reading or None): the place under the pointer or the keyboard's cursor; picked(float): a place with values was
    clicked, or Return was pressed on it; pointPicked(str, int): the click was on a point, of the series of that name.
    Exports paint the same vectors.
    """

    read = Signal(object)
    picked = Signal(float)
    pointPicked = Signal(str, int)

    def __init__(self, name: str = "Plot", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._content = Content()
        self._places: FloatArray = np.empty(0)
        self._cursor: float | None = None
        self._stale = False
        self._empty_text = "Nothing to plot yet."
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)
        self._describe()

    # --- what is shown --------------------------------------------------------------------------------------

    @property
    def series(self) -> tuple[Series, ...]:
        return self._content.series

    @property
    def stale(self) -> bool:
        return self._stale

    def show_series(self, series: Sequence[Series], x: Axis, y: Axis, title: str = "") -> None:
        """Plot these lines. Raises ValueError for a series with as many places as not values."""
        places = [one.points()[0] for one in series]
        self._content = Content(tuple(series), x, y, title)
        self._places = np.unique(np.concatenate(places)) if places else np.empty(0)
        if self._cursor is not None and self._cursor not in self._places:
            self._move_cursor(None)
        elif self._cursor is not None:
            self.read.emit(self.reading(self._cursor))
        self._describe()
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Tint what is on show while newer values are being computed."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def set_empty_text(self, text: str) -> None:
        """What is said where there is nothing to plot."""
        self._empty_text = text
        self._describe()
        self.update()

    def reading(self, x: float) -> Reading:
        """What the series are at a place; those without a value there are left out."""
        return reading_of(self._content, x)

    @property
    def reading_at(self) -> float | None:
        """The place that is read out, None where none is."""
        return self._cursor

    def sizeHint(self) -> QSize:
        return QSize(560, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 160)

    def preferred_size(self) -> QSizeF:
        """The size an export has by default: the one on the screen, never tiny."""
        return QSizeF(self.size()).expandedTo(DEFAULT_SIZE)

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw the plot at a size, without what the pointer reads out."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._content.empty:
            self._paint_empty(painter, QRectF(QPointF(), size))
        else:
            paint_plot(painter, self._content, frame_of(self._content, size))
        painter.restore()

    def place(self, x: float, y: float) -> QPointF:
        """Where a value is drawn in the widget (NaN where it is not)."""
        return frame_of(self._content, QSizeF(self.size())).place(x, y)

    def _describe(self) -> None:
        content = self._content
        if content.empty:
            self.setAccessibleDescription(self._empty_text)
            return
        names = ", ".join(one.name for one in content.series)
        scale = ", logarithmic" if content.y.log else ""
        self.setAccessibleDescription(f"{content.y.title}{scale} over {content.x.title}: {names}.")

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colors.window)
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        self.paint(painter, QSizeF(self.size()))
        painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._cursor is not None and not self._content.empty:
            paint_reading(painter, self._content, frame_of(self._content, QSizeF(self.size())), self._cursor)
        if self._stale:
            self._paint_stale(painter)
        if self.hasFocus():
            painter.setPen(QPen(theme.colors.accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            edge = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(edge, radius.control, radius.control)

    def _paint_empty(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(theme.colors.muted)
        painter.setFont(theme.font("body"))
        inner = area.adjusted(space.l, space.l, -space.l, -space.l)
        painter.drawText(
            inner, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty_text
        )

    def _paint_stale(self, painter: QPainter) -> None:
        painter.setFont(theme.font("small"))
        text = "updating"
        width = painter.fontMetrics().horizontalAdvance(text) + 2 * space.s
        pill = QRectF(self.width() - width - space.s, space.s, width, space.xl - space.xs)
        painter.setPen(QPen(theme.colors.line, 1))
        painter.setBrush(theme.colors.raised)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setPen(theme.colors.muted)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)

    # --- pointer and keys -----------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move_cursor(self._nearest(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._nearest(event.position())
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            point = self.point_at(event.position())
            self.picked.emit(place)
            if point is not None:
                self.pointPicked.emit(*point)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._move_cursor(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._places.size:
            super().keyPressEvent(event)
            return
        here = -1 if self._cursor is None else int(np.searchsorted(self._places, self._cursor))
        last = len(self._places) - 1
        targets = {
            Qt.Key.Key_Left: max(here - 1, 0), Qt.Key.Key_Right: min(here + 1, last),
            Qt.Key.Key_Home: 0, Qt.Key.Key_End: last,
        }  # fmt: skip
        target = targets.get(Qt.Key(event.key()))
        if target is not None:
            self._move_cursor(float(self._places[target]))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cursor is not None:
            self.picked.emit(self._cursor)
        elif event.key() == Qt.Key.Key_Escape and self._cursor is not None:
            self._move_cursor(None)
        else:
            super().keyPressEvent(event)

    def point_at(self, point: QPointF) -> tuple[str, int] | None:
        """The series and the number of the point drawn nearest to a place of the widget; None where none is near."""
        frame = frame_of(self._content, QSizeF(self.size()))
        best, least = None, ON_POINT
        for one in self._content.series:
            if one.marker == "none":
                continue
            places, heights = one.points()
            across = frame.area.left() + frame.x.shares(places) * frame.area.width() - point.x()
            down = frame.area.bottom() - frame.y.shares(heights) * frame.area.height() - point.y()
            away = np.nan_to_num(np.hypot(across, down), nan=np.inf)
            if len(away) and float(away.min()) < least:
                best, least = (one.name, int(away.argmin())), float(away.min())
        return best

    def _nearest(self, point: QPointF) -> float | None:
        """The place with values that is nearest to a point of the widget, None beside the plot."""
        if self._content.empty:
            return None
        frame = frame_of(self._content, QSizeF(self.size()))
        if not frame.area.adjusted(-space.s, -space.s, space.s, space.s).contains(point):
            return None
        shares = frame.x.shares(self._places)
        if not np.isfinite(shares).any():
            return None
        wanted = (point.x() - frame.area.left()) / frame.area.width()
        return float(self._places[int(np.nanargmin(np.abs(shares - wanted)))])

    def _move_cursor(self, place: float | None) -> None:
        if place == self._cursor:
            return
        self._cursor = place
        self.read.emit(None if place is None else self.reading(place))
        self.update()
