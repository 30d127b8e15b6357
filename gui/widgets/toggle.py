"""A switch."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from gui.theme import CONTROL_HEIGHT, ICON_SIZE, space, theme
from gui.widgets.focus_ring import RING_ROOM, paint_ring_around


class Toggle(QCheckBox):
    """A switch with its text on the left; `changed(bool)` tells what a person did."""

    changed = Signal(bool)

    _TRACK: Final = QSize(ICON_SIZE + space.l, ICON_SIZE)

    def __init__(
        self, label: str, *, value: bool = False, tooltip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(label, parent)
        self.setAccessibleName(label)
        self.setToolTip(tooltip)
        self.setFixedHeight(CONTROL_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setChecked(value)
        self.toggled.connect(self.changed)
        theme.changed.connect(self.update)

    @property
    def value(self) -> bool:
        """Whether the switch is on."""
        return self.isChecked()

    def set_value(self, value: bool) -> None:
        """Switch without a signal."""
        blocked = self.blockSignals(True)
        self.setChecked(value)
        self.blockSignals(blocked)
        self.update()

    def sizeHint(self) -> QSize:
        text = QFontMetrics(theme.font("body")).horizontalAdvance(self.text())
        return QSize(text + space.m + self._TRACK.width() + RING_ROOM + 1, CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.colors
        painter.setFont(theme.font("body"))
        painter.setPen(colors.text if self.isEnabled() else colors.faded)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        self._paint_switch(painter)

    def _paint_switch(self, painter: QPainter) -> None:
        colors, on = theme.colors, self.isChecked()
        left = self.width() - self._TRACK.width() - RING_ROOM - 0.5
        top = (self.height() - self._TRACK.height()) / 2
        track = QRectF(left, top, self._TRACK.width(), self._TRACK.height())
        if self.hasFocus():
            paint_ring_around(painter, track)
        ground = colors.accent if self.isEnabled() else colors.faded
        painter.setPen(QPen(ground if on or not self.isEnabled() else colors.muted, 1))
        painter.setBrush(ground if on else colors.window)
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        knob = track.height() / 2 - 4
        middle = QPointF(
            track.right() - track.height() / 2 if on else track.left() + track.height() / 2,
            track.center().y(),
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.on_accent if on else (colors.muted if self.isEnabled() else colors.faded))
        painter.drawEllipse(middle, knob, knob)
