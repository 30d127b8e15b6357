"""One step of the descent: the strongest maps above a layer, what was done, the maps beneath it, and the switches."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.inside.descent.requests import Array, DescentStep, Rule
from gui import colormaps
from gui.pages.units.deconv import words
from gui.pages.units.deconv.strip_layout import Cell, StripLayout, height_for, lay_out
from gui.theme import STALE_OPACITY, theme, with_alpha
from gui.widgets.facts import Fact
from gui.widgets.picture import to_image

DOT: Final = 0.22
"""A switch's radius, as a share of its cell."""
SMALLEST_DOT: Final = 1.0
FEWEST_PIXELS: Final = 3.0
"""A cell's side from which its switch can be drawn."""
LEAST_HEIGHT: Final = 180
LONGEST_LABEL: Final = "999 · 99%"
"""Where it has no room, all maps go without their shares."""


class DescentStrip(QWidget):
    """pointed(facts); unitPicked(layer, channel, (row, column)): a value of a map was clicked."""

    pointed = Signal(list)
    unitPicked = Signal(str, int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step: DescentStep | None = None
        self._rule: Rule = "deconvnet"
        self._empty = ""
        self._layout: StripLayout | None = None
        self._images: dict[tuple[bool, int, int], QImage] = {}
        self._hovered: tuple[Cell, int, int] | None = None
        self._stale = False
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setAccessibleName("Step of the descent")
        theme.changed.connect(self._retint)

    @property
    def step(self) -> DescentStep | None:
        """What is on show."""
        return self._step

    @property
    def layout_now(self) -> StripLayout | None:
        """Where everything is."""
        return self._layout

    def show_step(self, step: DescentStep | None, rule: Rule, empty: str = "") -> None:
        """Show a step of the way down by a rule; None: say why there is none."""
        self._step, self._rule, self._empty = step, rule, empty
        self._images.clear()
        self._hovered = None
        self._arrange()
        self.setAccessibleDescription(empty if step is None else f"{step.layer}: {words.done(step, rule)}")
        self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, LEAST_HEIGHT)

    def height_for(self, width: int) -> int:
        """What a step needs at a width."""
        return round(height_for(width, self._line()))

    @Slot()
    def _retint(self) -> None:
        self._images.clear()
        self._arrange()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        self._layout = None
        if self._step is not None:
            self._layout = lay_out(self._step, QSizeF(self.size()), self._line())

    def _line(self) -> float:
        return QFontMetricsF(theme.font("small")).height()

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step, layout = self._step, self._layout
        if step is None or layout is None:
            painter.setFont(theme.font("body"))
            painter.setPen(theme.colors.muted)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()), flags, self._empty)
            return
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        for heading in layout.headings:
            limit = _limit(heading.band.maps)
            self._write(painter, heading.area, words.band_title(heading.band), f"±{limit:.3g}")
        for cell in layout.cells:
            self._paint_cell(painter, step, cell)
        self._paint_sentence(painter, step, layout.sentence)

    def _write(self, painter: QPainter, area: QRectF, left: str, right: str) -> None:
        painter.setFont(theme.font("small", mono=True))
        metrics = painter.fontMetrics()
        painter.setPen(theme.colors.muted)
        text = f"{left}   {right}"
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_sentence(self, painter: QPainter, step: DescentStep, area: QRectF) -> None:
        painter.setPen(theme.colors.text)
        painter.setFont(theme.font("body", bold=True))
        name = f"↓ {step.layer}, {step.label}   "
        metrics = painter.fontMetrics()
        name = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, int(area.width() * 0.5))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, name)
        left = metrics.horizontalAdvance(name)
        painter.setFont(theme.font("body"))
        rest = area.adjusted(left, 0, 0, 0)
        text = painter.fontMetrics().elidedText(
            words.done(step, self._rule), Qt.TextElideMode.ElideRight, int(rest.width())
        )
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_cell(self, painter: QPainter, step: DescentStep, cell: Cell) -> None:
        image = self._image(cell)
        area = fitted(cell)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, area.width() < 3 * image.width())
        painter.drawImage(area, image)
        if cell.below and step.switches is not None and cell.index < len(step.switches):
            _paint_switches(painter, step, cell, area)
        chosen = self._hovered is not None and self._hovered[0] is cell
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colors.accent if chosen else theme.colors.line, 1))
        painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.setFont(theme.font("small", mono=True))
        painter.setPen(theme.colors.text)
        share = float(cell.band.shares[cell.index])
        text = f"{cell.band.channels[cell.index]} · {share:.0%}"
        under = QRectF(cell.area.left(), cell.area.bottom() + 1, cell.area.width(), self._line() + 2)
        if painter.fontMetrics().horizontalAdvance(LONGEST_LABEL) > under.width():
            text = str(cell.band.channels[cell.index])
        painter.drawText(under, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, text)

    def _image(self, cell: Cell) -> QImage:
        key = (cell.below, id(cell.band), cell.index)
        if key not in self._images:
            limit = _limit(cell.band.maps) or 1.0
            values = np.nan_to_num(cell.band.maps[cell.index], posinf=limit, neginf=-limit)
            self._images[key] = to_image(colormaps.activations(values, limit))
        return self._images[key]

    # --- pointer --------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._value_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        found = self._value_at(event.position())
        if found is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        cell, y, x = found
        band = cell.band
        place = (band.top + y * band.every, band.left + x * band.every)
        self.unitPicked.emit(band.layer, band.channels[cell.index], place)

    def _hover(self, found: tuple[Cell, int, int] | None) -> None:
        if found == self._hovered:
            return
        self._hovered = found
        self.update()
        self.pointed.emit([] if found is None else self._facts(*found))

    def _value_at(self, point: QPointF) -> tuple[Cell, int, int] | None:
        """The map under a point, and the row and column of its value there."""
        cell = None if self._layout is None else self._layout.at(point.x(), point.y())
        if cell is None:
            return None
        area = fitted(cell)
        if not area.contains(point):
            return None
        height, width = cell.band.maps.shape[1:]
        y = min(int((point.y() - area.top()) / area.height() * height), height - 1)
        x = min(int((point.x() - area.left()) / area.width() * width), width - 1)
        return cell, y, x

    def _facts(self, cell: Cell, y: int, x: int) -> list[Fact]:
        band = cell.band
        return [
            ("layer", band.layer, "Where the signal is on its way down."),
            ("channel", f"{band.channels[cell.index]} of {band.shape[0]}", "Counted from 0."),
            (
                "place",
                f"row {band.top + y * band.every}, column {band.left + x * band.every}",
                "Counted from 0.",
            ),
            ("signal", f"{float(band.maps[cell.index, y, x]):.5g}".replace("-", "−"), ""),
            ("share of the signal", f"{float(band.shares[cell.index]):.1%}", "By the sum of the magnitudes."),
        ]


def fitted(cell: Cell) -> QRectF:
    """Where the values of a map are drawn: as large as fits into its square, in its own proportions."""
    height, width = cell.band.maps.shape[1:]
    side = cell.area.width()
    scale = side / max(height, width, 1)
    across, down = width * scale, height * scale
    return QRectF(cell.area.center().x() - across / 2, cell.area.center().y() - down / 2, across, down)


def _paint_switches(painter: QPainter, step: DescentStep, cell: Cell, area: QRectF) -> None:
    """A dot where each value went; values that are zero went nowhere."""
    band, switches = cell.band, step.switches
    assert switches is not None
    side = area.width() / max(band.size[1], 1)
    if side < FEWEST_PIXELS:
        return
    reach = max(side * DOT, SMALLEST_DOT)
    painter.setPen(QPen(with_alpha(theme.colors.window, 0.8), 1))
    painter.setBrush(theme.colors.accent)
    sent = step.above.maps[cell.index] != 0
    for row, column in switches[cell.index][sent[: switches.shape[1], : switches.shape[2]]]:
        x = area.left() + (column - band.left + 0.5) * side
        y = area.top() + (row - band.top + 0.5) * side
        painter.drawEllipse(QPointF(float(x), float(y)), reach, reach)


def _limit(maps: Array) -> float:
    finite = maps[np.isfinite(maps)]
    return float(np.abs(finite).max()) if finite.size else 0.0
