"""The model of the table, and how its cells are painted and typed over."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QKeyEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.pages.shapes.resolve import Resolved
from gui.pages.shapes.table_edit import ENDS, CellEditor, meaning
from gui.pages.shapes.table_paint import ROW_HEIGHT, paint_cell
from gui.pages.shapes.table_rows import COLUMNS, cell_text, cell_tip, editable
from gui.theme import theme
from gui.widgets.number_text import FieldProblem

AnyIndex = QModelIndex | QPersistentModelIndex
ROOT: Final = QModelIndex()


class TableModel(QAbstractTableModel):
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


class TableCells(QStyledItemDelegate):
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
        if not isinstance(model, TableModel) or model.resolved is None:
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
