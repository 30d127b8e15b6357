"""What the table consists of: two halves side by side, and the row of totals in step with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gui.pages.architectures.table.table_model import NOTHING, AnyIndex, TableModel
from gui.pages.architectures.table.table_paint import ROW_HEIGHT, paint_cell, paint_cut, paint_total
from gui.pages.architectures.table.table_rows import COLUMNS
from gui.theme import theme

FIRST: Final = 1
"""The first column of the part that scrolls sideways; those before it stay in view."""


class _Cells(QStyledItemDelegate):
    """Paints the cells as exports do, on the ground of the selection."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        model = index.model()
        if not isinstance(model, TableModel):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, colors = QRectF(option.rect), theme.colors
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, colors.selected)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, colors.hover)
        row, column, view = model.rows[index.row()], COLUMNS[index.column()], self.parent()
        if column.numeric and isinstance(view, TablePart) and area.right() > view.viewport().width():
            paint_cut(painter, area)
        else:
            paint_cell(painter, area, row, column, model.totals, model.short)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(0, ROW_HEIGHT)


class TablePart(QTableView):
    """One of the two halves; both show the same model with the same selection."""

    activatedRow = Signal(int)

    def __init__(self, model: TableModel, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(_Cells(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # By whole columns: a cut number is another number.
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setFont(theme.font("small"))
        head.setSectionsClickable(True)
        head.setHighlightSections(False)
        head.setFixedHeight(ROW_HEIGHT)
        self.setCornerButtonEnabled(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The focus selects nothing by itself."""
        had = self.currentIndex().isValid()
        selection = self.selectionModel()
        blocked = selection.blockSignals(True)
        super().focusInEvent(event)
        if not had:
            selection.clear()
        selection.blockSignals(blocked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activatedRow.emit(self.currentIndex().row())
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Space) or event.text() in ("f", "F"):
            event.ignore()  # the page's
        else:
            super().keyPressEvent(event)


class TotalRow(QWidget):
    """The last row, in step with the columns above it."""

    def __init__(self, room: Callable[[], int], parent: QWidget) -> None:
        super().__init__(parent)
        self._room = room
        self.totals, self.short = NOTHING, False
        self.widths: list[int] = []
        self.offset = 0
        self.setFixedHeight(ROW_HEIGHT)
        self.setAccessibleName("Totals")
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colors.raised)
        painter.setPen(theme.colors.line)
        painter.drawLine(0, 0, self.width(), 0)
        if not self.widths:
            return
        name = self.widths[0]
        painter.setClipRect(QRectF(name, 1, self.width() - name, self.height()))
        left = float(name - self.offset)
        for column, width in list(zip(COLUMNS, self.widths, strict=True))[FIRST:]:
            area = QRectF(left, 0, width, self.height())
            if column.numeric and area.right() > self._room():
                paint_cut(painter, area)
            elif left >= name:
                paint_total(painter, area, column, self.totals, self.short)
            left += width
        painter.setClipping(False)
        paint_total(painter, QRectF(0, 0, name, self.height()), COLUMNS[0], self.totals, self.short)
