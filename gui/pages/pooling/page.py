"""The pooling page: keeps its state, resolves it, shows it, and asks the engine for what only the engine can do."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from engine.errors import UserError
from engine.foundations.pooling.requests import PoolPictureResult
from engine.images import Frame
from engine.jobs import ErrorReport
from gui.checking import LIVE
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.crop_page import CropPage
from gui.pages.pooling import exports, tour
from gui.pages.pooling import scene_parts as parts
from gui.pages.pooling.answers import UNDER_WAY, PoolingAnswers
from gui.pages.pooling.backward_scene import Pointed
from gui.pages.pooling.changes import for_picture, made_legal, with_edit, with_gradient
from gui.pages.pooling.controls import PoolingControls
from gui.pages.pooling.explanation import EXPLANATION
from gui.pages.pooling.inspector import PoolingInspector
from gui.pages.pooling.photo_view import PooledPictureView
from gui.pages.pooling.resolve import CHANNEL_NAMES, Resolved, Resolver, moved_step
from gui.pages.pooling.state import PoolingState
from gui.pages.pooling.stepping import STEPPED, at_position, pointed_at, position, scene_of, window_at
from gui.pages.pooling.under import under_cell
from gui.theme import space
from gui.widgets.canvas import Canvas
from gui.widgets.choices import Choice, Segmented

CHOICE_WIDTH = 148
FAR = 5
ONE_CHANNEL = ("backward", "stochastic", "shift")
"""Views that show a single channel."""
VIEWS = (
    ("steps", "Steps", "The window, its values, what is left of them (Alt+1)"),
    ("backward", "Backward", "Switches, and where the gradient goes (Alt+2)"),
    ("stochastic", "Stochastic", "Chances, dice, many rolls, the form for test time (Alt+3)"),
    ("shift", "Shift", "How much stays when the input moves a little (Alt+4)"),
    ("photo", "Whole picture", "A full-size photo or the live camera, pooled (Alt+5)"),
)


class PoolingPage(CropPage[PoolingState]):
    """The pooling explorer."""

    state_class = PoolingState
    numbered = VIEWS
    whole_view = "photo"

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._resolver = Resolver()
        self._resolved: Resolved | None = None
        self._hover: tuple[int, int] | None = None
        self._pointed: Pointed | None = None
        self._answers = PoolingAnswers(services.bridge, self)
        self._build_stage()
        self._connect()
        self.show_state(self.state)

    def _build_stage(self) -> None:
        self.views = Segmented(VIEWS)
        self.channel_choice = Choice("", [("0", "Channel 1")], tooltip="Which channel is shown")
        self.channel_choice.combo.setAccessibleName("Channel")
        self.channel_choice.setFixedWidth(CHOICE_WIDTH)
        self.canvas, self.photo_view = Canvas(), PooledPictureView()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.photo_view)
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.setSpacing(space.l)
        row.addWidget(self.views)
        row.addStretch(1)
        row.addWidget(self.channel_choice)
        self.stage_column.addWidget(bar)
        self.stage_column.addWidget(self._stack, 1)
        self.panel = PoolingControls(self.controls, self.picker, lambda: self.state)
        self.details = PoolingInspector(self.inspector)

    def _connect(self) -> None:
        self.views.changed.connect(self.pick_view)
        self.channel_choice.changed.connect(self._pick_channel)
        self.panel.changed.connect(self._control_moved)
        self.panel.rollAsked.connect(self.stepper.step_forward)
        self.panel.manyAsked.connect(self.stepper.go_last)
        self.canvas.cellHovered.connect(self._cell_hovered)
        self.canvas.hoverLeft.connect(self._hover_left)
        self.canvas.cellClicked.connect(self._cell_clicked)
        self.canvas.cellActivated.connect(self._cell_clicked)
        self.canvas.editBegan.connect(self.stepper.pause)
        self.canvas.cellEdited.connect(self._cell_edited)
        self.canvas.arrowPressed.connect(self._arrow)
        self.canvas.menuRequested.connect(self.show_menu)
        self.photo_view.pointed.connect(self.details.show_under)
        self.stepper.indexChanged.connect(self._stepped)
        self._answers.check.tell(self.details.badge)
        self._answers.picture.outdated.connect(self._picture_asked)
        self._answers.picture.answered.connect(self._picture_came)
        self._answers.picture.refused.connect(self._picture_failed)

    # --- show ------------------------------------------------------------------------------------------------

    def show_state(self, state: PoolingState) -> None:
        """Draw at once what memory holds; ask the engine for the rest."""
        self.follow_source(state)
        self._show_view(state)
        frame = self.crop_picture
        if state.source.kind != "preset" and frame is None:
            self.canvas.set_stale(True)  # the picture is on its way; what is on show belongs to another one
            self._ask_picture()
            return
        self.panel.show(state, frame)
        self._ask_picture()
        if state.view == "photo":
            self._ask_check()
            return
        self.canvas.set_stale(False)
        self._resolved = self._resolver.resolve(state, frame, self._hover)
        self._draw()
        self._ask_check()

    def _show_view(self, state: PoolingState) -> None:
        """Put the parts in place that the view consists of."""
        photo = state.view == "photo"
        self.views.set_value(state.view)
        self._stack.setCurrentWidget(self.photo_view if photo else self.canvas)
        self.photo_view.set_true_size(state.true_size)
        self._show_channels(state)
        self.show_stepper(state.view in STEPPED)
        self.details.show_view(state.view)

    def _show_channels(self, state: PoolingState) -> None:
        picture = state.source.kind != "preset"
        names = [name.capitalize() for name in CHANNEL_NAMES[state.channels]]
        shown = names if picture else [f"Channel {c + 1}" for c in range(state.channels)]
        options = [(str(index), name) for index, name in enumerate(shown)]
        self.channel_choice.set_options(options, str(state.channel))
        whole_photo = picture and state.view == "shift"  # which is compared in grey levels
        self.channel_choice.setVisible(state.view in ONE_CHANNEL and state.channels > 1 and not whole_photo)

    def _draw(self) -> None:
        """Lay out the stage and the inspector for the window on show."""
        resolved = self._resolved
        if resolved is None:
            return
        index, count, noun = position(resolved.state, resolved)
        self.stepper.set_range(count, index, noun)
        frame = self.picture_of(resolved.state.source)
        builder = partial(scene_of, resolved, self._resolver, frame, self._pointed)
        self.canvas.set_builder(builder, glide=self._hover is None)
        self.details.show_step(resolved)
        if resolved.state.view == "shift":
            self.details.show_kept(self._resolver.shift(resolved, frame))

    @Slot()
    def _refresh(self) -> None:
        """Draw again after the pointer moved: same state, another window on show."""
        frame = self.crop_picture
        if self.state.view != "photo" and (self.state.source.kind == "preset" or frame is not None):
            self._resolved = self._resolver.resolve(self.state, frame, self._hover)
            self._draw()

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(object, str)
    def _control_moved(self, state: PoolingState, gesture: str) -> None:
        self._hover = self._pointed = None
        self.change(state, gesture or None)

    @Slot(str)
    def pick_view(self, view: str) -> None:
        """Looking at it another way is no change: it does not enter the history."""
        self._hover = self._pointed = None
        looked = replace(self.state, view=view)  # type: ignore[arg-type]  # the keys of VIEWS
        if not looked.problems():
            self.amend(looked)
            return
        fitted = made_legal(looked)
        self.change(fitted)
        self.said.emit(
            f"The window of the picture is too large for the grid; here it is {fitted.rows} × {fitted.cols}.",
            "info",
        )

    @Slot(str)
    def _pick_channel(self, key: str) -> None:
        self.amend(replace(self.state, channel=int(key)))

    @Slot(int)
    def _stepped(self, index: int) -> None:
        self._hover = self._pointed = None
        self.amend(at_position(self.state, index))

    @Slot(str, int, int)
    def _cell_hovered(self, key: str, row: int, column: int) -> None:
        resolved, plate = self._resolved, self.canvas.scene.plate(key)
        if resolved is None or plate is None:
            return
        self.details.show_under(under_cell(resolved, plate, row, column))
        if self.stepper.playing:
            return
        self._pointed = pointed_at(resolved, key, row, column)
        self._hover = window_at(resolved, key, row, column)
        self._refresh()

    @Slot()
    def _hover_left(self) -> None:
        self.details.show_under([])
        if self._hover is not None or self._pointed is not None:
            self._hover = self._pointed = None
            self._refresh()

    @Slot(str, int, int)
    def _cell_clicked(self, key: str, row: int, column: int) -> None:
        resolved = self._resolved
        window = None if resolved is None else window_at(resolved, key, row, column)
        if resolved is not None and window is not None:
            self.stepper.pause()
            self._hover = None
            self.amend(replace(self.state, step=window[0] * resolved.trace.shape[2] + window[1]))

    @Slot(str, int, int, float)
    def _cell_edited(self, key: str, row: int, column: int, value: float) -> None:
        resolved = self._resolved
        if resolved is None:
            return
        kind, _, rest = key.partition("/")
        if f"{kind}/" == parts.GRAD_OUT:
            self.change(with_gradient(self.state, int(rest), row, column, value))
        elif self.state.view == "shift":
            self.change(with_edit(self.state, int(rest), row, column, value))
        elif resolved.trace.is_outside[row, column]:
            self.said.emit("This cell is padding, not part of the input. Edit a cell of the input.", "info")
        else:
            top, left = resolved.trace.geometry.pads
            self.change(with_edit(self.state, int(rest), row - top, column - left, value))

    @Slot(int, int, bool)
    def _arrow(self, rows: int, columns: int, far: bool) -> None:
        resolved = self._resolved
        if resolved is None or self.state.view not in STEPPED:
            return
        self.stepper.pause()
        self._hover = self._pointed = None
        by = FAR if far else 1
        shown = self._resolver.resolve(self.state, self.crop_picture)
        if columns and not far and self.state.view != "stochastic":
            last = shown.trace.shape[1] * shown.trace.shape[2] - 1
            step = min(max(self.state.step + columns, 0), last)
        else:
            step = moved_step(shown, rows * by, columns * by)
        self.amend(replace(self.state, step=step))

    def pick_numbered(self, key: str) -> None:
        self.pick_view(key)

    def escape(self) -> bool:
        if self.state.view != "steps":
            self.pick_view("steps")
            return True
        return False

    # --- sources ---------------------------------------------------------------------------------------------

    def for_picture(self, state: PoolingState) -> PoolingState:
        return for_picture(state)

    def fitted(self, state: PoolingState) -> PoolingState:
        return made_legal(state)

    def show_stalled(self, stalled: bool) -> None:
        if self.state.source.kind != "preset":
            self.canvas.set_stale(stalled)
        if self.whole:
            self.photo_view.source.set_stale(stalled)
            self.photo_view.pooled.set_stale(stalled)

    def live_changed(self, live: bool) -> None:
        self._ask_picture()

    # --- the engine ------------------------------------------------------------------------------------------

    def _ask_picture(self) -> None:
        """Ask for the pooled picture while it is on show."""
        state = self.state
        if self.active and self.whole:
            self._answers.want_picture(state.spec, state.seed, self.picture, self.picker.frames)
        else:
            self._answers.picture.drop()

    def _ask_check(self) -> None:
        """Ask for the check of what is on show; nothing is checked while it is live."""
        state, resolved = self.state, self._resolved
        if not self.active:
            return
        if self.picker.live and state.shown_source.kind != "preset":
            self._answers.check.pause(LIVE)
        elif state.view == "photo":
            result = self.photo_view.result
            if result is None or self.photo_view.stale:
                self._answers.check.pause(UNDER_WAY)
            else:
                self._answers.want_picture_check(result)
        elif resolved is not None and state.view == "shift":
            kept = self._resolver.shift(resolved, self.crop_picture)
            self._answers.want_shift_check(kept, resolved.trace.spec)
        elif resolved is not None:
            self._answers.want_check(resolved.pooled)

    @Slot()
    def _picture_asked(self) -> None:
        self.photo_view.show_waiting(self.picture)

    @Slot(object)
    def _picture_came(self, result: PoolPictureResult) -> None:
        self.photo_view.show_result(result)
        self.details.whole.show_rows(self.photo_view.facts())
        self._ask_check()
        if result.frame is not None:
            self.tell_pace(result.frame)

    @Slot(object)
    def _picture_failed(self, report: ErrorReport) -> None:
        self.photo_view.show_failure(report.sentence)
        self.details.whole.show_rows([])

    # --- life in the window ----------------------------------------------------------------------------------

    def focus_stage(self) -> None:
        self.canvas.setFocus()

    def rest(self) -> None:
        self._answers.stop()

    def shortcuts(self) -> list[tuple[str, str]]:
        return [
            ("Window one cell on", "Left / Right"),
            ("Window one row on", "Up / Down"),
            ("Window five cells on", "Shift+arrows"),
            ("Roll the dice", "Space, or the stepper"),
            ("Edit a cell by keyboard", "F2"),
            *super().shortcuts(),
        ]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    @property
    def resolved(self) -> Resolved | None:
        """The grids on show; None in the view of the whole picture, and before the first."""
        return None if self.state.view == "photo" else self._resolved

    @property
    def frame_for_export(self) -> Frame | None:
        """The picture that the input is a crop of, None for an example's numbers."""
        return self.crop_picture

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        state = self.state
        if state.source.kind != "preset" and self.crop_picture is None:
            return False
        if state.view == "photo":
            shown = self.photo_view.result is not None and not self.photo_view.stale
            return shown and self._answers.picture.settled and self._answers.check.settled
        return self._answers.check.settled

    def restore_state(self, data: object) -> None:
        """Take a saved state; a picture that is gone is said by the picker, the rest stays."""
        if not isinstance(data, dict):
            raise UserError("The saved state of the pooling page cannot be read.")
        super().restore_state(data)
