"""One picture of the row: what the net got, or what came down by one rule."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import radius, space, theme
from gui.widgets.frame_view import FrameView
from gui.widgets.picture import ByteArray
from gui.widgets.wrapped import OneLine

LEAST: Final = 60
WIDTH: Final = 160
TALLEST: Final = 1.5
"""Of a picture, in its widths; a taller one is drawn smaller."""


class Tile(QWidget):
    """chosen(): clicked. hovered(x, y) and left() of its picture."""

    chosen = Signal()
    hovered = Signal(int, int)
    left = Signal()

    def __init__(self, title: str, line: str, *, choosable: bool = True) -> None:
        super().__init__()
        self._on = False
        self._choosable = choosable
        self.title, self.line = QLabel(title), OneLine(line)
        self.title.setProperty("role", "section" if not choosable else "")
        self.title.setFont(theme.font("body", bold=True))
        self.view = FrameView(title)
        self.view.set_empty_text("Nothing yet", "image-outline")
        column = QVBoxLayout(self)
        column.setContentsMargins(space.s, space.xs, space.s, space.s)
        column.setSpacing(space.xs)
        column.addWidget(self.title)
        column.addWidget(self.line)
        column.addWidget(self.view, 100)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.view.hovered.connect(self.hovered)
        self.view.left.connect(self.left)
        self.view.clicked.connect(self._clicked)

    def show_pixels(self, pixels: ByteArray | None, name: str) -> None:
        """Show colours, or nothing; `name` says what for those who cannot see it."""
        self.view.set_rgb(pixels)
        self._fit()
        self.view.setAccessibleName(name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """No higher than the picture at this width."""
        self.view.setMaximumHeight(self._picture_height(self.width()))

    def _picture_height(self, width: int) -> int:
        across, down = self.view.picture_size
        return _high(width, min(down / across, TALLEST) if across else 1.0)

    def height_for(self, width: int) -> int:
        """What the picture and its words need at a width."""
        return self._picture_height(width) + self._words()

    def square_for(self, width: int) -> int:
        """The same for a square picture."""
        return _high(width, 1.0) + self._words()

    def _words(self) -> int:
        return self.title.sizeHint().height() + self.line.sizeHint().height() + 3 * space.xs + space.s

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, self.height_for(WIDTH))

    def set_chosen(self, on: bool) -> None:
        """Whether this is the rule whose steps are shown."""
        if on != self._on:
            self._on = on
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._on:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colors.accent, 1))
        painter.setBrush(theme.colors.selected)
        card = QRectF(0, 0, self.width(), self.view.geometry().bottom() + 1 + space.s)
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), radius.control, radius.control)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._choosable and event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit()

    @Slot(int, int)
    def _clicked(self, _x: int, _y: int) -> None:
        if self._choosable:
            self.chosen.emit()


def _high(width: int, shape: float) -> int:
    """The height of a picture of that shape (height by width) in a tile of that width."""
    return max(round((width - 2 * space.s) * shape), LEAST)
