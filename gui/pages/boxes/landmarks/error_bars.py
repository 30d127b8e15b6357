"""Two errors as bars: of one order and of mixed ones. The one on show stands out."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.pages.boxes.landmarks.shown import percent
from gui.theme import radius, space, theme, with_alpha

LINE: Final = 30
BAR: Final = 14.0


class ErrorBars(QWidget):
    """Shows (name, share of the width) pairs; `shown`: which one the picture above is about."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[tuple[str, float], ...] = ()
        self._shown = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Error of the best constant answer")
        theme.changed.connect(self.update)

    def show_bars(self, bars: tuple[tuple[str, float], ...], shown: int) -> None:
        """Show errors."""
        if (bars, shown) != (self._bars, self._shown):
            self._bars, self._shown = bars, shown
            self.setAccessibleDescription("; ".join(f"{name} {percent(value)}" for name, value in bars))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, len(self._bars) * LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = theme.font("body", bold=True)
        names = (
            max((QFontMetricsF(font).horizontalAdvance(name) for name, _ in self._bars), default=0.0)
            + space.m
        )
        numbers = QFontMetricsF(theme.font("body", mono=True)).horizontalAdvance("100.0 %") + space.s
        longest = max((value for _, value in self._bars), default=0.0) or 1.0
        room = max(self.width() - names - numbers, 1.0)
        for place, (name, value) in enumerate(self._bars):
            line = QRectF(0, place * LINE, self.width(), LINE)
            here = place == self._shown
            painter.setFont(theme.font("body", bold=here))
            painter.setPen(theme.colors.text if here else theme.colors.muted)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
            bar = QRectF(names, line.center().y() - BAR / 2, max(room * value / longest, 1.0), BAR)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colors.accent if here else with_alpha(theme.colors.accent, 0.4))
            painter.drawRoundedRect(bar, radius.cell, radius.cell)
            painter.setFont(theme.font("body", mono=True))
            painter.setPen(theme.colors.text)
            number = line.adjusted(bar.right() + space.s, 0, 0, 0)
            painter.drawText(
                number, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, percent(value)
            )
