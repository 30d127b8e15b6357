"""What a canvas draws: plates, words, lines, colour bars, laid out in device-independent pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPen

from gui.colormaps import color_at
from gui.theme import RGB, radius, theme, with_alpha
from gui.widgets.plate import Plate


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
    """A quiet curved line from one place to another: what feeds what."""

    start: QPointF
    end: QPointF
    role: str = "accent"
    opacity: float = 0.55

    def paint(self, painter: QPainter) -> None:
        bend = max((self.end.x() - self.start.x()) * 0.5, 12.0)
        path = QPainterPath(self.start)
        path.cubicTo(self.start + QPointF(bend, 0), self.end - QPointF(bend, 0), self.end)
        pen = QPen(with_alpha(getattr(theme.colors, self.role), self.opacity), 1.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        painter.drawPath(path)


@dataclass(frozen=True, slots=True)
class ColorBar:
    """The key of a colour map: a thin bar with its lowest and highest value."""

    area: QRectF
    anchors: tuple[RGB, ...]
    low: str
    high: str
    label: str = ""

    def paint(self, painter: QPainter) -> None:
        font = theme.font("small", mono=True)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        low, high = metrics.horizontalAdvance(self.low) + 6, metrics.horizontalAdvance(self.high) + 6
        width = max(self.area.width() - low - high, 24.0)
        bar = QRectF(self.area.left() + low, self.area.center().y() - 3, width, 6)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for stop in range(11):
            gradient.setColorAt(stop / 10, color_at(self.anchors, stop / 10))
        painter.setPen(QPen(theme.colors.line, 1))
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 2, 2)
        painter.setPen(theme.colors.muted)
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            QRectF(self.area.left(), self.area.top(), low, self.area.height()),
            flags | Qt.AlignmentFlag.AlignLeft,
            self.low,
        )
        right = QRectF(bar.right() + 6, self.area.top(), high, self.area.height())
        painter.drawText(right, flags | Qt.AlignmentFlag.AlignLeft, self.high)


@dataclass(frozen=True, slots=True)
class Card:
    """A quiet raised box behind things that belong together."""

    area: QRectF
    accent: bool = False

    def paint(self, painter: QPainter) -> None:
        painter.setPen(QPen(theme.colors.accent if self.accent else theme.colors.line, 1))
        painter.setBrush(theme.colors.surface)
        painter.drawRoundedRect(self.area, radius.card, radius.card)


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
