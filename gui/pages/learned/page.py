"""The page "Learn a filter": keeps its state, resolves it, shows it, and asks the engine to train."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.images import Frame
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.learned import exports, playback, tour
from gui.pages.learned import scene_parts as parts
from gui.pages.learned.answers import LearnedAnswers
from gui.pages.learned.changes import with_cell
from gui.pages.learned.controls import LearnedControls
from gui.pages.learned.explanation import EXPLANATION
from gui.pages.learned.inspector import LearnedInspector
from gui.pages.learned.pointing import Pointer
from gui.pages.learned.resolve import Resolved, Resolver
from gui.pages.learned.stage import LearnedStage
from gui.pages.learned.state import LearnedState
from gui.pages.learned.under import place_at
from gui.pages.source_page import SourcePage
from gui.theme import space
from gui.widgets.choices import Segmented
from gui.widgets.plate import Plate
from gui.widgets.source_state import SourceState

TINT_AFTER_MS: Final = 150
"""What is on show is tinted when nothing of a new run has come for so long: a slider makes no stage flicker."""
LIVE_SECONDS: Final = 1.0
VIEWS: Final = (
    ("train", "Training", "Photo, responses, kernel, gradient and loss (Alt+1)"),
    ("directions", "Directions", "Why some of it is learned quickly, and what explodes (Alt+2)"),
    ("compare", "Compare", "The learned kernel beside the one made by hand (Alt+3)"),
)


class LearnedPage(SourcePage[LearnedState]):
    """A kernel that is trained before one's eyes."""

    state_class = LearnedState
    numbered = VIEWS

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._resolver = Resolver()
        self._resolved: Resolved | None = None
        self._pointer = Pointer()
        self._tint = QTimer(self)
        self._tint.setSingleShot(True)
        self._tint.setInterval(TINT_AFTER_MS)
        self._answers = LearnedAnswers(services.bridge, self)
        self._build_stage()
        self._connect()
        self.show_state(self.state)

    def _build_stage(self) -> None:
        self.views, self.stage = Segmented(VIEWS), LearnedStage()
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.addWidget(self.views)
        row.addStretch(1)
        self.stage_column.addWidget(bar)
        self.stage_column.addWidget(self.stage, 1)
        self.panel = LearnedControls(self.controls, self.picker, lambda: self.state)
        self.details = LearnedInspector(self.inspector)
        self.stepper.set_pace(playback.BASE_MS)

    def _connect(self) -> None:
        canvas, answers = self.stage.canvas, self._answers
        self.views.changed.connect(self.pick_numbered)
        self.panel.changed.connect(self._control_moved)
        self.stepper.indexChanged.connect(self._stepped)
        self.stage.pickedUpdate.connect(self._update_picked)
        canvas.cellHovered.connect(self._cell_hovered)
        canvas.hoverLeft.connect(self._hover_left)
        canvas.cellClicked.connect(self._cell_clicked)
        canvas.cellEdited.connect(self._cell_edited)
        canvas.editBegan.connect(self.stepper.pause)
        canvas.arrowPressed.connect(self._arrow)
        canvas.menuRequested.connect(self.show_menu)
        answers.changed.connect(self._answer_came)
        self._tint.timeout.connect(self._tint_old)
        answers.failed.connect(self._training_failed)
        answers.check.tell(self.details.badge)

    # --- show ------------------------------------------------------------------------------------------------

    def show_state(self, state: LearnedState) -> None:
        """Draw at once what memory holds; ask the engine for the rest."""
        self.follow_source(state)
        self.views.set_value(state.view)
        self.panel.show(state)
        if not self._picture_there:
            self._tint.stop()
            self.stage.set_stale(True)  # the picture is on its way; what is on show belongs to another one
            return
        if self.active:
            self._answers.want(self._resolver.exercise(state, self.picture), state.spec)
            self.stage.say(self._answers.waiting)
        if self._resolved is None or not self._answers.soon:
            self._refresh()
        elif not self._tint.isActive():
            self._tint.start()  # the first of the new run replaces the old one on show, in most cases at once

    @property
    def _picture_there(self) -> bool:
        return self.state.source.kind == "preset" or self.picture is not None

    @Slot()
    def _tint_old(self) -> None:
        self.stage.set_stale(self._answers.soon)

    @Slot()
    def _refresh(self) -> None:
        """Draw the present state again: more of the run came, or the pointer moved."""
        state = self.state
        if not self._picture_there or (self._resolved is not None and self._answers.soon):
            return
        self._tint.stop()
        self.stage.set_stale(False)
        run, bowl = self._answers.about(self._resolver.exercise(state, self.picture), state.spec)
        resolved = self._resolver.resolve(state, self.picture, run, bowl, self._pointer.place)
        self._resolved = resolved
        playback.show_on(self.stepper, resolved)
        self.stage.show_resolved(resolved)
        self.details.show_resolved(resolved)
        self.panel.show_resolved(resolved)
        self._show_under()

    def _show_under(self) -> None:
        self.details.show_under(self._pointer.rows(self._resolved, self.stage.canvas.scene))

    @Slot()
    def _answer_came(self) -> None:
        """More of the run is there; where the moment on show is another one's, or the run goes on, it is not drawn."""
        shown, run = self._resolved, self._answers.run
        if shown is not None and shown.run is not None and run is not None and run.outcome == "running":
            same = (
                shown.run.spec is run.spec
                and shown.exercise is run.exercise
                and shown.bowl is self._answers.bowl
            )
            if same and shown.moment == min(self.state.step, run.last) and not self.state.ahead:
                return
        self._refresh()

    @Slot(str)
    def _training_failed(self, sentence: str) -> None:
        self.stage.say(sentence)
        self.said.emit(sentence, "warn")
        self._refresh()

    @property
    def resolved(self) -> Resolved | None:
        """What is on show, None before the first picture."""
        return self._resolved

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(object, str)
    def _control_moved(self, state: LearnedState, gesture: str) -> None:
        self._pointer.leave()
        self.change(state, gesture or None)

    @Slot(str)
    def pick_numbered(self, key: str) -> None:
        """Looking at it another way is no change: it does not enter the history."""
        self._pointer.leave()
        self.amend(replace(self.state, view=key))  # type: ignore[arg-type]  # the keys of VIEWS

    @Slot(int)
    def _stepped(self, index: int) -> None:
        self.amend(playback.at_moment(self.state, index))

    @Slot(int)
    def _update_picked(self, update: int) -> None:
        self.stepper.pause()
        self.amend(playback.at_moment(self.state, update))

    @Slot(str, int, int)
    def _cell_hovered(self, key: str, row: int, column: int) -> None:
        if self._resolved is not None and self._pointer.move(self._resolved, key, row, column):
            self._refresh()
        self._show_under()

    @Slot()
    def _hover_left(self) -> None:
        if self._pointer.leave():
            self._refresh()
        self._show_under()

    @Slot(str, int, int)
    def _cell_clicked(self, key: str, row: int, column: int) -> None:
        """A click on a picture keeps its pixel in sight."""
        resolved = self._resolved
        place = None if resolved is None else place_at(resolved, key, row, column)
        if place is not None:
            self.amend(replace(self.state, place=place))

    @Slot(str, int, int, float)
    def _cell_edited(self, key: str, row: int, column: int, value: float) -> None:
        if key == parts.TARGET:
            self.change(with_cell(self.state, row, column, value))

    @Slot(int, int, bool)
    def _arrow(self, rows: int, columns: int, far: bool) -> None:
        """Left and right go update by update; with the pixel kept, Shift moves it."""
        if self._resolved is not None and far:
            row, column = self._resolved.place
            height, width = self._resolved.error.shape
            place = (min(max(row + rows, 0), height - 1), min(max(column + columns, 0), width - 1))
            self.amend(replace(self.state, place=place))
        elif columns > 0:
            self.stepper.step_forward()
        elif columns < 0:
            self.stepper.step_back()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_R and not event.modifiers() and self.state.target == "hidden":
            self.change(replace(self.state, revealed=not self.state.revealed))
        else:
            super().keyPressEvent(event)

    def escape(self) -> bool:
        """The pixel that was kept is let go; then back to the training."""
        if self.state.place is not None:
            self.amend(replace(self.state, place=None))
        elif self.state.view != "train":
            self.pick_numbered("train")
        else:
            return False
        return True

    # --- the picture -----------------------------------------------------------------------------------------

    def with_source(self, state: LearnedState, source: SourceState) -> LearnedState:
        return replace(state, source=source, place=None)

    @Slot(object)
    def _frame_arrived(self, frame: Frame) -> None:
        """Training needs a still: of what plays a picture is taken now and then, so that one sees what to stop at."""
        known = self.picture
        if self.picker.live and known is not None and frame.time_s - known.time_s < LIVE_SECONDS:
            return
        super()._frame_arrived(frame)

    def live_changed(self, live: bool) -> None:
        """What played stopped: its last picture is trained on."""
        frame = self.picker.frame
        if not live and frame is not None and frame is not self.picture:
            self.keep_picture(frame)
            self.show_state(self.state)

    # --- life in the window ----------------------------------------------------------------------------------

    def focus_stage(self) -> None:
        self.stage.canvas.setFocus()

    def activated(self) -> None:
        super().activated()
        self._answers.go_on()

    def rest(self) -> None:
        self._tint.stop()
        self._answers.stop()

    def shortcuts(self) -> list[tuple[str, str]]:
        return [
            *super().shortcuts(),
            ("Train, or pause", "Space"),
            ("One update on or back", "Right / Left"),
            ("Move the pixel that is looked at", "Shift+arrows"),
            ("Change the target by keyboard", "F2"),
            ("Reveal or cover the hidden kernel", "R"),
        ]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    def keeps_secret(self, plate: Plate) -> bool:
        return plate.hidden is not None  # a covered kernel gives nothing away

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        return self._picture_there and self._answers.settled and not self.stage.stale
