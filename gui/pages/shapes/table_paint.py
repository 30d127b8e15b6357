"""How the cells of the table are painted: on the screen by a delegate, in exports row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui import tokens
from gui.pages.shapes import ink, words
from gui.pages.shapes.resolve import Resolved
from gui.pages.shapes.table_rows import COLUMNS, Column, cell_text, share, total_text
from gui.theme import CONTROL_HEIGHT, mix, space, theme

ROW_HEIGHT: Final = CONTROL_HEIGHT - space.xs // 2
BAR: Final = space.xs // 2 + 1
DOT: Final = space.s
LEAST: Final = 44
LAYER_MOST: Final = 240


def column_widths(resolved: Resolved) -> list[int]:
    """So wide that nothing is cut off, also when digits come and go."""
    widths = []
    for column in COLUMNS:
        texts = {cell_text(resolved, index, column) for index in range(len(resolved.chain.steps) + 1)}
        texts.add(total_text(resolved, column.key))
        mono = column.numeric or column.key == "l"
        wanted = max(ink.width(column.title, bold=True), *(ink.width(text, mono=mono) for text in texts))
        extra = DOT + space.s if column.key == "layer" else 0
        width = max(int(wanted) + 2 * space.s + 2 + extra, LEAST if column.key != "l" else 0)
        widths.append(min(width, LAYER_MOST) if column.key == "layer" else width)
    return widths


def paint_cell(painter: QPainter, area: QRectF, resolved: Resolved, index: int, column: Column) -> None:
    """One cell: its text, the dot of the kind before the name, the bar of a share beneath a number."""
    colors = theme.colors
    color = _color(resolved, index, column)
    inside = area.adjusted(space.s, 0, -space.s, 0)
    if column.key == "layer":
        _paint_dot(painter, inside, resolved, index)
        inside.setLeft(inside.left() + DOT + space.s)
    part = share(resolved, index, column)
    if part:
        track = QRectF(area.left() + space.s, area.bottom() - BAR - 2, area.width() - 2 * space.s, BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(colors.surface, colors.line, 0.7))
        painter.drawRoundedRect(track, BAR / 2, BAR / 2)
        painter.setBrush(colors.accent)
        filled = QRectF(track.left(), track.top(), max(track.width() * part, 1.0), BAR)
        painter.drawRoundedRect(filled, BAR / 2, BAR / 2)
        inside.setBottom(inside.bottom() - BAR)
    paint_text(painter, inside, cell_text(resolved, index, column), color, column)


def _color(resolved: Resolved, index: int, column: Column) -> QColor:
    """Settings are there to be read, zeros are not; what does not fit is red, and what lies behind it faint."""
    colors = theme.colors
    if index == 0:
        return colors.text
    step = resolved.chain.steps[index - 1]
    if step.misfit is not None:
        return colors.error if column.key in ("l", "layer", *step.misfit.blamed, "output") else colors.text
    if step.out_shape is None:
        return colors.muted
    if column.key in ("parameters", "macs", "flops") and step.cost and not getattr(step.cost, column.key):
        return colors.muted
    return colors.text


def _paint_dot(painter: QPainter, area: QRectF, resolved: Resolved, index: int) -> None:
    kind = "input" if index == 0 else words.FAMILY[resolved.chain.steps[index - 1].layer.kind]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.kind_color(kind, theme.dark))
    painter.drawEllipse(QRectF(area.left(), area.center().y() - DOT / 2, DOT, DOT))


def paint_text(
    painter: QPainter, area: QRectF, text: str, color: QColor, column: Column, *, bold: bool = False
) -> None:
    """Text on its column's side; names that are too long are shortened in the middle."""
    painter.setFont(ink.font(mono=column.numeric, bold=bold))
    painter.setPen(color)
    side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
    if ink.width(text, mono=column.numeric, bold=bold) > area.width() + 1:
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, int(area.width()) + 1)
    painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)


def paint_total(painter: QPainter, area: QRectF, resolved: Resolved, column: Column) -> None:
    """One cell of the last row."""
    inside = area.adjusted(space.s, 0, -space.s, 0)
    paint_text(painter, inside, total_text(resolved, column.key), theme.colors.text, column, bold=True)


# --- the whole table, for exports ---------------------------------------------------------------------------


def table_height(resolved: Resolved) -> float:
    """Head, one row a layer, the input and the totals."""
    return float((len(resolved.chain.steps) + 3) * ROW_HEIGHT)


def paint_table(
    painter: QPainter, left: float, top: float, resolved: Resolved, widths: Sequence[int]
) -> None:
    """Draw the whole table at a place."""
    for area, column in _cells(left, top, widths):
        painter.setFont(ink.font(bold=True))
        painter.setPen(theme.colors.muted)
        side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            area.adjusted(space.s, 0, -space.s, 0), side | Qt.AlignmentFlag.AlignVCenter, column.title
        )
    last = len(resolved.chain.steps)
    for index in range(last + 1):
        if index == resolved.state.step:
            row = QRectF(left, top + (index + 1) * ROW_HEIGHT, sum(widths), ROW_HEIGHT)
            painter.fillRect(row, theme.colors.selected)
        for area, column in _cells(left, top + (index + 1) * ROW_HEIGHT, widths):
            paint_cell(painter, area, resolved, index, column)
    for area, column in _cells(left, top + (last + 2) * ROW_HEIGHT, widths):
        paint_total(painter, area, resolved, column)
    painter.setPen(QPen(theme.colors.line, 1))
    for y in (top + ROW_HEIGHT, top + (last + 2) * ROW_HEIGHT):
        painter.drawLine(QPointF(left, y), QPointF(left + sum(widths), y))


def _cells(left: float, top: float, widths: Sequence[int]) -> Iterator[tuple[QRectF, Column]]:
    for width, column in zip(widths, COLUMNS, strict=True):
        yield QRectF(left, top, width, ROW_HEIGHT), column
        left += width
