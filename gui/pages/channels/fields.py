"""Building blocks of this page's control panels: number fields, and numbers with a slider beneath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from gui.theme import space
from gui.widgets.fields import IntStepper
from gui.widgets.number_text import Validator


def number(
    label: str,
    low: int,
    high: int,
    tip: str,
    commit: Callable[[int], None],
    validate: Validator | None = None,
) -> IntStepper:
    """A whole number that tells what a person set."""
    field = IntStepper(label, value=max(low, 0), low=low, high=high, tooltip=tip, validate=validate)

    def committed(value: Any) -> None:
        commit(int(value))

    field.committed.connect(committed)
    return field


def show_number(field: IntStepper, value: int) -> None:
    """Put a field where the state says; an old refusal goes."""
    if field.value != value or field.problem:
        field.set_value(value)


class _Slider(QSlider):
    """A slider that leaves the wheel to the panel until it has the focus."""

    def __init__(self, orientation: Qt.Orientation) -> None:
        super().__init__(orientation)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # by default the wheel would give it the focus first

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SlidNumber(QWidget):
    """A whole number to type, with a slider beneath it for a quick look: moved(value, whether the hand is dragging)."""

    moved = Signal(int, bool)

    def __init__(self, label: str, low: int, high: int, step: int, tip: str) -> None:
        super().__init__()
        self._low, self._step = low, step
        self.field = IntStepper(label, value=low, low=low, high=high, step=step, tooltip=tip)
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, (high - low) // step)
        self.slider.setPageStep(max(self.slider.maximum() // 10, 1))
        self.slider.setAccessibleName(label)
        self.slider.setToolTip(tip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.xs)
        column.addWidget(self.field)
        column.addWidget(self.slider)
        self.field.committed.connect(self._typed)
        self.slider.valueChanged.connect(self._slid)

    @property
    def value(self) -> int:
        return int(self.field.value)

    def set_value(self, value: int) -> None:
        """Show a value without a signal."""
        show_number(self.field, value)
        with QSignalBlocker(self.slider):
            self.slider.setValue((value - self._low) // self._step)

    def set_validate(self, validate: Validator) -> None:
        """The rule that a typed value has to pass."""
        self.field.set_validate(validate)

    @Slot(object)
    def _typed(self, value: object) -> None:
        self.moved.emit(int(str(value)), False)

    @Slot(int)
    def _slid(self, tick: int) -> None:
        self.moved.emit(self._low + tick * self._step, self.slider.isSliderDown())
