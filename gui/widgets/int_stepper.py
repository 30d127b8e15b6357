"""A whole number between a minus and a plus button."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QToolButton, QWidget

from gui.theme import CONTROL_HEIGHT, ICON_SIZE, space, theme
from gui.widgets.number_field import NumberField
from gui.widgets.number_text import Validator


class IntStepper(NumberField):
    """A compact whole number between a minus and a plus button; holding a button or an arrow key repeats."""

    def __init__(
        self,
        label: str,
        *,
        value: int = 0,
        unit: str = "",
        low: int | None = None,
        high: int | None = None,
        step: int = 1,
        validate: Validator | None = None,
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self.minus, self.plus = QToolButton(), QToolButton()
        super().__init__(
            label,
            value=value,
            unit=unit,
            integer=True,
            low=low,
            high=high,
            step=step,
            validate=validate,
            tooltip=tooltip,
            parent=parent,
        )
        self.edit.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def _fill_row(self, row: QBoxLayout) -> None:
        for button, name in ((self.minus, "less"), (self.plus, "more")):
            button.setAccessibleName(f"{self._name}: {name}")
            button.setToolTip(f"{self._name}: {name}")
            button.setAutoRepeat(True)
            button.setFixedSize(CONTROL_HEIGHT, CONTROL_HEIGHT)
            button.setIconSize(QSize(ICON_SIZE - 2, ICON_SIZE - 2))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys do the same: one tab stop a field
        inner = QHBoxLayout()
        inner.setSpacing(space.xs)
        inner.addWidget(self.minus)
        inner.addWidget(self.edit, 1)
        inner.addWidget(self.plus)
        row.addLayout(inner, 1)

    def _connect(self) -> None:
        super()._connect()
        self.minus.clicked.connect(self._less)
        self.plus.clicked.connect(self._more)

    @Slot()
    def _less(self) -> None:
        self.step(-1)

    @Slot()
    def _more(self) -> None:
        self.step(1)

    def _dress(self) -> None:
        super()._dress()
        self.minus.setIcon(theme.icon("minus"))
        self.plus.setIcon(theme.icon("plus"))

    def _show_value(self) -> None:
        super()._show_value()
        self.minus.setEnabled(self._low is None or self._value > self._low)
        self.plus.setEnabled(self._high is None or self._value < self._high)
