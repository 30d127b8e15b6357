"""Formulas with the numbers of now: the definition typeset once, the numbers beside it or, if narrow, beneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, QTimer
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import space, theme, type_scale
from gui.widgets.formula import draw_formula, formula_path, loader, plain_text

LINE: Final = 26.0
BENEATH: Final = 20.0


@dataclass(frozen=True, slots=True)
class Line:
    """One formula: its definition in TeX, the same with numbers in it ("" for none), what comes out."""

    tex: str
    numbers: str
    result: str


class Worked(QWidget):
    """Shows lines; only their numbers change while a hand moves, so that nothing is typeset anew."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)
        loader.ready.connect(self.update)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is on show."""
        return self._lines

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show formulas with their numbers."""
        lines = tuple(lines)
        more = len(lines) != len(self._lines)
        self._lines = lines
        words = (f"{plain_text(line.tex)} = {line.numbers} = {line.result}" for line in lines)
        self.setAccessibleDescription("; ".join(words))
        if more:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def heightForWidth(self, width: int) -> int:
        line = LINE if self._fits(width) else LINE + BENEATH
        return round(line * len(self._lines))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not loader.is_ready:
            QTimer.singleShot(0, loader.start)

    def paintEvent(self, event: QPaintEvent) -> None:
        left = self._definitions() + space.m if self._fits(self.width()) else 0.0
        high = LINE if left else LINE + BENEATH
        metrics = QFontMetricsF(theme.font("body", mono=True))
        painter = QPainter(self)
        for place, line in enumerate(self._lines):
            area = QRectF(0, place * high, self.width(), LINE)
            baseline = area.center().y() + metrics.ascent() / 2 - metrics.descent() / 2
            self._paint_definition(painter, line.tex, QPointF(0, baseline))
            if not left:
                baseline += BENEATH
            x = left
            for text, bold in (
                (f"= {line.numbers} " if line.numbers else "", False),
                (f"= {line.result}", True),
            ):
                painter.setFont(theme.font("body", mono=True, bold=bold))
                painter.setPen(theme.colors.text if bold else theme.colors.muted)
                painter.drawText(QPointF(x, baseline), text)
                x += QFontMetricsF(painter.font()).horizontalAdvance(text)

    def _paint_definition(self, painter: QPainter, tex: str, at: QPointF) -> None:
        if loader.is_ready:
            draw_formula(painter, tex, type_scale.section, at, theme.colors.text)
            return
        painter.setFont(theme.font("section"))
        painter.setPen(theme.colors.text)
        painter.drawText(at, plain_text(tex))

    def _fits(self, width: int) -> bool:
        metrics = QFontMetricsF(theme.font("body", mono=True, bold=True))
        numbers = max(
            (metrics.horizontalAdvance(f"= {line.numbers} = {line.result}") for line in self._lines),
            default=0.0,
        )
        return self._definitions() + space.m + numbers <= width

    def _definitions(self) -> float:
        """How wide the widest definition is."""
        if loader.is_ready:
            paths = (formula_path(line.tex, type_scale.section) for line in self._lines)
            return max((path.boundingRect().right() for path in paths), default=0.0)
        metrics = QFontMetricsF(theme.font("section"))
        return max((metrics.horizontalAdvance(plain_text(line.tex)) for line in self._lines), default=0.0)
