"""The worked formulas of the layer on show: letters of the course, and behind them the numbers, typeset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, QTimer, Slot
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.pages.shapes.formulas import Worked
from gui.theme import space, theme, type_scale
from gui.widgets.formula import formula_path, loader, plain_text
from gui.widgets.typeset import plain, typeset

TWO_COLUMNS_FROM: Final = 820.0
BIG_FROM: Final = 820.0
LEAST_SHRINK: Final = 0.6
WARM_MS: Final = 1


@dataclass(frozen=True, slots=True)
class _Line:
    """One typeset formula with its baseline at y = 0."""

    path: QPainterPath
    split: float
    """Where the numbers begin."""
    width: float
    ascent: float
    descent: float


def _typeset(worked: Worked, px: float) -> _Line:
    letters = formula_path(f"{worked.letters} =", px)
    box, numbers = letters.boundingRect(), typeset(worked.numbers, px)
    split = box.right() + 0.3 * px
    path = QPainterPath(letters)
    path.addPath(numbers.path.translated(split, 0))
    return _Line(
        path,
        split,
        split + numbers.width,
        max(-box.top(), numbers.ascent),
        max(box.bottom(), numbers.descent),
    )


def paint_worked(painter: QPainter, formulas: Sequence[Worked], size: QSizeF) -> None:
    """Draw formulas from the top left corner: in two columns where there is room, each line as wide as it fits."""
    lines = [_typeset(worked, _px(size.width())) for worked in formulas]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for line, at, room in _placed(lines, size):
        scale = max(min(room / line.width, 1.0), LEAST_SHRINK) if line.width else 1.0
        painter.save()
        painter.translate(at)
        painter.scale(scale, scale)
        painter.fillPath(line.path, theme.colors.text)
        painter.restore()


def _px(width: float) -> float:
    return float(type_scale.section if width >= BIG_FROM else type_scale.body)


def _placed(lines: Sequence[_Line], size: QSizeF) -> list[tuple[_Line, QPointF, float]]:
    """Each line with its baseline's left end and its room."""
    if not lines:
        return []
    two = size.width() >= TWO_COLUMNS_FROM and len(lines) > 2
    split = (len(lines) + 1) // 2 if two else _that_fit(lines, size.height())
    room = (size.width() - space.xl) / 2 if two else size.width()
    found = []
    for number, column in enumerate((lines[:split], lines[split:]) if two else (lines[:split],)):
        tall = sum(line.ascent + line.descent for line in column)
        gap = min(max((size.height() - tall) / max(len(column), 1), 1.0), float(space.m))
        y = 0.0
        for line in column:
            y += line.ascent
            found.append((line, QPointF(number * (room + space.xl), y), room))
            y += line.descent + gap
    return found


def _that_fit(lines: Sequence[_Line], height: float) -> int:
    """How many of the first lines there is room for, one at least: none is cut in two."""
    used = 0.0
    for number, line in enumerate(lines):
        used += line.ascent + line.descent + 1
        if used > height + 1 and number:
            return number
    return len(lines)


class WorkedFormulas(QWidget):
    """Shows formulas; draws nothing until matplotlib is loaded, which begins when it is first shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._formulas: tuple[Worked, ...] = ()
        self._warm: list[str] = []
        self._timer = QTimer(self)
        self._timer.setInterval(WARM_MS)
        self._timer.timeout.connect(self._warm_up)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)
        loader.ready.connect(self._ready)

    def show_formulas(self, formulas: Sequence[Worked]) -> None:
        """Show other formulas."""
        self._formulas = tuple(formulas)
        self.setAccessibleName("; ".join(self.texts()))
        self.update()

    def texts(self) -> list[str]:
        """The formulas on show in plain text."""
        return [f"{plain_text(worked.letters)} = {plain(worked.numbers)}" for worked in self._formulas]

    def warm(self, formulas: Sequence[Worked]) -> None:
        """Typeset these in idle moments, so that the first look at them does not wait."""
        self._warm = [worked.letters for worked in formulas]
        self._ready()

    @Slot()
    def _ready(self) -> None:
        if loader.is_ready and self._warm:
            self._timer.start()
        self.update()

    @Slot()
    def _warm_up(self) -> None:
        if not self._warm or not self.isVisible():
            self._timer.stop()
            return
        formula_path(f"{self._warm.pop()} =", _px(self.width()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if loader.is_ready:
            self._ready()
        else:
            QTimer.singleShot(0, loader.start)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not loader.is_ready:
            return
        # Before the painter is there: the parser caches exceptions whose tracebacks would keep it alive.
        for worked in self._formulas:
            _typeset(worked, _px(self.width()))
        painter = QPainter(self)
        painter.setClipRect(QRectF(self.rect()))
        paint_worked(painter, self._formulas, QSizeF(self.size()))
        painter.end()
