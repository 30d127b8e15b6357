"""How cells of the table are painted: on the screen by a delegate, in exports row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from engine.networks.summary import CONVENTION
from gui.pages.architectures.kinds import kind_color
from gui.pages.architectures.table.table_rows import (
    COLUMNS,
    Column,
    Row,
    Totals,
    cell_share,
    cell_text,
    total_text,
)
from gui.theme import CONTROL_HEIGHT, mix, space, theme

ROW_HEIGHT = CONTROL_HEIGHT - space.xs // 2
BAR = space.xs // 2 + 1
DOT = space.s
LEAST_COLUMN = 56
NAME_MOST, LABEL_MOST = 260, 300


def column_widths(rows: Sequence[Row], totals: Totals, short: bool) -> list[int]:
    """So wide that nothing is cut off; names and layers have an upper bound and are shortened in the middle."""
    body, mono, head = (
        QFontMetricsF(theme.font("small")), QFontMetricsF(theme.font("small", mono=True)),
        QFontMetricsF(theme.font("small", bold=True)),
    )  # fmt: skip
    widths = []
    for column in COLUMNS:
        metrics = mono if column.numeric or column.key == "name" else body
        texts = [*{cell_text(row, column, short) for row in rows}, total_text(totals, column, short)]
        wanted = max(metrics.horizontalAdvance(text) for text in texts)
        wanted = max(wanted, head.horizontalAdvance(f"{column.title} ▾"))
        extra = DOT + space.s + space.l if column.key == "name" else 0
        most = {"name": NAME_MOST, "kind": LABEL_MOST}.get(column.key, 10_000)
        widths.append(min(max(int(wanted) + 2 * space.s + 2 + extra, LEAST_COLUMN), most))
    return widths


def paint_cell(
    painter: QPainter, area: QRectF, row: Row, column: Column, totals: Totals, short: bool
) -> None:
    """One cell: its text, and the bar of its share."""
    colors = theme.colors
    muted = row.node is None or (column.key in ("params", "macs", "flops") and not column.sort(row.node))
    color = colors.muted if muted else colors.text
    if row.problem and column.key in ("name", "kind"):
        color = colors.error
    inside = area.adjusted(space.s, 0, -space.s, 0)
    if column.key == "name":
        inside = _paint_marks(painter, inside, row)
    text = cell_text(row, column, short)
    part = cell_share(row, column, totals)
    if column.shared:
        inside = inside.adjusted(
            0, 0, 0, -BAR
        )  # with a bar or without one, numbers of a row stand on one line
    if part:
        _paint_bar(painter, area, part)
    _paint_text(painter, inside, text, color, column)


def paint_cut(painter: QPainter, area: QRectF) -> None:
    """A cell that has no room for all of its number: dots, since a part of a number is another number."""
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colors.muted)
    painter.drawText(
        area.adjusted(space.s, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "…"
    )


def paint_total(painter: QPainter, area: QRectF, column: Column, totals: Totals, short: bool) -> None:
    """One cell of the last row."""
    inside = area.adjusted(space.s, 0, -space.s, 0)
    _paint_text(painter, inside, total_text(totals, column, short), theme.colors.text, column, bold=True)


def _paint_text(
    painter: QPainter, area: QRectF, text: str, color: QColor, column: Column, *, bold: bool = False
) -> None:
    painter.setFont(
        theme.font("small", mono=column.numeric or (column.key == "name" and not bold), bold=bold)
    )
    painter.setPen(color)
    side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, int(area.width()) + 1)
    painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, shown)


def _paint_marks(painter: QPainter, area: QRectF, row: Row) -> QRectF:
    """The dot of the kind, and at the right end what happened to the layer; returns what is left for the name."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(kind_color(row.kind))
    painter.drawEllipse(QRectF(area.left(), area.center().y() - DOT / 2, DOT, DOT))
    if row.problem or row.changed:
        name, color = (
            ("alert-circle-outline", theme.colors.error) if row.problem else ("pencil", theme.colors.accent)
        )
        side = space.m + 2
        sign = theme.pixmap(name, side, color)
        painter.drawPixmap(QPointF(area.right() - side, area.center().y() - side / 2), sign)
        area = area.adjusted(0, 0, -side - space.xs, 0)
    return area.adjusted(DOT + space.s, 0, 0, 0)


def _paint_bar(painter: QPainter, area: QRectF, part: float) -> None:
    """A share as a bar along the cell's lower edge."""
    track = QRectF(area.left() + space.s, area.bottom() - BAR - 2, area.width() - 2 * space.s, BAR)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mix(theme.colors.surface, theme.colors.line, 0.7))
    painter.drawRoundedRect(track, BAR / 2, BAR / 2)
    painter.setBrush(theme.colors.accent)
    painter.drawRoundedRect(
        QRectF(track.left(), track.top(), max(track.width() * part, 1.0), BAR), BAR / 2, BAR / 2
    )


@dataclass(frozen=True, slots=True)
class TablePicture:
    """The whole table as a drawing, for exports: every row, the totals and what the words mean."""

    title: str
    rows: tuple[Row, ...]
    totals: Totals
    short: bool = False

    def preferred_size(self) -> QSizeF:
        widths = column_widths(self.rows, self.totals, self.short)
        heights = (len(self.rows) + 3) * ROW_HEIGHT + self._note_height(sum(widths))
        return QSizeF(sum(widths) + 2 * space.l, heights + 2 * space.l)

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw from the top left corner; the size is the preferred one."""
        widths = column_widths(self.rows, self.totals, self.short)
        colors = theme.colors
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), colors.surface)
        top = float(space.l)
        painter.setFont(theme.font("section", bold=True))
        painter.setPen(colors.text)
        line = QRectF(space.l + space.s, top, sum(widths), ROW_HEIGHT)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.title)
        top = self._paint_head(painter, widths, top + ROW_HEIGHT)
        for row in self.rows:
            for area, column in self._cells(widths, top):
                paint_cell(painter, area, row, column, self.totals, self.short)
            top += ROW_HEIGHT
        self._rule(painter, sum(widths), top)
        for area, column in self._cells(widths, top):
            paint_total(painter, area, column, self.totals, self.short)
        painter.setFont(theme.font("small"))
        painter.setPen(colors.muted)
        note = QRectF(
            space.l + space.s, top + ROW_HEIGHT, sum(widths) - 2 * space.s, self._note_height(sum(widths))
        )
        painter.drawText(note, int(Qt.AlignmentFlag.AlignBottom) | int(Qt.TextFlag.TextWordWrap), CONVENTION)

    def _paint_head(self, painter: QPainter, widths: Sequence[int], top: float) -> float:
        for area, column in self._cells(widths, top):
            painter.setFont(theme.font("small", bold=True))
            painter.setPen(theme.colors.muted)
            side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
            painter.drawText(
                area.adjusted(space.s, 0, -space.s, 0), side | Qt.AlignmentFlag.AlignVCenter, column.title
            )
        self._rule(painter, sum(widths), top + ROW_HEIGHT)
        return top + ROW_HEIGHT

    def _rule(self, painter: QPainter, width: float, top: float) -> None:
        painter.setPen(QPen(theme.colors.line, 1))
        painter.drawLine(QPointF(space.l, top), QPointF(space.l + width, top))

    def _cells(self, widths: Sequence[int], top: float) -> list[tuple[QRectF, Column]]:
        left, cells = float(space.l), []
        for width, column in zip(widths, COLUMNS, strict=True):
            cells.append((QRectF(left, top, width, ROW_HEIGHT), column))
            left += width
        return cells

    def _note_height(self, width: float) -> float:
        area = QRectF(0, 0, width - 2 * space.s, 10_000)
        metrics = QFontMetricsF(theme.font("small"))
        return metrics.boundingRect(area, int(Qt.TextFlag.TextWordWrap), CONVENTION).height() + space.s
