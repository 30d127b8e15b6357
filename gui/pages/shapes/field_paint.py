"""The picture of the receptive field: nested squares over the input, and the tower of outputs that they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from engine.foundations.calculator.fields import Span
from gui.colormaps import color_at
from gui.pages.shapes import words
from gui.pages.shapes.field_plan import FieldPlan, Level
from gui.theme import VIRIDIS, radius, space, theme, with_alpha

HEAD: Final = 48.0
LEAST_CELL: Final = 4.0
TRACK: Final = 14.0
MOST_PITCH: Final = 110.0
LABEL: Final = 112.0
COUNT: Final = 72.0
ABOVE_FROM: Final = 40.0
"""Rows of the tower so far apart have their names above them; nearer ones beside them."""
NARROW: Final = 560.0
SHARE: Final = 0.46
"""How much of the width the squares take where the tower stands beside them."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Where the input lies on the stage: pixels from `low` to `high` (beyond the input: padding), `cell` wide each."""

    area: QRectF
    cell: float
    low: tuple[int, int]
    high: tuple[int, int]

    def rect(self, rows: Span, columns: Span) -> QRectF:
        """The place of a block of input pixels."""
        left = self.area.left() + (columns[0] - self.low[1]) * self.cell
        top = self.area.top() + (rows[0] - self.low[0]) * self.cell
        return QRectF(
            left, top, (columns[1] - columns[0] + 1) * self.cell, (rows[1] - rows[0] + 1) * self.cell
        )

    def pixel(self, point: QPointF) -> tuple[float, float] | None:
        """Row and column of the input under a point of the stage, None beside the picture."""
        if not self.area.contains(point):
            return None
        column = (point.x() - self.area.left()) / self.cell + self.low[1] - 0.5
        row = (point.y() - self.area.top()) / self.cell + self.low[0] - 0.5
        return row, column


def parts(size: QSizeF) -> tuple[QRectF, QRectF]:
    """The two halves of the stage: squares on the left, tower on the right."""
    margin = float(space.l)
    inner = QRectF(margin, space.s, size.width() - 2 * margin, size.height() - 2 * space.s)
    share = SHARE if size.width() >= NARROW else 0.5
    left = QRectF(inner.left(), inner.top(), inner.width() * share - space.m, inner.height())
    right = QRectF(
        left.right() + 2 * space.m, inner.top(), inner.right() - left.right() - 2 * space.m, inner.height()
    )
    return left, right


def sight(plan: FieldPlan, size: QSizeF) -> Sight:
    """Fit the input, and what of the fields lies beyond it, into the left half."""
    area, _ = parts(size)
    low, high = [0, 0], [n - 1 for n in plan.input_size]
    for level in plan.levels:
        for axis, span in enumerate((level.rows, level.columns)):
            if span is not None:
                reach = plan.input_size[axis] // 2
                low[axis] = max(min(low[axis], span[0]), -reach)
                high[axis] = min(max(high[axis], span[1]), plan.input_size[axis] - 1 + reach)
    rows, columns = high[0] - low[0] + 1, high[1] - low[1] + 1
    room = QRectF(area.left(), area.top() + HEAD, area.width(), area.height() - HEAD)
    cell = min(room.width() / columns, room.height() / rows)
    box = QRectF(0, 0, columns * cell, rows * cell)
    box.moveTopLeft(QPointF(room.center().x() - box.width() / 2, room.top()))
    return Sight(box, cell, (low[0], low[1]), (high[0], high[1]))


def paint_field(painter: QPainter, plan: FieldPlan, size: QSizeF) -> None:
    """Draw both halves from the top left corner."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left, right = parts(size)
    colors = level_colors(len(plan.levels))
    _paint_squares(painter, plan, left, sight(plan, size), colors)
    _paint_tower(painter, plan, right, colors)


def level_colors(count: int) -> list[QColor]:
    """One colour a level, in the order of the map of magnitudes: what lies higher sees more."""
    low, high = (0.25, 0.95) if theme.dark else (0.05, 0.75)
    return [QColor(color_at(VIRIDIS, low + (high - low) * i / max(count - 1, 1))) for i in range(count)]


# --- nested squares -----------------------------------------------------------------------------------------


def _head(painter: QPainter, area: QRectF, title: str, detail: str) -> None:
    painter.setFont(theme.font("section", bold=True))
    painter.setPen(theme.colors.text)
    _line(painter, QRectF(area.left(), area.top(), area.width(), HEAD / 2), title)
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colors.muted)
    _line(painter, QRectF(area.left(), area.top() + HEAD / 2 - 4, area.width(), HEAD / 2 - 4), detail)


def _line(painter: QPainter, area: QRectF, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def _paint_squares(
    painter: QPainter, plan: FieldPlan, area: QRectF, place: Sight, colors: Sequence[QColor]
) -> None:
    height, width = plan.input_size
    _head(
        painter,
        area,
        "What it sees of the input",
        f"{height} × {width} pixels; outside the frame: padding",
    )
    frame = place.rect((0, height - 1), (0, width - 1))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colors.surface)
    painter.drawRect(frame)
    if place.cell >= LEAST_CELL:
        _paint_grid(painter, frame, place.cell)
    painter.save()
    painter.setClipRect(place.area.adjusted(-2, -2, 2, 2))
    shown = [
        (level, color)
        for level, color in zip(plan.levels, colors, strict=True)
        if level.rows and level.columns
    ]
    if plan.everything is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(with_alpha(theme.colors.accent, 0.14))
        painter.drawRect(frame)
    for level, color in reversed(shown):
        square = place.rect(level.rows or (0, 0), level.columns or (0, 0))
        painter.setBrush(with_alpha(color, 0.22))
        painter.setPen(QPen(color, 2.0))
        painter.drawRect(square.adjusted(1, 1, -1, -1))
    painter.restore()
    painter.setPen(QPen(theme.colors.text, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(frame)
    _paint_labels(painter, place, shown)


def _paint_grid(painter: QPainter, frame: QRectF, cell: float) -> None:
    painter.setPen(QPen(theme.colors.line, 1))
    for number in range(1, round(frame.width() / cell)):
        x = frame.left() + number * cell
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
    for number in range(1, round(frame.height() / cell)):
        y = frame.top() + number * cell
        painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))


def _paint_labels(painter: QPainter, place: Sight, shown: Sequence[tuple[Level, QColor]]) -> None:
    """The size of each square at its upper left corner, where it does not cover that of another one."""
    font = theme.font("small", bold=True)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    taken: list[QRectF] = []
    for level, _color in reversed(shown):
        if level.rows is None or level.columns is None or level.index == 0:
            continue
        square = place.rect(level.rows, level.columns)
        text = f"{level.rows[1] - level.rows[0] + 1} × {level.columns[1] - level.columns[0] + 1}"
        label = _free_corner(
            square, metrics.horizontalAdvance(text) + space.s, metrics.height(), place.area, taken
        )
        if label is None:
            continue
        taken.append(label)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(with_alpha(theme.colors.surface, 0.88))
        painter.drawRoundedRect(label, radius.cell, radius.cell)
        painter.setPen(theme.colors.text)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)


def _free_corner(
    square: QRectF, width: float, height: float, sight: QRectF, taken: Sequence[QRectF]
) -> QRectF | None:
    """Room for a label in one of the corners of what can be seen of a square, None where all are taken."""
    seen = square.intersected(sight).adjusted(2, 2, -2, -2)
    if width > seen.width() or height > seen.height():
        return None
    right, bottom = seen.right() - width, seen.bottom() - height
    for x, y in ((seen.left(), seen.top()), (right, bottom), (right, seen.top()), (seen.left(), bottom)):
        label = QRectF(x, y, width, height)
        if not any(label.intersects(other) for other in taken):
            return label
    return None


# --- the tower ------------------------------------------------------------------------------------------------


def _paint_tower(painter: QPainter, plan: FieldPlan, area: QRectF, colors: Sequence[QColor]) -> None:
    top = plan.top
    row, column = plan.unit
    what = "a pixel" if top.index == 0 else f"output ({row}, {column}) of layer {top.index}"
    _head(painter, area, "Through which layers", f"From {what} down to the input")
    body = QRectF(
        area.left(), area.top() + HEAD + space.xl, area.width(), area.height() - HEAD - space.xl - space.s
    )
    if plan.everything is not None:
        body = _paint_everything(painter, plan, body)
    count = len(plan.levels)
    pitch = min((body.height() - TRACK) / max(count - 1, 1), MOST_PITCH)
    lines = [body.top() + (count - 1 - number) * pitch + TRACK / 2 for number in range(count)]
    side = pitch < ABOVE_FROM and area.width() >= LABEL + COUNT + 8 * TRACK
    left = body.left() + (LABEL if side else 0.0)
    right = body.right() - (COUNT if side else 0.0)
    scale = (right - left) / plan.input_size[1]
    tracks = [_Track(level, left, scale, y) for level, y in zip(plan.levels, lines, strict=True)]
    for number, (below, above) in enumerate(pairwise(tracks)):
        _paint_cone(painter, below, above, colors[number + 1])
    for track, color in zip(tracks, colors, strict=True):
        track.paint(painter, color)
        if side:
            _paint_names_beside(painter, track, body, left, right)
        elif pitch >= ABOVE_FROM:
            _paint_names_above(painter, track, body)


def _paint_everything(painter: QPainter, plan: FieldPlan, body: QRectF) -> QRectF:
    """A sentence about the layer that looks at all there is, above the tower of those before it."""
    step = plan.everything
    if step is None:
        return body
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colors.text)
    text = f"Every output of layer {step.index} ({words.layer_name(step.layer)}) depends on the whole input."
    flags = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft)
    box = painter.boundingRect(body, flags, text)
    painter.drawText(body, flags, text)
    return body.adjusted(0, box.height() + space.m, 0, 0)


@dataclass(frozen=True, slots=True)
class _Track:
    """One level of the tower: its outputs in a row, each above the middle of what it sees."""

    level: Level
    left: float
    scale: float
    y: float

    @property
    def count(self) -> str:
        """How many of the outputs are read: "3 of 13"."""
        read = self.level.read
        number = 0 if read is None else read[1] - read[0] + 1
        return f"{number:,} of {self.level.size[1]:,}"

    def edge(self, position: float) -> float:
        """The left edge of an output; of the one behind the last: where the row ends."""
        field = self.level.field
        middle = (field.start or 0.0) + position * float(field.jump)
        return self.left + (middle + 0.5 - float(field.jump) / 2) * self.scale

    def paint(self, painter: QPainter, color: QColor) -> None:
        """The row, and in it what the chosen output depends on."""
        count = self.level.size[1]
        cell = float(self.level.field.jump) * self.scale
        area = QRectF(self.edge(0), self.y - TRACK / 2, max(self.edge(count) - self.edge(0), 1.0), TRACK)
        painter.setPen(QPen(theme.colors.line, 1))
        painter.setBrush(theme.colors.surface)
        painter.drawRect(area)
        read = self.level.read
        if read is not None:
            lit = QRectF(
                self.edge(read[0]), area.top(), max(self.edge(read[1] + 1) - self.edge(read[0]), 2.0), TRACK
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRect(lit)
        if cell >= LEAST_CELL:
            painter.setPen(QPen(with_alpha(theme.colors.window, 0.7), 1))
            for number in range(1, count):
                x = self.edge(number)
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))


def _paint_cone(painter: QPainter, below: _Track, above: _Track, color: QColor) -> None:
    if below.level.read is None or above.level.read is None:
        return
    corners = [
        QPointF(above.edge(above.level.read[0]), above.y + TRACK / 2),
        QPointF(above.edge(above.level.read[1] + 1), above.y + TRACK / 2),
        QPointF(below.edge(below.level.read[1] + 1), below.y - TRACK / 2),
        QPointF(below.edge(below.level.read[0]), below.y - TRACK / 2),
    ]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(with_alpha(color, 0.2))
    painter.drawPolygon(QPolygonF(corners))


def _paint_names_beside(painter: QPainter, track: _Track, body: QRectF, left: float, right: float) -> None:
    """The layer on the left of its row, how many of its outputs are read on the right."""
    height = TRACK + 4
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colors.text)
    _line(
        painter,
        QRectF(body.left(), track.y - height / 2, left - body.left() - space.s, height),
        track.level.name,
    )
    painter.setPen(theme.colors.muted)
    area = QRectF(right + space.s, track.y - height / 2, body.right() - right - space.s, height)
    _line(painter, area, track.count)


def _paint_names_above(painter: QPainter, track: _Track, body: QRectF) -> None:
    """The layer at the left end above its row, how many of its outputs are read at the right end."""
    area = QRectF(body.left(), track.y - TRACK / 2 - 18, body.width(), 17)
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colors.text)
    _line(painter, area, track.level.name)
    painter.setPen(theme.colors.muted)
    painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, track.count)
