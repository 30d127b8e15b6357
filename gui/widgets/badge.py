"""The badge that says whether hand-made numbers agree with those of a library."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from gui.theme import space


class Comparison(Protocol):
    """What a check found out."""

    @property
    def max_abs_difference(self) -> float: ...

    @property
    def tolerance(self) -> float: ...

    @property
    def agrees(self) -> bool: ...

    @property
    def reference(self) -> str: ...


class Badge(QFrame):
    """ "Checked against torch": whether the numbers agree and by how much they differ at most."""

    def __init__(self, parent: QWidget | None = None, *, library: str = "torch") -> None:
        super().__init__(parent)
        self.setObjectName("card")
        column = QVBoxLayout(self)
        column.setContentsMargins(space.m, space.s, space.m, space.s)
        column.setSpacing(2)
        self._library = library
        self.title, self.detail = QLabel(), QLabel()
        self.detail.setProperty("role", "muted")
        for label in (self.title, self.detail):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(label)
        self.show_waiting("PyTorch is still loading; the numbers are computed without it.")

    def set_library(self, library: str) -> None:
        """Name what the next results are compared with, such as "scikit-image"."""
        self._library = library

    @Slot(str)
    def show_waiting(self, reason: str) -> None:
        self._show("Not checked yet", reason, "")

    @Slot()
    def show_checking(self) -> None:
        library = "PyTorch" if self._library == "torch" else self._library
        self._show("Checking…", f"The same numbers are computed in {library}.", "")

    @Slot(object)
    def show_result(self, result: Comparison) -> None:
        difference = _short(result.max_abs_difference)
        if result.agrees:
            detail = f"largest difference {difference} · {result.reference}"
            self._show(f"✓ Checked against {self._library}", detail, "good")
        else:
            limit = f"{result.tolerance:.0e}".replace("-", "−")
            detail = f"largest difference {difference}, more than {limit} · {result.reference}"
            self._show(f"✗ Differs from {self._library}", detail, "error")

    @Slot(str)
    def show_failure(self, sentence: str) -> None:
        self._show("Could not be checked", sentence, "warn")

    def _show(self, title: str, detail: str, role: str) -> None:
        if (title, detail, role) == (self.title.text(), self.detail.text(), self.title.property("role")):
            return
        self.title.setText(title)
        self.title.setProperty("role", role)
        self.title.style().unpolish(self.title)
        self.title.style().polish(self.title)
        self.detail.setText(detail)
        self.setAccessibleName(f"{title}. {detail}")


def _short(difference: float) -> str:
    return "0" if difference == 0 else f"{difference:.1e}".replace("-", "−")
