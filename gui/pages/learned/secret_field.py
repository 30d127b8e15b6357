"""A field for the numbers of the hidden kernel: what is typed is covered by dots, as a password is."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from gui.pages.learned.changes import typed_kernel
from gui.theme import CONTROL_HEIGHT
from gui.widgets.fields import FieldProblem
from gui.widgets.reason import Reason


class SecretField(QWidget):
    """committed(tuple of float): Enter was pressed on as many numbers as the kernel has; a refusal says why."""

    committed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = 3
        self.edit = QLineEdit(self)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setFixedHeight(CONTROL_HEIGHT)
        self.edit.setAccessibleName("Numbers of the hidden kernel")
        self.reason = Reason(self)
        self.reason.setProperty("role", "error")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.edit)
        column.addWidget(self.reason)
        self.reason.hide()
        self.setFocusProxy(self.edit)
        self.edit.returnPressed.connect(self._enter)
        self.edit.textEdited.connect(self._forget)
        self.set_size(3)

    @property
    def problem(self) -> str:
        """Why the numbers were not taken, empty where they were."""
        return self.reason.text() if not self.reason.isHidden() else ""

    def set_size(self, size: int) -> None:
        """How large the kernel is."""
        self._size = size
        self.edit.setPlaceholderText(f"{size**2} numbers, row by row")
        self.edit.setToolTip(
            f"{size**2} numbers with blanks between them, then Enter; nobody sees what you type"
        )

    @Slot()
    def _enter(self) -> None:
        try:
            numbers = typed_kernel(self.edit.text(), self._size)
        except FieldProblem as problem:
            self.reason.setText(problem.message)
            self.reason.show()
            self.reason.set_open(True)
            return
        self._forget()
        self.edit.clear()
        self.committed.emit(numbers)

    @Slot()
    def _forget(self) -> None:
        self.reason.set_open(False)
        self.reason.hide()
