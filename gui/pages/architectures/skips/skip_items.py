"""What the diagram of a residual block is drawn of besides its plates: formulas, signs, the ways between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from gui.theme import mix, radius, theme, type_scale
from gui.widgets.formula import draw_formula, formula_path, loader
from gui.widgets.scene import Item, Link, Node, Words

KNOT: Final = 9.0


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
class Route:
    """A way along level and upright lines with round corners, ending in an arrow that points down."""

    points: tuple[QPointF, ...]
    lit: bool

    def paint(self, painter: QPainter) -> None:
        path = QPainterPath(self.points[0])
        for before, corner, after in zip(self.points, self.points[1:], self.points[2:], strict=False):
            path.lineTo(_towards(corner, before))
            path.quadTo(corner, _towards(corner, after))
        end = self.points[-1]
        path.lineTo(end)
        tip = QPainterPath(end)
        tip.lineTo(end + QPointF(-4, -7))
        tip.lineTo(end + QPointF(4, -7))
        tip.closeSubpath()
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        color = theme.colors.accent if self.lit else mix(theme.colors.line, theme.colors.muted, 0.6)
        painter.setPen(QPen(color, 2.5 if self.lit else 1.5))
        painter.drawPath(path)
        painter.fillPath(tip, color)
        painter.restore()


def _towards(corner: QPointF, other: QPointF) -> QPointF:
    """Where the bend of a corner begins, on the way to another one."""
    way = other - corner
    length = max(abs(way.x()), abs(way.y()), 1e-9)
    return corner + way * min(radius.card / length, 0.5)


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


def between(sign: str, left: QRectF, right: QRectF, *, known: bool) -> list[Item]:
    """What stands in the gap between two plates: a sign, or the knot in which g is applied."""
    y = (left.center().y() + right.center().y()) / 2
    start, end = QPointF(left.right() + 2, y), QPointF(right.left() - 3, y)
    role = "accent" if known else "muted"
    if sign == "g":
        return [Link(start, end, role), Node((start + end) / 2, "g", KNOT, role)]
    area = QRectF(start.x(), y - KNOT, end.x() - start.x(), 2 * KNOT)
    role = "text" if known else "muted"
    return [Words(area, sign, role, "section", bold=True, align=Qt.AlignmentFlag.AlignHCenter)]
