"""Formulas with the numbers of now: the definition typeset once, the numbers beside it or, if narrow, beneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QSize, QTimer, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent, QShowEvent
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
        loader.ready.connect(self._typeset)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is on show."""
        return self._lines

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show formulas with their numbers."""
        lines = tuple(lines)
        self._lines = lines
        words = (f"{plain_text(line.tex)} = {line.numbers} = {line.result}" for line in lines)
        self.setAccessibleDescription("; ".join(words))
        if self.heightForWidth(self.width()) != self.height():  # more lines, or longer ones that wrap
            self.updateGeometry()
        self.update()

    @Slot()
    def _typeset(self) -> None:
        """Formulas can be typeset now; they take other room than their plain text."""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def heightForWidth(self, width: int) -> int:
        return round(sum(LINE if beside is not None else LINE + BENEATH for beside in self._places(width)))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not loader.is_ready:
            QTimer.singleShot(0, loader.start)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (
            event.size().width() != event.oldSize().width()
            and self.heightForWidth(self.width()) != self.height()
        ):
            self.updateGeometry()  # the layout knows how high it was at the width of before

    def paintEvent(self, event: QPaintEvent) -> None:
        metrics = QFontMetricsF(theme.font("small", mono=True))
        painter = QPainter(self)
        baseline = LINE / 2 + metrics.ascent() / 2 - metrics.descent() / 2
        for line, beside in zip(self._lines, self._places(self.width()), strict=True):
            self._paint_definition(painter, line.tex, QPointF(0, baseline))
            if beside is None:
                baseline += BENEATH
            self._paint_numbers(painter, line, QPointF(beside or 0.0, baseline))
            baseline += LINE

    def _paint_numbers(self, painter: QPainter, line: Line, at: QPointF) -> None:
        for text, bold in ((f"= {line.numbers} " if line.numbers else "", False), (f"= {line.result}", True)):
            painter.setFont(theme.font("small", mono=True, bold=bold))
            painter.setPen(theme.colors.text if bold else theme.colors.muted)
            painter.drawText(at, text)
            at = at + QPointF(QFontMetricsF(painter.font()).horizontalAdvance(text), 0)

    def _paint_definition(self, painter: QPainter, tex: str, at: QPointF) -> None:
        if loader.is_ready:
            draw_formula(painter, tex, type_scale.section, at, theme.colors.text)
            return
        painter.setFont(theme.font("section"))
        painter.setPen(theme.colors.text)
        painter.drawText(at, plain_text(tex))

    def _places(self, width: int) -> list[float | None]:
        """Where the numbers of each line begin: in one column, else behind their definition; None for beneath it."""
        metrics = QFontMetricsF(theme.font("small", mono=True, bold=True))
        numbers = [metrics.horizontalAdvance(f"= {line.numbers} = {line.result}") for line in self._lines]
        ends = [self._definition(line.tex) + space.m for line in self._lines]
        column = max(ends, default=0.0)
        if column + max(numbers, default=0.0) <= width:
            return [column] * len(ends)
        return [end if end + wide <= width else None for end, wide in zip(ends, numbers, strict=True)]

    def _definition(self, tex: str) -> float:
        """How wide a definition is."""
        if loader.is_ready:
            return formula_path(tex, type_scale.section).boundingRect().right()
        return QFontMetricsF(theme.font("section")).horizontalAdvance(plain_text(tex))
