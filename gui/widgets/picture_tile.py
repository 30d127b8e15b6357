"""A picture beneath its name and a line about it, with the key of its colours below."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import RGB, space, theme
from gui.widgets.frame_view import FrameView
from gui.widgets.plain_text import literal
from gui.widgets.scene import ColorBar, bar_width

TITLE, DETAIL, FOOT = 22, 18, 22
LEAST = 72
LONGEST_BAR = 280.0
Key = tuple[tuple[RGB, ...], str, str, str]
"""Colours, lowest and highest value, and what they are."""


class PictureTile(QWidget):
    """Names what it shows; its picture keeps its shape and stands at the left, beneath its name."""

    def __init__(
        self, name: str, view: FrameView, *, keyed: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title, self._detail = name, ""
        self._key: Key | None = None
        self._keyed = keyed
        self._expected = (0, 0)
        self.view = view
        view.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(LEAST, LEAST + self._extra())
        theme.changed.connect(self.update)

    @property
    def title(self) -> str:
        return self._title

    @property
    def detail(self) -> str:
        return self._detail

    def say(self, title: str, detail: str = "") -> None:
        """Another name, and the line beneath it; what has no room ends in dots and is told in full by the tooltip."""
        if (title, detail) != (self._title, self._detail):
            self._title, self._detail = title, detail
            self.setToolTip(literal(f"{title}. {detail}" if detail else title))
            self.setAccessibleName(title)
            self.setAccessibleDescription(detail)
            self.update()

    def show_key(self, key: Key | None) -> None:
        """The key of the colours; None for none."""
        if key != self._key:
            self._key = key
            self.update()

    def expect(self, width: int, height: int) -> None:
        """The shape of the picture that is still to come: its place is kept free in that shape."""
        self._expected = width, height

    def arrange(self) -> None:
        """Give the picture its room; to be called when it has another shape."""
        width, height = self.view.picture_size
        if not width:
            width, height = self._expected
        if width:
            self.setMaximumHeight(max(self.width() * height // width, LEAST) + self._extra() + 1)
        room = QRectF(0, TITLE + DETAIL + space.xs, self.width(), max(self.height() - self._extra(), 1))
        if width:
            scale = min(room.width() / width, room.height() / height)
            room.setSize(QRectF(0, 0, max(width * scale, 1), max(height * scale, 1)).size())
        self.view.setGeometry(room.toRect())
        self.update()

    def _extra(self) -> int:
        return TITLE + DETAIL + space.xs + (FOOT if self._keyed else 0)

    def sizeHint(self) -> QSize:
        return QSize(280, 280 + self._extra())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._words(painter, QRectF(0, 0, self.width(), TITLE), self._title, bold=True)
        self._words(painter, QRectF(0, TITLE, self.width(), DETAIL), self._detail)
        if self._keyed and self._key is not None:
            self._paint_key(painter, self._key)

    def _words(self, painter: QPainter, area: QRectF, text: str, *, bold: bool = False) -> None:
        painter.setFont(theme.font("body" if bold else "small", bold=bold))
        painter.setPen(theme.colors.text if bold else theme.colors.muted)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _paint_key(self, painter: QPainter, key: Key) -> None:
        anchors, low, high, label = key
        width = min(float(self.width()), max(float(self.view.width()), LONGEST_BAR))
        if bar_width(low, high, label) > width:
            label = ""
        if bar_width(low, high) > width:
            return  # half a number would be another number
        area = QRectF(0, self.view.geometry().bottom() + 3, min(width, LONGEST_BAR), FOOT - 2)
        ColorBar(area, anchors, low, high, label).paint(painter)
