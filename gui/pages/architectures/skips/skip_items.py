"""What the diagram of a residual block is drawn of besides its plates: formulas, the skip connection, words on it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from gui.theme import mix, radius, theme, type_scale
from gui.widgets.formula import draw_formula, formula_path, loader


@dataclass(frozen=True, slots=True)
class Tex:
    """A formula with its baseline's left end, or its middle, at a point.

    Typeset by `skip_scene`, never while painting: the parser keeps exceptions whose tracebacks would keep the painter.
    """

    at: QPointF
    tex: str
    size: str = "body"
    role: str = "text"
    centred: bool = False

    def typeset(self) -> QPainterPath:
        """The outline, from the cache after the first time."""
        return formula_path(self.tex, float(getattr(type_scale, self.size)))

    def paint(self, painter: QPainter) -> None:
        if not loader.is_ready:
            return
        px = float(getattr(type_scale, self.size))
        shift = self.typeset().boundingRect().width() / 2 if self.centred else 0.0
        painter.save()
        draw_formula(painter, self.tex, px, self.at - QPointF(shift, 0), getattr(theme.colors, self.role))
        painter.restore()


@dataclass(frozen=True, slots=True)
class SkipLine:
    """The skip connection: up from a[l], over everything, down to the sum."""

    start: QPointF
    end: QPointF
    height: float
    lit: bool

    def paint(self, painter: QPainter) -> None:
        bend = float(radius.card)
        path = QPainterPath(self.start)
        path.lineTo(self.start.x(), self.height + bend)
        path.quadTo(self.start.x(), self.height, self.start.x() + bend, self.height)
        path.lineTo(self.end.x() - bend, self.height)
        path.quadTo(self.end.x(), self.height, self.end.x(), self.height + bend)
        path.lineTo(self.end)
        tip = QPainterPath(self.end)
        tip.lineTo(self.end + QPointF(-4, -7))
        tip.lineTo(self.end + QPointF(4, -7))
        tip.closeSubpath()
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        color = theme.colors.accent if self.lit else mix(theme.colors.line, theme.colors.muted, 0.6)
        painter.setPen(QPen(color, 2.5 if self.lit else 1.5))
        painter.drawPath(path)
        painter.fillPath(tip, color)
        painter.restore()


@dataclass(frozen=True, slots=True)
class Chip:
    """Words on a line, on the ground of the stage."""

    area: QRectF
    text: str
    lit: bool = False

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.fillRect(self.area, theme.colors.window)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.accent_text if self.lit else theme.colors.muted)
        painter.drawText(self.area, Qt.AlignmentFlag.AlignCenter, self.text)
        painter.restore()
