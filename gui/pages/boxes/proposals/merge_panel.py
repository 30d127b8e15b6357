"""Why two regions are merged: their histograms over each other, and the four similarities with their sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.detection.proposals.settings import TERMS
from gui.theme import STALE_OPACITY, mix, radius, space, theme, with_alpha

FloatArray = npt.NDArray[np.float64]
ROW: Final = 26.0
BAR: Final = 12.0
NAMES: Final = 76.0
VALUES: Final = 52.0
LEAST_PLOT: Final = 34.0
MOST_PLOT: Final = 190.0
"""Heights of a histogram."""
WIDE: Final = 1.7
"""Panels that are so many times as wide as high have their words on the left."""
WORDS_SHARE: Final = 0.46
GAP: Final = 10.0
HUES: Final = ("hue", "saturation", "value")
CHANNELS: Final = ("red", "green", "blue")


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two regions in the colours of `roles`; `terms` in the order of TERMS, `counted` of them."""

    terms: tuple[float, ...]
    counted: tuple[bool, ...]
    colour: tuple[FloatArray, FloatArray]
    texture: tuple[FloatArray, FloatArray]
    roles: tuple[str, str] = ("accent", "warn")


class MergePanel(QWidget):
    """Shows a title, a sentence, and a comparison where there is one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._sentence = "", ""
        self._compared: Compared | None = None
        self._stale = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Similarity of two regions")
        theme.changed.connect(self.update)

    @property
    def compared(self) -> Compared | None:
        """The comparison on show."""
        return self._compared

    @property
    def title(self) -> str:
        """The title on show."""
        return self._title

    def show_words(self, title: str, sentence: str, compared: Compared | None = None) -> None:
        """Show what happens, and the comparison behind it."""
        self._title, self._sentence, self._compared = title, sentence, compared
        text = f"{title}. {sentence}"
        if compared is not None:
            numbers = (f"{name} {value:.2f}" for name, value in zip(TERMS, compared.terms, strict=True))
            text = f"{text} {', '.join(numbers)}."
        self.setAccessibleDescription(text)
        self.update()

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to another picture or other settings."""
        self._stale = stale
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 200)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        size = QSizeF(self.size())
        if size.width() > WIDE * size.height():
            self._paint_wide(painter, size)
        else:
            self._paint_tall(painter, size)

    def _paint_tall(self, painter: QPainter, size: QSizeF) -> None:
        """Words, both histograms as large as there is room, bars: one beneath the other."""
        top = _words(painter, self._title, self._sentence, size.width(), 4)
        compared = self._compared
        if compared is None:
            return
        bars = ROW * (len(TERMS) + 1) + space.s
        chrome = 2 * (_histogram_chrome() + space.m)
        plot = min((size.height() - top - bars - chrome) / 2, MOST_PLOT)
        if plot >= LEAST_PLOT:
            for name, pair, groups in _histograms(compared):
                area = QRectF(0, top, size.width(), plot)
                top = _histogram(painter, compared, name, pair, groups, area) + space.m
        _bars(painter, compared, QRectF(0, top, size.width(), bars))

    def _paint_wide(self, painter: QPainter, size: QSizeF) -> None:
        """Words and bars on the left, the histograms on the right."""
        left = size.width() if self._compared is None else size.width() * WORDS_SHARE
        top = _words(painter, self._title, self._sentence, left, 3)
        compared = self._compared
        if compared is None:
            return
        _bars(painter, compared, QRectF(0, top, left, ROW * (len(TERMS) + 1) + space.s))
        painter.translate(left + space.xl, 0)
        room, top = size.width() - left - space.xl, 0.0
        plot = min((size.height() - 2 * _histogram_chrome() - space.s) / 2, MOST_PLOT)
        for name, pair, groups in _histograms(compared):
            top = _histogram(painter, compared, name, pair, groups, QRectF(0, top, room, plot)) + space.s


_WRAP: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
_Pair: TypeAlias = tuple[FloatArray, FloatArray]


def _words(painter: QPainter, title: str, sentence: str, width: float, lines: int) -> float:
    """Returns where they end; sentences of up to so many lines end at one place: nothing jumps from step to step."""
    painter.setPen(theme.colors.text)
    painter.setFont(theme.font("section", bold=True))
    area = painter.boundingRect(QRectF(0, 0, width, 1000), _WRAP, title)
    painter.drawText(area, _WRAP, title)
    painter.setFont(theme.font("body"))
    painter.setPen(theme.colors.muted)
    room = QRectF(0, area.bottom() + space.xs, width, 1000)
    words = painter.boundingRect(room, _WRAP, sentence)
    painter.drawText(words, _WRAP, sentence)
    return (
        float(max(words.bottom(), room.top() + lines * QFontMetricsF(theme.font("body")).height())) + space.s
    )


def _histograms(compared: Compared) -> tuple[tuple[str, _Pair, Sequence[str]], ...]:
    return (
        ("Colour, 25 bins each", compared.colour, HUES),
        ("Texture, 8 directions and flat", compared.texture, CHANNELS),
    )


def _histogram_chrome() -> float:
    """The height of the words above and beneath a histogram."""
    return 2 * QFontMetricsF(theme.font("small")).height() + space.xs


def _color(role: str) -> QColor:
    color: QColor = getattr(theme.colors, role)
    return color


def _histogram(
    painter: QPainter, compared: Compared, name: str, pair: _Pair, groups: Sequence[str],
    area: QRectF,
) -> float:  # fmt: skip
    """Both histograms as steps; what they have in common is filled. Returns where it ends."""
    small = theme.font("small")
    line = QFontMetricsF(small).height()
    painter.setFont(small)
    painter.setPen(theme.colors.muted)
    painter.drawText(QRectF(0, area.top(), area.width(), line), Qt.AlignmentFlag.AlignLeft, name)
    plot = QRectF(0, area.top() + line + space.xs, area.width(), area.height())
    highest = float(max(pair[0].max(), pair[1].max(), 1e-9))
    bins = len(pair[0]) // len(groups)
    wide = (plot.width() - GAP * (len(groups) - 1)) / len(groups)
    for index, group in enumerate(groups):
        left = plot.left() + index * (wide + GAP)
        part = slice(index * bins, (index + 1) * bins)
        ground = QRectF(left, plot.top(), wide, plot.height())
        painter.fillRect(ground, theme.colors.surface)
        first, second = (values[part] / highest for values in pair)
        _filled(painter, ground, np.minimum(first, second))
        for values, role in ((first, compared.roles[0]), (second, compared.roles[1])):
            _stepped(painter, ground, values, _color(role), dashed=role == compared.roles[1])
        painter.setPen(QPen(theme.colors.line, 1))
        painter.drawLine(ground.bottomLeft(), ground.bottomRight())
        painter.setPen(theme.colors.muted)
        below = QRectF(left, plot.bottom() + 1, wide, line)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, group)
    return plot.bottom() + line


def _filled(painter: QPainter, ground: QRectF, shares: FloatArray) -> None:
    step = ground.width() / len(shares)
    color = with_alpha(theme.colors.good, 0.35)
    for index, share in enumerate(shares.tolist()):
        if share > 0:
            height = share * ground.height()
            painter.fillRect(
                QRectF(ground.left() + index * step, ground.bottom() - height, step, height), color
            )


def _stepped(painter: QPainter, ground: QRectF, shares: FloatArray, color: QColor, *, dashed: bool) -> None:
    step = ground.width() / len(shares)
    points = [ground.bottomLeft()]
    for index, share in enumerate(shares.tolist()):
        y = ground.bottom() - share * (ground.height() - 1)
        points += [QPointF(ground.left() + index * step, y), QPointF(ground.left() + (index + 1) * step, y)]
    points.append(ground.bottomRight())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 1.5, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine))
    painter.drawPolyline(points)


def _bars(painter: QPainter, compared: Compared, area: QRectF) -> None:
    """One bar a term, and their sum beneath a line."""
    top = area.top()
    for name, value, counts in zip(TERMS, compared.terms, compared.counted, strict=True):
        _bar(painter, name, value, 1.0, QRectF(0, top, area.width(), ROW), counted=counts)
        top += ROW
    painter.setPen(QPen(theme.colors.line, 1))
    painter.drawLine(QLineF(0, top + space.xs, area.width(), top + space.xs))
    total = float(np.dot(compared.terms, compared.counted))
    most = float(sum(compared.counted))
    _bar(painter, "sum", total, most, QRectF(0, top + space.s, area.width(), ROW), counted=True, bold=True)


def _bar(
    painter: QPainter,
    name: str,
    value: float,
    most: float,
    area: QRectF,
    *,
    counted: bool,
    bold: bool = False,
) -> None:
    painter.setFont(theme.font("body", bold=bold))
    painter.setPen(theme.colors.text if counted else theme.colors.faded)
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(0, area.top(), NAMES, ROW), middle | Qt.AlignmentFlag.AlignLeft, name)
    painter.setFont(theme.font("body", mono=True, bold=bold))
    text = f"{value:.3f}" if counted else "off"
    painter.drawText(
        QRectF(area.right() - VALUES, area.top(), VALUES, ROW), middle | Qt.AlignmentFlag.AlignRight, text
    )
    track = QRectF(NAMES, area.center().y() - BAR / 2, area.width() - NAMES - VALUES - space.s, BAR)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mix(theme.colors.surface, theme.colors.line, 0.6))
    painter.drawRoundedRect(track, radius.cell, radius.cell)
    if counted:
        painter.setBrush(theme.colors.good)
        track.setWidth(track.width() * min(max(value / most, 0.0), 1.0))
        painter.drawRoundedRect(track, radius.cell, radius.cell)
