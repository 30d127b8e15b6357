"""One of the three nets: its name, a line about how far it is, and the picture with its answers."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.detection.proposals.requests import Method, RegionRun
from gui.pages.boxes.proposals import words
from gui.pages.boxes.proposals.answers_view import AnswersView
from gui.pages.boxes.proposals.cost_cell import CostCell
from gui.theme import space, theme
from gui.widgets.wrapped import OneLine


class AnswerTile(QWidget):
    """`cells` are its numbers, which a table lays out; `run` is what they come from, None so far."""

    def __init__(self, method: Method, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = words.METHODS[method]
        self.method = method
        self.run: RegionRun | None = None
        self.title = QLabel(name)
        self.title.setFont(theme.font("section", bold=True))
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.line = OneLine(words.HOW[method])
        self.view = AnswersView(f"Answers of {name}")
        self.view.setToolTip("Click to see it alone, and again or Esc to come back")
        self.cells = {
            key: CostCell(f"{name}: {row}", barred=key in words.BARRED) for key, row, _ in words.ROWS
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.xs)
        column.addWidget(self.title)
        column.addWidget(self.line)
        column.addWidget(self.view, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        column.addStretch(1)

    @property
    def head(self) -> int:
        """Height of what stands above the picture."""
        return self.title.sizeHint().height() + self.line.sizeHint().height() + 2 * space.xs

    def set_picture(self, size: QSize) -> None:
        """How large the picture is."""
        self.view.setFixedSize(size)

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to another question."""
        self.view.set_stale(stale)
        for cell in self.cells.values():
            cell.set_stale(stale)
