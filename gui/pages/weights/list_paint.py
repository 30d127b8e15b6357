"""How a line of the list is drawn: columns that stand still, the state in words, colour and sign, a bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.pages.weights import listing
from gui.pages.weights.list_model import AnyIndex, WeightsModel
from gui.pages.weights.listing import ACT_ICONS, Row
from gui.theme import CONTROL_HEIGHT, ICON_SIZE, radius, space, theme
from gui.widgets.focus_ring import paint_focus_ring

ROW_HEIGHT: Final = CONTROL_HEIGHT + space.xl
HEADING_HEIGHT: Final = CONTROL_HEIGHT + space.s
BAR_HEIGHT: Final = 4
_BUTTON: Final = CONTROL_HEIGHT
_STATE, _SIZE, _FIGURE, _LICENCE = 128, 80, 64, 112
LICENCE_FROM: Final = 730
"""A list narrower than this writes the licence beneath the title."""
_FLAGS_LEFT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_FLAGS_RIGHT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of a line lie; `licence` is None where there is no room for it."""

    sign: QRectF
    title: QRectF
    licence: QRectF | None
    figure: QRectF
    size: QRectF
    state: QRectF
    button: QRectF


def columns(area: QRectF) -> Columns:
    """The columns of a line of this size, taken off from the right; the title gets what is left."""
    inside = area.adjusted(space.l, 0, -space.m, 0)
    middle = inside.center().y()
    button = QRectF(inside.right() - _BUTTON, middle - _BUTTON / 2, _BUTTON, _BUTTON)
    right = button.left() - space.s
    taken: list[QRectF] = []
    widths = (_STATE, _SIZE, _FIGURE, *((_LICENCE,) if area.width() >= LICENCE_FROM else ()))
    for width in widths:
        taken.append(QRectF(right - width, inside.top(), width, inside.height()))
        right -= width + space.m
    sign = QRectF(inside.left(), middle - ICON_SIZE / 2, ICON_SIZE, ICON_SIZE)
    left = sign.right() + space.m
    title = QRectF(left, inside.top(), max(0.0, right - left), inside.height())
    licence = taken[3] if len(taken) > 3 else None
    return Columns(sign, title, licence, taken[2], taken[1], taken[0], button)


def tone_color(name: str) -> QColor:
    """The colour of a tone in the theme that is in force."""
    color: QColor = getattr(theme.colors, name)
    return color


class LinePainter(QStyledItemDelegate):
    """Draws headings and rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.pointed: tuple[str, bool] = ("", False)
        """The row under the pointer, and whether the pointer is on its button."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        model = index.model()
        heading = isinstance(model, WeightsModel) and model.row_at(index) is None
        return QSize(0, HEADING_HEIGHT if heading else ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        model = index.model()
        if not isinstance(model, WeightsModel):
            return
        area, state = QRectF(option.rect), option.state
        row = model.row_at(index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row is None:
            _heading(painter, area, str(model.lines[index.row()]))
        else:
            self._row(painter, area, row, state)
        painter.restore()

    def _row(self, painter: QPainter, area: QRectF, row: Row, state: QStyle.StateFlag) -> None:
        colors = theme.colors
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        ground = area.adjusted(space.s, 1, -space.s, -1)
        if chosen or self.pointed[0] == row.name:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.selected if chosen else colors.hover)
            painter.drawRoundedRect(ground, radius.control, radius.control)
        if state & QStyle.StateFlag.State_HasFocus:
            paint_focus_ring(painter, ground.adjusted(1, 1, -1, -1), radius.control - 1)
        place = columns(area)
        color = tone_color(listing.tone(row))
        painter.drawPixmap(place.sign.topLeft(), theme.pixmap(listing.icon(row), ICON_SIZE, color))
        _title(painter, place, row, chosen)
        _figures(painter, place, row)
        _state(painter, place.state, row, color)
        if row.act is not None:
            self._button(painter, place.button, row)

    def _button(self, painter: QPainter, area: QRectF, row: Row) -> None:
        assert row.act is not None
        pointed = self.pointed == (row.name, True)
        if pointed:
            painter.setPen(theme.colors.line)
            painter.setBrush(theme.colors.raised)
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius.control, radius.control)
        color = theme.colors.text if pointed else theme.colors.muted
        corner = area.center() - QPointF(ICON_SIZE / 2, ICON_SIZE / 2)
        painter.drawPixmap(corner, theme.pixmap(ACT_ICONS[row.act], ICON_SIZE, color))


def _heading(painter: QPainter, area: QRectF, text: str) -> None:
    _text(
        painter,
        area.adjusted(space.l, space.s, -space.l, 0),
        text,
        theme.font("small", bold=True),
        theme.colors.muted,
    )


def _title(painter: QPainter, place: Columns, row: Row, chosen: bool) -> None:
    colors, status = theme.colors, row.status
    upper, lower = _halves(place.title)
    _text(
        painter,
        upper,
        status.title,
        theme.font("body", bold=True),
        colors.accent_text if chosen else colors.text,
    )
    parts = [status.architecture, status.task if place.licence else status.licence]
    if row.transfer is not None and row.transfer.running:
        parts = [listing.bytes_text(row.transfer)]
    _text(painter, lower, " · ".join(part for part in parts if part), theme.font("small"), colors.muted)


def _figures(painter: QPainter, place: Columns, row: Row) -> None:
    colors, status = theme.colors, row.status
    numbers = theme.font("small", mono=True)
    if place.licence is not None:
        _text(painter, place.licence, status.licence or "not stated", theme.font("small"), colors.muted)
    upper, lower = _halves(place.figure) if status.figures else (place.figure, place.figure)
    _text(painter, upper, listing.short_figure(status) or "–", numbers, colors.text, _FLAGS_RIGHT)
    _text(painter, lower, listing.figure_kind(status), theme.font("small"), colors.muted, _FLAGS_RIGHT)
    size = listing.size_text(status.bytes, status.approximate)
    _text(painter, place.size, size, numbers, colors.text, _FLAGS_RIGHT)


def _state(painter: QPainter, area: QRectF, row: Row, color: QColor) -> None:
    area = area.adjusted(space.s, 0, 0, 0)
    share = row.share
    words = area if share is None else area.adjusted(0, -space.s, 0, -space.s)
    _text(painter, words, listing.state_text(row), theme.font("small"), color)
    if share is None:
        return
    line = QRectF(area.left(), area.center().y() + space.s, area.width(), BAR_HEIGHT)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colors.line)
    painter.drawRoundedRect(line, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
    painter.setBrush(theme.colors.accent)
    line.setWidth(max(BAR_HEIGHT, line.width() * min(share, 1.0)))
    painter.drawRoundedRect(line, BAR_HEIGHT / 2, BAR_HEIGHT / 2)


def _halves(area: QRectF) -> tuple[QRectF, QRectF]:
    """Two lines of text, close together."""
    middle = area.center().y()
    half = area.height() / 2 - space.s
    return (
        QRectF(area.left(), middle - half, area.width(), half),
        QRectF(area.left(), middle, area.width(), half),
    )


def _text(
    painter: QPainter,
    area: QRectF,
    text: str,
    font: QFont,
    color: QColor,
    flags: Qt.AlignmentFlag = _FLAGS_LEFT,
) -> None:
    painter.setFont(font)
    painter.setPen(color)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
    painter.drawText(area, flags, shown)


def paint_names(painter: QPainter, area: QRectF) -> None:
    """The names of the columns."""
    place = columns(area)
    font, color = theme.font("small"), theme.colors.muted
    _text(painter, place.title, "Weights", font, color)
    if place.licence is not None:
        _text(painter, place.licence, "Licence", font, color)
    _text(painter, place.figure, "Quality", font, color, _FLAGS_RIGHT)
    _text(painter, place.size, "Size", font, color, _FLAGS_RIGHT)
    _text(painter, place.state.adjusted(space.s, 0, 0, 0), "State", font, color)
