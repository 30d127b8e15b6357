"""Everybody's mistakes as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from gui.theme import space
from gui.widgets.plain_text import literal

HEADS: Final = ("person", "photos", "own pairs rejected", "pairs with others accepted", "nearest other", "d")
TIPS: Final = (
    "Those with most mistakes first",
    "With an embedding by the net in use",
    "Pairs of this person's photos beyond the threshold",
    "Pairs with somebody else's photos within the threshold",
    "Who is taken for this person most easily",
    "The smallest squared distance between photos of both",
)


LEFT: Final = (0, 4)
"""Columns of words; those of numbers stand at the right."""


class _Roomy(QStyledItemDelegate):
    """Cells with some room at both sides."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = getattr(option, "rect")  # noqa: B009 - the stubs do not know the option's fields
        setattr(option, "rect", rect.adjusted(space.s, 0, -space.s, 0))  # noqa: B010
        super().paint(painter, option, index)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column in LEFT else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


class PeopleTable(QTableWidget):
    """personPicked(int): the place of a row that was chosen by a double click or Return."""

    personPicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(HEADS), parent)
        self.setHorizontalHeaderLabels(HEADS)
        for place, tip in enumerate(TIPS):
            head = self.horizontalHeaderItem(place)
            if head is not None:
                head.setToolTip(tip)
                head.setTextAlignment(_alignment(place))
        self.setAccessibleName("Mistakes, person by person")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.setItemDelegate(_Roomy(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for stretched in LEFT:
            header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
        self.cellActivated.connect(lambda row, _column: self.personPicked.emit(row))

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show cells; numbers stand at the right."""
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                item = self.item(row, column)
                if item is None:
                    item = QTableWidgetItem()
                    item.setTextAlignment(_alignment(column))
                    self.setItem(row, column, item)
                if item.text() != text:
                    item.setText(text)
                    item.setToolTip(literal(text))
