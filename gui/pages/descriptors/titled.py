"""A part of the stage with its name and one line about it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gui.theme import space, theme

LINE = 18


class Line(QWidget):
    """One line of words that ends in dots where there is no room; the whole sentence is its tooltip."""

    def __init__(self, role: str = "muted", size: str = "small", *, bold: bool = False) -> None:
        super().__init__()
        self._text, self._role, self._size, self._bold = "", role, size, bold
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(LINE + (space.xs if bold else 0))
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        return self._text

    def say(self, text: str) -> None:
        """Show another sentence."""
        if text != self._text:
            self._text = text
            self.setToolTip(text)
            self.setAccessibleName(text)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font(self._size, bold=self._bold))
        painter.setPen(getattr(theme.colors, self._role))
        text = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(
            QRectF(self.rect()), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text
        )


class Titled(QWidget):
    """A widget beneath its name and a quiet line."""

    def __init__(self, name: str, content: QWidget) -> None:
        super().__init__()
        self.title, self.detail = Line("text", "body", bold=True), Line()
        self.content = content
        self.title.say(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(self.detail)
        column.addSpacing(space.xs)
        column.addWidget(content, 1000)
        column.addStretch(1)
        self._shape = (0, 0)

    def keep_shape(self, width: int, height: int) -> None:
        """The content is a picture of this shape: no higher than it needs, so that it stays beneath its name."""
        if (width, height) != self._shape:
            self._shape = (width, height)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width, height = self._shape
        if width:
            self.content.setMaximumHeight(
                max(self.width() * height // width + 1, self.content.minimumSizeHint().height())
            )
