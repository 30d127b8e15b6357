"""The rows of the table for Qt: what stands in a cell and in a header."""

from __future__ import annotations

from typing import Final, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from gui.pages.architectures.table.table_rows import COLUMNS, Row, Totals, cell_text, cell_tip

AnyIndex: TypeAlias = QModelIndex | QPersistentModelIndex
Sort: TypeAlias = tuple[str, bool]
"""A column's key, and whether the largest come first."""
NOTHING: Final = Totals(0, "", 0, 0, 0, 0, 0)
ROOT: Final = QModelIndex()


class TableModel(QAbstractTableModel):
    """The rows on show, in the order that was asked for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self.totals = NOTHING
        self.short = False
        self.sort_by: Sort = ("", False)

    def show_rows(self, rows: tuple[Row, ...], totals: Totals, sort: Sort, short: bool) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows, self.totals, self.sort_by, self.short = rows, totals, sort, short
        self.endResetModel()

    def position(self, name: str) -> int:
        """The line of a layer, -1 where there is none."""
        return next((i for i, row in enumerate(self.rows) if row.name == name), -1)

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(row, column, self.short)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return cell_tip(row, column, self.totals)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            key, descending = self.sort_by
            return f"{column.title} {'▾' if descending else '▴'}" if key == column.key else column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{column.tip} Click to sort."
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None
