"""A number of the table of costs with a bar beneath it: its share of the largest in its row."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import STALE_OPACITY, mix, radius, space, theme

BAR: Final = 6


class CostCell(QWidget):
    """`show_cost(text, share)`: the share 0..1 is drawn as a bar; None draws none."""

    def __init__(self, name: str, *, barred: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._share, self._stale = "–", 0.0, False
        self._barred = barred
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    @property
    def text(self) -> str:
        """The number on show."""
        return self._text

    def show_cost(self, text: str, share: float = 0.0) -> None:
        """Show a number and its bar."""
        self._text, self._share = text, min(max(share, 0.0), 1.0)
        self.setAccessibleDescription(text)
        self.update()

    def set_stale(self, stale: bool) -> None:
        """The number belongs to another question."""
        self._stale = stale
        self.update()

    def sizeHint(self) -> QSize:
        line = QFontMetrics(theme.font("body", mono=True)).height()
        return QSize(120, line + (BAR + space.xs if self._barred else 0))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        font = theme.font("body", mono=True)
        painter.setFont(font)
        painter.setPen(theme.colors.text)
        line = QFontMetrics(font).height()
        painter.drawText(QRectF(0, 0, self.width(), line), Qt.AlignmentFlag.AlignLeft, self._text)
        if self._barred:
            track = QRectF(0, line + 1, self.width(), BAR)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mix(theme.colors.surface, theme.colors.line, 0.6))
            painter.drawRoundedRect(track, radius.cell, radius.cell)
            painter.setBrush(theme.colors.accent)
            if self._share > 0:
                track.setWidth(max(track.width() * self._share, 1.0))
                painter.drawRoundedRect(track, radius.cell, radius.cell)
