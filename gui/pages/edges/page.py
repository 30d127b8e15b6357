"""The page of edges: keeps its state, shows it, and wires its parts: controls, stage, inspector, stepper, questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QImage, QKeyEvent

from engine.foundations.edges.requests import FilteredPicture, What
from engine.images import Frame
from engine.jobs import ErrorReport
from gui.checking import LIVE
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.edges import exports, tour
from gui.pages.edges.answers import UNDER_WAY, EdgesAnswers
from gui.pages.edges.changes import with_cell, with_view
from gui.pages.edges.controls import EdgesControls
from gui.pages.edges.explanation import EXPLANATION
from gui.pages.edges.inspector import EdgesInspector
from gui.pages.edges.kernel_scene import INPUT, KERNEL
from gui.pages.edges.keys import SHORTCUTS, by_key
from gui.pages.edges.playback import at_position, show_position
from gui.pages.edges.resolve import WHAT, Grid, GridResolver, moved_step, owed
from gui.pages.edges.stage import VIEWS, EdgesStage
from gui.pages.edges.state import EdgesState
from gui.pages.edges.under import cell_rows
from gui.pages.source_page import SourcePage
from gui.pages.verbs import page_verbs


class EdgesPage(SourcePage[EdgesState]):
    """Kernels that find edges."""

    state_class = EdgesState
    numbered = VIEWS

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._resolver = GridResolver()
        self._hover: tuple[int, int] | None = None
        self._grid = self._resolver.resolve(self.state)
        self._known: dict[What, FilteredPicture] = {}
        self._answers = EdgesAnswers(services.bridge, self)
        self.stage = EdgesStage()
        self.stage_column.addWidget(self.stage, 1)
        self.panel = EdgesControls(self.controls, self.picker, lambda: self.state)
        self.details = EdgesInspector(self.inspector)
        self._connect()
        self.show_state(self.state)

    def _connect(self) -> None:
        canvas, maps = self.stage.canvas, self.stage.maps
        self.stage.viewPicked.connect(self.pick_view)
        self.panel.changed.connect(self._control_moved)
        self.stepper.indexChanged.connect(self._stepped)
        canvas.cellHovered.connect(self._cell_hovered)
        canvas.hoverLeft.connect(self._hover_left)
        canvas.cellClicked.connect(self._cell_clicked)
        canvas.cellEdited.connect(self._cell_edited)
        canvas.editBegan.connect(self.stepper.pause)
        canvas.arrowPressed.connect(self._arrow)
        maps.pointed.connect(self.details.show_under)
        maps.dividerMoved.connect(self._divider_moved)
        maps.dimmed.connect(self._maps_under_way)
        for part in (canvas, maps):
            part.menuRequested.connect(self.show_menu)
        answers, details = self._answers, self.details
        answers.grid_check.tell(details.grid_badge)
        answers.map_check.tell(details.map_badge)
        answers.maps.outdated.connect(maps.expect)
        answers.maps.answered.connect(self._maps_came)
        answers.maps.refused.connect(self._maps_failed)

    # --- show ------------------------------------------------------------------------------------------------

    def show_state(self, state: EdgesState) -> None:
        """Draw at once what memory holds; ask the engine for the rest."""
        self.follow_source(state)
        self.panel.show_state(state)
        self.details.show_state(state)
        self.show_stepper(show_position(self.stepper, state))
        if state.on_picture:
            self._show_maps(state)
        else:
            self._answers.want(None)
            self._show_grid(state)
        self._ask_check()

    def _show_grid(self, state: EdgesState) -> None:
        self._grid = self._resolver.resolve(state, self._hover)
        self.stage.show_grid(self._grid, glide=self._hover is None)

    def _show_maps(self, state: EdgesState) -> None:
        result = self._known.get(WHAT[state.view])
        if self.active:
            self._answers.want(owed(state, self.picture))
        self.stage.show_maps(state, result, fresh=self._fresh(result), live=self.picker.live)
        self.details.show_result(result)

    def _fresh(self, result: FilteredPicture | None) -> bool:
        """Whether maps are those that the state asks for."""
        wanted = owed(self.state, self.picture)
        return wanted is not None and wanted.answered_by(result)

    def _ask_check(self) -> None:
        """Ask for the check of what is on show; nothing is checked while it is live."""
        state = self.state
        if not self.active:
            return
        result = self._known.get(WHAT[state.view]) if state.on_picture else None
        if not state.on_picture:
            self._answers.want_grid_check(self._grid.trace)
        elif self.picker.live:
            self._answers.no_map_check(LIVE)
        elif result is not None and self._fresh(result):
            self._answers.want_map_check(result)
        elif result is not None and not self.stage.maps.stale:
            self._answers.hold_map_check()
        else:
            self._maps_under_way()

    # --- answers ---------------------------------------------------------------------------------------------

    @Slot(object, bool)
    def _maps_came(self, result: FilteredPicture, _fresh: bool) -> None:
        self._known[result.request.what] = result
        if self.state.on_picture:
            self._show_maps(self.state)
            self._ask_check()
        if self.picker.live:
            self.tell_pace(result.request.frame)

    @Slot()
    def _maps_under_way(self) -> None:
        self._answers.no_map_check(UNDER_WAY)

    @Slot(object)
    def _maps_failed(self, report: ErrorReport) -> None:
        self._known.pop(WHAT[self.state.view], None)
        self.stage.maps.show_nothing(f"{report.sentence} {report.hint}".strip(), "alert-circle-outline")
        self.details.show_result(None)
        self._answers.no_map_check(report.sentence)

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(object, str)
    def _control_moved(self, state: EdgesState, gesture: str) -> None:
        self._hover = None
        self.change(state, gesture or None)

    @Slot(str)
    def pick_view(self, view: str) -> None:
        """Looking at it another way is no change: it does not enter the history."""
        self.stepper.pause()
        self._hover = None
        self.details.show_under([])
        self.amend(with_view(self.state, view))  # type: ignore[arg-type]  # the keys of VIEWS

    def pick_numbered(self, key: str) -> None:
        self.pick_view(key)

    @Slot(int)
    def _stepped(self, index: int) -> None:
        self._hover = None
        state = at_position(self.state, index)
        if state.view == "rotate" and not self.stepper.playing:
            self.change(state, "angle")
        else:
            self.amend(state)

    @Slot(float)
    def _divider_moved(self, share: float) -> None:
        self.amend(replace(self.state, wipe=share))

    @Slot(str, int, int)
    def _cell_hovered(self, key: str, row: int, column: int) -> None:
        if not self.stepper.playing and key != KERNEL:
            self._hover = self._window_at(key, row, column)
            self._show_grid(self.state)
        self.details.show_under(cell_rows(self._grid, key, row, column))

    @Slot()
    def _hover_left(self) -> None:
        self.details.show_under([])
        if self._hover is not None:
            self._hover = None
            self._show_grid(self.state)

    @Slot(str, int, int)
    def _cell_clicked(self, key: str, row: int, column: int) -> None:
        if key != KERNEL:
            self.stepper.pause()
            self._hover = None
            at = self._window_at(key, row, column)
            self.amend(replace(self.state, step=self._grid.trace.index_of(0, *at)))

    @Slot(str, int, int, float)
    def _cell_edited(self, key: str, row: int, column: int, value: float) -> None:
        if key == KERNEL:
            self._control_moved(with_cell(self.state, row, column, value), "")

    def _window_at(self, key: str, row: int, column: int) -> tuple[int, int]:
        """The output cell that a cell stands for."""
        if key != INPUT:
            return row, column
        width = self._grid.trace.shape[2]
        return divmod(self._grid.trace.nearest_step(row, column), width)

    @Slot(int, int, bool)
    def _arrow(self, rows: int, columns: int, _far: bool) -> None:
        self.stepper.pause()
        self._hover = None
        self.amend(replace(self.state, step=moved_step(self.state, rows, columns)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        changed = by_key(self.state, event)
        if changed is None:
            super().keyPressEvent(event)
        elif changed != self.state:
            self._control_moved(changed, "angle" if event.key() == Qt.Key.Key_T else "")

    def escape(self) -> bool:
        if self.state.view != "kernel":
            self.pick_view("kernel")
            return True
        return False

    # --- the picture -----------------------------------------------------------------------------------------

    def picture_came(self, frame: Frame) -> None:
        if self.state.on_picture:
            self.show_state(self.state)

    def live_changed(self, live: bool) -> None:
        if self.state.on_picture:
            self.show_state(self.state)

    def show_stalled(self, stalled: bool) -> None:
        if stalled:
            self.stage.maps.set_stale()
        else:
            self.stage.maps.set_fresh()

    def open_path(self, path: Path) -> None:
        """A dropped picture or video is shown beside its response."""
        self._look_at_pictures()
        super().open_path(path)

    def paste_image(self, image: QImage) -> None:
        self._look_at_pictures()
        super().paste_image(image)

    def _look_at_pictures(self) -> None:
        if not self.state.on_picture:
            self.pick_view("picture")

    # --- life in the window ----------------------------------------------------------------------------------

    def focus_stage(self) -> None:
        shown = self.stage.maps.tiles[0].view if self.state.on_picture else self.stage.canvas
        shown.setFocus()

    def rest(self) -> None:
        self._answers.stop()

    def shortcuts(self) -> list[tuple[str, str]]:
        return [*SHORTCUTS, *super().shortcuts()]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return page_verbs(self, exports.EdgesExports(self))

    @property
    def grid(self) -> Grid:
        """The small input under the kernel, as it is on show."""
        return self._grid

    @property
    def fresh(self) -> bool:
        """Whether what is on show is what the state asks for."""
        maps = self.stage.maps
        return not self.state.on_picture or (self._fresh(maps.result) and not maps.stale)

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        """Whether all that the view needs is on show, and checked."""
        if not self.state.on_picture:
            return self._answers.grid_check.settled
        return self.fresh and self._answers.map_check.settled
