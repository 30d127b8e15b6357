"""Formulas with the numbers of the selected layer beneath them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.pages.architectures.layer_facts import Worked
from gui.pages.architectures.words import Words
from gui.theme import space, theme
from gui.widgets.formula import Formula


class _Line(QWidget):
    """One formula and its numbers."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.formula, self.numbers = Formula(size="body"), Words()
        self.numbers.setFont(theme.font("small", mono=True))
        self.numbers.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.numbers.setContentsMargins(space.m, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, space.xs)
        column.setSpacing(0)
        column.addWidget(self.formula)
        column.addWidget(self.numbers)

    def show_worked(self, worked: Worked) -> None:
        formula, numbers = worked
        if self.formula.lines != (formula,):
            self.formula.set_lines(formula)
        self.numbers.setText(numbers)
        self.numbers.setVisible(bool(numbers))


class WorkedFormulas(QWidget):
    """A formula a line, its numbers beneath."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[_Line] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space.xs)

    def show_formulas(self, formulas: Sequence[Worked]) -> None:
        """Show other formulas; nothing where there are none."""
        while len(self._lines) < len(formulas):
            line = _Line(self)
            self._lines.append(line)
            self._column.addWidget(line)
        for line, worked in zip(self._lines, formulas, strict=False):
            line.show_worked(worked)
            line.show()
        for line in self._lines[len(formulas) :]:
            line.hide()
        self.setVisible(bool(formulas))

    def texts(self) -> list[str]:
        """The numbers on show, a formula a text."""
        return [line.numbers.text() for line in self._lines if not line.isHidden()]
