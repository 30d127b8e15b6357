"""The page of 1x1 and dense layers: keeps its state and wires its parts; what a view shows is the view's own affair."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from engine.images import Frame
from gui.checking import LIVE
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.channels import exports, tour
from gui.pages.channels.answers import ON_ITS_WAY, ChannelsAnswers
from gui.pages.channels.controls import ChannelsControls
from gui.pages.channels.explanation import EXPLANATION
from gui.pages.channels.inspector import ChannelsInspector
from gui.pages.channels.pointing import Pointing
from gui.pages.channels.state import ChannelsState
from gui.pages.channels.view import Cell, View
from gui.pages.channels.views import VIEWS, Views
from gui.pages.source_page import SourcePage
from gui.theme import space
from gui.widgets.canvas import Canvas
from gui.widgets.choices import Segmented
from gui.widgets.source_state import SourceState

COMPUTED = (
    "This cell is computed. The cells that can be changed are those of the input, the weights and the biases."
)


class ChannelsPage(SourcePage[ChannelsState]):
    """1x1 convolution, bottleneck, flatten, fully connected."""

    state_class = ChannelsState
    numbered = VIEWS

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self.views = Views()
        self._shown: Any = None  # what the view on show made of the state; its type is the view's own
        self._view_shown = self.state.view
        self._answers = ChannelsAnswers(services.bridge, self)
        self._build_stage()
        self.panel = ChannelsControls(self.controls, self.picker, lambda: self.state, self.views)
        self.details = ChannelsInspector(self.inspector)
        self.pointing = Pointing(self.canvas, self.stepper, self)
        self._connect()
        self.show_state(self.state)

    def _build_stage(self) -> None:
        self.choice, self.canvas = Segmented(VIEWS), Canvas()
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.addWidget(self.choice)
        row.addStretch(1)
        self.stage_column.addWidget(bar)
        self.stage_column.addWidget(self.canvas, 1)

    def _connect(self) -> None:
        self.choice.changed.connect(self.pick_numbered)
        self.panel.changed.connect(self._control_moved)
        self.panel.measureAsked.connect(self._measure_again)
        self.pointing.pointed.connect(self._pointed)
        self.pointing.picked.connect(self._picked)
        self.pointing.edited.connect(self._edited)
        self.pointing.stepped.connect(self._arrow)
        self.canvas.menuRequested.connect(self.show_menu)
        self.stepper.indexChanged.connect(self._stepped)
        self._answers.check.tell(self.details.badge)
        self._answers.measured.connect(self._measured)
        self._answers.measureFailed.connect(self._not_measured)

    # --- show ------------------------------------------------------------------------------------------------

    @property
    def view(self) -> View[Any]:
        """The demonstration on show."""
        return self.views[self.state.view]

    @property
    def shown(self) -> Any:
        """What it shows; None while its picture is on its way."""
        return self._shown

    def show_state(self, state: ChannelsState) -> None:
        """Draw at once what memory holds; ask the engine for the rest."""
        # What is shown may be another view's, and the picker has news while it is woken or put to rest.
        self._shown = None
        if state.view != self._view_shown:  # nothing that was pointed at lies where it lay
            self._view_shown = state.view
            self.pointing.forget()
        self.follow_source(state)
        self.picker.set_active(self.active and state.view == "mix")
        self.choice.set_value(state.view)
        self.panel.show_view(state.view)
        waits = state.view == "mix" and state.from_picture and self.picture is None
        self.canvas.set_stale(waits)  # what is on show belongs to another picture until this one is there
        if waits:
            self._answers.check.pause(ON_ITS_WAY)
            self.details.show_under([])
            return
        self._shown = self.view.resolve(state, self.picture, self.pointing.hover)
        self.panel.show(state)
        self._draw()
        self._ask()

    def _show(self) -> None:
        """Another state: its own place is to be seen."""
        self.pointing.look_away()
        super()._show()

    def _draw(self) -> None:
        """Lay out the stage and the inspector."""
        view, shown = self.view, self._shown
        at = view.position(shown)
        self.show_stepper(at is not None)
        if at is not None:
            self.stepper.set_range(at.count, at.index, at.noun)
        self.canvas.set_builder(partial(view.scene, shown), glide=self.pointing.hover is None)
        self.details.show_formula(view.formula(shown))
        self.details.show_groups(view.groups(shown))
        self._explain()

    def _explain(self) -> None:
        """Say what is under the pointer; the numbers there change while it rests, too."""
        cell, shown = self.pointing.cell, self._shown
        plate = None if cell is None else self.canvas.scene.plate(cell[0])
        if shown is None or cell is None or plate is None:
            self.details.show_under([])
            return
        there = cell[1] < plate.shape[0] and cell[2] < plate.shape[1]
        self.details.show_under(self.view.under(shown, cell) if there else [])

    def _ask(self) -> None:
        """Have what is on show checked, and the variants of a block measured while they are on show."""
        if not self.active:
            return
        if self.state.view == "mix" and self.picker.live:
            self._answers.check.pause(LIVE)
        else:
            self._answers.want_check(self.view.question(self._shown))
        if self.state.view == "bottleneck":
            self._answers.want_times(self.state.block)
        else:
            self._answers.drop_times()

    @Slot(object)
    def _pointed(self, cell: Cell | None) -> None:
        """Another cell is under the pointer: same state, other numbers."""
        if self._shown is None:
            return
        if self.stepper.playing:
            self._explain()
        else:
            self._shown = self.view.resolve(self.state, self.picture, self.pointing.hover)
            self._draw()

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(object, str)
    def _control_moved(self, state: ChannelsState, gesture: str) -> None:
        self.change(state, gesture or None)

    @Slot(str)
    def pick_numbered(self, key: str) -> None:
        """Looking at it another way is no change: it does not enter the history."""
        self.stepper.pause()
        in_panel = self.controls.isAncestorOf(QApplication.focusWidget() or self)
        self.amend(replace(self.state, view=key))  # type: ignore[arg-type]  # the keys of VIEWS
        if in_panel:  # the field that had the keys is hidden now; Qt would give them to anything
            self.focus_stage()

    @Slot(int)
    def _stepped(self, index: int) -> None:
        self.amend(self.view.at(self.state, index))

    @Slot(object)
    def _picked(self, cell: Cell) -> None:
        index = None if self._shown is None else self.view.index_at(self._shown, cell)
        if index is not None:
            self.stepper.pause()
            self.amend(self.view.at(self.state, index))

    @Slot(int, int)
    def _arrow(self, rows: int, columns: int) -> None:
        index = None if self._shown is None else self.view.moved(self._shown, rows, columns)
        if index is not None:
            self.amend(self.view.at(self.state, index))

    @Slot(object, float)
    def _edited(self, cell: Cell, value: float) -> None:
        if self._shown is None:
            return
        state = self.view.edited(self.state, self._shown, cell, value)
        if state is None:
            self.said.emit(COMPUTED, "info")
            return
        self.change(state)
        if self.canvas.hovered == cell:
            self.pointing.point(cell)

    def escape(self) -> bool:
        if self.state.view != "mix":
            self.pick_numbered("mix")
            return True
        return False

    # --- pictures and answers --------------------------------------------------------------------------------

    def with_source(self, state: ChannelsState, source: SourceState) -> ChannelsState:
        """Another picture; a drawing that goes on keeps the cells that were typed over."""
        goes_on = source.kind == state.source.kind == "drawing"
        mix = state.mix if goes_on else replace(state.mix, edits=())
        return replace(state, source=source, mix=mix)

    def take_source(self, source: SourceState) -> None:
        """A picture that is dropped or pasted while another view is on show is to be seen."""
        if self.state.view != "mix":
            self.pick_numbered("mix")
        super().take_source(source)

    def open_path(self, path: Path) -> None:
        """A picture or video is to be seen, also where it is the source already."""
        if self.state.view != "mix":
            self.pick_numbered("mix")
        super().open_path(path)

    def picture_came(self, frame: Frame) -> None:
        self.show_state(self.state)
        if self.picker.live:
            self.tell_pace(frame)

    def live_changed(self, live: bool) -> None:
        if self._shown is not None:
            self._ask()

    def show_stalled(self, stalled: bool) -> None:
        if self.state.view == "mix" and self.state.from_picture:
            self.canvas.set_stale(stalled)

    @Slot(object)
    def _measured(self, found: object) -> None:
        self.views.take_times(found)
        self._refresh_times()

    @Slot(str)
    def _not_measured(self, reason: str) -> None:
        self.views.refuse_times(self.state.block, reason)
        self._refresh_times()

    def _refresh_times(self) -> None:
        if self.state.view == "bottleneck":
            self._shown = self.view.resolve(self.state, None, self.pointing.hover)
            self._draw()

    @Slot()
    def _measure_again(self) -> None:
        self.views.forget_times()
        self._refresh_times()
        self._answers.measure_again(self.state.block)

    # --- life in the window ----------------------------------------------------------------------------------

    def focus_stage(self) -> None:
        self.canvas.setFocus()

    def rest(self) -> None:
        self._answers.stop()

    def shortcuts(self) -> list[tuple[str, str]]:
        return [
            *super().shortcuts(),
            ("One cell on", "Left / Right"),
            ("One row on", "Up / Down"),
            ("Five cells on", "Shift+arrows"),
            ("Edit a cell by keyboard", "F2"),
        ]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        times = self.state.view != "bottleneck" or self._answers.times_settled
        return self._shown is not None and self._answers.check.settled and times
