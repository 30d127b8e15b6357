"""The filters of a layer as pictures, and one unit's value as the sum of what its inputs add."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.inside.maps.requests import Filters
from gui import colormaps
from gui.pages.maps.filter_rows import Position, Sum, colored, strongest, summed
from gui.pages.maps.mosaic_layout import MosaicLayout, fitted
from gui.pages.maps.resolve import short_name
from gui.theme import CHANNEL_COLORS_DARK, CHANNEL_COLORS_LIGHT, STALE_OPACITY, readable_on, space, theme
from gui.widgets.picture import to_image
from gui.widgets.plate import number_text

LARGEST, SMALLEST, HEAD, FOOT = 64.0, 30.0, 22.0, 46.0
LABEL, SIGN, NUMBER = 48.0, 22.0, 72.0
LEAST_ROWS, MOST_ROWS = 2, 12
BAR_SHARE: Final = 0.3
"""The share of the width between the pictures and the number that a bar takes at least."""
WAITING: Final = "The filters are on their way."
COLOR_NAMES: Final = ("red", "green", "blue")
Array = npt.NDArray[np.float32]


class FiltersView(QWidget):
    """picked(channel): a filter of the gallery; pointed(part, row, column): a value under the pointer, -1 for none."""

    picked = Signal(int)
    pointed = Signal(int, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Filters | None = None
        self._at: Position | None = None
        self._hovered: tuple[int, int, int] = (-1, -1, -1)
        self._stale = False
        self._empty = WAITING
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Filters and what the inputs add")
        theme.changed.connect(self.update)

    @property
    def found(self) -> Filters | None:
        return self._found

    @property
    def empty_text(self) -> str:
        return self._empty if self._found is None else ""

    def show_filters(self, found: Filters) -> None:
        """Show the filter of a unit and its inputs."""
        before, self._found = self._found, found
        if before is None or before.total.shape != found.total.shape:
            self._at = None
        self.setAccessibleDescription(self.sentence())
        self.update()

    def show_nothing(self, sentence: str) -> None:
        self._found, self._empty = None, sentence
        self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(620, 440)

    def preferred_size(self) -> QSizeF:
        return QSizeF(max(self.width(), 620), max(self.height(), 360))

    # --- what is computed ------------------------------------------------------------------------------------

    @property
    def position(self) -> Position:
        """The place whose sum is shown: the one pointed at, else where the unit is strongest."""
        assert self._found is not None
        return self._at or strongest(self._found)

    def sum_now(self, height: float | None = None) -> Sum | None:
        """The sum on show."""
        if self._found is None:
            return None
        return summed(self._found, self.position, self._rows(height if height is not None else self.height()))

    def _rows(self, height: float) -> int:
        assert self._found is not None
        if self._found.rgb:
            return len(self._found.parts)
        room = int((height - HEAD - FOOT) // (LARGEST + space.m))
        return min(max(room, LEAST_ROWS), MOST_ROWS, len(self._found.parts))

    def sentence(self) -> str:
        """The whole sum in words."""
        total = self.sum_now()
        if total is None or self._found is None:
            return ""
        row, column = total.position
        shown = sum(value for _, value in total.rows)
        parts = [f"shown inputs {_signed(shown)}"]
        if total.left_out:
            parts.append(f"{total.left_out} others {_signed(total.rest)}")
        parts.append(f"bias {_signed(total.bias)}")
        source = self._found.source.name
        where = "" if source == self._found.request.layer else f" in {short_name(source)}"
        return f"Row {row}, column {column}: {', '.join(parts)}. Together {_signed(total.total)}{where}."

    # --- geometry --------------------------------------------------------------------------------------------

    def _gallery_area(self, size: QSizeF) -> QRectF:
        """Where the filters of a first layer lie; empty for a deeper one."""
        if self._found is None or not self._found.rgb:
            return QRectF()
        beneath = HEAD + len(self._found.parts) * self._row(size) + FOOT
        return QRectF(0, HEAD, size.width(), max(size.height() - HEAD - beneath, SMALLEST))

    def _gallery(self, area: QRectF) -> MosaicLayout:
        assert self._found is not None
        count, _, height, width = self._found.weights.shape
        return fitted(count, (height, width), (area.width(), area.height()))

    def _side(self, size: QSizeF) -> float:
        """Of the pictures of a row."""
        room = (size.width() - LABEL - 2 * SIGN - 2 * space.m - NUMBER) * (1 - BAR_SHARE) / 3
        tall = size.height() / 9 if self._found is not None and self._found.rgb else LARGEST
        return float(int(min(max(min(room, tall), SMALLEST), LARGEST)))

    def _row(self, size: QSizeF) -> float:
        """The height of a row of the sum."""
        return self._side(size) + space.m

    def _top(self, size: QSizeF) -> float:
        """Where the rows of the sum begin, beneath their heads."""
        area = self._gallery_area(size)
        return HEAD if area.isEmpty() else area.bottom() + HEAD

    def _columns(self, size: QSizeF) -> tuple[float, float, float, float]:
        """Where input, kernel, part and bar begin."""
        side = self._side(size)
        step = side + SIGN
        return LABEL, LABEL + step, LABEL + 2 * step, LABEL + 3 * step - SIGN + space.l

    def part_rect(self, index: int) -> QRectF:
        """Where the part in a row of the sum lies in the widget."""
        size = QSizeF(self.size())
        side = self._side(size)
        return QRectF(self._columns(size)[2], self._top(size) + index * self._row(size), side, side)

    # --- painting --------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        self.paint(painter, QSizeF(self.size()))

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw at a size; exports use it, too."""
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        found = self._found
        if found is None:
            painter.setPen(theme.colors.muted)
            painter.setFont(theme.font("body"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(
                QRectF(space.xl, 0, size.width() - 2 * space.xl, size.height()), flags, self._empty
            )
            return
        if found.rgb:
            self._paint_gallery(painter, found, self._gallery_area(size))
        total = self.sum_now(size.height())
        if total is not None:
            self._paint_sum(painter, found, total, size)

    def _paint_gallery(self, painter: QPainter, found: Filters, area: QRectF) -> None:
        count, _, height, width = found.weights.shape
        _words(
            painter,
            QRectF(area.left(), 0, area.width(), HEAD),
            f"All {count} filters, {height} × {width} × 3",
        )
        layout = self._gallery(area)
        pictures = colored(found.weights)
        for channel in range(count):
            cell = self._filter_cell(area, layout, channel)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(cell, to_image(pictures[channel]))
            chosen = channel == found.request.channel
            if layout.label:
                painter.setFont(theme.font("small", mono=True, bold=chosen))
                painter.setPen(theme.colors.accent if chosen else theme.colors.muted)
                number = QRectF(cell.left(), cell.bottom(), cell.width(), layout.label)
                painter.drawText(number, Qt.AlignmentFlag.AlignCenter, str(channel))
            if chosen:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.colors.accent, 2))
                painter.drawRect(cell.adjusted(-2, -2, 2, 2))

    def _filter_cell(self, area: QRectF, layout: MosaicLayout, channel: int) -> QRectF:
        x, y = layout.corner(channel)
        return QRectF(area.left() + x + 2, area.top() + y + 2, layout.width, layout.height)

    def _paint_sum(self, painter: QPainter, found: Filters, total: Sum, size: QSizeF) -> None:
        columns, side, begin, step = self._columns(size), self._side(size), self._top(size), self._row(size)
        row, column = total.position
        where = QRectF(columns[3], begin - HEAD, size.width() - columns[3], HEAD)
        for x, text in zip(columns, ("input", "kernel", "adds"), strict=False):
            _words(painter, QRectF(x, begin - HEAD, side + SIGN, HEAD), text)
        _words(painter, where, f"at row {row}, column {column}")
        within = found.weights[found.request.channel]
        limits = _limit(found.inputs), _limit(within), _limit(found.parts)
        most = max((abs(value) for _, value in total.rows), default=0.0) or 1.0
        for index, (part, value) in enumerate(total.rows):
            top = begin + index * step
            cells = [QRectF(x, top, side, side) for x in columns]
            self._paint_label(painter, QRectF(0, top, LABEL - space.s, side), found, part)
            self._paint_map(painter, cells[0], found.inputs[part], limits[0])
            _sign(painter, QRectF(columns[0] + side, top, SIGN, side), "✶")
            self._paint_kernel(painter, cells[1], within[part], limits[1])
            _sign(painter, QRectF(columns[1] + side, top, SIGN, side), "=")
            self._paint_map(painter, cells[2], found.parts[part], limits[2])
            _mark(painter, cells[2], found.parts[part].shape, total.position)
            bar = QRectF(columns[3], top, size.width() - columns[3] - NUMBER, side)
            self._paint_bar(painter, bar, value / most)
            painter.setFont(theme.font("body", mono=True))
            painter.setPen(theme.colors.text)
            number = QRectF(size.width() - NUMBER, top, NUMBER - space.xs, side)
            painter.drawText(
                number, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _signed(value)
            )
        self._paint_foot(painter, QRectF(0, begin + len(total.rows) * step, size.width(), FOOT))

    def _paint_label(self, painter: QPainter, area: QRectF, found: Filters, part: int) -> None:
        channel = found.reads[part]
        painter.setFont(theme.font("body", mono=not found.rgb))
        color = theme.colors.text
        if found.rgb:
            color = QColor(*(CHANNEL_COLORS_DARK if theme.dark else CHANNEL_COLORS_LIGHT)[channel])
        painter.setPen(color)
        text = COLOR_NAMES[channel] if found.rgb else f"{channel}"
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_map(self, painter: QPainter, area: QRectF, values: Array, limit: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, values.shape[1] > area.width())
        shown = np.nan_to_num(values, nan=0.0, posinf=limit, neginf=-limit)
        painter.drawImage(_shaped(area, values.shape), to_image(colormaps.activations(shown, limit)))

    def _paint_kernel(self, painter: QPainter, area: QRectF, values: Array, limit: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        colors = colormaps.weights(values, limit)
        inside = _shaped(area, values.shape)
        painter.drawImage(inside, to_image(colors))
        painter.setPen(theme.colors.line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(inside)
        if values.size == 1:
            red, green, blue = (int(part) for part in colors[0, 0])
            painter.setPen(readable_on(QColor(red, green, blue)))
            painter.setFont(theme.font("small", mono=True))
            painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, number_text(float(values[0, 0]), 2))

    def _paint_bar(self, painter: QPainter, area: QRectF, share: float) -> None:
        """To the right of the middle what is added, to its left what is taken away; NaN is no bar."""
        middle, half = area.center().x(), area.width() / 2
        painter.setPen(QPen(theme.colors.line, 1))
        painter.drawLine(QPointF(middle, area.top()), QPointF(middle, area.bottom()))
        if not np.isfinite(share):
            return
        length = half * min(max(share, -1.0), 1.0)
        anchors = colormaps.activation_anchors()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*(anchors[-1] if share > 0 else anchors[0])))
        painter.drawRect(QRectF(min(middle, middle + length), area.center().y() - 8, abs(length), 16))

    def _paint_foot(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colors.text)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(area, flags, self.sentence())

    # --- pointer ---------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        area = self._gallery_area(QSizeF(self.size()))
        if event.button() is Qt.MouseButton.LeftButton and area.contains(event.position()):
            place = self._gallery(area).at(
                event.position().x() - area.left() - 2, event.position().y() - area.top() - 2
            )
            if place is not None:
                self.picked.emit(place[0])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found, total = self._found, self.sum_now()
        place = (-1, -1, -1)
        if found is not None and total is not None:
            for index, (part, _value) in enumerate(total.rows):
                inside = _shaped(self.part_rect(index), found.parts[part].shape)
                if inside.contains(event.position()):
                    height, width = found.parts[part].shape
                    at = event.position() - inside.topLeft()
                    row = min(int(at.y() / inside.height() * height), height - 1)
                    column = min(int(at.x() / inside.width() * width), width - 1)
                    place = (found.reads[part], row, column)
        if place != self._hovered:
            self._hovered = place
            if place[0] >= 0:
                self._at = place[1], place[2]
                self.setAccessibleDescription(self.sentence())
            self.pointed.emit(*place)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered, self._at = (-1, -1, -1), None
        self.pointed.emit(-1, -1, -1)
        self.update()


def _limit(values: Array) -> float:
    return float(np.abs(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)).max(initial=0.0)) or 1.0


def _shaped(area: QRectF, shape: tuple[int, ...]) -> QRectF:
    """The largest place in an area for `shape` (height, width), on whole pixels."""
    scale = min(area.width() / shape[1], area.height() / shape[0])
    width, height = round(shape[1] * scale), round(shape[0] * scale)
    return QRectF(round(area.center().x() - width / 2), round(area.center().y() - height / 2), width, height)


def _mark(painter: QPainter, area: QRectF, shape: tuple[int, ...], position: Position) -> None:
    inside = _shaped(area, shape)
    width, height = inside.width() / shape[1], inside.height() / shape[0]
    cell = QRectF(inside.left() + position[1] * width, inside.top() + position[0] * height, width, height)
    grown = max(8 - cell.width(), 0) / 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colors.accent, 2))
    painter.drawRect(cell.adjusted(-grown, -grown, grown, grown))


def _words(painter: QPainter, area: QRectF, text: str) -> None:
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colors.muted)
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)


def _sign(painter: QPainter, area: QRectF, text: str) -> None:
    painter.setFont(theme.font("section"))
    painter.setPen(theme.colors.muted)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def _signed(value: float) -> str:
    text = number_text(value, 3)
    return text if text.startswith("−") or not np.isfinite(value) else f"+{text}"
