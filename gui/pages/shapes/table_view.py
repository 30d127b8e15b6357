"""The table of the chain: one row a layer, numbers typed over in place, rows dragged elsewhere, totals in view."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QApplication,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.pages.shapes.resolve import Resolved
from gui.pages.shapes.table_edit import ENDS, CellEditor, meaning
from gui.pages.shapes.table_paint import ROW_HEIGHT, column_widths, paint_cell, paint_total
from gui.pages.shapes.table_rows import COLUMNS, KEYS, cell_text, cell_tip, editable, total_text
from gui.theme import space, theme
from gui.widgets.number_text import FieldProblem

AnyIndex = QModelIndex | QPersistentModelIndex
ROOT: Final = QModelIndex()
LAYER_COLUMN: Final = KEYS.index("layer")
LEAST_ROWS: Final = 3
OF_THE_PAGE: Final = (
    Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Insert, Qt.Key.Key_Left, Qt.Key.Key_Right,
    Qt.Key.Key_Home, Qt.Key.Key_End,
)  # fmt: skip


class _Model(QAbstractTableModel):
    """The rows on show: the input, then the layers."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.resolved: Resolved | None = None

    def show(self, resolved: Resolved) -> None:
        before, self.resolved = self.resolved, resolved
        if before is None or len(before.chain.steps) != len(resolved.chain.steps):
            self.beginResetModel()
            self.endResetModel()
        else:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        return 0 if parent.isValid() or self.resolved is None else len(self.resolved.chain.steps) + 1

    def columnCount(self, parent: AnyIndex = ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def can_edit(self, index: AnyIndex) -> bool:
        resolved = self.resolved
        if resolved is None or not 1 <= index.row() <= len(resolved.chain.steps):
            return False
        return editable(resolved.chain.steps[index.row() - 1].layer, COLUMNS[index.column()])

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain | Qt.ItemFlag.ItemIsEditable if self.can_edit(index) else plain

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.resolved is None:
            return None
        column = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(self.resolved, index.row(), column)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return cell_tip(self.resolved, index.row(), column)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class _Cells(QStyledItemDelegate):
    """Paints the cells as exports do, and opens editors on settings."""

    edited = Signal(int, str, object)
    """Layer, setting, and its new value: a number, or the name of a padding."""
    refused = Signal(str)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and Tab end an editor at once, but only with a text that can be taken."""
        if isinstance(watched, CellEditor) and isinstance(event, QKeyEvent) and event.key() in ENDS:
            if event.type() is QEvent.Type.KeyPress and watched.check():
                self._finish(watched, event.key())
            return True
        return super().eventFilter(watched, event)

    def _finish(self, editor: CellEditor, key: int) -> None:
        hint = QAbstractItemDelegate.EndEditHint
        self.commitData.emit(editor)
        steps = {Qt.Key.Key_Tab: hint.EditNextItem, Qt.Key.Key_Backtab: hint.EditPreviousItem}
        self.closeEditor.emit(editor, steps.get(Qt.Key(key), hint.NoHint))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        model = index.model()
        if not isinstance(model, _Model) or model.resolved is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, colors, state = QRectF(option.rect), theme.colors, option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, colors.selected)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, colors.hover)
        paint_cell(painter, area, model.resolved, index.row(), COLUMNS[index.column()])
        if state & QStyle.StateFlag.State_HasFocus and model.can_edit(index):
            painter.setPen(QPen(colors.accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> QWidget:
        return CellEditor(COLUMNS[index.column()].setting, parent)

    def setEditorData(self, editor: QWidget, index: AnyIndex) -> None:
        if isinstance(editor, CellEditor) and not editor.isModified():
            editor.setText(str(index.data()).replace(",", "").split(" ")[0])
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: AnyIndex) -> None:
        """A text that was refused and left is given up; one that may be taken is told."""
        if not isinstance(editor, CellEditor) or not editor.isModified():
            return
        try:
            value = meaning(editor.setting, editor.text())
        except FieldProblem as problem:
            self.refused.emit(problem.message)
            return
        self.edited.emit(index.row(), editor.setting, value)


class _Rows(QTableView):
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
        while isinstance(model, _Model) and 0 <= column < len(COLUMNS):
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
        known = isinstance(model, _Model) and model.can_edit(self.currentIndex())
        return bool(event.text().strip()) and not known


class _Totals(QWidget):
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
        self.rows = _Rows(self)
        self.model = _Model(self.rows)
        self.cells = _Cells(self.rows)
        self.totals = _Totals(self)
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
