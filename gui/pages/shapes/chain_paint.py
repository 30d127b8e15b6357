"""The chain as a row of volumes, drawn to one scale: where everything lies, and how it is painted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from engine.foundations.calculator.layers import Shape
from gui import tokens
from gui.pages.shapes import ink, words
from gui.pages.shapes.resolve import Resolved
from gui.theme import mix, radius, space, theme
from gui.widgets.graph.volume import Cuboid, cuboid, paint_volume

LINE: Final = 17.0
LEAST_COLUMN: Final = 84.0
SLIM_COLUMN: Final = 52.0
MOST_GROWTH: Final = 1.7
TALLEST: Final = 44.0
"""The height that the largest volume takes at scale 1, its depth included."""
MOST_SCALE: Final = 3.6
SHRINKS: Final = (1.0, 0.85, 0.7)
VALUES_FROM: Final = 190.0
"""Drawings lower than this do not tell the number of values."""
NODE: Final = 7.0
UNIT_SIDE: Final = 34.0


@dataclass(frozen=True, slots=True)
class Column:
    """One layer of the drawing (index 0: the input): its words and where they lie."""

    index: int
    area: QRectF
    title: str
    detail: str
    slim: bool
    """ReLU and batch norm leave the shape as it is: a knot on the line instead of another volume."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What all columns share: the height of the drawing, the scale of its volumes, and the largest picture's side."""

    height: float
    scale: float
    largest: int

    @property
    def tells_values(self) -> bool:
        """Whether there is room for a line with the number of values."""
        return self.height >= VALUES_FROM

    @property
    def body(self) -> float:
        """The height for a volume."""
        return self.height - (5 if self.tells_values else 4) * LINE - 2 * space.s

    def volume(self, area: QRectF, shape: Shape) -> Cuboid:
        """Where a shape's volume lies in an area."""
        return cuboid(area, shape, self.largest, self.scale)


@dataclass(frozen=True, slots=True)
class ChainLayout:
    """All columns side by side; `width` may be more than there is room for."""

    columns: tuple[Column, ...]
    width: float
    measures: Measures

    def body(self, column: Column) -> QRectF:
        """Where the volume of a column lies; n_C stands beneath."""
        area = column.area
        return QRectF(area.left(), area.top() + 2 * LINE + space.s, area.width(), self.measures.body)

    def at(self, point: QPointF) -> int | None:
        """The layer under a point."""
        return next((c.index for c in self.columns if c.area.contains(point)), None)


def chain_layout(resolved: Resolved, size: QSizeF) -> ChainLayout:
    """Lay the chain out in an area; a long one gets smaller volumes, or else becomes wider than the area."""
    drafts = [_draft(resolved, index, size.height()) for index in range(len(resolved.chain.steps) + 1)]
    for shrink in SHRINKS:
        measures = _measures(resolved, size.height(), shrink)
        widths = [max(draft.least, _volume_width(resolved, i, measures)) for i, draft in enumerate(drafts)]
        wanted = sum(widths)
        if wanted <= size.width() or sum(draft.least for draft in drafts) > size.width():
            break
    grow = min(max(size.width() / wanted, 1.0), MOST_GROWTH)
    left = max((size.width() - wanted * grow) / 2, 0.0)
    columns = []
    for index, (width, draft) in enumerate(zip(widths, drafts, strict=True)):
        area = QRectF(left, 0, width * grow, size.height())
        columns.append(Column(index, area, draft.title, draft.detail, draft.slim))
        left += width * grow
    return ChainLayout(tuple(columns), max(left, size.width()), measures)


def _measures(resolved: Resolved, height: float, shrink: float) -> Measures:
    shapes = (resolved.shape(index) for index in range(len(resolved.chain.steps) + 1))
    sides = [max(shape[1:]) for shape in shapes if shape is not None and len(shape) == 3]
    rough = Measures(height, 1.0, max(sides, default=1))
    return Measures(height, min(max(rough.body / TALLEST, 0.6), MOST_SCALE) * shrink, rough.largest)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A column's words, and the width that they need."""

    title: str
    detail: str
    slim: bool
    least: float


def _draft(resolved: Resolved, index: int, height: float) -> _Draft:
    if index == 0:
        title, detail, slim = "Input", "a[0]", False
    else:
        layer = resolved.chain.steps[index - 1].layer
        title, detail = f"{index}  {words.layer_name(layer)}", words.layer_settings(layer)
        slim = layer.kind in ("relu", "batchnorm") and resolved.chain.steps[index - 1].misfit is None
    needs = [ink.width(title, bold=True), ink.width(detail)]
    if not slim:
        needs.append(ink.width(shape_line(resolved, index), mono=True))
        if height >= VALUES_FROM:
            needs.append(ink.width(values_line(resolved, index)))
    least = max(max(needs) + space.l, SLIM_COLUMN if slim else LEAST_COLUMN)
    return _Draft(title, detail, slim, float(math.ceil(least)))


def _volume_width(resolved: Resolved, index: int, measures: Measures) -> float:
    """The room of a volume with the numbers at its edges; it stands in the middle of its column."""
    shape = resolved.shape(index)
    if shape is None or (index and resolved.hides(index)):
        return 0.0
    if index and resolved.chain.steps[index - 1].layer.kind in ("relu", "batchnorm"):
        return 0.0
    labels = [ink.width(f"{n:,}") for n in (shape[1:] if len(shape) == 3 else shape)]
    box = measures.volume(QRectF(), shape)
    return box.front.width() + box.right + 2 * (max(labels) + space.xs) + space.l


def shape_line(resolved: Resolved, index: int) -> str:
    """The shape beneath a volume."""
    if resolved.hides(index) and index:
        return words.UNKNOWN
    return words.shape_text(resolved.shape(index))


def values_line(resolved: Resolved, index: int) -> str:
    """How many values the volume has."""
    shape = resolved.shape(index)
    if shape is None:
        misfit = resolved.chain.steps[index - 1].misfit
        return "does not fit" if misfit is not None else ""
    if resolved.hides(index) and index:
        return ""
    number = math.prod(shape)
    return f"{number:,} value" if number == 1 else f"{number:,} values"


# --- painting -------------------------------------------------------------------------------------------------


def paint_chain(
    painter: QPainter,
    resolved: Resolved,
    plan: ChainLayout,
    hovered: int | None = None,
    seen: QRectF | None = None,
) -> None:
    """Draw the chain from the top left corner; `seen`: what of it will be looked at, None for all."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shown = plan.columns if seen is None else [c for c in plan.columns if _near(c, seen)]
    boxes = [_paint_column(painter, resolved, plan, column, hovered) for column in shown]
    _paint_arrows(painter, boxes, [column.slim for column in shown])


def _near(column: Column, seen: QRectF) -> bool:
    """Whether a column or the arrows at its sides can be seen."""
    wide = column.area.width()
    return column.area.adjusted(-wide, 0, wide, 0).intersects(seen)


def _paint_column(
    painter: QPainter, resolved: Resolved, plan: ChainLayout, column: Column, hovered: int | None
) -> QRectF:
    """One layer; returns what of it the arrows go to."""
    _paint_ground(painter, column, column.index == resolved.state.step, column.index == hovered)
    broken = column.index > 0 and resolved.chain.steps[column.index - 1].misfit is not None
    title = theme.colors.error if broken else theme.colors.text
    top = column.area.top() + space.xs
    _text(painter, column.area, top, column.title, title, bold=True)
    _text(painter, column.area, top + LINE, column.detail, theme.colors.muted)
    body = plan.body(column)
    if column.slim:
        return _paint_knot(painter, resolved, column, body)
    foot = body.bottom() + LINE + space.xs
    shape = resolved.shape(column.index)
    hidden = column.index > 0 and resolved.hides(column.index)
    _text(painter, column.area, foot, shape_line(resolved, column.index), theme.colors.text, mono=True)
    color = theme.colors.error if broken else theme.colors.muted
    if plan.measures.tells_values:
        _text(painter, column.area, foot + LINE, values_line(resolved, column.index), color)
    if shape is None or hidden:
        return _paint_nothing(painter, body, broken=broken, hidden=hidden and shape is not None)
    measures = plan.measures
    paint_volume(painter, body, shape, _color(resolved, column.index), measures.largest, measures.scale)
    box = measures.volume(body, shape)
    left, right = _paint_edges(painter, box, shape, body.center().y())
    return box.outline().boundingRect().adjusted(-left, 0, right, 0)


def _color(resolved: Resolved, index: int) -> QColor:
    kind = "input" if index == 0 else words.FAMILY[resolved.chain.steps[index - 1].layer.kind]
    return tokens.kind_color(kind, theme.dark)


def _paint_ground(painter: QPainter, column: Column, selected: bool, hovered: bool) -> None:
    if not selected and not hovered:
        return
    painter.setPen(QPen(theme.colors.accent, 1) if selected else Qt.PenStyle.NoPen)
    painter.setBrush(theme.colors.selected if selected else theme.colors.hover)
    painter.drawRoundedRect(column.area.adjusted(1.5, 0.5, -1.5, -0.5), radius.card, radius.card)


def _paint_knot(painter: QPainter, resolved: Resolved, column: Column, body: QRectF) -> QRectF:
    area = QRectF(body.center().x() - NODE, body.center().y() - NODE, 2 * NODE, 2 * NODE)
    color = _color(resolved, column.index)
    painter.setPen(QPen(mix(color, theme.colors.text, 0.15), 1))
    painter.setBrush(mix(color, theme.colors.surface, 0.4))
    painter.drawEllipse(area)
    return area


def _paint_nothing(painter: QPainter, body: QRectF, *, broken: bool, hidden: bool) -> QRectF:
    """The place of a volume that is not known: hidden, impossible, or behind what is impossible."""
    side = min(max(body.height() * 0.7, 1.2 * NODE), 1.6 * UNIT_SIDE)
    area = QRectF(body.center().x() - side / 2, body.center().y() - side / 2, side, side)
    color = theme.colors.error if broken else theme.colors.accent if hidden else theme.colors.muted
    pen = QPen(color, 1.5)
    pen.setDashPattern([3, 3])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area, radius.control, radius.control)
    painter.setPen(color)
    painter.setFont(theme.font("title" if side >= UNIT_SIDE else "body", bold=True))
    sign = words.UNKNOWN if hidden else "✕" if broken else "…"
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, sign)
    return area


def _paint_edges(painter: QPainter, box: Cuboid, shape: Shape, middle: float) -> tuple[float, float]:
    """n_H at the left edge, n_W along the depth, n_C beneath the front; of a row of numbers its length.

    Returns how far these numbers are in the way of arrows at the height `middle`, on the left and on the right.
    """
    metrics = ink.metrics()
    painter.setFont(ink.font())
    painter.setPen(theme.colors.muted)
    rows = f"{shape[1] if len(shape) == 3 else shape[0]:,}"
    left = ink.width(rows) + space.xs
    painter.drawText(QPointF(box.front.left() - left, box.front.center().y() + metrics.capHeight() / 2), rows)
    if len(shape) != 3:
        return left, 0.0
    columns, channels = f"{shape[2]:,}", f"{shape[0]:,}"
    top = box.front.top() - box.up + metrics.capHeight()
    painter.drawText(QPointF(box.front.right() + box.right + space.xs, top), columns)
    centred = box.front.center().x() - ink.width(channels) / 2
    painter.drawText(QPointF(centred, box.front.bottom() + metrics.ascent()), channels)
    right = ink.width(columns) + space.xs if top > middle - space.s else 0.0
    return left, right


def _paint_arrows(painter: QPainter, boxes: Sequence[QRectF], slim: Sequence[bool]) -> None:
    """From each volume to the next, around the numbers at the edges."""
    color = mix(theme.colors.line, theme.colors.muted, 0.6)
    if not boxes:
        return
    middle = boxes[0].center().y()
    for index, (one, other) in enumerate(pairwise(boxes)):
        gap = space.xs if slim[index] else space.s
        room = space.xs if slim[index + 1] else space.s
        start, end = one.right() + gap, other.left() - room
        painter.setPen(QPen(color, 1.5))
        if end - start < space.s:
            continue
        painter.drawLine(QPointF(start, middle), QPointF(end - space.xs, middle))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        tip = QPointF(end, middle)
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(-7, -4), tip + QPointF(-7, 4)]))


def _text(
    painter: QPainter,
    column: QRectF,
    top: float,
    text: str,
    color: QColor,
    *,
    bold: bool = False,
    mono: bool = False,
) -> None:
    painter.setFont(ink.font(bold=bold, mono=mono))
    painter.setPen(color)
    painter.drawText(QRectF(column.left(), top, column.width(), LINE), Qt.AlignmentFlag.AlignCenter, text)
