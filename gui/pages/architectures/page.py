"""The architectures page: keeps its state, gets networks from the engine, and shows them in five ways."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QMenu

from engine.errors import UserError
from engine.images import Frame
from engine.jobs import EngineState, ErrorReport
from engine.networks.catalogue import architecture
from engine.networks.graphs.what_if import Edit
from gui.pages import PageEntry
from gui.pages.architectures import changes, exports, tour
from gui.pages.architectures.controls import ORIGINAL, ArchitecturesControls
from gui.pages.architectures.explanation import EXPLANATION
from gui.pages.architectures.inspector import ArchitecturesInspector
from gui.pages.architectures.networks import Networks
from gui.pages.architectures.resolve import Shown
from gui.pages.architectures.searching import LayerSearch
from gui.pages.architectures.skips.skip_state import SkipState
from gui.pages.architectures.skips.skip_view import SkipView
from gui.pages.architectures.stage import VIEWS, Stage
from gui.pages.architectures.state import ArchitecturesState
from gui.pages.architectures.table.table_rows import next_sort
from gui.pages.architectures.tracing import traced_layer
from gui.pages.base import Services, TourStop, Verb
from gui.pages.source_page import SourcePage
from gui.widgets.facts import Fact


class ArchitecturesPage(SourcePage[ArchitecturesState]):
    """The classic architectures, alive."""

    state_class = ArchitecturesState
    numbered = VIEWS

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self.networks = Networks(services.bridge, self)
        self._shown: Shown | None = None
        self.stage = Stage(services.bridge, lambda: self.state)
        self.desk, self.table, self.unit_view = self.stage.desk, self.stage.table, self.stage.unit_view
        self.graph_view = self.desk.view
        self.compare_view, self.skip_view = self.stage.compare_view, self.stage.skip_view
        self.stage_column.addWidget(self.stage, 1)
        self.panel = ArchitecturesControls(self.controls, self.picker)
        self.search = LayerSearch(self.panel.search, self.desk, self)
        self.details = ArchitecturesInspector(self.inspector)
        self._connect()
        self.show_state(self.state)

    def _connect(self) -> None:
        self.stage.views.changed.connect(self._pick_view)
        self.networks.arrived.connect(self._graph_arrived)
        self.networks.failed.connect(self._graph_failed)
        self.networks.refused.connect(self._unfitting)
        self.services.bridge.stateChanged.connect(self._engine_changed)
        self.stage.veil.againAsked.connect(self._ask_again)
        self.stage.notice.layerAsked.connect(self._go_to_layer)
        self.stage.notice.undoAsked.connect(self.undo)
        panel = self.panel
        panel.networkPicked.connect(self._pick_network)
        panel.otherPicked.connect(self._pick_other)
        panel.sizePicked.connect(self._pick_size)
        panel.foldAsked.connect(self.desk.fold_all)
        panel.unfoldAsked.connect(self.desk.unfold_all)
        panel.stackedPicked.connect(self.desk.pick_stacked)
        panel.editRemoved.connect(self._edit_removed)
        panel.editsCleared.connect(self._edits_cleared)
        self.search.layerAsked.connect(self._go_to_layer)
        self.desk.looked.connect(self.amend)
        self.desk.picked.connect(self._pick_layer)
        self.desk.activated.connect(self._layer_activated)
        self.desk.pointed.connect(self.details.show_under)
        self.desk.menuAsked.connect(self._context_menu)
        self.table.picked.connect(self._pick_layer)
        self.table.activated.connect(self._layer_activated)
        self.table.sortAsked.connect(self._sort)
        self.table.roundedPicked.connect(self._pick_rounded)
        self.table.errataPicked.connect(self._pick_errata)
        self.compare_view.pointed.connect(self._unit_pointed)
        self.unit_view.unitMoved.connect(self._unit_moved)
        self.unit_view.pointed.connect(self._unit_pointed)
        self.details.form.edited.connect(self._edited)
        self.skip_view.changed.connect(self._skip_changed)
        self.skip_view.pointed.connect(self._unit_pointed)
        self.stepper.indexChanged.connect(self._stepped)

    # --- show ------------------------------------------------------------------------------------------------

    def show_state(self, state: ArchitecturesState) -> None:
        """Draw what memory holds; ask the engine for networks that it has not."""
        self.follow_source(state)
        self._show_view(state)
        self.networks.want(state, self.active)
        if self.networks.base is None:
            self._show_none(state)
            return
        shown = self.networks.resolve(state)
        if shown is None:
            return
        self._shown = shown
        self.panel.show_network(state.network, self.networks.side(state.network), state.size)
        self.panel.show_edits([(edit, *changes.edit_text(shown.original, edit)) for edit in state.edits])
        problem = shown.graph.problem if state.view != "skip" else None
        self.stage.show_problem(problem, undoable=self.history.can_undo)
        self.stage.veil.lift()
        self._show_inspector(shown, state)
        self._show_stage(shown, state)

    def _show_view(self, state: ArchitecturesState) -> None:
        """Put the parts in place that the view consists of."""
        self.stage.show_view(state.view)
        self.panel.show_view(state.view)
        self.panel.show_other(state.other, changed=bool(state.edits))
        self.panel.show_stacked(state.stacked)
        self.details.show_view(state.view)
        self.skip_view.set_active(self.active and state.view == "skip")
        steps = 0
        if state.view == "skip":
            self.skip_view.show_state(state.skip)
            steps = self.skip_view.steps()
        self.show_stepper(steps > 0)
        if steps:
            self.stepper.set_range(steps, state.skip.step)

    @Slot(str)
    def _unfitting(self, sentence: str) -> None:
        """Size and changes do not belong to the network that has just come: they are dropped, and it is said."""
        self.said.emit(sentence, "warn")
        self.amend(replace(self.state, edits=(), size=0))

    def _show_none(self, state: ArchitecturesState) -> None:
        """The network is not here: what is still on show belongs to another one, and nothing of it can be used."""
        self._shown = None
        self.desk.forget()
        self.details.show_nothing()
        self.stage.show_problem(None)
        self.panel.show_network(state.network, architecture(state.network).input_shape[1], state.size)
        self.panel.show_edits(())
        self.search.show(None, "")
        if state.view != "skip":
            networks = self.networks
            self.stage.show_missing(state.network, networks.main.failure, loading=networks.loading)

    def _show_inspector(self, shown: Shown, state: ArchitecturesState) -> None:
        traced = traced_layer(shown.graph, state.layer) if state.view == "pixel" else None
        layer = traced.name if traced else state.layer if shown.layer(state.layer) else ""
        self.details.show_layer(shown, layer)
        settings = changes.form(shown.original, state.edits, layer, shown.graph) if layer else ()
        self.details.show_form(layer, settings, changes.is_dropped(state.edits, layer))
        self.details.show_totals(shown, architecture(state.network).notes)

    def _show_stage(self, shown: Shown, state: ArchitecturesState) -> None:
        """Fill the view on show."""
        networks = self.networks
        if state.view == "pixel":
            self.stage.show_unit(shown, state, self.newest_picture)
        elif state.view == "compare":
            if not self.stage.show_comparison(shown, networks.beside.graph, state):
                self.stage.show_missing(state.other, networks.beside.failure, loading=networks.loading)
        else:
            self.stage.show_network(shown, state)
        self.search.show(shown.graph, state.layer)

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(str)
    def _pick_view(self, view: str) -> None:
        """Looking at it another way is no change: it does not enter the history."""
        self.details.show_under(None)
        came = view != self.state.view
        # A net with changes is compared with itself as it was, until the person picks another one.
        other = ORIGINAL if came and view == "compare" and self.state.edits else self.state.other
        self.amend(replace(self.state, view=view, other=other))  # type: ignore[arg-type]  # the keys of VIEWS
        if came and view == "graph" and self.state.layer:
            self.desk.reveal(self.state.layer)
        self.stage.view(self.state.view).setFocus()

    @Slot(str)
    def _pick_network(self, name: str) -> None:
        """Another network: what belonged to the old one goes."""
        self.panel.search.edit.clear()
        self.change(
            replace(
                self.state,
                network=name,
                size=0,
                open_groups=None,
                apart=(),
                layer="",
                unit=None,
                edits=(),
                sort=("", False),
            )
        )

    @Slot(str)
    def _pick_other(self, name: str) -> None:
        self.change(replace(self.state, other=name))

    @Slot(int)
    def _pick_size(self, side: int) -> None:
        self.change(replace(self.state, size=side), "size")

    @Slot(str)
    def _pick_layer(self, name: str) -> None:
        if self._shown is not None and name != self.state.layer:
            self.amend(replace(self.state, layer=name, unit=None))

    @Slot(str)
    def _layer_activated(self, name: str) -> None:
        """One depth down: the pixel view of a layer."""
        shown = self._shown
        if shown is not None and shown.node(name) is not None:
            self.amend(replace(self.state, layer=name, unit=None, view="pixel"))
            self.unit_view.setFocus()

    @Slot(str)
    def _go_to_layer(self, name: str) -> None:
        """Select a layer and bring it into view, unfolding what it is in."""
        state = replace(self.state, layer=name, unit=None)
        if state.view not in ("graph", "table"):
            state = replace(state, view="graph")
        self.amend(self.desk.revealing(state) if state.view == "graph" else state)
        if state.view == "graph":
            self.desk.reveal(name)

    @Slot(str, int)
    def _edited(self, setting: str, value: int) -> None:
        """A setting of the selected layer was changed."""
        shown, layer = self._shown, self.details.form.layer
        if shown is None or not layer:
            return
        try:
            edits = changes.with_edit(shown.original, self.state.edits, Edit(layer, setting, value))
        except UserError as error:
            self.said.emit(str(error), "warn")
            self.show_state(self.state)
            return
        self.change(replace(self.state, edits=edits), f"{layer}.{setting}")

    @Slot(object)
    def _edit_removed(self, edit: Edit) -> None:
        self.change(replace(self.state, edits=changes.without(self.state.edits, edit)))

    @Slot()
    def _edits_cleared(self) -> None:
        self.change(replace(self.state, edits=()))

    @Slot(str)
    def _sort(self, key: str) -> None:
        self.amend(replace(self.state, sort=next_sort(self.state.sort, key)))

    @Slot(bool)
    def _pick_rounded(self, rounded: bool) -> None:
        self.amend(replace(self.state, rounded=rounded))

    @Slot(bool)
    def _pick_errata(self, unfolded: bool) -> None:
        self.amend(replace(self.state, errata=unfolded))

    # --- pixel, skip and picture -----------------------------------------------------------------------------

    @Slot(str, int, int)
    def _unit_moved(self, layer: str, row: int, column: int) -> None:
        if self._shown is not None:
            self.amend(replace(self.state, layer=layer, unit=(row, column)))

    @Slot(list)
    def _unit_pointed(self, rows: list[Fact]) -> None:
        self.details.show_under(None, rows)

    @Slot(object, str)
    def _skip_changed(self, skip: SkipState, gesture: str) -> None:
        state = replace(self.state, skip=skip)
        if gesture in SkipView.LOOKING:
            self.amend(state)
        else:
            self.change(state, f"skip {gesture}")

    @Slot(int)
    def _stepped(self, index: int) -> None:
        """The stepper moved: only the block in numbers has steps."""
        if self.state.view == "skip":
            self.amend(replace(self.state, skip=replace(self.state.skip, step=index)))

    def picture_came(self, frame: Frame) -> None:
        if self.state.view == "pixel":
            self.unit_view.show_frame(frame)

    def open_path(self, path: Path) -> None:
        """A dropped picture is what the traced pixel looks at."""
        if self.picker.open_path(path):
            self._pick_view("pixel")

    def paste_image(self, image: QImage) -> None:
        if self.picker.paste_image(image):
            self._pick_view("pixel")

    # --- the engine ------------------------------------------------------------------------------------------

    @Slot()
    def _graph_arrived(self) -> None:
        self.show_state(self.state)
        self.search.find()

    @Slot(object)
    def _graph_failed(self, report: ErrorReport) -> None:
        state = self.state
        if self.networks.refuses_size(report, state):
            self.said.emit(f"{report.sentence} {report.hint}".strip(), "warn")
            self.amend(replace(state, size=0))
        else:
            self.show_state(state)

    @Slot()
    def _ask_again(self) -> None:
        self.networks.again()
        self.show_state(self.state)

    @Slot(object)
    def _engine_changed(self, _state: EngineState) -> None:
        if not self.stage.veil.isHidden():
            self.show_state(self.state)

    # --- life in the window ----------------------------------------------------------------------------------

    def activated(self) -> None:
        super().activated()
        self.stage.view(self.state.view).setFocus()

    def rest(self) -> None:
        self.networks.rest()
        self.skip_view.set_active(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers()
        if modifiers == Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_F:
            self._begin_search()
        elif not modifiers and event.key() == Qt.Key.Key_F and self.state.view == "graph":
            self.desk.fold_around()
        elif not modifiers and event.key() == Qt.Key.Key_R and self.state.view == "graph":
            self.desk.turn()
        else:
            super().keyPressEvent(event)

    def _begin_search(self) -> None:
        if self.state.view not in ("graph", "table"):
            self._pick_view("graph")
        if not self.controls.isVisible():
            self.toggle_controls()
        self.panel.search.setFocus()
        self.panel.search.edit.selectAll()

    def pick_numbered(self, key: str) -> None:
        self._pick_view(key)

    def escape(self) -> bool:
        """From a pixel back to the graph, then nothing is selected any more, then the graph."""
        state = self.state
        if state.view == "graph" and state.layer:
            self._pick_layer("")
        elif state.view == "table" and state.errata:
            self._pick_errata(False)
        elif state.view != "graph":
            self._pick_view("graph")
        else:
            return False
        return True

    def shortcuts(self) -> list[tuple[str, str]]:
        return [
            *super().shortcuts(),
            ("Find a layer", "Ctrl+F"),
            ("Next and previous find", "Enter / Shift+Enter"),
            ("Fold the module around the selected layer", "F"),
            ("From left to right, or from top to bottom", "R"),
            ("Larger, smaller, all of it", "+ / - / 0"),
        ]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    @property
    def shown(self) -> Shown | None:
        """The network on show."""
        return self._shown

    @Slot(object, QPoint)
    def _context_menu(self, verbs: list[Verb], place: QPoint) -> None:
        """What can be done with a box, then what can be taken away."""
        menu = QMenu(self)
        for verb in verbs:
            menu.addAction(verb.title, verb.run)
        menu.addSeparator()
        for verb in self.verbs():
            menu.addAction(verb.title, verb.run)
        menu.popup(place)

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        state = self.state
        if state.view == "skip":
            return self.skip_view.settled
        if not self.stage.veil.isHidden() or self.networks.base is None:
            return False
        return state.view != "pixel" or self.picture is not None
