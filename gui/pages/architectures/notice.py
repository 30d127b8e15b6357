"""A quiet line above the stage: the network does not fit together, and where."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from engine.networks.graphs.graph import Problem
from gui.theme import ICON_SIZE, space, theme


class Notice(QFrame):
    """Says what is wrong and goes to the layer; `layerAsked(name)`, `undoAsked()`."""

    layerAsked = Signal(str)
    undoAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._layer = ""
        self._icon, self.text = QLabel(), QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.go, self.undo = QPushButton("Show the layer"), QPushButton("Undo")
        row = QHBoxLayout(self)
        row.setContentsMargins(space.m, space.xs, space.s, space.xs)
        row.setSpacing(space.s)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.text, 1)
        for button in (self.go, self.undo):
            button.setProperty("flat", True)
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.go.clicked.connect(self._go)
        self.undo.clicked.connect(self.undoAsked)
        theme.changed.connect(self._retint)
        self._retint()
        self.hide()

    def show_problem(self, problem: Problem | None) -> None:
        """Show a problem, or nothing."""
        self.setVisible(problem is not None)
        if problem is not None:
            self._layer = problem.layer
            self.text.setText(f"{problem.sentence} {problem.hint}".strip())

    @Slot()
    def _go(self) -> None:
        self.layerAsked.emit(self._layer)

    @Slot()
    def _retint(self) -> None:
        self._icon.setPixmap(
            theme.icon("alert-circle-outline", theme.colors.error).pixmap(QSize(ICON_SIZE, ICON_SIZE))
        )
