"""Everybody's mistakes as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QMargins,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gui.theme import space
from gui.widgets.plain_text import literal

HEADS: Final = ("person", "photos", "own rejected", "others accepted", "nearest", "d")
TIPS: Final = (
    "Those with most mistakes first",
    "With an embedding by the net in use",
    "Pairs of this person's photos beyond the threshold",
    "Pairs with somebody else's photos within the threshold",
    "Who is taken for this person most easily: Return or a double click shows the pair",
    "The smallest squared distance between photos of both",
)
LEFT: Final = (0, 4)
"""Columns of words; those of numbers stand at the right."""
Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()


class _Rows(QAbstractTableModel):
    """The cells; all of them change at once, so that columns are measured once."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[tuple[str, ...], ...] = ()

    def take(self, rows: Sequence[tuple[str, ...]]) -> None:
        if len(rows) != len(self.rows):
            self.beginResetModel()
            self.rows = tuple(rows)
            self.endResetModel()
        elif tuple(rows) != self.rows:
            self.rows = tuple(rows)
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(HEADS) - 1))

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(HEADS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        text = self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return literal(text)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return text if role == Qt.ItemDataRole.DisplayRole else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        return {
            Qt.ItemDataRole.DisplayRole: HEADS[section],
            Qt.ItemDataRole.ToolTipRole: TIPS[section],
            Qt.ItemDataRole.TextAlignmentRole: _alignment(section),
        }.get(Qt.ItemDataRole(role))


class _Roomy(QStyledItemDelegate):
    """Cells with some room at both sides."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = getattr(option, "rect")  # noqa: B009 - the stubs do not know the option's fields
        setattr(option, "rect", rect.adjusted(space.s, 0, -space.s, 0))  # noqa: B010
        super().paint(painter, option, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return super().sizeHint(option, index).grownBy(QMargins(space.s, 0, space.s, 0))


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column in LEFT else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


class PeopleTable(QTableView):
    """personPicked(int): the place of a row that was chosen by a double click or Return."""

    personPicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self.setAccessibleName("Mistakes, person by person")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegate(_Roomy(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        # The rows in sight: measuring all of many takes longer than a drag allows.
        header.setResizeContentsPrecision(0)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for stretched in LEFT:
            header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
        self.activated.connect(lambda index: self.personPicked.emit(index.row()))

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The cells on show."""
        return self._rows.rows

    def show_rows(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show cells."""
        self._rows.take(rows)
