"""What a canvas draws: plates, words, lines, colour bars, laid out in device-independent pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPainterPath, QPen

from gui.colormaps import color_at
from gui.theme import RGB, radius, theme, with_alpha
from gui.widgets.plate import Plate

LINK_WIDTH = 1.5
BAR_GAP = 6.0
LEAST_BAR = 24.0


class Item(Protocol):
    """Anything that can draw itself on a canvas."""

    def paint(self, painter: QPainter) -> None: ...


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text in a box; `role` names a colour of the palette."""

    area: QRectF
    text: str
    role: str = "text"
    size: str = "small"
    mono: bool = False
    bold: bool = False
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft
    color: QColor | None = None
    elide: bool = True
    wrap: bool = False

    def paint(self, painter: QPainter) -> None:
        painter.setFont(theme.font(self.size, mono=self.mono, bold=self.bold))
        painter.setPen(self.color or getattr(theme.colors, self.role))
        flags = self.align | Qt.AlignmentFlag.AlignVCenter
        if self.wrap:
            painter.drawText(
                self.area,
                int(self.align | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap),
                self.text,
            )
            return
        text = self.text
        if self.elide:
            text = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, int(self.area.width()) + 1
            )
        painter.drawText(self.area, flags, text)


@dataclass(frozen=True, slots=True)
class Link:
    """A quiet line from one place to another: what feeds what. Level up to `turn`, then a curve that ends level."""

    start: QPointF
    end: QPointF
    role: str = "accent"
    opacity: float = 0.55
    turn: float | None = None

    def paint(self, painter: QPainter) -> None:
        path = QPainterPath(self.start)
        begin = QPointF(self.start.x() if self.turn is None else self.turn, self.start.y())
        path.lineTo(begin)
        bend = QPointF((self.end.x() - begin.x()) / 2, 0)
        path.cubicTo(begin + bend, self.end - bend, self.end)
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(with_alpha(getattr(theme.colors, self.role), self.opacity), LINK_WIDTH))
        painter.drawPath(path)
        painter.restore()


@dataclass(frozen=True, slots=True)
class Node:
    """A small round knot in which several lines meet, with the sign of what happens there."""

    center: QPointF
    sign: str
    radius: float = 10.0
    role: str = "accent"

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setPen(QPen(getattr(theme.colors, self.role), LINK_WIDTH))
        painter.setBrush(theme.colors.surface)
        painter.drawEllipse(self.center, self.radius, self.radius)
        painter.setPen(theme.colors.text)
        painter.setFont(theme.font("body", bold=True))
        side = 2 * self.radius
        area = QRectF(self.center.x() - self.radius, self.center.y() - self.radius, side, side)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.sign)
        painter.restore()


@dataclass(frozen=True, slots=True)
class ColorBar:
    """The key of a colour map: a thin bar with its lowest and highest value, and what it is the key of."""

    area: QRectF
    anchors: tuple[RGB, ...]
    low: str
    high: str
    label: str = ""

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setPen(theme.colors.muted)
        left = self.area.left() + self._words(painter, self.area.left(), self.label, mono=False)
        left += self._words(painter, left, self.low)
        high = QFontMetricsF(theme.font("small", mono=True)).horizontalAdvance(self.high) + BAR_GAP
        width = max(self.area.right() - left - high, LEAST_BAR)
        bar = QRectF(left, self.area.center().y() - 3, width, 6)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for stop in range(11):
            gradient.setColorAt(stop / 10, color_at(self.anchors, stop / 10))
        self._words(painter, bar.right() + BAR_GAP, self.high)
        painter.setPen(QPen(theme.colors.line, 1))
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 2, 2)
        painter.restore()

    def _words(self, painter: QPainter, left: float, text: str, *, mono: bool = True) -> float:
        """Write and say how much room it took, with the gap behind it."""
        if not text:
            return 0.0
        font = theme.font("small", mono=mono)
        painter.setFont(font)
        width = QFontMetricsF(font).horizontalAdvance(text)
        area = QRectF(left, self.area.top(), width + BAR_GAP, self.area.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        return width + BAR_GAP


def bar_width(low: str, high: str, label: str = "") -> float:
    """The least width of a colour bar with these words."""
    numbers, words = QFontMetricsF(theme.font("small", mono=True)), QFontMetricsF(theme.font("small"))
    named = words.horizontalAdvance(label) + BAR_GAP if label else 0.0
    return named + numbers.horizontalAdvance(low) + numbers.horizontalAdvance(high) + 2 * BAR_GAP + LEAST_BAR


@dataclass(frozen=True, slots=True)
class Card:
    """A quiet raised box behind things that belong together."""

    area: QRectF
    accent: bool = False

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setPen(QPen(theme.colors.accent if self.accent else theme.colors.line, 1))
        painter.setBrush(theme.colors.surface)
        painter.drawRoundedRect(self.area, radius.card, radius.card)
        painter.restore()


@dataclass(eq=False, slots=True)
class Scene:
    """Everything on a canvas at one moment; `size` is what the layout needed."""

    size: QSizeF = field(default_factory=QSizeF)
    below: list[Item] = field(default_factory=list)
    plates: list[Plate] = field(default_factory=list)
    above: list[Item] = field(default_factory=list)
    description: str = ""

    def plate(self, key: str) -> Plate | None:
        """The plate of that name, if the scene has one."""
        return next((plate for plate in self.plates if plate.key == key), None)

    def plates_like(self, prefix: str) -> Iterator[Plate]:
        """The plates whose name begins with `prefix`."""
        return (plate for plate in self.plates if plate.key.startswith(prefix))

    def hit(self, point: QPointF) -> tuple[Plate, int, int] | None:
        """The plate and cell under a point, None where there is none."""
        for plate in reversed(self.plates):
            cell = plate.cell_at(point)
            if cell is not None:
                return plate, *cell
        return None
