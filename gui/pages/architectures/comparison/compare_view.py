"""Two networks side by side: their sums as bars, and their layers line by line with what differs marked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    QSizeF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from engine.networks.graphs.compare import Comparison, Row
from engine.networks.graphs.graph import Node
from gui.pages.architectures.comparison.compare_rows import (
    COLUMNS,
    TITLES,
    cell,
    exported,
    pointed_rows,
    summary,
)
from gui.pages.architectures.comparison.compare_totals import LINE, CompareTotals, measures
from gui.pages.architectures.kinds import kind_color
from gui.pages.architectures.table.table_paint import DOT, ROW_HEIGHT
from gui.theme import mix, space, theme
from gui.widgets.toggle import Toggle

AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
SIDE = len(COLUMNS)
GAP = SIDE
"""The column between the two networks."""
GAP_WIDTH = space.l
ALL_COLUMNS = 2 * SIDE + 1
LEAST_LABEL, MOST_LABEL = 132, 230


def _side(column: int) -> tuple[bool, int]:
    """Whether a column belongs to the right network, and which of COLUMNS it is."""
    return (column > GAP, column - GAP - 1 if column > GAP else column)


class PairModel(QAbstractTableModel):
    """The lines on show."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = ROOT) -> int:
        return 0 if parent.isValid() else ALL_COLUMNS

    def node(self, row: int, column: int) -> Node | None:
        """The layer that a cell speaks of."""
        pair = self.rows[row]
        return pair.right if _side(column)[0] else pair.left

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if index.column() == GAP:
            return None
        node = self.node(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return cell(node, COLUMNS[_side(index.column())[1]])
        if role == Qt.ItemDataRole.ToolTipRole and node is not None:
            return f"{node.name}: {node.label}\n{node.params:,} parameters, {node.macs:,} MACs"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or section == GAP:
            return None
        which = _side(section)[1]
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[COLUMNS[which]]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if which else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


def paint_pair_cell(painter: QPainter, area: QRectF, row: Row, column: int) -> None:
    """One cell; what differs between the two layers of a line is tinted."""
    if column == GAP:
        return
    colors = theme.colors
    right, which = _side(column)
    node, other = (row.right, row.left) if right else (row.left, row.right)
    name = COLUMNS[which]
    text = cell(node, name)
    if node is None:
        return
    differs = other is None or text != cell(other, name) or (which == 0 and node.op != other.op)
    if differs:
        painter.fillRect(area, mix(colors.surface, colors.accent, 0.10 if other is not None else 0.05))
    inside = area.adjusted(space.s, 0, -space.s, 0)
    if which == 0:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(kind_color(node.kind))
        painter.drawEllipse(QRectF(inside.left(), inside.center().y() - DOT / 2, DOT, DOT))
        inside = inside.adjusted(DOT + space.s, 0, 0, 0)
    painter.setFont(theme.font("small", mono=which > 0))
    painter.setPen(colors.text if differs else colors.muted)
    align = Qt.AlignmentFlag.AlignRight if which else Qt.AlignmentFlag.AlignLeft
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(inside.width()) + 1)
    painter.drawText(inside, align | Qt.AlignmentFlag.AlignVCenter, shown)


def _paint_title(painter: QPainter, area: QRectF, column: int) -> None:
    """The name of a column, in an export."""
    if column == GAP:
        return
    which = _side(column)[1]
    painter.setFont(theme.font("small", bold=True))
    painter.setPen(theme.colors.muted)
    align = Qt.AlignmentFlag.AlignRight if which else Qt.AlignmentFlag.AlignLeft
    title = TITLES[COLUMNS[which]]
    painter.drawText(area.adjusted(space.s, 0, -space.s, 0), align | Qt.AlignmentFlag.AlignVCenter, title)


class _PairCells(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        model = index.model()
        if isinstance(model, PairModel):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            area = QRectF(option.rect)
            paint_pair_cell(painter, area, model.rows[index.row()], index.column())
            painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(0, ROW_HEIGHT)


class PairTable(QTableView):
    """The lines of both networks; grows with the room."""

    left = Signal()

    def __init__(self, model: PairModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._wanted: list[int] = []
        self.setModel(model)
        self.setItemDelegate(_PairCells(self))
        self.setAccessibleName("Layers side by side")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setFont(theme.font("small"))
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setFixedHeight(ROW_HEIGHT)
        head.setMinimumSectionSize(GAP_WIDTH)

    def show_widths(self, widths: Sequence[int]) -> None:
        """The least widths of the columns."""
        self._wanted = list(widths)
        self._spread()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread()

    def _spread(self) -> None:
        """What is left over goes to the names of the layers, on both sides alike; too little room: fewer columns."""
        if not self._wanted:
            return
        room = (self.viewport().width() - GAP_WIDTH) // 2
        side = self._wanted[:SIDE]
        fitting = [n for n in range(SIDE, 2, -1) if sum(side[1:n]) + min(side[0], LEAST_LABEL) <= room]
        shown = fitting[0] if fitting else 2
        name = max(room - sum(side[1:shown]), LEAST_LABEL // 2)
        for column, width in enumerate(self._wanted):
            _, which = _side(column)
            self.setColumnHidden(column, column != GAP and which >= shown)
            self.setColumnWidth(column, name if column in (0, GAP + 1) else width)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()


def pair_widths(rows: Sequence[Row]) -> list[int]:
    """So wide that nothing but very long names is cut off; both sides alike."""
    body, mono = QFontMetricsF(theme.font("small")), QFontMetricsF(theme.font("small", mono=True))
    heads = QFontMetricsF(theme.font("body"))
    sides = []
    for which, name in enumerate(COLUMNS):
        metrics = mono if which else body
        texts = {cell(node, name) for row in rows for node in (row.left, row.right)}
        width = max((metrics.horizontalAdvance(text) for text in texts), default=0.0)
        width = max(width, heads.horizontalAdvance(TITLES[name])) + 2 * space.s + 2
        sides.append(min(int(width) + (DOT + space.s if which == 0 else 0), MOST_LABEL))
    return [*sides, GAP_WIDTH, *sides]


class CompareView(QWidget):
    """The whole view. pointed(rows): facts for the inspector about the line under the pointer; [] for none."""

    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._comparison: Comparison | None = None
        self.left_title, self.right_title = QLabel(), QLabel()
        self.totals = CompareTotals()
        self.model = PairModel(self)
        self.table = PairTable(self.model, self)
        self.only_differences = Toggle("Only what differs", tooltip="Leave out the lines that are the same.")
        self.summary = QLabel()
        self._build()
        self.only_differences.changed.connect(self._refill)
        self.table.entered.connect(self._entered)
        self.table.left.connect(self._left)
        theme.changed.connect(self.table.viewport().update)

    def _build(self) -> None:
        titles = QHBoxLayout()
        titles.setSpacing(GAP_WIDTH)
        for label in (self.left_title, self.right_title):
            label.setFont(theme.font("section", bold=True))
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            titles.addWidget(label, 1)
        self.summary.setProperty("role", "muted")
        self.summary.setWordWrap(True)
        bar = QHBoxLayout()
        bar.setContentsMargins(0, space.s, 0, 0)
        bar.addWidget(self.summary, 1)
        bar.addWidget(self.only_differences)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.m, space.l, space.m)
        column.setSpacing(space.s)
        column.addLayout(titles)
        column.addWidget(self.totals)
        column.addLayout(bar)
        column.addWidget(self.table, 1)

    @property
    def comparison(self) -> Comparison | None:
        """What is on show."""
        return self._comparison

    def show_comparison(self, comparison: Comparison, right_title: str = "") -> None:
        """Show two networks; `right_title` replaces the title of the right one."""
        self._comparison = comparison
        self.left_title.setText(comparison.left.title)
        self.right_title.setText(right_title or comparison.right.title)
        self.totals.show_rows(measures(comparison))
        self.summary.setText(summary(comparison))
        self._rows = comparison.rows
        self.table.show_widths(pair_widths(self._rows))
        self._refill()

    def exported(self) -> tuple[list[str], list[Sequence[object]]]:
        """The lines as a table. Raises UserError while there are none."""
        if self._comparison is None:
            raise UserError("The networks are not there yet.")
        return exported(self._comparison)

    @Slot(QModelIndex)
    def _entered(self, index: QModelIndex) -> None:
        self.pointed.emit(pointed_rows(self.model.rows[index.row()]))

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])

    @Slot()
    def _refill(self) -> None:
        only = self.only_differences.value
        rows = tuple(row for row in self._rows if not only or row.change != "same")
        if rows != self.model.rows:
            self.model.show_rows(rows)
            self.table.show_widths(pair_widths(self._rows))

    # --- export ----------------------------------------------------------------------------------------------

    def preferred_size(self) -> QSizeF:
        """The size of an export: every line."""
        widths = pair_widths(self._rows)
        height = (len(self.totals.rows) + 1) * LINE + (len(self.model.rows) + 1) * ROW_HEIGHT + 2 * space.l
        return QSizeF(max(sum(widths), 640) + 2 * space.l, height)

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw the whole comparison from the top left corner."""
        colors, width = theme.colors, size.width() - 2 * space.l
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), colors.surface)
        top = float(space.l)
        painter.setFont(theme.font("section", bold=True))
        painter.setPen(colors.text)
        half = (width - GAP_WIDTH) / 2
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for label, left in ((self.left_title, space.l), (self.right_title, space.l + half + GAP_WIDTH)):
            painter.drawText(QRectF(left, top, half, LINE), align, label.text())
        top += LINE
        self.totals.paint_rows(painter, QRectF(space.l, top, width, len(self.totals.rows) * LINE))
        top += len(self.totals.rows) * LINE
        widths = pair_widths(self._rows)
        lefts = list(accumulate(widths[:-1], initial=space.l + (width - sum(widths)) / 2))
        for column, (left, cell_width) in enumerate(zip(lefts, widths, strict=True)):
            _paint_title(painter, QRectF(left, top, cell_width, ROW_HEIGHT), column)
        for line, row in enumerate(self.model.rows, start=1):
            for column, (left, cell_width) in enumerate(zip(lefts, widths, strict=True)):
                area = QRectF(left, top + line * ROW_HEIGHT, cell_width, ROW_HEIGHT)
                paint_pair_cell(painter, area, row, column)
