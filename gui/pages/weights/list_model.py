"""The lines of the list: headings and rows of weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.pages.weights.listing import Row, spoken

Line = str | Row
AnyIndex = QModelIndex | QPersistentModelIndex


class WeightsModel(QAbstractListModel):
    """Headings (text) and rows; the same lines with other contents are updated in place, so that nothing jumps."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []

    def show_rows(self, rows: Sequence[Row]) -> bool:
        """Show these rows under their headings; says whether they are other lines than before."""
        lines: list[Line] = []
        for position, row in enumerate(rows):
            if position == 0 or rows[position - 1].group != row.group:
                lines.append(row.group)
            lines.append(row)
        if [_key(line) for line in lines] == [_key(line) for line in self.lines]:
            self._update(lines)
            return False
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()
        return True

    def _update(self, lines: list[Line]) -> None:
        before, self.lines = self.lines, lines
        for position, (old, new) in enumerate(zip(before, lines, strict=True)):
            if old != new:
                index = self.index(position)
                self.dataChanged.emit(index, index)

    def row_at(self, index: AnyIndex) -> Row | None:
        """The row of an index, None for headings and for no index."""
        line = self.lines[index.row()] if index.isValid() and index.row() < len(self.lines) else None
        return line if isinstance(line, Row) else None

    def index_of(self, name: str) -> QModelIndex:
        """The index of the weights of that name; an invalid one where they are not listed."""
        for position, line in enumerate(self.lines):
            if isinstance(line, Row) and line.name == name:
                return self.index(position)
        return QModelIndex()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line if isinstance(line, str) else line.status.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line if isinstance(line, str) else spoken(line)
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if self.row_at(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def _key(line: Line) -> str:
    return line if isinstance(line, str) else f"\0{line.name}"
