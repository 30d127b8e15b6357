"""A picture, and beside or beneath it what is said about it: whichever leaves the picture more room."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.theme import space

LEAST_BESIDE: Final = 250
LEAST_BENEATH: Final = 216
SHARE: Final = 0.34
"""What the words get at least of the width or the height."""


class Beside(QWidget):
    """Lays two widgets out; the picture is exactly as large as its shape allows."""

    def __init__(self, picture: QWidget, other: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture, self._other = picture, other
        self._aspect = 1.0
        for widget in (picture, other):
            widget.setParent(self)

    def set_aspect(self, width: int, height: int) -> None:
        """The shape of the picture."""
        aspect = max(width, 1) / max(height, 1)
        if aspect != self._aspect:
            self._aspect = aspect
            self._arrange()

    @property
    def beneath(self) -> bool:
        """Whether the words stand beneath the picture."""
        beside, below = self._rooms()
        return self._fitted(below).height() > self._fitted(beside).height()

    def sizeHint(self) -> QSize:
        return QSize(700, 560)

    def minimumSizeHint(self) -> QSize:
        return QSize(380, 320)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _rooms(self) -> tuple[QSize, QSize]:
        """The room for the picture with the words beside it, and beneath it."""
        width, height, gap = self.width(), self.height(), space.l
        across = max(round(width * SHARE), LEAST_BESIDE)
        down = max(round(height * SHARE), LEAST_BENEATH)
        return QSize(max(width - across - gap, 1), height), QSize(width, max(height - down - gap, 1))

    def _fitted(self, room: QSize) -> QSize:
        width = min(room.width(), room.height() * self._aspect)
        return QSize(max(round(width), 1), max(round(width / self._aspect), 1))

    def _arrange(self) -> None:
        beside, below = self._rooms()
        gap = space.l
        if self.beneath:
            size = self._fitted(below)
            self._picture.setGeometry(QRect(0, 0, size.width(), size.height()))
            top = size.height() + gap
            self._other.setGeometry(QRect(0, top, self.width(), max(self.height() - top, 1)))
        else:
            size = self._fitted(beside)
            self._picture.setGeometry(QRect(0, 0, size.width(), size.height()))
            left = size.width() + gap
            self._other.setGeometry(QRect(left, 0, max(self.width() - left, 1), self.height()))
