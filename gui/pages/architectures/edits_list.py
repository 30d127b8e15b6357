"""The person's changes to a network, one a line, each with a button that takes it back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from engine.networks.graphs.what_if import Edit
from gui.pages.architectures.words import Words
from gui.theme import ICON_SIZE, space, theme

INVITE = (
    "Choose a layer and change it on the right (Ctrl+I): shapes, costs and receptive fields follow at once."
)


class _Line(QWidget):
    """One change."""

    def __init__(self, layer: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        name, what = QLabel(layer), QLabel(text)
        name.setFont(theme.font("small", mono=True))
        what.setProperty("role", "muted")
        for label in (name, what):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.setToolTip(f"{layer}: {text}")
        self.show_layer = name
        self.remove = QToolButton()
        self.remove.setProperty("flat", True)
        self.remove.setIcon(theme.icon("close", theme.colors.muted))
        self.remove.setIconSize(QSize(ICON_SIZE - 2, ICON_SIZE - 2))
        self.remove.setToolTip("Take this change back")
        self.remove.setAccessibleName(f"Take back: {layer}, {text}")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(name)
        texts.addWidget(what)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        row.addLayout(texts, 1)
        row.addWidget(self.remove)


class EditsList(QWidget):
    """`removed(Edit)`, `cleared()`: what a person takes back."""

    removed = Signal(object)
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: dict[Edit, _Line] = {}
        self._texts: tuple[tuple[Edit, str, str], ...] = ()
        self.invite = Words("muted")
        self.invite.setText(INVITE)
        self.back = QPushButton("Back to the original")
        self.back.clicked.connect(self.cleared)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space.s)
        self._column.addWidget(self.invite)
        self._column.addWidget(self.back)
        theme.changed.connect(self._retint)

    def show_edits(self, edits: Sequence[tuple[Edit, str, str]]) -> None:
        """Show (edit, layer, what was changed) lines."""
        if tuple(edits) != self._texts:
            self._texts = tuple(edits)
            self._rebuild()
        self.invite.setVisible(not edits)
        self.back.setVisible(bool(edits))

    def _rebuild(self) -> None:
        for line in self.lines.values():
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = {}
        for index, (edit, layer, text) in enumerate(self._texts):
            line = _Line(layer, text, self)
            line.remove.clicked.connect(lambda _checked=False, edit=edit: self.removed.emit(edit))
            self._column.insertWidget(1 + index, line)
            self.lines[edit] = line

    def _retint(self) -> None:
        for line in self.lines.values():
            line.remove.setIcon(theme.icon("close", theme.colors.muted))
