"""All maps of a layer as one picture, with a cursor on one of them: painted from one array, whatever their number."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.pages.maps.colours import Levels, levels, table
from gui.pages.maps.mosaic_layout import LABEL, MosaicLayout, averaged, canvas_of, fill, fitted
from gui.pages.maps.resolve import Shown
from gui.theme import STALE_OPACITY, radius, space, theme, with_alpha

WAITING = "The maps are on their way."
Place = tuple[int, int, int]
"""Channel, row and column of a value."""


class Mosaic(QWidget):
    """hovered(channel, row, column); left(); picked(channel): a click or an arrow key put the cursor on a map;
    opened(channel): a double click or Enter; menuAsked(channel or -1, QPoint)."""

    hovered = Signal(int, int, int)
    left = Signal()
    picked = Signal(int)
    opened = Signal(int)
    menuAsked = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Shown | None = None
        self._pinned: frozenset[int] = frozenset()
        self._locked = False
        self._layout: MosaicLayout | None = None
        self._levels: Levels | None = None
        self._base: tuple[object, ...] = ()
        self._pixels: npt.NDArray[np.uint32] | None = None
        self._image: QImage | None = None
        self._stale = False
        self._empty = WAITING
        self._hovered: Place | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Feature maps")
        theme.changed.connect(self._recolor)

    # --- what is shown ---------------------------------------------------------------------------------------

    @property
    def shown(self) -> Shown | None:
        return self._shown

    @property
    def stale(self) -> bool:
        return self._stale

    @property
    def empty_text(self) -> str:
        """What is said while there are no maps."""
        return self._empty if self._shown is None else ""

    @property
    def layout_now(self) -> MosaicLayout | None:
        """Where the maps lie, None while there are none."""
        return self._layout

    @property
    def levels(self) -> Levels | None:
        """The maps on show as levels of the table of colours, uint8[C, h, w]; large ones averaged down."""
        return self._levels

    def show_maps(self, shown: Shown, pinned: Collection[int] = (), *, locked: bool = False) -> None:
        """Show maps with the cursor on one of them; what did not change is not painted anew."""
        before, self._shown = self._shown, shown
        self._pinned, self._locked = frozenset(pinned), locked
        if before is None or self._levels is None or not _same_levels(before, shown):
            self._redraw()
        elif before.coloring != shown.coloring or not np.array_equal(before.order, shown.order):
            self._recolor()
        self._describe()
        self.update()

    def show_nothing(self, sentence: str) -> None:
        """There are no maps: say why."""
        self._shown = self._layout = self._levels = self._pixels = self._image = None
        self._empty = sentence
        self._describe()
        self.update()

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to the past: it stays, tinted, until the new maps are there."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 160)

    def _describe(self) -> None:
        shown = self._shown
        if shown is None:
            self.setAccessibleDescription(self._empty)
            return
        count, height, width = shown.values.shape
        self.setAccessibleDescription(
            f"{count} maps of {height} × {width} values of the layer {shown.maps.layer.name}; "
            f"the cursor is on unit {shown.unit}."
        )

    # --- picture ---------------------------------------------------------------------------------------------

    def _room(self) -> tuple[float, float]:
        return max(self.width() - 2 * space.xs, 1), max(self.height() - 2 * space.xs, 1)

    def _redraw(self) -> None:
        """Other maps, or another room for them."""
        shown = self._shown
        if shown is None:
            return
        count, height, width = shown.values.shape
        self._layout = fitted(count, (height, width), self._room(), self.devicePixelRatioF())
        small = averaged(shown.values, self._layout)
        self._levels = levels(small, shown.low, shown.high, shown.coloring.diverging)
        self._recolor()

    @Slot()
    def _recolor(self) -> None:
        """The same levels in other colours or in another order."""
        shown, layout = self._shown, self._layout
        if self._levels is None or shown is None or layout is None:
            return
        self._paint_base(shown, layout)
        assert self._pixels is not None
        fill(self._pixels, self._levels, shown.order, layout, table(shown.coloring))
        self.update()

    def _paint_base(self, shown: Shown, layout: MosaicLayout) -> None:
        """What lies between the maps: their outlines and their numbers, which stay while a picture plays."""
        base = (layout, shown.order.tobytes(), theme.dark, self.devicePixelRatioF())
        if base == self._base and self._pixels is not None:
            return
        self._base = base
        colors = theme.colors
        self._pixels = canvas_of(layout, colors.window.rgb())
        height, width = self._pixels.shape
        self._image = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(self.devicePixelRatioF())
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setPen(QPen(colors.line, 1))
        cells = [self.cell(place).translated(-self._origin()) for place in range(layout.count)]
        painter.drawRects([cell.adjusted(-1, -1, 0, 0) for cell in cells])
        if layout.label:
            painter.setFont(theme.font("small", mono=True))
            painter.setPen(colors.muted)
            for cell, channel in zip(cells, shown.order.tolist(), strict=True):
                painter.drawText(_number_area(cell), Qt.AlignmentFlag.AlignCenter, str(channel))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._redraw()

    def _origin(self) -> QPointF:
        """Where the mosaic begins: in the middle of the width, at the top, on whole pixels."""
        assert self._layout is not None
        ratio = self.devicePixelRatioF()
        return QPointF(round((self.width() - self._layout.size[0] / ratio) / 2), space.xs)

    def cell(self, place: int) -> QRectF:
        """Where the map at a place of the order lies in the widget."""
        assert self._layout is not None
        ratio = self.devicePixelRatioF()
        x, y = self._layout.corner(place)
        size = QSizeF(self._layout.width, self._layout.height) / ratio
        return QRectF(self._origin() + QPointF(x, y) / ratio, size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._shown is None or self._image is None or self._layout is None:
            painter.setPen(theme.colors.muted)
            painter.setFont(theme.font("body"))
            area = QRectF(self.rect()).adjusted(space.xl, 0, -space.xl, 0)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)
            return
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        painter.drawImage(self._origin(), self._image)
        painter.setOpacity(1.0)
        self._paint_rim(painter, self._layout)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self._paint_marks(painter, self._shown, self._layout)

    def _paint_rim(self, painter: QPainter, layout: MosaicLayout) -> None:
        """The outlines of the first row and the first column, which lie outside of the picture."""
        painter.setPen(QPen(theme.colors.line, 1))
        for place in range(min(layout.columns, layout.count)):
            cell = self.cell(place).adjusted(-1, -1, 0, 0)
            painter.drawLine(cell.topLeft(), cell.topRight())
        for place in range(0, layout.count, layout.columns):
            cell = self.cell(place).adjusted(-1, -1, 0, 0)
            painter.drawLine(cell.topLeft(), cell.bottomLeft())

    def _paint_marks(self, painter: QPainter, shown: Shown, layout: MosaicLayout) -> None:
        """Silent units, pins, and the cursor on top."""
        marked = shown.silent.copy()
        marked[list(self._pinned & set(range(layout.count)))] = True
        for place in np.flatnonzero(marked[shown.order]).tolist():
            channel = int(shown.order[place])
            if shown.silent[channel]:
                self._paint_silent(painter, self.cell(place))
            if channel in self._pinned:
                _paint_ring(painter, self.cell(place), dashed=True)
        self._paint_cursor(painter, shown, layout)
        if self._hovered is not None and not self._stale and self._hovered[0] != shown.unit:
            where = np.flatnonzero(shown.order == self._hovered[0])
            if where.size:
                _paint_ring(painter, self.cell(int(where[0])))

    def _paint_cursor(self, painter: QPainter, shown: Shown, layout: MosaicLayout) -> None:
        """A ring, a second one with the focus, a lock where it is locked, and the number in the ring's colour."""
        cell = self.cell(shown.place)
        _paint_ring(painter, cell, thick=True)
        if self.hasFocus():
            _paint_ring(painter, cell.adjusted(-1, -1, 1, 1), thick=True)
        if self._locked:
            painter.drawPixmap(
                cell.topRight() + QPointF(-14, 2), theme.pixmap("lock", 12, theme.colors.accent)
            )
        if layout.label:
            area = _number_area(cell)
            painter.fillRect(area.adjusted(0, 2, 0, 0), theme.colors.window)
            painter.setFont(theme.font("small", mono=True, bold=True))
            painter.setPen(theme.colors.accent)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(shown.unit))

    def _paint_silent(self, painter: QPainter, cell: QRectF) -> None:
        """A thin stroke through a map of one value: it shows nothing, and says so."""
        painter.setPen(QPen(with_alpha(theme.colors.muted, 0.6), 1))
        painter.drawLine(cell.bottomLeft() + QPointF(2, -2), cell.topRight() + QPointF(-2, 2))

    # --- pointer and keys ------------------------------------------------------------------------------------

    def place_at(self, point: QPointF) -> Place | None:
        """The value under a point of the widget."""
        if self._shown is None or self._layout is None:
            return None
        at = (point - self._origin()) * self.devicePixelRatioF()
        found = self._layout.at(at.x(), at.y()) if at.x() >= 0 and at.y() >= 0 else None
        if found is None:
            return None
        place, across, down = found
        _, height, width = self._shown.values.shape
        return int(self._shown.order[place]), int(down * height), int(across * width)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place == self._hovered:
            return
        self._hovered = place
        self.update()
        if place is None:
            self.left.emit()
        else:
            self.hovered.emit(*place)

    def leaveEvent(self, event: QEvent) -> None:
        if self._hovered is not None:
            self._hovered = None
            self.update()
            self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            self.picked.emit(place[0])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is not None:
            self.opened.emit(place[0])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = self.place_at(QPointF(event.pos()))
        self.menuAsked.emit(-1 if place is None else place[0], event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = self._step(event)
        if self._shown is not None and step is not None:
            count = len(self._shown.order)
            place = min(max(self._shown.place + step, 0), count - 1)
            if place != self._shown.place:
                self.picked.emit(int(self._shown.order[place]))
        elif self._shown is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self._shown.unit)
        else:
            super().keyPressEvent(event)

    def _step(self, event: QKeyEvent) -> int | None:
        """How many maps a key goes on: the arrows by one and by a row, with Shift by a row in any direction."""
        columns = self._layout.columns if self._layout is not None else 1
        aside = columns if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        count = 0 if self._shown is None else len(self._shown.order)
        steps = {
            Qt.Key.Key_Left: -aside, Qt.Key.Key_Right: aside, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns,
            Qt.Key.Key_Home: -count, Qt.Key.Key_End: count,
        }  # fmt: skip
        return steps.get(Qt.Key(event.key()))


def _same_levels(before: Shown, now: Shown) -> bool:
    """Whether the maps have the same levels, in whatever colours and order."""
    return (
        before.values is now.values
        and before.coloring.diverging == now.coloring.diverging
        and np.array_equal(before.low, now.low)
        and np.array_equal(before.high, now.high)
    )


def _number_area(cell: QRectF) -> QRectF:
    """Where the number of a map stands: beneath it."""
    return QRectF(cell.left(), cell.bottom(), cell.width(), LABEL)


def _paint_ring(painter: QPainter, cell: QRectF, *, thick: bool = False, dashed: bool = False) -> None:
    """A frame around a map, in the gap beside it."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    color = theme.colors.accent if thick or dashed else theme.colors.muted
    style = Qt.PenStyle.DotLine if dashed else Qt.PenStyle.SolidLine
    painter.setPen(QPen(color, 2 if thick or dashed else 1, style))
    painter.drawRoundedRect(cell.adjusted(-1.5, -1.5, 1.5, 1.5), radius.cell, radius.cell)
