"""A line of names, apart by commas: bad ones are refused at the field with the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from gui.theme import CONTROL_HEIGHT
from gui.widgets.choices import field_label
from gui.widgets.reason import Reason

Names = tuple[str, ...]


class NamesField(QWidget):
    """committed(tuple[str, ...]) on Enter and on leaving; `refusal(names)` gives the reason why not, "" for none."""

    committed = Signal(object)

    def __init__(
        self, label: str, refusal: Callable[[Names], str], *, tooltip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._refusal = refusal
        self._names: Names = ()
        self.edit = QLineEdit(self)
        self.edit.setFixedHeight(CONTROL_HEIGHT)
        self.edit.setAccessibleName(label)
        self.reason = Reason(self)
        self.reason.setProperty("role", "error")
        self.reason.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(field_label(label, self.edit, self))
        column.addWidget(self.edit)
        column.addWidget(self.reason)
        self.setFocusProxy(self.edit)
        self.setToolTip(tooltip)
        self.edit.editingFinished.connect(self._finished)
        self.edit.textEdited.connect(self._edited)

    @property
    def names(self) -> Names:
        """The names in force."""
        return self._names

    @property
    def problem(self) -> str:
        """The reason of a refusal, "" where the field is in order."""
        return "" if self.reason.isHidden() else self.reason.text()

    def show_names(self, names: Sequence[str]) -> None:
        """Show names without a signal; a refused text stays until it is mended or left by Esc."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self.restore()

    @Slot()
    def restore(self) -> None:
        """Back to the names in force."""
        self._mark("")
        self.edit.setText(", ".join(self._names))
        self.edit.setCursorPosition(0)

    @Slot()
    def _finished(self) -> None:
        if not self.edit.isModified():
            return
        names = tuple(part.strip() for part in self.edit.text().split(",") if part.strip())
        problem = self._refusal(names)
        self._mark(problem)
        if not problem:
            changed = names != self._names
            self._names = names
            self.restore()
            if changed:
                self.committed.emit(names)

    @Slot()
    def _edited(self) -> None:
        self._mark("")

    def _mark(self, problem: str) -> None:
        self.reason.setText(problem)
        self.reason.setVisible(bool(problem))
        self.reason.set_open(bool(problem) and self.edit.hasFocus())
        self.edit.setProperty("invalid", bool(problem))
        self.edit.setAccessibleDescription(problem)
        self.edit.style().unpolish(self.edit)
        self.edit.style().polish(self.edit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (self.problem or self.edit.isModified()):
            self.restore()
        else:
            super().keyPressEvent(event)
