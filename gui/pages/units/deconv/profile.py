"""How strong the signal is at every layer on its way down, as bars; the one on show stands out, a click goes there."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.inside.descent.requests import DescentStep
from gui import tokens
from gui.pages.units.deconv import words
from gui.theme import STALE_OPACITY, radius, space, theme
from gui.widgets.facts import Fact
from gui.widgets.graph.data import kind_of

TITLE: Final = "Strength of the signal, layer by layer (Σ |s|)"
LEAST: Final = 64
"""Heights below which bars say nothing: then the room stays empty."""
WIDEST: Final = 72.0
SHORTEST: Final = 1.0
NAMED_FROM: Final = 44.0
"""Widths of a bar from which the layer's name stands beneath it."""


class SignalProfile(QWidget):
    """stepPicked(int): a bar was clicked; pointed(facts)."""

    stepPicked = Signal(int)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: tuple[DescentStep, ...] = ()
        self._chosen = 0
        self._hovered = -1
        self._stale = False
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(TITLE)
        theme.changed.connect(self.update)

    def show_steps(self, steps: tuple[DescentStep, ...], chosen: int) -> None:
        """Show the strength above every step."""
        self._steps, self._chosen = steps, chosen
        self.setAccessibleDescription(
            "; ".join(f"{step.layer}: {words.short(step.above.strength)}" for step in steps)
        )
        self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, 0)  # what the pictures and the maps leave over

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def bar(self, index: int) -> QRectF:
        """The room of a bar, from the ground to the top."""
        line = QFontMetricsF(theme.font("small")).height() + space.xs
        pitch = min(self.width() / max(len(self._steps), 1), WIDEST)
        foot = line if pitch >= NAMED_FROM else 1
        return QRectF(index * pitch, line, pitch, max(self.height() - line - foot, 0.0))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.height() < LEAST or not self._steps:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.muted)
        largest = max(step.above.strength for step in self._steps)
        text = f"{TITLE}; the tallest is {words.short(largest)}"
        metrics = painter.fontMetrics()
        painter.drawText(
            QPointF(0, metrics.ascent()), metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        )
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        for index, step in enumerate(self._steps):
            self._paint_bar(painter, index, step, largest or 1.0)
        ground = self.bar(0).bottom()
        painter.setPen(QPen(theme.colors.line, 1))
        painter.drawLine(QPointF(0, ground), QPointF(self.width(), ground))

    def _paint_bar(self, painter: QPainter, index: int, step: DescentStep, largest: float) -> None:
        room = self.bar(index)
        gap = min(space.xs / 2, room.width() / 6)
        tall = max(room.height() * step.above.strength / largest, SHORTEST)
        area = QRectF(room.left() + gap, room.bottom() - tall, room.width() - 2 * gap, tall)
        if index == self._chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colors.selected)
            painter.drawRect(room)
        painter.setPen(
            QPen(theme.colors.accent, 1) if index in (self._chosen, self._hovered) else Qt.PenStyle.NoPen
        )
        painter.setBrush(tokens.kind_color(kind_of(step.kind), theme.dark))
        painter.drawRoundedRect(area, radius.cell, radius.cell)
        if room.width() >= NAMED_FROM:
            name = step.layer.rpartition(".")[2]
            shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideLeft, int(room.width()) - 2)
            foot = QRectF(room.left(), room.bottom() + 1, room.width(), self.height() - room.bottom() - 1)
            painter.setPen(theme.colors.text if index == self._chosen else theme.colors.muted)
            painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, shown)

    # --- pointer --------------------------------------------------------------------------------------------

    def _at(self, point: QPointF) -> int:
        """The bar under a point, -1 where there is none."""
        found = (index for index in range(len(self._steps)) if self.bar(index).contains(point))
        return next(found, -1) if self.height() >= LEAST else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if index >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self.stepPicked.emit(index)

    def _hover(self, index: int) -> None:
        if index == self._hovered:
            return
        self._hovered = index
        self.update()
        if index < 0:
            self.pointed.emit([])
            return
        step = self._steps[index]
        facts: list[Fact] = [
            ("layer", step.layer, "The signal at its output."),
            ("kind", step.label, ""),
            (
                "strength",
                words.short(step.above.strength),
                "The sum of the magnitudes over all its channels.",
            ),
        ]
        self.pointed.emit(facts)
