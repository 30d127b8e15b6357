"""The weights page: lists the store, downloads, imports, removes; the engine does the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from engine.jobs import ErrorReport, Priority, Progress
from engine.networks.requests import (
    ImportedWeights,
    ImportWeights,
    ListWeights,
    RemoveWeights,
    WeightsStatus,
)
from engine.networks.weights import store
from gui.dialogs.about import open_folder
from gui.dialogs.model_card import ModelCard
from gui.pages import PageEntry
from gui.pages.base import Page, Services, TourStop, Verb
from gui.pages.verbs import page_verbs
from gui.pages.weights import listing, tour
from gui.pages.weights.controls import WeightsControls
from gui.pages.weights.downloads import Downloads
from gui.pages.weights.dropped import requests_of
from gui.pages.weights.exports import WeightsExports
from gui.pages.weights.inspector import WeightsInspector
from gui.pages.weights.list_view import WeightsList
from gui.pages.weights.listing import Row
from gui.pages.weights.news import news
from gui.pages.weights.outcome import Outcome
from gui.pages.weights.row_menu import row_menu
from gui.pages.weights.state import WeightsState
from gui.theme import space

FILTERS = "Weights (*.pth *.pt *.safetensors *.onnx *.weights *.cfg *.names);;All files (*)"


class WeightsPage(Page[WeightsState]):
    """What trained networks there are, and which of them are on this computer."""

    state_class = WeightsState

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._statuses: tuple[WeightsStatus, ...] | None = None
        self._importing = ImportWeights(Path())
        self._to_import: list[ImportWeights] = []
        self._unlisted = ""
        self._fits: tuple[str, ...] = ()  # the networks that the imported file could be for
        bridge = services.bridge
        self._list = bridge.channel("weights:list", Priority.INTERACTIVE, self, handles_failures=True)
        self._import = bridge.channel("weights:import", Priority.LONG, self, handles_failures=True)
        self._remove = bridge.channel("weights:remove", Priority.INTERACTIVE, self)
        self.downloads = Downloads(bridge, self)
        self._build_stage()
        self.panel = WeightsControls(self.controls, lambda: self.state)
        self.details = WeightsInspector(self.inspector)
        self._connect()
        self.show_stepper(False)
        self.show_state(self.state)

    def _build_stage(self) -> None:
        self.outcome = Outcome()
        self.list = WeightsList()
        self.nothing = QLabel()
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.show_all = QPushButton("Show all")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(_centred(self.nothing, self.show_all))
        self.stage_column.addWidget(self.outcome)
        self.stage_column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._list.done.connect(self._listed)
        self._list.failed.connect(self._list_failed)
        self._remove.done.connect(self._removed)
        self._import.progress.connect(self._import_moved)
        self._import.done.connect(self._imported)
        self._import.failed.connect(self._import_failed)
        self._import.cancelled.connect(self._import_cancelled)
        self.downloads.moved.connect(self._download_moved)
        self.downloads.finished.connect(self._downloaded)
        self.downloads.failed.connect(self._download_failed)
        self.list.picked.connect(self._pick)
        self.list.opened.connect(self._open)
        self.list.menuAsked.connect(self._context_menu)
        for asker in (self.list, self.details):
            asker.actAsked.connect(self.act)
            asker.removeAsked.connect(self.remove)
        self.details.folderAsked.connect(self.show_folder)
        self.details.classifyAsked.connect(self.classify)
        self.details.detectAsked.connect(self.detect)
        self.details.networkAsked.connect(self.show_network)
        self.details.cardAsked.connect(self.show_card)
        self.panel.changed.connect(self._control_moved)
        self.panel.importAsked.connect(self.import_dialog)
        self.panel.folderAsked.connect(self.show_folder)
        self.outcome.cancelAsked.connect(self._import.cancel)
        self.outcome.networkAsked.connect(self._import_as)
        self.show_all.clicked.connect(self._show_all)
        news.changed.connect(self.refresh)

    # --- show ------------------------------------------------------------------------------------------------

    def show_state(self, state: WeightsState) -> None:
        self.panel.show_state(state)
        statuses = self._statuses
        if statuses is None:
            self._stack.setCurrentIndex(1)
            self.nothing.setText(self._unlisted or "Looking into the models folder…")
            self.show_all.hide()
            self.details.show_row(None)
            return
        rows = listing.rows(statuses, self.downloads.transfers(), state)
        self.list.show_rows(rows, state.selected)
        self._stack.setCurrentIndex(0 if rows else 1)
        self.nothing.setText(_why_nothing(state))
        self.show_all.show()
        self.details.show_row(self.row(state.selected))
        self.panel.show_folder(listing.total_text(statuses), str(store.models_folder()))

    def row(self, name: str) -> Row | None:
        """The row of the weights of that name, listed by the filter or not."""
        everything = listing.rows(self._statuses or (), self.downloads.transfers(), WeightsState())
        return next((row for row in everything if row.name == name), None)

    @Slot()
    def refresh(self) -> None:
        """Ask again what is there."""
        self._list.ask(ListWeights())

    @Slot(object)
    def _listed(self, statuses: tuple[WeightsStatus, ...]) -> None:
        self._statuses, self._unlisted = statuses, ""
        self._settle_selection()

    @Slot(object)
    def _list_failed(self, report: ErrorReport) -> None:
        """Without a list the sentence takes its place; a list that is there stays, and may be old."""
        self._unlisted = f"{report.sentence} {report.hint}".strip()
        if self._statuses is not None:
            self.said.emit(self._unlisted, "error")
        self.show_state(self.state)

    def _settle_selection(self) -> None:
        """Something is chosen whenever there is something to choose."""
        assert self._statuses is not None
        if self._statuses and self.row(self.state.selected) is None:
            first = listing.rows(self._statuses, {}, WeightsState())[0]
            self.amend(replace(self.state, selected=first.name))
        else:
            self.show_state(self.state)

    @Slot(str)
    def _pick(self, name: str) -> None:
        self.amend(replace(self.state, selected=name))

    @Slot(str)
    def _open(self, name: str) -> None:
        """A double click goes deeper: what is here classifies; of the others the details unfold."""
        row = self.row(name)
        if row is not None and listing.classifies(row.status):
            self.classify(name)
        elif row is not None and listing.detects(row.status):
            self.detect(name)
        elif not self.inspector.isVisible():
            self.toggle_inspector()

    @Slot(str)
    def classify(self, name: str) -> None:
        """Show pictures to these weights, on the page for it."""
        self.pageAsked.emit("classify", {"weights": name})

    @Slot(str)
    def detect(self, name: str) -> None:
        """Find things with these weights, on the page for it."""
        self.pageAsked.emit("detect", {"detector": name})

    @Slot(str)
    def show_network(self, architecture: str) -> None:
        """The layers of the network that the weights belong to."""
        fresh = {"size": 0, "open_groups": None, "apart": (), "layer": "", "unit": None, "edits": ()}
        self.pageAsked.emit("architectures", {"network": architecture, "view": "graph", **fresh})

    @Slot(str)
    def show_card(self, name: str) -> None:
        """How bundled weights were made."""
        row = self.row(name)
        card = None if row is None else listing.card_of(row.status)
        if row is not None and card is not None:
            dialog = ModelCard(row.status.title, card.read_text(encoding="utf-8"), self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    @Slot(object, str)
    def _control_moved(self, state: WeightsState, gesture: str) -> None:
        self.change(state, gesture or None)

    @Slot()
    def _show_all(self) -> None:
        self.change(WeightsState(selected=self.state.selected))

    # --- downloads -------------------------------------------------------------------------------------------

    @Slot(str)
    def act(self, name: str) -> None:
        """Do what the button of a row says: download, cancel, try again."""
        row = self.row(name)
        if row is None or row.act is None:
            return
        if row.act == "cancel":
            self.downloads.cancel(name)
        else:
            self.downloads.start(name)

    @Slot(str)
    def _download_moved(self, _name: str) -> None:
        self.show_state(self.state)

    @Slot(object)
    def _downloaded(self, status: WeightsStatus) -> None:
        self.said.emit(f"{status.title} is here. {listing.checked_text(status)}", "info")
        news.changed.emit()

    @Slot(str, object)
    def _download_failed(self, _name: str, report: ErrorReport) -> None:
        self.said.emit(f"{report.sentence} {report.hint}".strip(), "error")
        self.refresh()

    # --- import ----------------------------------------------------------------------------------------------

    @Slot()
    def import_dialog(self) -> None:
        """Ask for a file of weights and import it."""
        chosen, _ = QFileDialog.getOpenFileName(self, "Import weights", "", FILTERS)
        if chosen:
            self.open_path(Path(chosen))

    def open_path(self, path: Path) -> None:
        """Import a file; while another one is being imported it waits for its turn."""
        self.open_paths([path])

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Import files, those of one net of Darknet together."""
        for request in requests_of(paths):
            if not self._import.busy:
                self._start_import(request)
            elif request.path not in (self._importing.path, *(waiting.path for waiting in self._to_import)):
                self._to_import.append(request)
                self._show_importing()

    @Slot(str)
    def _import_as(self, architecture: str) -> None:
        self._start_import(replace(self._importing, architecture=architecture))

    def _start_import(self, request: ImportWeights) -> None:
        self._importing = request
        if request.architecture is None:
            self._fits = ()
        self._show_importing()
        self._import.ask(request)

    def _show_importing(self, progress: Progress | None = None) -> None:
        waiting = f" ({len(self._to_import)} more to come)" if self._to_import else ""
        doing = progress.message if progress is not None else ""
        self.outcome.show_busy(f"{doing or f'Reading {self._importing.path.name}'}{waiting}", progress)

    @Slot(object)
    def _import_moved(self, progress: Progress) -> None:
        self._show_importing(progress)

    def _import_next(self) -> None:
        if self._to_import:
            self._start_import(self._to_import.pop(0))

    @Slot(object)
    def _imported(self, imported: ImportedWeights) -> None:
        status = imported.status
        self._fits = self._fits or (status.architecture, *imported.others)
        others = tuple(name for name in self._fits if name != status.architecture)
        self.downloads.forget_error(status.name)
        self.outcome.show_outcome(self._importing.path.name, replace(imported, others=others))
        self.amend(WeightsState(selected=status.name))
        news.changed.emit()
        self._import_next()

    @Slot(object)
    def _import_failed(self, report: ErrorReport) -> None:
        self.outcome.hide()
        self.said.emit(f"{report.sentence} {report.hint}".strip(), "error")
        self._import_next()

    @Slot()
    def _import_cancelled(self) -> None:
        self.outcome.hide()
        self._import_next()

    # --- remove ----------------------------------------------------------------------------------------------

    @Slot(str)
    def remove(self, name: str) -> None:
        """Delete weights from the models folder; asks once more in the inspector first."""
        row = self.row(name)
        if row is None or not row.removable:
            return
        if self.state.selected != name:
            self._pick(name)
        if self.details.armed != name:
            self.details.arm(name)
            self.statusChanged.emit(f"Once more removes {row.status.title}.")
            return
        self.details.arm("")
        self.statusChanged.emit("")
        self.downloads.forget_error(name)
        self._remove.ask(RemoveWeights(name))

    @Slot(object)
    def _removed(self, _statuses: tuple[WeightsStatus, ...]) -> None:
        news.changed.emit()

    @Slot()
    @Slot(str)
    def show_folder(self, _name: str = "") -> None:
        """Open the models folder, or the one of the chosen weights, in the system's file manager."""
        row = self.row(_name) if _name else None
        path = store.models_folder() if row is None or row.status.path is None else row.status.path.parent
        if not path.is_dir():
            self.said.emit("There is no models folder yet; the first download or import makes it.", "info")
        elif not open_folder(path):
            self.said.emit(f"No file manager could be opened. The folder is {path}.", "warn")

    # --- menus and keys --------------------------------------------------------------------------------------

    @Slot(str, QPoint)
    def _context_menu(self, name: str, where: QPoint) -> None:
        row = self.row(name)
        if row is not None:
            menu = self.menu_of(row)
            menu.exec(where)
            menu.deleteLater()

    def menu_of(self, row: Row) -> QMenu:
        """What can be done with a row."""
        return row_menu(row, self, self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Find):
            if not self.controls.isVisible():
                self.toggle_controls()
            self.panel.search.setFocus()
        else:
            super().keyPressEvent(event)

    def shortcuts(self) -> list[tuple[str, str]]:
        return [
            ("Search", "Ctrl+F"),
            ("Download, cancel or try again", "Enter"),
            ("Remove (twice)", "Delete"),
            ("Classify or detect with what is here", "Double click"),
        ]

    # --- page ------------------------------------------------------------------------------------------------

    def activated(self) -> None:
        self.refresh()
        self.list.setFocus()

    def close_page(self) -> None:
        super().close_page()
        for name, transfer in self.downloads.transfers().items():
            if transfer.running:
                self.downloads.cancel(name)

    def explanation(self) -> str:
        return tour.EXPLANATION

    def verbs(self) -> list[Verb]:
        return page_verbs(self, WeightsExports(self.list))

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        return (self._statuses is not None or bool(self._unlisted)) and not self._list.busy


def _why_nothing(state: WeightsState) -> str:
    where = " on this computer" if state.here else ""
    if state.query:
        return f"No weights{where} match “{state.query}”."
    return f"There are no such weights{where} yet."


def _centred(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setSpacing(space.m)
    column.addStretch(1)
    for widget in widgets:
        column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch(2)
    return holder
