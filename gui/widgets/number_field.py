"""A number field that refuses bad input with a reason and the nearest legal value; the state stays."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import CONTROL_HEIGHT, space, theme
from gui.widgets.choices import field_label
from gui.widgets.number_edit import LinkButton, NumberEdit
from gui.widgets.number_text import FieldProblem, Number, Validator, format_number, parse_number
from gui.widgets.reason import Reason

SEARCHED_STEPS: Final = 64
REASON_MS: Final = 6000
"""How long the reason of a refusal can still be read after its field was left."""


class NumberField(QWidget):
    """A labelled number: commits on Enter, on leaving, by arrows and wheel; a refusal changes nothing.

    `low` and `high` bound the value; `validate` returns a problem (with `.message` and `.nearest`) or None.
    A refusal shows a red border, the reason and a link that commits the nearest legal value. Esc takes the
    refused text and the reason away; on leaving, the text goes and the reason stays for a while.
    """

    committed = Signal(object)
    """The new value, int or float; never for `set_value` and never for an unchanged value."""
    refused = Signal(str)
    """The reason why the text was not taken."""

    def __init__(
        self,
        label: str,
        *,
        value: Number = 0,
        unit: str = "",
        integer: bool = False,
        low: Number | None = None,
        high: Number | None = None,
        step: Number = 1,
        validate: Validator | None = None,
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._integer, self._low, self._high, self._step, self._validate = integer, low, high, step, validate
        self._value: Number = int(value) if integer else float(value)
        self._nearest: Number | None = None
        self._name = label
        self._legal_text = ""
        self._linger = QTimer(self)
        self._linger.setSingleShot(True)
        self._linger.setInterval(REASON_MS)
        self.edit = NumberEdit(self)
        self.set_unit(unit)
        self.edit.setMinimumWidth(CONTROL_HEIGHT)
        self.edit.setFixedHeight(CONTROL_HEIGHT)
        self.problem_label = Reason(self)
        self.use_nearest = LinkButton(parent=self)
        self._build(label)
        self.setToolTip(tooltip)
        self._connect()
        self._retint()
        self._show_value()

    @property
    def value(self) -> Number:
        """The last legal value."""
        return self._value

    @property
    def problem(self) -> str:
        """The reason shown beneath, empty when the field is in order."""
        return self.problem_label.text() if not self.problem_label.isHidden() else ""

    def set_value(self, value: Number) -> None:
        """Show a value without a signal; clears a refusal, unless it lingers and the value is the old one."""
        if not (self._linger.isActive() and value == self._value):
            self.clear_problem()
        self._value = int(value) if self._integer else float(value)
        self._show_value()

    def set_limits(self, low: Number | None, high: Number | None) -> None:
        """Change the bounds; the present value stays until the next commit."""
        self._low, self._high = low, high
        self._show_value_unless_typing()

    def set_validate(self, validate: Validator | None) -> None:
        """Change the rule that a value has to pass."""
        self._validate = validate

    def set_label(self, label: str) -> None:
        """Change the name in front of the field."""
        self._name = label
        self._label.setText(label)
        self.edit.setAccessibleName(label)

    def set_unit(self, unit: str) -> None:
        """Change the unit behind the number."""
        self.edit.set_unit(unit)
        self.edit.setAccessibleName(f"{self._name} ({unit})" if unit else self._name)

    def show_problem(self, message: str, nearest: object = None) -> None:
        """Mark the field as refused, for rules that only the page knows."""
        self._linger.stop()
        self._nearest = _as_number(nearest, self._integer)
        self.problem_label.setText(message)
        self.problem_label.show()
        self.use_nearest.setVisible(self._nearest is not None)
        if self._nearest is not None:
            self.use_nearest.setText(f"Use {format_number(self._nearest)}")
            self.use_nearest.setAccessibleName(f"Use {format_number(self._nearest)} for {self._name}")
        self.problem_label.set_open(self.edit.hasFocus())
        self.edit.has_reason = True
        self.edit.setAccessibleDescription(message)
        self._mark(True)

    def clear_problem(self) -> None:
        """Take the refusal away."""
        self._linger.stop()
        self._nearest = None
        self.problem_label.set_open(False)
        self.problem_label.hide()
        self.problem_label.clear()
        self.use_nearest.hide()
        self.edit.has_reason = False
        self.edit.setAccessibleDescription("")
        self._mark(False)

    @Slot()
    def commit(self) -> bool:
        """Take the typed text; returns whether the field is in order afterwards."""
        if not self.edit.isModified():
            if not self._linger.isActive():
                self.clear_problem()
            return True
        try:
            value = self._checked(
                parse_number(
                    self.edit.text(),
                    integer=self._integer,
                    low=self._low,
                    high=self._high,
                    current=self._value,
                )
            )
        except FieldProblem as problem:
            self._refuse(problem)
            return False
        self._take(value)
        return True

    @Slot()
    def restore(self) -> None:
        """Back to the last legal value, as Esc does."""
        self.clear_problem()
        self._show_value()
        self.edit.selectAll()

    @Slot(int)
    def step(self, count: int) -> None:
        """Go `count` steps on, past values that the rule forbids; stops at the bounds."""
        if not self.commit():
            return
        first: tuple[str, Number | None] | None = None
        for further in range(SEARCHED_STEPS):
            wanted = self._moved(count + (further if count > 0 else -further))
            if wanted == self._value:
                break
            try:
                self._take(self._checked(wanted))
            except FieldProblem as problem:
                # Not the exception itself: its frames would keep this field alive after its window.
                first = first or (problem.message, problem.nearest)
            else:
                return
        if first is not None:
            self.show_problem(*first)
            self.refused.emit(first[0])

    def _moved(self, count: int) -> Number:
        """The value `count` steps on within the bounds, rounded so that 0.1 + 0.2 shows as 0.3."""
        wanted = self._value + count * self._step
        if not self._integer:
            wanted = round(wanted, 9)
        wanted = wanted if self._high is None else min(wanted, self._high)
        wanted = wanted if self._low is None else max(wanted, self._low)
        return int(wanted) if self._integer else float(wanted)

    def _checked(self, value: Number) -> Number:
        problem = self._validate(value) if self._validate else None
        if problem is not None:
            raise FieldProblem(problem.message, _as_number(problem.nearest, self._integer))
        return value

    def _take(self, value: Number) -> None:
        changed = value != self._value
        self.clear_problem()
        self.set_value(value)
        if changed:
            self.committed.emit(self._value)

    def _refuse(self, problem: FieldProblem) -> None:
        repeated = self.problem == problem.message
        self.show_problem(problem.message, self._offer(problem.nearest))
        if not repeated:
            self.refused.emit(problem.message)

    def _offer(self, nearest: Number | None) -> Number | None:
        """The nearest value that the rule takes too: within the bounds need not be enough."""
        problem = self._validate(nearest) if self._validate and nearest is not None else None
        return nearest if problem is None else _as_number(problem.nearest, self._integer)

    @Slot()
    def _left(self) -> None:
        """A refused text does not stay where nobody looks at it any more; its reason does, for a while."""
        if self.problem and self.edit.isModified():
            self.edit.setText(self._legal_text)
            self.edit.setCursorPosition(0)
            self._mark(False)
            self.problem_label.set_open(False)
            self._linger.start()

    @Slot()
    def _forget(self) -> None:
        if self.use_nearest.hasFocus() or self.use_nearest.underMouse():
            self._linger.start()  # somebody is about to use it
        else:
            self.clear_problem()

    @Slot(str)
    def _text_changed(self, text: str) -> None:
        if not self.edit.isModified():
            self._legal_text = text

    @Slot()
    def _take_nearest(self) -> None:
        if self._nearest is None:
            return
        value = self._nearest
        try:
            self._take(self._checked(value))
        except FieldProblem as problem:
            self._refuse(problem)
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _edited(self) -> None:
        if self.problem:
            self.clear_problem()
            self.edit.setModified(True)

    def _show_value(self) -> None:
        self.edit.setText(format_number(self._value))
        self.edit.setCursorPosition(0)

    def _show_value_unless_typing(self) -> None:
        if not self.edit.takes_escape:
            self._show_value()

    def _mark(self, invalid: bool) -> None:
        if bool(self.edit.property("invalid")) != invalid:
            self.edit.setProperty("invalid", invalid)
            self.edit.style().unpolish(self.edit)
            self.edit.style().polish(self.edit)

    def _fill_row(self, row: QBoxLayout) -> None:
        row.addWidget(self.edit, 1)

    def _build(self, label: str) -> None:
        row = QHBoxLayout()
        row.setSpacing(space.s)
        self._label = field_label(label, self.edit, self)
        row.addWidget(self._label)
        self._fill_row(row)
        beneath = QHBoxLayout()
        beneath.setSpacing(space.s)
        beneath.addWidget(self.problem_label, 1)
        beneath.addWidget(self.use_nearest)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addLayout(beneath)
        self.problem_label.hide()
        self.use_nearest.hide()
        self.setFocusProxy(self.edit)

    def _connect(self) -> None:
        self.edit.returnPressed.connect(self.commit)
        self.edit.left.connect(self.commit)
        self.edit.left.connect(self._left)
        self.edit.textChanged.connect(self._text_changed)
        self._linger.timeout.connect(self._forget)
        self.edit.stepped.connect(self.step)
        self.edit.escaped.connect(self.restore)
        self.edit.textEdited.connect(self._edited)
        self.use_nearest.clicked.connect(self._take_nearest)
        theme.changed.connect(self._retint)

    @Slot()
    def _retint(self) -> None:
        self._dress()  # PySide keeps calling an overridden slot after its receiver is gone: this one stays as it is

    def _dress(self) -> None:
        """Fonts and icons of the theme."""
        self.edit.setFont(theme.font("body", mono=True))


def _as_number(value: object, integer: bool) -> Number | None:
    """A problem's nearest value as one finite number, else None; (3, 3) for a square kernel counts as 3."""
    if isinstance(value, tuple) and len(set(value)) == 1:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value) if integer else float(value)
