"""A labelled slider with its value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from gui.theme import CONTROL_HEIGHT, PANEL_WIDTH, space, theme
from gui.widgets.choices import field_label
from gui.widgets.number_text import format_number

PAGES: Final = 10
"""How many page steps lead from one end to the other."""
VALUE_COLUMN: Final = PANEL_WIDTH // 6


class SliderField(QWidget):
    """A labelled slider and its value; `changed` follows the hand, `committed` comes on release or by key."""

    changed = Signal(float)
    committed = Signal(float)

    def __init__(
        self,
        label: str,
        low: float,
        high: float,
        step: float,
        value: float,
        format: Callable[[float], str] = format_number,
        *,
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if not (step > 0 and high > low):
            raise ValueError(f"a slider needs low < high and a positive step, not {low}, {high}, {step}")
        self._low, self._step, self._format = low, step, format
        self.slider = _Slider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, round((high - low) / step))
        self.slider.setPageStep(max(1, self.slider.maximum() // PAGES))
        self.slider.setAccessibleName(label)
        self.value_label = QLabel(self)
        self.value_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value_label.setMinimumWidth(VALUE_COLUMN)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        row.addWidget(field_label(label, self.slider, self))
        row.addWidget(self.slider, 1)
        row.addWidget(self.value_label)
        self.setFixedHeight(CONTROL_HEIGHT)
        self.setFocusProxy(self.slider)
        self.setToolTip(tooltip)
        self._committed = self.slider.value()
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderReleased.connect(self._released)
        theme.changed.connect(self._retint)
        self._retint()
        self.set_value(value)

    @property
    def value(self) -> float:
        """The value under the handle."""
        return round(self._low + self.slider.value() * self._step, 9)

    def set_value(self, value: float) -> None:
        """Show the nearest value of the scale, without a signal."""
        blocked = self.slider.blockSignals(True)
        self.slider.setValue(round((value - self._low) / self._step))
        self.slider.blockSignals(blocked)
        self._committed = self.slider.value()
        self._show()

    def _show(self) -> None:
        self.value_label.setText(self._format(self.value))
        self.slider.setAccessibleDescription(self.value_label.text())

    @Slot(int)
    def _moved(self, _tick: int) -> None:
        self._show()
        self.changed.emit(self.value)
        if not self.slider.isSliderDown():
            self._released()

    @Slot()
    def _released(self) -> None:
        if self._committed != self.slider.value():
            self._committed = self.slider.value()
            self.committed.emit(self.value)

    @Slot()
    def _retint(self) -> None:
        self.value_label.setFont(theme.font("body", mono=True))


class _Slider(QSlider):
    """A slider that leaves the wheel to the panel until it has the focus."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # by default the wheel would give it the focus first

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
