"""A label of several lines that is never cut off: it claims the height that its text takes at its width."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class Words(QLabel):
    """Wrapped plain text; `role` is that of the style sheet."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if role:
            self.setProperty("role", role)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)

    def setText(self, text: str) -> None:
        if text != self.text():
            super().setText(text)
            self._claim()

    def hasHeightForWidth(self) -> bool:
        return False  # the least height says it, also where layouts do not ask

    def sizeHint(self) -> QSize:
        return QSize(0, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._claim()

    def _claim(self) -> None:
        # QLabel's own heightForWidth is never less than the minimum, which is what is worked out here.
        self.ensurePolished()
        margins = self.contentsMargins()
        width = self.width() - margins.left() - margins.right()
        area = QRect(0, 0, max(width, 1), 1 << 16)
        box = self.fontMetrics().boundingRect(area, Qt.TextFlag.TextWordWrap, self.text())
        height = box.height() if self.text() and self.width() > 1 else 0
        if height != self.minimumHeight():
            self.setMinimumHeight(height)
            self.updateGeometry()
