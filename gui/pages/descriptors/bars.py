"""Histograms as bars: one band a histogram, a bar a bin, with what is under the pointer lit and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import contrast, mix, radius, space, theme, with_alpha
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.frame_view import arrow_step

Place = tuple[int, int]
HEAD: Final = 20.0
FOOT: Final = 18.0
LEAST_GAP_BAR: Final = 5.0
"""Bars narrower than this stand side by side without a gap."""
STALE_OPACITY: Final = 0.45
LEAST_CONTRAST: Final = 1.35
NOTHING: Final = "No histogram yet"


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """One histogram: `values` float64[B] are shares, `colours` uint8[B, 3] of its bars, `names` a text a bar.

    `ticks` are (place, text) beneath the bars: place 1.5 is the middle of the second bar, B the right end.
    """

    name: str
    values: npt.NDArray[np.float64]
    colours: npt.NDArray[np.uint8]
    names: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...] = ()
    top: float | None = None
    """The share at the full height; None: the largest of the band."""

    @property
    def highest(self) -> float:
        return (float(self.values.max(initial=0.0)) if self.top is None else self.top) or 1.0


class BarChart(QWidget):
    """hovered(band, bin): under the pointer or reached by the arrow keys; left(); clicked(band, bin)."""

    hovered = Signal(int, int)
    left = Signal()
    clicked = Signal(int, int)

    def __init__(self, name: str = "Histogram", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bands: tuple[Band, ...] = ()
        self._lit: tuple[Place, ...] = ()
        self._pointed: Place | None = None
        self._stale = False
        self.compact = False
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    # --- what is shown ---------------------------------------------------------------------------------------

    @property
    def bands(self) -> tuple[Band, ...]:
        return self._bands

    @property
    def lit(self) -> tuple[Place, ...]:
        return self._lit

    @property
    def stale(self) -> bool:
        return self._stale

    def set_bands(self, bands: Sequence[Band]) -> None:
        """Show these histograms, from the top."""
        self._bands = tuple(bands)
        self._pointed = None if self._pointed is None or not self._there(self._pointed) else self._pointed
        self.setAccessibleDescription("; ".join(_said(band) for band in self._bands) or NOTHING)
        self.update()

    def set_lit(self, lit: Sequence[Place]) -> None:
        """Light these bars; those that are gone are left out."""
        self._lit = tuple(place for place in lit if self._there(place))
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Dim the bars while newer ones are being counted."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)

    def preferred_size(self) -> QSizeF:
        """For exports."""
        return QSizeF(max(self.width(), 480), max(self.height(), 320))

    # --- geometry --------------------------------------------------------------------------------------------

    def tracks(self, size: QSizeF) -> list[QRectF]:
        """Where the bars of each band stand."""
        count = max(len(self._bands), 1)
        gap = float(space.s if self.compact else space.m)
        height = (size.height() - (count - 1) * gap) / count
        head, foot = HEAD, 0.0 if self.compact else FOOT
        return [
            QRectF(1, index * (height + gap) + head, size.width() - 2, max(height - head - foot, 4.0))
            for index in range(count)
        ]

    def bar_rect(self, track: QRectF, band: Band, index: int) -> QRectF:
        """The room of a bin: its whole column."""
        width = track.width() / max(len(band.values), 1)
        return QRectF(track.left() + index * width, track.top(), width, track.height())

    def place_at(self, point: QPointF) -> Place | None:
        """The band and bin under a point, None beside them."""
        for number, (band, track) in enumerate(
            zip(self._bands, self.tracks(QSizeF(self.size())), strict=False)
        ):
            if track.adjusted(0, -HEAD / 2, 0, FOOT).contains(point) and len(band.values):
                share = (point.x() - track.left()) / track.width()
                return number, min(max(int(share * len(band.values)), 0), len(band.values) - 1)
        return None

    # --- painting --------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.paint(painter, QSizeF(self.size()))
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()))

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw the histograms at a size; exports use it, too."""
        painter.save()
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        if not self._bands:
            painter.setPen(theme.colors.muted)
            painter.setFont(theme.font("body"))
            painter.drawText(QRectF(QPointF(), size), Qt.AlignmentFlag.AlignCenter, NOTHING)
        for number, (band, track) in enumerate(zip(self._bands, self.tracks(size), strict=False)):
            self._paint_band(painter, number, band, track)
        painter.restore()

    def _paint_band(self, painter: QPainter, number: int, band: Band, track: QRectF) -> None:
        colors = theme.colors
        lit = [bin_ for at, bin_ in self._lit if at == number]
        self._paint_head(painter, band, track, lit)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(colors.window, colors.line, 0.35))
        painter.drawRect(track)
        width = track.width() / max(len(band.values), 1)
        gap = 1.0 if width >= LEAST_GAP_BAR else 0.0
        for index, value in enumerate(band.values):
            column = self.bar_rect(track, band, index)
            height = track.height() * min(float(value) / band.highest, 1.0)
            bar = QRectF(column.left(), column.bottom() - height, max(width - gap, 0.6), height)
            painter.setOpacity(
                (STALE_OPACITY if self._stale else 1.0) * (1.0 if not lit or index in lit else 0.4)
            )
            painter.fillRect(bar, _visible(QColor(*(int(v) for v in band.colours[index]))))
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        painter.setPen(QPen(colors.line, 1))
        painter.drawLine(track.bottomLeft(), track.bottomRight())
        for index in lit:
            painter.setBrush(with_alpha(colors.accent, 0.12))
            painter.setPen(QPen(colors.accent, 2))
            painter.drawRoundedRect(
                self.bar_rect(track, band, index).adjusted(-1, 0, 1, 0), radius.cell, radius.cell
            )
        if not self.compact:
            self._paint_ticks(painter, band, track)

    def _paint_head(self, painter: QPainter, band: Band, track: QRectF, lit: list[int]) -> None:
        """The band's name, and on the right what is lit, or how high the bars can be."""
        area = QRectF(track.left(), track.top() - HEAD, track.width(), HEAD - 2)
        painter.setFont(theme.font("small", bold=True))
        painter.setPen(theme.colors.text)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, band.name)
        taken = QFontMetricsF(theme.font("small", bold=True)).horizontalAdvance(band.name) + space.m
        told = f"up to {percent(band.highest)}"
        painter.setPen(theme.colors.muted)
        if lit:
            told = f"{band.names[lit[0]]}: {percent(float(band.values[lit[0]]))}"
            painter.setPen(theme.colors.accent_text)
        painter.setFont(theme.font("small", mono=True))
        room = QRectF(area.left() + taken, area.top(), max(area.width() - taken, 0), area.height())
        text = painter.fontMetrics().elidedText(told, Qt.TextElideMode.ElideLeft, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_ticks(self, painter: QPainter, band: Band, track: QRectF) -> None:
        painter.setFont(theme.font("small", mono=True))
        painter.setPen(theme.colors.muted)
        metrics = QFontMetricsF(painter.font())
        width = track.width() / max(len(band.values), 1)
        for bin_, text in band.ticks:
            wide = metrics.horizontalAdvance(text)
            middle = track.left() + bin_ * width
            left = min(max(middle - wide / 2, track.left()), track.right() - wide)
            painter.drawText(QPointF(left, track.bottom() + metrics.ascent() + 3), text)

    # --- pointer and keys ------------------------------------------------------------------------------------

    def _there(self, place: Place) -> bool:
        return place[0] < len(self._bands) and place[1] < len(self._bands[place[0]].values)

    def _point(self, place: Place | None) -> None:
        if place == self._pointed:
            return
        self._pointed = place
        if place is None:
            self.left.emit()
        else:
            self.hovered.emit(*place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.place_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            self.clicked.emit(*place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = arrow_step(event)
        if step is not None and self._bands:
            self._move(*step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._pointed is not None:
            self.clicked.emit(*self._pointed)
        else:
            super().keyPressEvent(event)

    def _move(self, across: int, down: int) -> None:
        band, bin_ = self._pointed or (self._lit[0] if self._lit else (0, -1))
        band = min(max(band + (down > 0) - (down < 0), 0), len(self._bands) - 1)
        self._point((band, min(max(bin_ + across, 0), len(self._bands[band].values) - 1)))


def percent(share: float) -> str:
    """A share as people read it: "12.3 %", "0.04 %", "0 %"."""
    if share == 0:
        return "0 %"
    return (
        f"{share * 100:.1f} %" if share >= 0.01 else f"{share * 100:.2f} %" if share >= 0.0001 else "< 0.01 %"
    )


def _said(band: Band) -> str:
    if not len(band.values):
        return band.name
    most = int(band.values.argmax())
    return f"{band.name}: most in {band.names[most]}, {percent(float(band.values[most]))}"


def _visible(color: QColor) -> QColor:
    """A data colour that is still seen on the ground of the stage."""
    ground = mix(theme.colors.window, theme.colors.line, 0.35)
    if contrast(color, ground) >= LEAST_CONTRAST:
        return color
    return mix(color, theme.colors.text, 0.35)
