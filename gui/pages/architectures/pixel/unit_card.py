"""The card beside the picture: what a unit reads, in numbers and in words."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.pages.architectures.pixel.unit_words import UnitWords
from gui.theme import radius, space, theme, type_scale

TWO_COLUMNS_FROM: Final = 430.0
GROWTH: Final = (
    "Field before + (window − 1) × stride before",
    "Before + (window − 1) × stride",
    "How it grows",
)
"""The title of how the field grows: the first one that fits."""


def paint_card(painter: QPainter, words: UnitWords, size: QSizeF) -> None:
    """Draw the card at the painter's origin; sentences for which there is no room are left to the last ones."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colors.line, 1))
    painter.setBrush(theme.colors.surface)
    painter.drawRoundedRect(QRectF(0.5, 0.5, size.width() - 1, size.height() - 1), radius.card, radius.card)
    inner = QRectF(space.l, space.m, size.width() - 2 * space.l, size.height() - 2 * space.m)
    y = _paint_head(painter, words, inner)
    y = _paint_facts(painter, words, inner, y)
    y = _paint_sentences(painter, words, inner, y)
    _paint_growth(painter, words, inner, y)


def _paint_head(painter: QPainter, words: UnitWords, inner: QRectF) -> float:
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    y = inner.top()
    for text, font, color in (
        (words.title, _title_font(words.title, inner.width()), theme.colors.text),
        (words.unit, theme.font("body"), theme.colors.text),
        (words.subtitle, theme.font("small"), theme.colors.muted),
    ):
        height = QFontMetricsF(font).height()
        painter.setFont(font)
        painter.setPen(color)
        end = Qt.TextElideMode.ElideLeft if text == words.title else Qt.TextElideMode.ElideRight
        shown = painter.fontMetrics().elidedText(text, end, int(inner.width()) + 1)
        painter.drawText(QRectF(inner.left(), y, inner.width(), height), left, shown)
        y += height
    return y + space.s


def _title_font(text: str, width: float) -> QFont:
    """The largest font in which a layer's name fits, else the smallest."""
    fonts = [theme.font(size, bold=True) for size in ("section", "body", "small")]
    return next((font for font in fonts if QFontMetricsF(font).horizontalAdvance(text) <= width), fonts[-1])


def _paint_facts(painter: QPainter, words: UnitWords, inner: QRectF, top: float) -> float:
    """Names and values, in two columns where there is room."""
    columns = 2 if inner.width() >= TWO_COLUMNS_FROM else 1
    font, mono = theme.font("body"), theme.font("body", mono=True)
    line = QFontMetricsF(font).height() + space.xs
    room = (inner.width() - (columns - 1) * space.xl) / columns
    rows = -(-len(words.facts) // columns)
    for index, (name, value) in enumerate(words.facts):
        column, row = divmod(index, rows)
        area = QRectF(inner.left() + column * (room + space.xl), top + row * line, room, line)
        if area.bottom() > inner.bottom():
            continue
        painter.setFont(font)
        painter.setPen(theme.colors.muted)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        taken = painter.fontMetrics().horizontalAdvance(name) + space.m
        painter.setFont(mono)
        if painter.fontMetrics().horizontalAdvance(value) > room - taken:
            painter.setFont(theme.font("small", mono=True))
        painter.setPen(theme.colors.text)
        shown = painter.fontMetrics().elidedText(value, Qt.TextElideMode.ElideRight, int(room - taken) + 1)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
    return top + rows * line + space.s


def _paint_sentences(painter: QPainter, words: UnitWords, inner: QRectF, top: float) -> float:
    painter.setFont(theme.font("small"))
    flags = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignTop)
    y = top
    for index, sentence in enumerate(words.sentences):
        room = QRectF(inner.left(), y, inner.width(), inner.bottom() - y)
        needed = painter.fontMetrics().boundingRect(room.toRect(), flags, sentence)
        if needed.height() > room.height() + 1:
            break
        painter.setPen(theme.colors.muted if index == len(words.sentences) - 1 else theme.colors.text)
        painter.drawText(room, flags, sentence)
        y += needed.height() + space.xs
    return y


def _paint_growth(painter: QPainter, words: UnitWords, inner: QRectF, top: float) -> None:
    """How the field grew, nearest layers last; where there is no room for all of them, the last ones."""
    line = _growth_line()
    room = int((inner.bottom() - top - space.s) / line) - 1
    if room < 2 or not words.growth:
        return
    shown = words.growth[-room:]
    y = top + space.s
    left, right = (
        a | Qt.AlignmentFlag.AlignVCenter for a in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
    )
    painter.setFont(theme.font("small", bold=True))
    painter.setPen(theme.colors.text)
    metrics = painter.fontMetrics()
    title = next((text for text in GROWTH if metrics.horizontalAdvance(text) <= inner.width()), GROWTH[-1])
    painter.drawText(QRectF(inner.left(), y, inner.width(), line), left, title)
    if len(shown) < len(words.growth):
        left_out = len(words.growth) - len(shown) + 1
        shown = ((f"… {left_out} layers before", ""), *shown[1:])
    for name, text in shown:
        y += line
        area = QRectF(inner.left(), y, inner.width(), line)
        painter.setFont(theme.font("small", mono=True))
        painter.setPen(theme.colors.text)
        painter.drawText(area, right, text)
        taken = painter.fontMetrics().horizontalAdvance(text) + space.m
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.muted)
        name = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideLeft, int(area.width() - taken))
        painter.drawText(area, left, name)


def _growth_line() -> float:
    return QFontMetricsF(theme.font("small", mono=True)).height() + 1


def needed_height(words: UnitWords, width: float) -> float:
    """The height at which the card shows all of its words."""
    inner = width - 2 * space.l
    columns = 2 if inner >= TWO_COLUMNS_FROM else 1
    body = QFontMetricsF(theme.font("body")).height() + space.xs
    small = QFontMetricsF(theme.font("small"))
    title = QFontMetricsF(_title_font(words.title, inner)).height()
    head = title + QFontMetricsF(theme.font("body")).height() + small.height() + space.s
    facts = -(-len(words.facts) // columns) * body + space.s
    flags = int(Qt.TextFlag.TextWordWrap)
    room = QRectF(0, 0, max(inner, 1.0), type_scale.presenter * 1000.0)
    sentences = sum(small.boundingRect(room, flags, text).height() + space.xs + 1 for text in words.sentences)
    growth = (len(words.growth) + 1) * _growth_line() + space.s if words.growth else 0.0
    return 2 * space.m + head + facts + sentences + growth + 2


class UnitCard(QWidget):
    """Shows the words of a unit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: UnitWords | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("What the unit reads")
        theme.changed.connect(self._retint)

    @property
    def words(self) -> UnitWords | None:
        return self._words

    def show_words(self, words: UnitWords | None) -> None:
        """Show other words."""
        self._words = words
        self.setAccessibleDescription("" if words is None else words.spoken)
        self.setToolTip("" if words is None else "\n".join(words.sentences))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 96)

    @Slot()
    def _retint(self) -> None:
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._words is not None:
            paint_card(painter, self._words, QSizeF(self.size()))
