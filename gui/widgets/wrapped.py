"""Words and too little room: some wrap and are never cut off, some stay on one line and say that they go on."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from gui.theme import theme
from gui.widgets.plain_text import literal

TALLEST = 10_000


class Wrapped(QLabel):
    """A label that is exactly as high as its text needs at its width."""

    def __init__(self, role: str = "muted") -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Show another text."""
        if text != self.text():
            self.setText(text)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def height_at(self, width: int) -> int:
        """How high its text is at a width."""
        area = QRect(0, 0, max(width, 1), TALLEST)
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
        return self.fontMetrics().boundingRect(area, flags, self.text()).height() if self.text() else 0

    def _fit(self) -> None:
        height = self.height_at(self.width())
        if height != self.height():
            self.setFixedHeight(height)


class OneLine(QLabel):
    """A label of one line that ends in dots where there is no room; the whole text is its tooltip then."""

    def __init__(self, text: str = "", role: str = "muted") -> None:
        super().__init__(text)
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter = QPainter(self)
        painter.setPen(theme.colors.muted if self.property("role") == "muted" else theme.colors.text)
        painter.drawText(room, int(self.alignment()), shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        cut = self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()
        self.setToolTip(literal(self.text()) if cut else "")
