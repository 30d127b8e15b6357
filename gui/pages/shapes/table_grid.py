"""The rows of the table: dragged to another place, walked by keys, with a last row of totals beneath."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QEvent,
    QPoint,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QApplication,
    QFrame,
    QHeaderView,
    QTableView,
    QWidget,
)

from gui.pages.shapes.resolve import Resolved
from gui.pages.shapes.table_cells import TableModel
from gui.pages.shapes.table_paint import ROW_HEIGHT, paint_total
from gui.pages.shapes.table_rows import COLUMNS
from gui.theme import theme

OF_THE_PAGE: Final = (
    Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Insert, Qt.Key.Key_Left, Qt.Key.Key_Right,
    Qt.Key.Key_Home, Qt.Key.Key_End,
)  # fmt: skip


class TableRows(QTableView):
    """The table itself; a row is dragged by any of its cells."""

    moved = Signal(int, int)
    activatedRow = Signal(int)
    pointed = Signal(int)
    menuRequested = Signal(int, QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pressed: tuple[int, QPoint] | None = None
        self._drop = -1
        self._pointed = -1
        self.setAccessibleName("Table of the layers")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.AnyKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setFont(theme.font("small"))
        head.setHighlightSections(False)
        head.setFixedHeight(ROW_HEIGHT)
        self.setCornerButtonEnabled(False)

    @property
    def dragging(self) -> bool:
        return self._drop >= 0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        row = self.rowAt(event.position().toPoint().y())
        left = event.button() is Qt.MouseButton.LeftButton
        self._pressed = (row, event.position().toPoint()) if left and row > 0 else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        self._point(self.rowAt(at.y()))
        if not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
        elif self._pressed is not None:
            far = (at - self._pressed[1]).manhattanLength() >= QApplication.startDragDistance()
            if self.dragging or far:
                self._drop = self._place(at.y())
                self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
                self.viewport().update()

    def _place(self, y: int) -> int:
        """The row in front of which a dragged one would come to lie, 1..rows."""
        rows = self.model().rowCount()
        place = round((y + self.verticalOffset()) / ROW_HEIGHT)
        return min(max(place, 1), rows)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, drop = self._pressed, self._drop
        self._give_up_drag()
        if pressed is not None and drop >= 0:
            to = drop if drop <= pressed[0] else drop - 1
            if to != pressed[0]:
                self.moved.emit(pressed[0], to)

    def _give_up_drag(self) -> None:
        self._pressed, self._drop = None, -1
        self.viewport().unsetCursor()
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(-1)

    def _point(self, row: int) -> None:
        if row != self._pointed:
            self._pointed = row
            self.pointed.emit(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.dragging:
            painter = QPainter(self.viewport())
            y = self._drop * ROW_HEIGHT - self.verticalOffset()
            painter.setPen(QPen(theme.colors.accent, 2))
            painter.drawLine(0, y, self.viewport().width(), y)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Tab goes on to the next number of the row that can be typed over, Shift+Tab to the one before."""
        steps = {
            QAbstractItemDelegate.EndEditHint.EditNextItem: 1,
            QAbstractItemDelegate.EndEditHint.EditPreviousItem: -1,
        }
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        if hint in steps:
            self._edit_from(self.currentIndex().column() + steps[hint], steps[hint])

    def _edit_from(self, column: int, step: int) -> None:
        """Open the editor on the first number of the current row that can be typed over."""
        model, row = self.model(), self.currentIndex().row()
        while isinstance(model, TableModel) and 0 <= column < len(COLUMNS):
            index = model.index(row, column)
            if model.can_edit(index):
                self.setCurrentIndex(index)
                self.edit(index)
                return
            column += step

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The focus selects nothing by itself."""
        selection = self.selectionModel()
        blocked = selection.blockSignals(True)
        super().focusInEvent(event)
        selection.blockSignals(blocked)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menuRequested.emit(self.rowAt(event.pos().y()), event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() == QAbstractItemView.State.EditingState:
            event.accept()  # the editor lets Enter through, and is about to close
        elif event.key() == Qt.Key.Key_Escape and self.dragging:
            self._give_up_drag()
        elif event.key() == Qt.Key.Key_F2:
            self._edit_from(max(self.currentIndex().column(), 0), 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activatedRow.emit(self.currentIndex().row())
        elif self._is_of_the_page(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _is_of_the_page(self, event: QKeyEvent) -> bool:
        """Keys that mean something to the page; a sign begins to edit only where a cell can be edited."""
        if event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier):
            return True
        if event.key() in OF_THE_PAGE:
            return True
        model = self.model()
        known = isinstance(model, TableModel) and model.can_edit(self.currentIndex())
        return bool(event.text().strip()) and not known


class TotalsRow(QWidget):
    """The last row, in step with the columns above it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.resolved: Resolved | None = None
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
        left = float(-self.offset)
        for column, width in zip(COLUMNS, self.widths, strict=False):
            if self.resolved is not None:
                paint_total(painter, QRectF(left, 0, width, self.height()), self.resolved, column)
            left += width
