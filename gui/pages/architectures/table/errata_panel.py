"""Why widely copied tables print other numbers: each with both formulas."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from engine.networks.graphs.errata import Erratum
from gui.pages.architectures.words import Words
from gui.theme import CONTROL_HEIGHT, PANEL_WIDTH, space, theme

LEAST, MOST = 4 * CONTROL_HEIGHT, 9 * CONTROL_HEIGHT


class _Note(QWidget):
    """One figure: what it is about, the two formulas one above the other, and the reason beneath."""

    def __init__(self, erratum: Erratum, parent: QWidget) -> None:
        super().__init__(parent)
        title = QLabel(f"{erratum.layer or erratum.net}: {erratum.quantity}")
        title.setProperty("role", "section")
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(space.m)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        printed = erratum.as_printed or f"{erratum.printed:,}"
        right = "is right" if erratum.mistaken else "is counted here"
        for line, (word, formula, number) in enumerate(
            (
                ("is printed", erratum.formula_printed, printed),
                (right, erratum.formula_exact, f"{erratum.exact:,}"),
            )
        ):
            name, text = QLabel(word), Words()
            name.setProperty("role", "muted")
            name.setMinimumWidth(PANEL_WIDTH // 4)
            name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            text.setFont(theme.font("small", mono=True))
            text.setText(f"{number} = {formula}")
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, line, 0)
            grid.addWidget(text, line, 1)
        why = Words("muted")
        why.setText(erratum.why)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.xs)
        column.addWidget(title)
        column.addLayout(grid)
        column.addWidget(why)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(f"{erratum.text}. {erratum.why}")


class ErrataPanel(QScrollArea):
    """All notes about a network, in a part of its own that scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notes: list[_Note] = []
        self._shown: tuple[Erratum, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setAccessibleName("Other numbers in other tables")
        self.setMinimumHeight(LEAST)
        self.setMaximumHeight(MOST)
        self._content = QWidget()
        self._content.setObjectName("panel")
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(space.m, space.m, space.m, space.m)
        self._column.setSpacing(space.l)
        self._column.addStretch(1)
        self.setWidget(self._content)

    def show_errata(self, errata: Sequence[Erratum]) -> None:
        """Show other notes."""
        if tuple(errata) == self._shown:
            return
        self._shown = tuple(errata)
        for note in self.notes:
            self._column.removeWidget(note)
            note.hide()
            note.deleteLater()
        self.notes = [_Note(erratum, self._content) for erratum in errata]
        for index, note in enumerate(self.notes):
            self._column.insertWidget(index, note)
        self.verticalScrollBar().setValue(0)
