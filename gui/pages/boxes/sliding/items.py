"""What the scenes of this view draw besides plates: digits on cells, bars of answers, boxes that were found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.detection.scoring import Found
from engine.detection.sliding.window_net import LABELS, NOTHING
from gui import colormaps
from gui.theme import radius, readable_on, space, theme, with_alpha
from gui.widgets.plate import Plate
from gui.widgets.stage_text import text_width

LEAST_LETTER: Final = 8.0
"""Cells of this size have room for a digit."""
SAID_FROM: Final = 0.5
"""The probability from which a cell says its digit."""
LABEL_HEIGHT: Final = 18.0
LEAST_BAR, MOST_BAR = 12.0, 10.0


@dataclass(frozen=True, slots=True)
class Letters:
    """The digit that each cell of a plate of answers says, where it says one. `kinds` int[rows, columns]."""

    plate: Plate
    kinds: npt.NDArray[np.int64]
    said: npt.NDArray[np.bool_]

    def paint(self, painter: QPainter) -> None:
        cell = self.plate.cell
        if cell < LEAST_LETTER:
            return
        painter.save()
        font = theme.font("small", mono=True, bold=True)
        font.setPixelSize(max(int(cell * 0.72), 7))
        painter.setFont(font)
        for row, column in zip(*np.nonzero(self.said), strict=True):
            red, green, blue = (int(part) for part in self.plate.colors[row, column])
            painter.setPen(readable_on(QColor(red, green, blue)))
            label = LABELS[int(self.kinds[row, column])]
            painter.drawText(self.plate.cell_rect(row, column), Qt.AlignmentFlag.AlignCenter, label)
        painter.restore()


@dataclass(frozen=True, slots=True)
class AnswerBars:
    """A bar for each of the eleven answers, with its probability; where there is no room, for the likeliest ones."""

    area: QRectF
    probabilities: npt.NDArray[np.floating]

    def paint(self, painter: QPainter) -> None:
        painter.save()
        count = min(max(int(self.area.height() // LEAST_BAR), 1), len(LABELS))
        order = np.argsort(-self.probabilities, kind="stable")
        shown = range(len(LABELS)) if count == len(LABELS) else order[:count].tolist()
        line = self.area.height() / count
        for place, index in enumerate(shown):
            area = QRectF(self.area.left(), self.area.top() + place * line, self.area.width(), line)
            self._bar(painter, area, index, best=index == int(order[0]))
        painter.restore()

    def _bar(self, painter: QPainter, area: QRectF, index: int, *, best: bool) -> None:
        """One answer: its name, the bar, the number; the likeliest stands out."""
        value, colors = float(self.probabilities[index]), theme.colors
        names = text_width(LABELS[NOTHING], bold=True) + space.s
        numbers = text_width("0.000", mono=True, bold=True) + space.s
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colors.text if best else colors.muted)
        painter.setFont(theme.font("small", bold=best))
        painter.drawText(
            QRectF(area.left(), area.top(), names - space.s, area.height()), right, LABELS[index]
        )
        painter.setFont(theme.font("small", mono=True, bold=best))
        number = f"{value:.3f}" if value >= 0.0005 else "0"
        painter.drawText(QRectF(area.right() - numbers, area.top(), numbers, area.height()), right, number)
        room = QRectF(
            area.left() + names, 0, area.width() - names - numbers, min(0.6 * area.height(), MOST_BAR)
        )
        room.moveCenter(QPointF(room.center().x(), area.center().y()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.line)
        painter.drawRoundedRect(room, radius.cell, radius.cell)
        room.setWidth(room.width() * value)
        painter.setBrush(colors.accent if best else colors.muted)
        painter.drawRoundedRect(room, radius.cell, radius.cell)


@dataclass(frozen=True, slots=True)
class FoundBoxes:
    """Boxes on a picture that lies in `area` and is `size` (height, width) pixels large; labels stay inside of it.

    `faint`: those before suppression, without labels.
    """

    area: QRectF
    size: tuple[int, int]
    found: Found
    faint: bool = False

    def rect_of(self, index: int) -> QRectF:
        """Where a box lies."""
        x1, y1, x2, y2 = self.found.boxes[index].tolist()
        across, down = self.area.width() / self.size[1], self.area.height() / self.size[0]
        return QRectF(
            QPointF(self.area.left() + x1 * across, self.area.top() + y1 * down),
            QPointF(self.area.left() + x2 * across, self.area.top() + y2 * down),
        )

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setClipRect(self.area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index in reversed(range(len(self.found.scores))):  # the strongest one on top
            kind = int(self.found.classes[index])
            color = theme.class_color(kind)
            if self.faint:
                painter.setPen(QPen(with_alpha(color, 0.35), 1.0))
                painter.drawRect(self.rect_of(index))
                continue
            painter.setPen(QPen(color, 2.5))
            painter.drawRect(self.rect_of(index))
            self._label(painter, index, kind, color)
        painter.restore()

    def _label(self, painter: QPainter, index: int, kind: int, color: QColor) -> None:
        rect = self.rect_of(index)
        text = f"{LABELS[kind]}  {self.found.scores[index]:.3f}"
        if text_width(text, bold=True) + space.s > rect.width():
            text = LABELS[kind]
        painter.setFont(theme.font("small", bold=True))
        wide = text_width(text, bold=True) + space.s
        left = min(max(rect.left(), self.area.left()), self.area.right() - wide)
        top = min(max(rect.top() - LABEL_HEIGHT, self.area.top()), self.area.bottom() - LABEL_HEIGHT)
        label = QRectF(left, top, wide, LABEL_HEIGHT)
        painter.fillRect(label, color)
        painter.setPen(readable_on(color))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)
        painter.setBrush(Qt.BrushStyle.NoBrush)


@dataclass(frozen=True, slots=True)
class TextTable:
    """Rows of words and numbers: the first column on the left, the others on the right of equal columns.

    The first row is the head; `strong` rows stand out.
    """

    area: QRectF
    rows: Sequence[Sequence[str]]
    first: float = 0.4
    strong: tuple[int, ...] = ()
    type: str = "small"

    def paint(self, painter: QPainter) -> None:
        painter.save()
        line = self.area.height() / len(self.rows)
        first = self.area.width() * self.first
        wide = (self.area.width() - first) / max(len(self.rows[0]) - 1, 1)
        for number, row in enumerate(self.rows):
            top = self.area.top() + number * line
            head, bold = number == 0, number in self.strong
            painter.setPen(theme.colors.muted if head else theme.colors.text)
            for place, text in enumerate(row):
                painter.setFont(theme.font(self.type, mono=place > 0 and not head, bold=bold))
                left = self.area.left() + (first + (place - 1) * wide if place else 0.0)
                area = QRectF(left, top, wide if place else first, line)
                side = Qt.AlignmentFlag.AlignRight if place else Qt.AlignmentFlag.AlignLeft
                painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)
            painter.setPen(QPen(theme.colors.line, 1))
            bottom = round(top + line) - 0.5
            painter.drawLine(QPointF(self.area.left(), bottom), QPointF(self.area.right(), bottom))
        painter.restore()


def heat(key: str, answers: npt.NDArray[np.float32] | None, grid: tuple[int, int], title: str) -> Plate:
    """The grid of answers: the probability of the likeliest digit in one hue; empty while there are none."""
    if answers is None:
        values = np.zeros(grid)
        return Plate(
            key, values, colormaps.probability(values), title, hidden=np.ones(grid, bool), numbers=False
        )
    values = answers[..., :NOTHING].max(-1).astype(np.float64)
    return Plate(key, values, colormaps.probability(values), title, numbers=False)


def letters(
    plate: Plate, answers: npt.NDArray[np.float32], known: npt.NDArray[np.bool_] | None = None
) -> Letters:
    """The digits on a grid of answers, where one is likelier than not and its window has been looked at."""
    digits = answers[..., :NOTHING]
    said = digits.max(-1) >= SAID_FROM
    return Letters(plate, digits.argmax(-1).astype(np.int64), said if known is None else said & known)


def short_count(count: float) -> str:
    """A large number with three or four digits: "185 million", "40,000"."""
    if count >= 1e9:
        return f"{count / 1e9:.2f} billion"
    if count >= 1e6:
        return f"{count / 1e6:.1f} million" if count < 1e8 else f"{count / 1e6:.0f} million"
    return f"{count:,.0f}"


def milliseconds(seconds: float) -> str:
    """A measured time, three significant digits: "1.23 ms"."""
    return f"{seconds * 1000:,.3g} ms" if seconds < 1 else f"{seconds:.3g} s"
