"""A vector as a column between brackets: the names of its components, their values, and what a guess costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import radius, space, theme, with_alpha
from gui.widgets.focus_ring import paint_focus_ring

LOW_ROW: Final = 20.0
HIGH_ROW: Final = 32.0
BAR: Final = 4.0
"""The height of the bar under a term of the loss."""
BRACKET: Final = 5.0
SUBSCRIPT: Final = 0.75
SUBSCRIPT_DROP: Final = 0.28
CHIP: Final = 8.0
WHEEL_ROWS: Final = 2
MOST_SPARE: Final = 72.0
"""By how much columns are spread where there is room; what is left of it lies on both sides."""


@dataclass(frozen=True, slots=True)
class Row:
    """One component: its symbol ("b_x"), what it is in words, its value; of a guess: its value and what it costs.

    `share`: of this term in the loss, 0..1. `faded`: it does not matter. `color`: of the class that it stands for.
    """

    symbol: str
    words: str
    value: str
    guess: str = ""
    term: str = ""
    cost: str = ""
    share: float = 0.0
    faded: bool = False
    color: QColor | None = None


@dataclass(frozen=True, slots=True)
class Heads:
    """What stands above the columns."""

    value: str = "y"
    guess: str = "ŷ"
    term: str = "loss, term by term"
    cost: str = "loss"
    """The same where there is no room for the terms."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns are in a block: left edges and widths; a width of 0 leaves a column out."""

    symbol: tuple[float, float]
    words: tuple[float, float]
    value: tuple[float, float]
    guess: tuple[float, float]
    term: tuple[float, float]
    cost: tuple[float, float]


class ComponentTable(QWidget):
    """Shows rows; hovering or the arrow keys point at one. pointed(index or None)."""

    pointed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._heads = Heads()
        self._total = ""
        self._known_widths: dict[str, float] | None = None
        self._first = 0
        """The first row in sight, where not all of them fit."""
        self._lit: frozenset[int] = frozenset()
        self._at: int | None = None
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    # --- what is shown --------------------------------------------------------------------------------------

    @property
    def rows(self) -> tuple[Row, ...]:
        """The components on show."""
        return self._rows

    @property
    def total(self) -> str:
        """The line beneath them."""
        return self._total

    def show_rows(self, rows: Sequence[Row], heads: Heads | None = None, total: str = "") -> None:
        """Show components; `total` is the line beneath, "" for none."""
        self._rows, self._heads, self._total = tuple(rows), heads or Heads(), total
        self._known_widths = None
        self._scroll_to(self._first)
        if self._at is not None and self._at >= len(self._rows):
            self._point_at(None)
        self._describe()
        self.update()

    def light(self, indices: Sequence[int]) -> None:
        """Mark rows that belong to what is pointed at elsewhere."""
        if frozenset(indices) != self._lit:
            self._lit = frozenset(indices)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._wanted_width()), self.height_for(HIGH_ROW))

    def height_for(self, row: float) -> int:
        """The height at which rows are so high."""
        return math.ceil((len(self._rows) + (2 if self._total else 1)) * row)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 160)

    def row_rect(self, index: int) -> QRectF:
        """Where a row is in the widget; empty where it is scrolled out of sight."""
        height, per_block, blocks = self._grid()
        block, place = divmod(index - self._first, per_block)
        if not 0 <= block < blocks:
            return QRectF()
        width = self.width() / blocks
        return QRectF(block * width, (place + 1) * height, width, height)

    def row_at(self, point: QPointF) -> int | None:
        """The row under a point."""
        return next((i for i in range(len(self._rows)) if self.row_rect(i).contains(point)), None)

    def _grid(self) -> tuple[float, int, int]:
        """Height of a row, rows in a block, blocks side by side."""
        count, extra = max(len(self._rows), 1), 2 if self._total else 1
        height = min(max(self.height() / (count + extra), LOW_ROW), HIGH_ROW)
        per_block = max(int(self.height() / height + 1e-6) - extra, 1)
        if not self._costs and not self._fit_all(per_block, count):
            per_block = max(per_block - 1, 1)  # the line that says so needs room
        blocks = 1 if self._costs else min(-(-count // per_block), self._fitting)
        return height, min(per_block, -(-count // blocks)), blocks

    @property
    def _fitting(self) -> int:
        """How many blocks of symbols and values fit side by side."""
        widths = self._widths()
        return max(int(self.width() / (widths["symbol"] + widths["value"] + 3 * space.s)), 1)

    def _fit_all(self, per_block: int, count: int) -> bool:
        return per_block * self._fitting >= count

    def _scroll_to(self, first: int) -> None:
        """Begin with another row, as far as there are more than fit."""
        _, per_block, blocks = self._grid()
        first = min(max(first, 0), max(len(self._rows) - per_block * blocks, 0))
        if first != self._first:
            self._first = first
            self.update()

    @property
    def _costs(self) -> bool:
        return any(row.guess for row in self._rows)

    def _describe(self) -> None:
        rows = self._rows if self._at is None else self._rows[self._at : self._at + 1]
        words = "; ".join(
            f"{row.symbol} {row.value}{f', guess {row.guess}, {row.cost}' if row.guess else ''}"
            for row in rows
        )
        self.setAccessibleDescription(f"{words}. {self._total}" if self._total else words)

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._rows:
            return
        height, per_block, blocks = self._grid()
        for block in range(blocks):
            first = self._first + block * per_block
            rows = self._rows[first : first + per_block]
            area = QRectF(block * self.width() / blocks, 0, self.width() / blocks, (len(rows) + 1) * height)
            self._paint_block(painter, area, first, rows, height)
        self._paint_rest(painter, self._first + per_block * blocks)
        if self._total:
            right = sum(self._columns(QRectF(self.rect())).cost)
            line = QRectF(0, (per_block + 1) * height, right, height)
            painter.setFont(theme.font("section", bold=True))
            painter.setPen(theme.colors.text)
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._total)
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()))

    def _paint_block(
        self, painter: QPainter, area: QRectF, first: int, rows: Sequence[Row], height: float
    ) -> None:
        columns = self._columns(area)
        self._paint_heads(painter, columns, QRectF(area.left(), 0, area.width(), height))
        body = QRectF(area.left(), height, area.width(), len(rows) * height)
        for place, row in enumerate(rows):
            line = QRectF(body.left(), body.top() + place * height, body.width(), height)
            self._paint_row(
                painter, columns, line, row, lit=first + place in self._lit or first + place == self._at
            )
        for left, width in (columns.value, columns.guess):
            if width:
                _paint_brackets(painter, QRectF(left, body.top() + 2, width, body.height() - 4))

    def _paint_rest(self, painter: QPainter, beyond: int) -> None:
        """Say that the wheel or the arrow keys lead to more rows."""
        if self._first == 0 and beyond >= len(self._rows):
            return
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.muted)
        text = f"{self._first + 1} to {min(beyond, len(self._rows))} of {len(self._rows)}, scroll for more"
        line = QRectF(0, 0, self.width(), self.height()).adjusted(space.s, 0, -space.s, 0)
        painter.drawText(line, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight, text)

    def _paint_heads(self, painter: QPainter, columns: Columns, line: QRectF) -> None:
        painter.setFont(theme.font("small", bold=True))
        painter.setPen(theme.colors.muted)
        for (left, width), text in (
            (columns.value, self._heads.value), (columns.guess, self._heads.guess),
        ):  # fmt: skip
            if width:
                area = QRectF(left, line.top(), width, line.height())
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
        if columns.cost[1]:
            text = self._heads.term if columns.term[1] else self._heads.cost
            left = columns.term[0] if columns.term[1] else columns.cost[0]
            area = QRectF(left, line.top(), sum(columns.cost) - left, line.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_row(self, painter: QPainter, columns: Columns, line: QRectF, row: Row, *, lit: bool) -> None:
        colors = theme.colors
        if lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.selected)
            painter.drawRoundedRect(line.adjusted(2, 1, -2, -1), radius.cell, radius.cell)
        ink = colors.faded if row.faded else colors.text
        painter.setPen(ink)
        paint_symbol(painter, _cell(line, columns.symbol), row.symbol)
        if columns.words[1]:
            self._paint_words(painter, _cell(line, columns.words), row)
        mono = theme.font("body", mono=True)
        for place, text, align in (
            (columns.value, row.value, Qt.AlignmentFlag.AlignHCenter),
            (columns.guess, row.guess, Qt.AlignmentFlag.AlignHCenter),
            (columns.term, row.term, Qt.AlignmentFlag.AlignRight),
            (columns.cost, row.cost, Qt.AlignmentFlag.AlignRight),
        ):
            if not place[1]:
                continue
            given = row.guess if place is columns.guess else ""
            painter.setPen(colors.text if given and not row.faded else ink)
            painter.setFont(mono if place is not columns.term else theme.font("small", mono=True))
            painter.drawText(_cell(line, place), align | Qt.AlignmentFlag.AlignVCenter, text)
        if columns.cost[1] and row.share > 0:
            self._paint_bar(painter, columns, line, row.share)

    def _paint_words(self, painter: QPainter, area: QRectF, row: Row) -> None:
        if row.color is not None:
            painter.setBrush(with_alpha(row.color, 0.4) if row.faded else row.color)
            painter.setPen(Qt.PenStyle.NoPen)
            chip = QRectF(area.left(), area.center().y() - CHIP / 2, CHIP, CHIP)
            painter.drawRoundedRect(chip, radius.cell, radius.cell)
            area = area.adjusted(CHIP + space.xs, 0, 0, 0)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.faded if row.faded else theme.colors.muted)
        text = painter.fontMetrics().elidedText(row.words, Qt.TextElideMode.ElideRight, int(area.width()) + 1)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_bar(self, painter: QPainter, columns: Columns, line: QRectF, share: float) -> None:
        left = columns.term[0] if columns.term[1] else columns.cost[0]
        right = sum(columns.cost)
        length = (right - left) * share
        if length < 1:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colors.accent)
        painter.drawRect(QRectF(right - length, line.bottom() - BAR, length, BAR - 1))

    # --- columns --------------------------------------------------------------------------------------------

    def _widest(self, of: Callable[[Row], str], font: QFont) -> float:
        metrics = QFontMetricsF(font)
        return max((metrics.horizontalAdvance(of(row)) for row in self._rows), default=0.0)

    def _widths(self) -> dict[str, float]:
        """What the columns need; asked for every block of every paint."""
        if self._known_widths is None:
            self._known_widths = self._measured()
        return dict(self._known_widths)

    def _measured(self) -> dict[str, float]:
        mono, small = theme.font("body", mono=True), theme.font("small", mono=True)
        found = {
            "symbol": self._widest(lambda row: row.symbol.replace("_", ""), theme.font("section")) + space.s,
            "words": self._widest(lambda row: row.words, theme.font("small")) + CHIP + 2 * space.xs,
            "value": self._widest(lambda row: row.value, mono) + 2 * space.s,
        }
        if self._costs:
            found["guess"] = self._widest(lambda row: row.guess, mono) + 2 * space.s
            found["term"] = self._widest(lambda row: row.term, small)
            found["cost"] = self._widest(lambda row: row.cost, mono) + space.s
        return found

    def _wanted_width(self) -> float:
        widths = self._widths()
        return sum(widths.values()) + (len(widths) + 1) * space.s

    def _columns(self, area: QRectF) -> Columns:
        """All columns where there is room; first the terms go, which pointing tells, too, then the words."""
        widths = self._widths()
        room = area.width() - 2 * space.s
        for name in ("term", "words"):
            if sum(widths.values()) + (len(widths) - 1) * space.s > room:
                widths.pop(name, None)
        spare = max(room - sum(widths.values()) - (len(widths) - 1) * space.s, 0.0)
        wider = min(spare, MOST_SPARE) if "term" in widths else 0.0
        left, found = area.left() + space.s + (spare - wider) / 2, {}
        for name in ("symbol", "words", "value", "guess", "term", "cost"):
            width = widths.get(name, 0.0)
            if (name == "term" and width) or ("term" not in widths and name == "words" and width):
                width += wider
            found[name] = (left, width)
            left += width + space.s if width else 0.0
        return Columns(**found)

    # --- pointer and keys -----------------------------------------------------------------------------------

    def _point_at(self, index: int | None) -> None:
        if index != self._at:
            self._at = index
            self._describe()
            self.pointed.emit(index)
            self.update()

    def _bring_into_sight(self) -> None:
        at = self._at
        if at is not None and self.row_rect(at).isEmpty():
            _, per_block, blocks = self._grid()
            self._scroll_to(at if at < self._first else at - per_block * blocks + 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.row_at(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        self._scroll_to(self._first - (1 if turned > 0 else -1) * WHEEL_ROWS if turned else self._first)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scroll_to(self._first)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None and self._rows and not event.modifiers():
            start = -1 if self._at is None and step > 0 else self._at or 0
            self._point_at(min(max(start + step, 0), len(self._rows) - 1))
            self._bring_into_sight()
        elif event.key() == Qt.Key.Key_Escape and self._at is not None:
            self._point_at(None)
        else:
            super().keyPressEvent(event)


def paint_symbol(painter: QPainter, area: QRectF, symbol: str) -> None:
    """ "b_x" as a letter with its index, at the left of an area; the pen says the colour."""
    base, _, index = symbol.partition("_")
    font = theme.font("section")
    font.setItalic(True)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    baseline = area.center().y() + metrics.ascent() / 2 - metrics.descent() / 2
    painter.drawText(QPointF(area.left(), baseline), base)
    small = QFont(font)
    small.setPixelSize(max(round(font.pixelSize() * SUBSCRIPT), 9))
    painter.setFont(small)
    drop = metrics.ascent() * SUBSCRIPT_DROP
    painter.drawText(QPointF(area.left() + metrics.horizontalAdvance(base) + 1, baseline + drop), index)


def _cell(line: QRectF, column: tuple[float, float]) -> QRectF:
    return QRectF(column[0], line.top(), column[1], line.height())


def _paint_brackets(painter: QPainter, area: QRectF) -> None:
    painter.setPen(QPen(theme.colors.muted, 1.5))
    for edge, inward in ((area.left(), BRACKET), (area.right(), -BRACKET)):
        painter.drawLine(QPointF(edge, area.top()), QPointF(edge, area.bottom()))
        for y in (area.top(), area.bottom()):
            painter.drawLine(QPointF(edge, y), QPointF(edge + inward, y))
