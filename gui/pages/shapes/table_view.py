"""The table of the chain: one row a layer, numbers typed over in place, rows dragged elsewhere, totals in view."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QVBoxLayout,
    QWidget,
)

from gui.pages.shapes.resolve import Resolved
from gui.pages.shapes.table_cells import TableCells, TableModel
from gui.pages.shapes.table_grid import TableRows, TotalsRow
from gui.pages.shapes.table_paint import ROW_HEIGHT, column_widths
from gui.pages.shapes.table_rows import COLUMNS, KEYS, total_text
from gui.theme import space, theme

LAYER_COLUMN: Final = KEYS.index("layer")
LEAST_ROWS: Final = 3


class ShapesTable(QWidget):
    """The table with its totals. A layer is told by its number, 0 for the input, −1 for none."""

    picked = Signal(int)
    activated = Signal(int)
    pointed = Signal(int)
    edited = Signal(int, str, object)
    refused = Signal(str)
    moved = Signal(int, int)
    menuRequested = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = TableRows(self)
        self.model = TableModel(self.rows)
        self.cells = TableCells(self.rows)
        self.totals = TotalsRow(self)
        self._widths: list[int] = []
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(self.cells)
        self.rows.setMinimumHeight((LEAST_ROWS + 1) * ROW_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.m, 0, space.m, 0)
        column.setSpacing(0)
        column.addWidget(self.rows, 1)
        column.addWidget(self.totals)
        self.setFocusProxy(self.rows)
        self._connect()

    def _connect(self) -> None:
        self.rows.selectionModel().currentRowChanged.connect(self._current_changed)
        self.rows.horizontalScrollBar().valueChanged.connect(self._scrolled)
        self.rows.moved.connect(self.moved)
        self.rows.activatedRow.connect(self.activated)
        self.rows.doubleClicked.connect(self._double_clicked)
        self.rows.pointed.connect(self.pointed)
        self.rows.menuRequested.connect(self.menuRequested)
        self.cells.edited.connect(self.edited)
        self.cells.refused.connect(self.refused)
        theme.changed.connect(self._retint)

    def show_chain(self, resolved: Resolved) -> None:
        """Show a chain with its layer on show selected."""
        selection = self.rows.selectionModel()
        blocked = selection.blockSignals(True)
        self.model.show(resolved)
        self.totals.resolved = resolved
        self.totals.setAccessibleDescription(
            ", ".join(f"{c.title} {text}" for c in COLUMNS if (text := total_text(resolved, c.key)))
        )
        self._widths = column_widths(resolved)
        self._spread()
        self._select(resolved.state.step)
        selection.blockSignals(blocked)
        self.rows.viewport().update()
        self.totals.update()

    def _select(self, row: int) -> None:
        current = self.rows.currentIndex()
        column = current.column() if current.isValid() else LAYER_COLUMN
        index = self.model.index(row, column)
        flags = QItemSelectionModel.SelectionFlag
        self.rows.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        bar = self.rows.horizontalScrollBar().value()
        self.rows.scrollTo(index)
        self.rows.horizontalScrollBar().setValue(bar)

    def _spread(self) -> None:
        """Room to spare goes to the column of layers."""
        if not self._widths:
            return
        bar = self.rows.verticalScrollBar().sizeHint().width()
        spare = max(self.width() - 2 * space.m - bar - sum(self._widths), 0)
        widths = [*self._widths]
        widths[LAYER_COLUMN] += spare
        for index, width in enumerate(widths):
            if self.rows.columnWidth(index) != width:
                self.rows.setColumnWidth(index, width)
        self.totals.widths = widths

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread()

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        self.totals.offset = value
        self.totals.update()

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid() and not self.rows.dragging:
            self.picked.emit(current.row())

    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        """On a number that can be typed over it opens the editor, elsewhere it goes one depth down."""
        if not self.model.can_edit(index):
            self.activated.emit(index.row())

    @Slot()
    def _retint(self) -> None:
        self.rows.viewport().update()
