"""What the three nets cost, in rows that can be compared."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from gui.pages.boxes.proposals import words
from gui.pages.boxes.proposals.answer_tile import AnswerTile
from gui.theme import space, theme
from gui.widgets.plain_text import literal


class CostTable(QWidget):
    """A column a net, as wide as each other; heads name them where no picture stands above."""

    def __init__(self, tiles: Sequence[AnswerTile], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(space.m)
        grid.setVerticalSpacing(space.xs)
        self._heads = [QLabel(words.SHORT[tile.method]) for tile in tiles]
        for place, (head, tile) in enumerate(zip(self._heads, tiles, strict=True), start=1):
            head.setToolTip(words.METHODS[tile.method])
            head.setFont(theme.font("body", bold=True))
            head.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.setColumnStretch(place, 1)
            grid.addWidget(head, 0, place)
            for row, (key, _, tip) in enumerate(words.ROWS, start=1):
                tile.cells[key].setToolTip(literal(tip))
                grid.addWidget(tile.cells[key], row, place)
        for row, (_, name, tip) in enumerate(words.ROWS, start=1):
            label = QLabel(name)
            label.setProperty("role", "muted")
            label.setToolTip(literal(tip))
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def left(self) -> int:
        """Where the first column begins."""
        names = (self._grid.itemAtPosition(row, 0) for row in range(1, len(words.ROWS) + 1))
        return max(name.sizeHint().width() for name in names if name is not None) + space.m

    def set_headed(self, headed: bool) -> None:
        """Whether the table names its columns itself."""
        for head in self._heads:
            head.setVisible(headed)

    def height_for(self, *, headed: bool) -> int:
        """Its height with or without heads."""
        rows = [self._row_height(row) for row in range(1, len(words.ROWS) + 1)]
        head = self._heads[0].sizeHint().height() + space.xs if headed else 0
        return sum(rows) + (len(rows) - 1) * space.xs + head

    def _row_height(self, row: int) -> int:
        items = (self._grid.itemAtPosition(row, column) for column in range(len(self._heads) + 1))
        return max(item.sizeHint().height() for item in items if item is not None)
