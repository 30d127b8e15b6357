"""The stage: a network in five views, what lies over them while it is on its way, and the line about what is broken."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from engine.images import Frame
from engine.jobs import ErrorReport
from engine.networks.catalogue import architecture
from engine.networks.graphs.compare import compare
from engine.networks.graphs.errata import errata
from engine.networks.graphs.graph import Graph, Problem
from gui.bridge import Bridge
from gui.pages.architectures.comparison.compare_view import CompareView
from gui.pages.architectures.controls import ORIGINAL
from gui.pages.architectures.graph_desk import GraphDesk
from gui.pages.architectures.notice import Notice
from gui.pages.architectures.pixel.unit_view import UnitView
from gui.pages.architectures.resolve import Shown
from gui.pages.architectures.skips.skip_view import SkipView
from gui.pages.architectures.state import ArchitecturesState
from gui.pages.architectures.table.table_view import NetworkTable
from gui.pages.architectures.tracing import traced_layer, traced_unit
from gui.pages.architectures.veil import Veil
from gui.theme import space
from gui.widgets.choices import Segmented

VIEWS = (
    ("graph", "Graph", "The layers and what flows between them (Alt+1)"),
    ("table", "Table", "Shapes, parameters, operations and receptive fields, layer by layer (Alt+2)"),
    ("pixel", "One pixel", "What a unit looks at, back to the photo (Alt+3)"),
    ("compare", "Compare", "Two networks side by side (Alt+4)"),
    ("skip", "Skip connections", "Why residual networks train (Alt+5)"),
)
WAITING = "Its layers are being laid open."
LOADING = "PyTorch is still loading; the network appears as soon as it is there."


class Stage(QWidget):
    """Owns the views. Only the one on show is filled; the others when a person goes there."""

    def __init__(self, bridge: Bridge, get: Callable[[], ArchitecturesState]) -> None:
        super().__init__()
        self._compared: object = None
        self.views = Segmented(VIEWS)
        self.desk = GraphDesk(get, self)
        self.table, self.unit_view = NetworkTable(), UnitView()
        self.compare_view, self.skip_view = CompareView(), SkipView(bridge)
        self._stack = QStackedWidget()
        self._views: dict[str, QWidget] = {
            "graph": self.desk.view, "table": self.table, "pixel": self.unit_view,
            "compare": self.compare_view, "skip": self.skip_view,
        }  # fmt: skip
        for view in self._views.values():
            self._stack.addWidget(view)
        self.veil = Veil(self._stack)
        self.notice = Notice()
        self._build()

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.setSpacing(space.l)
        row.addWidget(self.views)
        row.addStretch(1)
        row.addWidget(self.table.digits)
        row.addWidget(self.desk.zoom_bar)
        self._notice_holder = QWidget()
        around = QVBoxLayout(self._notice_holder)
        around.setContentsMargins(space.l, space.s, space.l, 0)
        around.addWidget(self.notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._notice_holder)
        column.addWidget(self._stack, 1)

    def view(self, name: str) -> QWidget:
        """One of the five views."""
        return self._views[name]

    def show_view(self, view: str) -> None:
        """Bring a view and what belongs to it into place."""
        self.views.set_value(view)
        self._stack.setCurrentWidget(self._views[view])
        self.table.digits.setVisible(view == "table")
        self.desk.zoom_bar.setVisible(view == "graph")
        if view == "skip":
            self.veil.lift()  # it needs no network

    def show_problem(self, problem: Problem | None, *, undoable: bool = False) -> None:
        """Say where the network does not fit together; None: it does."""
        self.notice.show_problem(problem)
        self.notice.undo.setVisible(undoable)
        self._notice_holder.setVisible(not self.notice.isHidden())

    def show_missing(self, name: str, failure: ErrorReport | None, *, loading: bool) -> None:
        """A network is on its way, or could not be had: what is on show belongs to another one."""
        title = architecture(name).title
        if failure is not None:
            self.veil.show_failure(f"{title} cannot be shown", f"{failure.sentence} {failure.hint}".strip())
        else:
            self.veil.show_waiting(title, LOADING if loading else WAITING)

    def show_network(self, shown: Shown, state: ArchitecturesState) -> None:
        """Show a network as a graph or as a table."""
        if state.view == "graph":
            self.desk.show_graph(shown, state)
        elif state.view == "table":
            self.table.show_graph(
                shown.graph, changed=shown.changed, selected=state.layer, sort=state.sort, short=state.rounded
            )
            self.table.show_errata(errata(state.network), unfolded=state.errata)

    def show_unit(self, shown: Shown, state: ArchitecturesState, frame: Frame | None) -> None:
        """Show what a unit looks at; nothing where there is no layer that could be traced."""
        node = traced_layer(shown.graph, state.layer)
        if node is None:
            self.unit_view.clear()
            return
        row, column = traced_unit(node, state.unit)
        self.unit_view.show_unit(shown.graph, node.name, row, column, frame)

    def show_comparison(self, shown: Shown, other: Graph | None, state: ArchitecturesState) -> bool:
        """Show the network beside another one, or beside itself as it was; False while the other one is missing."""
        if state.other == ORIGINAL:
            left, right, name = shown.original, shown.graph, f"{shown.graph.title}, changed"
        elif other is None:
            return False
        else:
            left, right, name = shown.graph, other, ""
        compared = (id(left), id(right), shown)
        if self._compared != compared:
            self._compared = compared
            self.compare_view.show_comparison(compare(left, right), name)
        return True
