"""Typing over a cell of the table: what the text means, and an editor that stays open on what it refuses."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from engine.foundations.calculator.layers import RANGES
from gui.theme import theme
from gui.widgets.number_text import FieldProblem, parse_number

AnyIndex = QModelIndex | QPersistentModelIndex
ENDS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


def meaning(setting: str, text: str) -> int | str:
    """A number within the setting's range, or "same" or "valid" for a padding. Raises FieldProblem."""
    word = text.strip().lower()
    if setting == "p" and word in ("same", "valid"):
        return word
    low, high = RANGES[setting]
    return int(parse_number(text, integer=True, low=low, high=high))


class CellEditor(QLineEdit):
    """A cell that is typed over; on a refused text it stays, marked, with the reason as a tooltip."""

    def __init__(self, setting: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setting = setting
        self.setFont(theme.font("small", mono=True))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFrame(False)
        self.setAccessibleName(f"New value of {setting}")
        self.textEdited.connect(self._clear)

    @property
    def refused(self) -> str:
        """Why the text is not taken, empty where it is."""
        return self.toolTip()

    def check(self) -> bool:
        """Whether the text can be taken; if not, the reason is shown."""
        try:
            meaning(self.setting, self.text())
        except FieldProblem as problem:
            self._mark(problem.message)
            QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), problem.message, self)
            return False
        self._mark("")
        return True

    def _clear(self) -> None:
        self._mark("")

    def _mark(self, reason: str) -> None:
        self.setToolTip(reason)
        self.setAccessibleDescription(reason)
        self.setProperty("invalid", bool(reason))
        self.style().unpolish(self)
        self.style().polish(self)
