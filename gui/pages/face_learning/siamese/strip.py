"""All pictures that can be compared, in rows; those on show have a letter."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import radius, readable_on, theme
from gui.widgets.focus_ring import paint_focus_ring

THUMB, SMALL_THUMB = 26, 18
BADGE: Final = 13.0


class PictureStrip(QWidget):
    """picked(index, as_first): a picture was clicked, with Shift for A; the arrows and Return do the same."""

    picked = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: list[QImage] = []
        self._source: npt.NDArray[np.uint8] | None = None
        self._marks: tuple[int | None, int | None] = (None, None)
        self._cursor = 0
        self._thumb = THUMB
        self.setAccessibleName("Pictures to compare")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def show_pictures(self, pictures: npt.NDArray[np.uint8], first: int | None, second: int | None) -> None:
        """Show uint8[N, s, s]; A and B are marked, None for one that is not among them."""
        if self._source is not pictures:
            self._source = pictures
            side = pictures.shape[1]
            self._images = [
                QImage(one.tobytes(), side, side, side, QImage.Format.Format_Grayscale8).copy()
                for one in pictures
            ]
            self.updateGeometry()
        self._marks = (first, second)
        chosen = "" if second is None else f"B is picture {second + 1} of "
        self.setAccessibleDescription(f"{chosen}{len(pictures)} pictures")
        self.update()

    def set_small(self, small: bool) -> None:
        """Smaller pictures, where there is little height."""
        thumb = SMALL_THUMB if small else THUMB
        if thumb != self._thumb:
            self._thumb = thumb
            self.updateGeometry()
            self.update()

    @property
    def _columns(self) -> int:
        return max(self.width() // self._thumb, 1)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return -(-max(len(self._images), 1) // max(width // self._thumb, 1)) * self._thumb

    def sizeHint(self) -> QSize:
        return QSize(20 * THUMB, self.heightForWidth(max(self.width(), 10 * THUMB)))

    def minimumSizeHint(self) -> QSize:
        return QSize(8 * THUMB, THUMB)

    def rect_of(self, index: int) -> QRectF:
        """Where a picture is in the widget."""
        row, column = divmod(index, self._columns)
        return QRectF(column * self._thumb, row * self._thumb, self._thumb - 2, self._thumb - 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for index, image in enumerate(self._images):
            painter.drawImage(self.rect_of(index), image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for letter, marked in zip("AB", self._marks, strict=True):
            if marked is not None:
                self._paint_mark(painter, marked, letter)
        if self.hasFocus():
            paint_focus_ring(painter, self.rect_of(self._cursor))

    def _paint_mark(self, painter: QPainter, index: int, letter: str) -> None:
        room, color = self.rect_of(index), theme.class_color(0 if letter == "A" else 3)
        painter.setPen(QPen(color, 2.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(room, radius.cell, radius.cell)
        left = room.left() if letter == "A" else room.right() - BADGE
        tag = QRectF(left, room.bottom() - BADGE, BADGE, BADGE)
        painter.fillRect(tag, color)
        painter.setFont(theme.font("small", bold=True))
        painter.setPen(readable_on(color))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, letter)

    def _at(self, place: QPointF) -> int | None:
        return next((i for i in range(len(self._images)) if self.rect_of(i).contains(place)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if index is None or event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._cursor = index
        self.picked.emit(index, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        columns = self._columns
        way = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if way is not None and self._images:
            self._cursor = min(max(self._cursor + way, 0), len(self._images) - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._images:
            self.picked.emit(self._cursor, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)
