"""The table of a network: names that stay in view, columns that sort, a last row of totals that stays in view, too."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.networks.graphs.errata import Erratum
from engine.networks.graphs.graph import Graph
from engine.networks.summary import CONVENTION
from gui.pages.architectures.table.errata_panel import ErrataPanel
from gui.pages.architectures.table.table_paint import (
    ROW_HEIGHT,
    TablePicture,
    column_widths,
    paint_cell,
    paint_cut,
    paint_total,
)
from gui.pages.architectures.table.table_rows import (
    COLUMNS,
    KEYS,
    Row,
    Totals,
    cell_text,
    cell_tip,
    ordered,
    rows_of,
    total_text,
    totals_of,
)
from gui.theme import space, theme
from gui.widgets.choices import Segmented

AnyIndex = QModelIndex | QPersistentModelIndex
Sort = tuple[str, bool]
NOTHING = Totals(0, "", 0, 0, 0, 0, 0)
ROOT = QModelIndex()
FIRST = 1
"""The first column of the part that scrolls sideways; those before it stay in view."""


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
        if column.numeric and isinstance(view, _Part) and area.right() > view.viewport().width():
            paint_cut(painter, area)
        else:
            paint_cell(painter, area, row, column, model.totals, model.short)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(0, ROW_HEIGHT)


class _Part(QTableView):
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
        self.setHorizontalScrollMode(
            QAbstractItemView.ScrollMode.ScrollPerItem
        )  # a cut number is another number
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


class _TotalRow(QWidget):
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


class NetworkTable(QWidget):
    """The table with its totals, its convention and what can be done with it."""

    picked = Signal(str)
    """A layer was chosen, by its name."""
    activated = Signal(str)
    """A layer was double-clicked, or Enter pressed on it."""
    sortAsked = Signal(str)
    """A column's header was clicked, by the column's key."""
    roundedPicked = Signal(bool)
    errataPicked = Signal(bool)
    """The notes about other tables are to be shown, or no longer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._graph: Graph | None = None
        self._shown: object = None
        self._widths: list[int] = []
        self.model = TableModel(self)
        self.names = _Part(self.model, "Names of the layers", self)
        self.cells = _Part(self.model, "Table of the layers", self)
        self.total_row = _TotalRow(self._room, self)
        self.convention = QLabel(CONVENTION)
        self.errata = ErrataPanel(self)
        self.errata_button = QPushButton()
        self.digits = Segmented(
            (("exact", "Exact", "All digits"), ("rounded", "Rounded", "Three digits and k, M or G")),
            parent=self,
        )
        self.digits.hide()  # the page shows it in its bar
        self._build()
        self._connect()
        self._retint()

    def _build(self) -> None:
        self.names.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.names.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.names_foot = QWidget()
        self.names_foot.setObjectName("surface")
        self.names_foot.hide()
        for index in range(len(COLUMNS)):
            self.names.setColumnHidden(index, index >= FIRST)
            self.cells.setColumnHidden(index, index < FIRST)
        self.cells.setSelectionModel(self.names.selectionModel())
        self.convention.setWordWrap(True)
        self.convention.setProperty("role", "muted")
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.names, 1)
        left.addWidget(self.names_foot)
        body.addLayout(left)
        body.addWidget(self.cells, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(space.s, space.s, space.s, space.s)
        foot.setSpacing(space.l)
        foot.addWidget(self.convention, 1)
        self.errata_button.setCheckable(True)
        self.errata_button.setIcon(theme.icon("alert-circle-outline"))
        foot.addWidget(self.errata_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.foot = foot
        column = QVBoxLayout(self)
        column.setContentsMargins(space.m, space.s, space.m, 0)
        column.setSpacing(0)
        column.addLayout(body, 2)
        column.addWidget(self.total_row)
        column.addWidget(self.errata, 1)
        column.addLayout(foot)
        self.setFocusProxy(self.cells)

    def _connect(self) -> None:
        self.cells.verticalScrollBar().valueChanged.connect(self.names.verticalScrollBar().setValue)
        self.names.verticalScrollBar().valueChanged.connect(self.cells.verticalScrollBar().setValue)
        self.cells.horizontalScrollBar().valueChanged.connect(self._scrolled)
        self.cells.horizontalScrollBar().rangeChanged.connect(self._level)
        for part in (self.names, self.cells):
            part.horizontalHeader().sectionClicked.connect(self._header_clicked)
            part.doubleClicked.connect(self._double_clicked)
            part.activatedRow.connect(self._row_activated)
        self.names.selectionModel().currentRowChanged.connect(self._current_changed)
        self.digits.changed.connect(self._digits_picked)
        self.errata_button.clicked.connect(self.errataPicked)
        theme.changed.connect(self._retint)

    # --- show ------------------------------------------------------------------------------------------------

    def show_graph(
        self, graph: Graph, *, changed: frozenset[str], selected: str, sort: Sort, short: bool
    ) -> None:
        """Show a network; `changed` names the layers that a person changed."""
        self.digits.set_value("rounded" if short else "exact")
        shown, before = (changed, sort, short), self._graph
        resorted = sort != self.model.sort_by
        if before is not graph or self._shown != shown:
            self._graph, self._shown = graph, shown
            top = self.cells.verticalScrollBar().value()
            self._fill(graph, changed, sort, short)
            self.cells.verticalScrollBar().setValue(top)
        self._select(selected)
        if before is None or before.name != graph.name:
            self.cells.horizontalScrollBar().setValue(0)
            self.cells.scrollToTop()
        elif resorted:
            self.cells.scrollToTop()  # where the largest stand, or the first

    def show_errata(self, errata: Sequence[Erratum], *, unfolded: bool) -> None:
        """Show what there is to say about figures that other tables print."""
        count = len(errata)
        self.errata_button.setVisible(count > 0)
        self.errata_button.setText(f"Other tables print other numbers ({count})")
        self.errata_button.setChecked(unfolded)
        self.errata.show_errata(errata)
        self.errata.setVisible(unfolded and count > 0)

    def _fill(self, graph: Graph, changed: frozenset[str], sort: Sort, short: bool) -> None:
        rows, totals = ordered(rows_of(graph, changed), *sort), totals_of(graph)
        self.model.show_rows(rows, totals, sort, short)
        widths = column_widths(rows, totals, short)
        self.total_row.totals, self.total_row.short = totals, short
        self.total_row.setAccessibleDescription(
            ", ".join(f"{column.title} {total_text(totals, column)}" for column in COLUMNS[1:])
        )
        self._widths = widths
        self._spread()

    def _spread(self) -> None:
        """Room to spare goes to the names of what the layers do."""
        if not self._widths:
            return
        bar = self.cells.verticalScrollBar().sizeHint().width()
        spare = max(self.width() - 2 * space.m - bar - sum(self._widths), 0)
        widths = [*self._widths]
        widths[FIRST] += spare
        for index, width in enumerate(widths):
            self.names.setColumnWidth(index, width)
            self.cells.setColumnWidth(index, width)
        self.names.setFixedWidth(widths[0])
        self.total_row.widths = widths
        self._scrolled(self.cells.horizontalScrollBar().value())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread()

    def _select(self, name: str) -> None:
        model = self.names.selectionModel()
        position = self.model.position(name)
        if position == model.currentIndex().row() and position >= 0:
            return
        blocked = model.blockSignals(True)
        if position < 0:
            model.clear()
        else:
            flags = QItemSelectionModel.SelectionFlag
            index = self.model.index(position, FIRST)
            model.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            bar = self.cells.horizontalScrollBar().value()
            self.cells.scrollTo(index)
            self.cells.horizontalScrollBar().setValue(bar)
        model.blockSignals(blocked)
        for part in (self.names, self.cells):
            part.viewport().update()

    def texts(self, name: str) -> dict[str, str]:
        """The cells of a layer's line as they are written, by the keys of their columns."""
        row = self.model.rows[self.model.position(name)]
        return {column.key: cell_text(row, column, self.model.short) for column in COLUMNS}

    def picture(self) -> TablePicture | None:
        """The whole table as a drawing, None while there is none."""
        if self._graph is None:
            return None
        return TablePicture(self._graph.title, self.model.rows, self.model.totals, self.model.short)

    # --- hand ------------------------------------------------------------------------------------------------

    @Slot(int)
    def _scrolled(self, _column: int) -> None:
        self.total_row.offset = self.cells.horizontalHeader().offset()
        self.total_row.update()

    def _room(self) -> int:
        """How much of a row is in view."""
        return self.names.width() + self.cells.viewport().width()

    @Slot(int, int)
    def _level(self, _least: int, most: int) -> None:
        """Both halves have the same height, whether or not one of them has a scroll bar."""
        self.names_foot.setFixedHeight(self.cells.horizontalScrollBar().sizeHint().height())
        self.names_foot.setVisible(most > 0)

    @Slot(int)
    def _header_clicked(self, section: int) -> None:
        self.sortAsked.emit(KEYS[section])

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.picked.emit(self.model.rows[current.row()].name)

    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        self._row_activated(index.row())

    @Slot(int)
    def _row_activated(self, position: int) -> None:
        self.activated.emit(self.model.rows[position].name)

    @Slot(str)
    def _digits_picked(self, key: str) -> None:
        self.roundedPicked.emit(key == "rounded")

    @Slot()
    def _retint(self) -> None:
        self.errata_button.setIcon(theme.icon("alert-circle-outline"))
        for part in (self.names, self.cells):
            part.viewport().update()
