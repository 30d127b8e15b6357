"""The table of a network: names that stay in view, columns that sort, a last row of totals that stays in view, too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.networks.graphs.errata import Erratum
from engine.networks.graphs.graph import Graph
from engine.networks.summary import CONVENTION
from gui.pages.architectures.table.errata_panel import ErrataPanel
from gui.pages.architectures.table.table_model import Sort, TableModel
from gui.pages.architectures.table.table_paint import TablePicture, column_widths
from gui.pages.architectures.table.table_parts import FIRST, TablePart, TotalRow
from gui.pages.architectures.table.table_rows import (
    COLUMNS,
    KEYS,
    cell_text,
    ordered,
    rows_of,
    total_text,
    totals_of,
)
from gui.theme import space, theme
from gui.widgets.choices import Segmented


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
        self.names = TablePart(self.model, "Names of the layers", self)
        self.cells = TablePart(self.model, "Table of the layers", self)
        self.total_row = TotalRow(self._room, self)
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
