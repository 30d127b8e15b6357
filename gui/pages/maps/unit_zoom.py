"""One unit beside the picture: its map large, with numbers where they have room, and what it reads on the photo."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.pages.maps import field as fields
from gui.pages.maps.colours import levels, rgb, table
from gui.pages.maps.resolve import Shown
from gui.pages.maps.seen_column import NOTHING
from gui.theme import readable_on, space, theme
from gui.widgets.frame_view import FrameView
from gui.widgets.plate import number_text

LEAST_MARK: Final = 8.0
LEAST_HEIGHT: Final = 90
QWIDGETSIZE_MAX: Final = 16_777_215
NUMBERS_FROM: Final = 34.0
"""Sides of a cell in device-independent pixels from which its number is written into it."""


class _Quiet(FrameView):
    """A picture whose keys belong to the page: arrows go on to another unit."""

    closed = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_height()

    def fit_height(self) -> None:
        """No higher than the picture at this width, so that it stands right beneath its title."""
        width, height = self.picture_size
        if width:
            self.setMaximumHeight(max(round(self.width() * height / width), LEAST_HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.closed.emit()


class MapView(_Quiet):
    """One map in the colours of the mosaic."""

    menuAsked = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._values: npt.NDArray[np.float32] | None = None
        self._colors: npt.NDArray[np.uint8] | None = None
        self._marked: tuple[int, int] | None = None
        self.set_overlay(self._paint_over)

    @property
    def values(self) -> npt.NDArray[np.float32] | None:
        """float32[h, w]: the map on show."""
        return self._values

    def show_map(self, values: npt.NDArray[np.float32], shown: Shown) -> None:
        """Show float32[h, w] as the unit of `shown` is coloured."""
        self._values = values
        unit = slice(shown.unit, shown.unit + 1)
        found = levels(values[None], shown.low[unit], shown.high[unit], shown.coloring.diverging)
        self._colors = rgb(found[0], table(shown.coloring))
        self.set_rgb(self._colors)
        self.fit_height()

    def show_nothing(self, sentence: str) -> None:
        """There is no map: say why."""
        self._values = self._colors = self._marked = None
        self.set_empty_text(sentence)
        self.set_rgb(None)
        self.setMaximumHeight(QWIDGETSIZE_MAX)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menuAsked.emit(event.globalPos())

    def mark(self, row: int, column: int) -> None:
        """Frame one value."""
        self._marked = row, column
        self.update()

    def _paint_over(self, painter: QPainter, transform: QTransform) -> None:
        self._paint_numbers(painter, transform)
        if self._marked is not None:
            cell = transform.mapRect(QRectF(self._marked[1], self._marked[0], 1, 1))
            grown = max(LEAST_MARK - cell.width(), 0) / 2
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colors.accent, 2))
            painter.drawRect(cell.adjusted(-grown, -grown, grown, grown))

    def _paint_numbers(self, painter: QPainter, transform: QTransform) -> None:
        values, colors = self._values, self._colors
        side = transform.m11()
        if values is None or colors is None or side < NUMBERS_FROM:
            return
        painter.setFont(theme.font("small", mono=True))
        decimals = 2 if side >= 1.4 * NUMBERS_FROM else 1
        for row, column in np.ndindex(*values.shape):
            cell = transform.mapRect(QRectF(column, row, 1, 1))
            if not cell.intersects(QRectF(self.rect())):
                continue
            red, green, blue = (int(part) for part in colors[row, column])
            painter.setPen(readable_on(QColor(red, green, blue)))
            painter.drawText(
                cell, Qt.AlignmentFlag.AlignCenter, number_text(float(values[row, column]), decimals)
            )


class UnitZoom(QWidget):
    """pointed(row, column): of the map; left(); closed(): a double click; menuAsked(QPoint)."""

    pointed = Signal(int, int)
    left = Signal()
    closed = Signal()
    menuAsked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Shown | None = None
        self._at: tuple[int, int] | None = None
        self.photo, self.map, self.other = (
            _Quiet("The picture"),
            MapView("The unit's map"),
            MapView("The other map"),
        )
        self.photo.set_empty_text(NOTHING, "eye-off-outline")
        self.photo_title, self.map_title, self.other_title = QLabel(), QLabel(), QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.l)
        self._other_part = _titled(self.other_title, self.other)
        for part in (
            _titled(self.photo_title, self.photo),
            _titled(self.map_title, self.map),
            self._other_part,
        ):
            row.addWidget(part, 1)
        self.map.hovered.connect(self._on_map)
        self.other.hovered.connect(self._on_map)
        self.photo.hovered.connect(self._on_photo)
        for view in (self.photo, self.map, self.other):
            view.left.connect(self._leave)
            view.closed.connect(self.closed)
        self.map.menuAsked.connect(self.menuAsked)
        self.other.menuAsked.connect(self.menuAsked)
        self.setFocusProxy(self.map)

    @property
    def at(self) -> tuple[int, int] | None:
        """Row and column pointed at."""
        return self._at

    def show_unit(self, shown: Shown) -> None:
        """Show the unit of `shown` beside its picture."""
        self._shown = shown
        maps = shown.picture
        self.photo.set_frame(maps.frame)
        self.photo.fit_height()
        _, height, width = shown.values.shape
        self.map.show_map(shown.values[shown.unit], shown)
        self.photo_title.setText(maps.frame.name)
        name = f"Unit {shown.unit}"
        titles = {
            "this": f"{name}: {height} × {width}",
            "other": f"{name}, other",
            "difference": f"{name}, this − other",
        }
        self.map_title.setText(titles[shown.what])
        self._show_companion(shown)
        if self._at is not None and (self._at[0] >= height or self._at[1] >= width):
            self._at = None
        self._mark()

    def _show_companion(self, shown: Shown) -> None:
        """The same unit for the picture whose map is not on show; a difference is of both, in colours of its own."""
        paired = shown.other is not None and shown.what != "difference"
        self._other_part.setVisible(paired)
        if shown.other is not None and paired:
            values, name = (shown.maps.maps, "this") if shown.what == "other" else (shown.other, "other")
            self.other_title.setText(f"Unit {shown.unit}, {name}")
            self.other.show_map(values[shown.unit], shown)

    def show_nothing(self, sentence: str) -> None:
        """There are no maps: say why; the picture of those before is not the one that has none."""
        self._shown = self._at = None
        for title in (self.photo_title, self.map_title):
            title.setText("")
        self.photo.set_frame(None)
        self._other_part.hide()
        self.map.show_nothing(sentence)
        self.photo.set_overlay(None)

    def set_stale(self, stale: bool) -> None:
        for view in (self.photo, self.map, self.other):
            view.set_stale(stale)

    def _mark(self) -> None:
        """The place pointed at, else the strongest one: on the map, and what it reads on the photo."""
        shown = self._shown
        if shown is None:
            return
        row, column = self._at or shown.strongest(shown.unit)
        maps = shown.picture
        found = fields.receptive_field(maps.layer, row, column, maps.seen.shape[0], maps.reduced)
        shares = None if found is None else fields.in_picture(found, maps.window)
        self.photo.set_overlay(fields.overlay(self.photo.picture_size, shares, maps.window))
        for view in (self.map, self.other):
            view.mark(row, column)

    @Slot(int, int)
    def _on_map(self, x: int, y: int) -> None:
        self._at = (y, x)
        self._mark()
        self.pointed.emit(y, x)

    @Slot(int, int)
    def _on_photo(self, x: int, y: int) -> None:
        shown = self._shown
        if shown is None:
            return
        maps = shown.picture
        left, top, right, bottom = maps.window
        across = ((x + 0.5) / maps.frame.width - left) / max(right - left, 1e-9)
        down = ((y + 0.5) / maps.frame.height - top) / max(bottom - top, 1e-9)
        if 0 <= across < 1 and 0 <= down < 1:
            shape = (shown.values.shape[1], shown.values.shape[2])
            row, column = fields.unit_at(maps.layer, shape, across, down, maps.seen.shape[0], maps.reduced)
            self._on_map(column, row)

    @Slot()
    def _leave(self) -> None:
        self._at = None
        self._mark()
        self.left.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._leave()


def _titled(title: QLabel, view: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(space.xs)
    title.setProperty("role", "section")
    title.setSizePolicy(
        QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
    )  # a long name takes no room from maps
    title.setTextFormat(Qt.TextFormat.PlainText)
    column.addWidget(title)
    column.addWidget(view, 1000)
    column.addStretch(1)
    return holder
