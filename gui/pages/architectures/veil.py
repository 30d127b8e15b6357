"""What lies over the stage while the network on show is on its way, or could not be had."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from gui.theme import PANEL_WIDTH, space, theme


class Veil(QWidget):
    """Tints what is old and says what is going on. Covers its parent; lets nothing through while it is up."""

    againAsked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._stage = parent
        self.title, self.text = QLabel(), QLabel()
        self.title.setProperty("role", "title")
        self.text.setProperty("role", "muted")
        self.again = QPushButton("Try again")
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(True)
            label.setMaximumWidth(2 * PANEL_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.xl, space.xl, space.xl, space.xl)
        column.setSpacing(space.m)
        column.addStretch(1)
        for widget in (self.title, self.text, self.again):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.again.clicked.connect(self.againAsked)
        parent.installEventFilter(self)
        theme.changed.connect(self.update)
        self.hide()

    def lift(self) -> None:
        """What is on show is what was asked for."""
        self.hide()

    def show_waiting(self, title: str, text: str) -> None:
        """The network is on its way."""
        self._show(title, text, failed=False)

    def show_failure(self, title: str, text: str) -> None:
        """The network could not be had."""
        self._show(title, text, failed=True)

    def _show(self, title: str, text: str, *, failed: bool) -> None:
        self.title.setText(title)
        self.text.setText(text)
        for label in (self.title, self.text):  # a wrapped label is as narrow as it may be, unless it is told
            width = label.fontMetrics().horizontalAdvance(label.text()) + space.s
            label.setMinimumWidth(min(width, 2 * PANEL_WIDTH, max(self._stage.width() - 2 * space.xl, 1)))
        self.again.setVisible(failed)
        self.setGeometry(self._stage.rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._stage:
            self.setGeometry(self._stage.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colors.overlay)
