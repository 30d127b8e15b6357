"""The unit in two small pictures: the photo with what the unit reads, its map with where it is; a click moves it."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPen, QTransform
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from engine.images import Frame
from engine.inside.descent.requests import UnitLook
from gui import colormaps
from gui.theme import space, theme, with_alpha
from gui.widgets.facts import Fact
from gui.widgets.frame_view import FrameView
from gui.widgets.number_text import format_number

SIDE: Final = 124
NOTHING: Final = "Nothing yet"


class _Small(FrameView):
    """A square that takes no more room than it is given."""

    def __init__(self, name: str, icon: str) -> None:
        super().__init__(name)
        self.set_empty_text(NOTHING, icon)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(SIDE)

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def minimumSizeHint(self) -> QSize:
        return QSize(SIDE // 2, SIDE)


class UnitCard(QWidget):
    """placePicked(row, column): a cell of the map; pointed(facts): what is under the pointer, [] for nothing."""

    placePicked = Signal(int, int)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: UnitLook | None = None
        self.photo, self.map = _Small("Picture", "image-outline"), _Small("Map of the unit", "grid")
        self.photo.setToolTip("What the net reads of the picture, and the unit's receptive field in it")
        self.map.setToolTip("The map of this channel: click to look at the unit there")
        self.caption = QLabel()
        self.caption.setProperty("role", "muted")
        self.caption.setWordWrap(True)
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(space.s)
        for column, (title, view) in enumerate((("Picture", self.photo), ("Map", self.map))):
            label = QLabel(title)
            label.setProperty("role", "muted")
            grid.addWidget(label, 0, column)
            grid.addWidget(view, 1, column)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self.caption, 2, 0, 1, 2)
        self.map.clicked.connect(self._clicked)
        self.map.hovered.connect(self._hovered)
        self.map.left.connect(self._left)
        self.photo.set_overlay(self._paint_field)
        self.map.set_overlay(self._paint_place)
        theme.changed.connect(self._tint)

    @property
    def look(self) -> UnitLook | None:
        """What is on show."""
        return self._look

    def show_picture(self, frame: Frame | None) -> None:
        """The picture, as soon as it is there."""
        self.photo.set_frame(frame)

    def show_look(self, look: UnitLook) -> None:
        """Show a unit."""
        self._look = look
        self.photo.set_frame(look.request.frame)
        self.photo.update()
        self._tint()
        rows, columns = look.map.shape
        text = f"row {look.row}, column {look.column} of {rows} × {columns}: {format_number(round(look.value, 4))}"
        self.caption.setText(f"{text}\n{look.note}".strip())

    def say(self, sentence: str) -> None:
        """There is no such unit: why."""
        self._look = None
        self.map.set_rgb(None)
        self.photo.update()
        self.caption.setText(sentence)

    def set_stale(self, stale: bool) -> None:
        self.map.set_stale(stale)

    @Slot()
    def _tint(self) -> None:
        if self._look is None:
            return
        values = self._look.map
        finite = values[np.isfinite(values)]
        limit = float(np.abs(finite).max()) if finite.size else 0.0
        self.map.set_rgb(
            colormaps.activations(np.nan_to_num(values, posinf=limit, neginf=-limit), limit or 1.0)
        )

    def _paint_field(self, painter: QPainter, transform: QTransform) -> None:
        """What the net reads, dashed, and in it what the unit reads."""
        look = self._look
        if look is None or self.photo.frame is not look.request.frame:
            return
        seen, field = areas(look)
        _frame(painter, transform.mapRect(seen), dashed=True)
        _frame(painter, transform.mapRect(field))

    def _paint_place(self, painter: QPainter, transform: QTransform) -> None:
        look = self._look
        if look is not None:
            cell = transform.mapRect(QRectF(look.column, look.row, 1, 1))
            _frame(painter, cell.adjusted(-1, -1, 1, 1))

    @Slot(int, int)
    def _clicked(self, x: int, y: int) -> None:
        self.placePicked.emit(y, x)

    @Slot(int, int)
    def _hovered(self, x: int, y: int) -> None:
        look = self._look
        if look is None or not (y < look.map.shape[0] and x < look.map.shape[1]):
            return
        facts: list[Fact] = [
            ("unit of the map", f"row {y}, column {x}", "Counted from 0."),
            ("activation", format_number(round(float(look.map[y, x]), 5)), ""),
        ]
        self.pointed.emit(facts)

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])


def areas(look: UnitLook) -> tuple[QRectF, QRectF]:
    """What the net reads of the picture, and what the unit reads, in the picture's pixels."""
    width, height = look.request.frame.width, look.request.frame.height
    left, top, right, bottom = look.window
    seen = QRectF(left * width, top * height, (right - left) * width, (bottom - top) * height)
    rows, columns = look.seen.shape[:2]
    first_row, first_column, last_row, last_column = look.field
    across, down = seen.width() / columns, seen.height() / rows
    field = QRectF(
        seen.x() + first_column * across,
        seen.y() + first_row * down,
        (last_column - first_column) * across,
        (last_row - first_row) * down,
    )
    return seen, field


def _frame(painter: QPainter, area: QRectF, *, dashed: bool = False) -> None:
    """A frame that is seen on light and on dark."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(with_alpha(theme.colors.window, 0.8), 3))
    painter.drawRect(area)
    style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
    painter.setPen(QPen(theme.colors.accent, 1 if dashed else 1.5, style))
    painter.drawRect(area)
