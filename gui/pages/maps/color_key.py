"""The line above the maps: what they are, and what the colours mean in numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.pages.maps.colours import FIRST, LAST, Coloring, rgb, table
from gui.theme import space, theme
from gui.widgets.picture import to_image
from gui.widgets.plain_text import literal
from gui.widgets.plate import number_text

HEIGHT, BAR, LEAST_BAR = 22, 120.0, 40.0


class ColorKey(QWidget):
    """A sentence on the left, a colour bar with its ends and its zero on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: tuple[str, ...] = ()
        self._note = ""
        self._low, self._high, self._coloring = "", "", Coloring()
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """The whole of what is said, where there is room for it."""
        return self._texts[0] if self._texts else ""

    @property
    def ends(self) -> tuple[str, str]:
        """What is written at the ends of the bar."""
        return self._low, self._high

    def say(self, *texts: str) -> None:
        """Name what is beneath, without colours; the first of the texts that fits is shown."""
        self.show_key(texts, None)

    def show_key(
        self,
        texts: Sequence[str],
        ends: tuple[float, float] | None,
        coloring: Coloring | None = None,
        note: str = "",
    ) -> None:
        """Name what is beneath, the longest text that fits; `ends`: the values of the first and the last colour,
        `note`: of what they are."""
        self._texts, self._note = tuple(texts), note
        self._low, self._high = ("", "") if ends is None else (_short(ends[0]), _short(ends[1]))
        self._coloring = coloring or Coloring()
        self.setAccessibleName(self.text)
        self.setToolTip(literal(self.text))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        right = float(self.width())
        if self._low:
            right = self._paint_bar(painter) - space.m
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colors.text)
        area = QRectF(0, 0, max(right, 0), HEIGHT)
        metrics = painter.fontMetrics()
        fitting = [text for text in self._texts if metrics.horizontalAdvance(text) <= area.width()]
        text = (fitting or self._texts[-1:] or ("",))[0]
        text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_bar(self, painter: QPainter) -> float:
        """The bar at the right edge; returns where it begins."""
        mono, plain = theme.font("small", mono=True), theme.font("small")
        low, high = (
            QFontMetricsF(mono).horizontalAdvance(text) + space.xs for text in (self._low, self._high)
        )
        note = QFontMetricsF(plain).horizontalAdvance(self._note) + space.s if self._note else 0.0
        if low + high + note + BAR > 0.6 * self.width():
            note = 0.0
        bar = min(BAR, max(0.6 * self.width() - low - high - note, LEAST_BAR))
        left = self.width() - low - high - bar - note
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setPen(theme.colors.muted)
        painter.setFont(mono)
        painter.drawText(QRectF(left, 0, low - space.xs, HEIGHT), flags, self._low)
        painter.drawText(QRectF(left + low + bar, 0, high, HEIGHT), flags, self._high)
        shown = np.arange(FIRST, LAST + 1, dtype=np.uint8)[None]
        area = QRectF(left + low, (HEIGHT - 10) / 2, bar, 10)
        painter.drawImage(area, to_image(rgb(shown, table(self._coloring))))
        painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
        if note:
            painter.setFont(plain)
            painter.drawText(QRectF(self.width() - note, 0, note, HEIGHT), flags, self._note)
        return left


def _short(value: float) -> str:
    magnitude = abs(value)
    return number_text(value, 0 if magnitude >= 100 or magnitude == 0 else (1 if magnitude >= 10 else 2))
