"""The convolution page: keeps its state, resolves it, shows it, and asks the engine for what only the engine can do."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSizeF, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from engine.errors import UserError
from engine.foundations.requests import WholeImageResult
from engine.images import Frame
from engine.jobs import ErrorReport
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.convolution import exports, tour
from gui.pages.convolution import scene_parts as parts
from gui.pages.convolution.answers import Answers, fitted_to_picture
from gui.pages.convolution.changes import made_legal, refit, with_edit, with_weight
from gui.pages.convolution.controls import ConvolutionControls
from gui.pages.convolution.coverage_scene import Pointed, coverage_scene
from gui.pages.convolution.explanation import EXPLANATION
from gui.pages.convolution.image_view import WholeImageView
from gui.pages.convolution.inspector import ConvolutionInspector
from gui.pages.convolution.pointing import SHIFTED_INPUT, pixel_at, step_at, weight_place
from gui.pages.convolution.quiz import Quiz
from gui.pages.convolution.resolve import Resolved, Resolver, at_position, moved, position
from gui.pages.convolution.shift_scene import shift_scene
from gui.pages.convolution.state import LAST_PHASE, PHASES, ConvolutionState
from gui.pages.convolution.steps_scene import Secrets, steps_scene
from gui.pages.convolution.under import under_cell
from gui.pages.crop_page import CropPage
from gui.theme import space
from gui.widgets.canvas import Canvas
from gui.widgets.choices import Segmented
from gui.widgets.scene import Scene

CHOICE_WIDTH = 168
PICTURE_CELLS = 12
SHIFT_STEP = 5
STEPPED = ("steps", "coverage")
"""Views in which a step means something."""
VIEWS = (
    ("steps", "Step by step", "The window, its products and sums, one output cell after another (Alt+1)"),
    ("image", "Whole picture", "The same kernel on a full-size photo or the live camera (Alt+2)"),
    (
        "coverage",
        "Who reads what",
        "How often every pixel is read; receptive field; what the floor leaves over (3)",
    ),
    ("shift", "Shift", "Translation equivariance: shift the input, watch the output (Alt+4)"),
)


class ConvolutionPage(CropPage[ConvolutionState]):
    """The convolution explorer."""

    state_class = ConvolutionState
    numbered = VIEWS
    whole_view = "image"

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._resolver = Resolver()
        self._resolved: Resolved | None = None
        self._hover: int | None = None
        self._pointed: Pointed | None = None
        self._answers = Answers(services.bridge, self)
        self._build_stage()
        self._connect()
        self.show_state(self.state)

    def _build_stage(self) -> None:
        self.views = Segmented(VIEWS)
        self.canvas = Canvas()
        self.image_view = WholeImageView()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.image_view)
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.setSpacing(space.l)
        row.addWidget(self.views)
        row.addStretch(1)
        for choice in (self.image_view.range_choice, self.image_view.filter_choice):
            choice.setFixedWidth(CHOICE_WIDTH)
            row.addWidget(choice)
        self.stage_column.addWidget(bar)
        self.stage_column.addWidget(self._stack, 1)
        self.panel = ConvolutionControls(self.controls, self.picker, lambda: self.state)
        self.details = ConvolutionInspector(self.inspector)
        self._quiz = Quiz(self.details.predictor, self)

    def _connect(self) -> None:
        self.views.changed.connect(self.pick_view)
        self.panel.changed.connect(self._control_moved)
        self.canvas.cellHovered.connect(self._cell_hovered)
        self.canvas.hoverLeft.connect(self._hover_left)
        self.canvas.cellClicked.connect(self._cell_clicked)
        self.canvas.cellActivated.connect(self._cell_clicked)
        self.canvas.editBegan.connect(self.stepper.pause)
        self.canvas.cellEdited.connect(self._cell_edited)
        self.canvas.arrowPressed.connect(self._arrow)
        self.canvas.menuRequested.connect(self.show_menu)
        self.image_view.pointed.connect(self.details.show_under)
        self.image_view.mapPicked.connect(self._map_picked)
        self.image_view.rangePicked.connect(self._range_picked)
        self.image_view.kernelEdited.connect(self._picture_kernel_edited)
        self.image_view.band.menuRequested.connect(self.show_menu)
        self.stepper.indexChanged.connect(self._stepped)
        self._quiz.revealed.connect(self._refresh)
        self.details.predictor.doneTyping.connect(self.canvas.setFocus)
        self._answers.check.tell(self.details.badge)
        self._answers.image.outdated.connect(self._response_asked)
        self._answers.image.answered.connect(self._response_came)
        self._answers.image.refused.connect(self._response_failed)

    # --- show ------------------------------------------------------------------------------------------------

    def show_state(self, state: ConvolutionState) -> None:
        """Draw at once what memory holds; ask the engine for the rest."""
        self.follow_source(state)
        self._show_view(state)
        frame = self.crop_picture
        if state.source.kind != "preset" and frame is None:
            self.canvas.set_stale(True)  # the picture is on its way; what is on show belongs to another one
            self._ask_image()
            return
        self.canvas.set_stale(False)
        self._resolved = self._resolver.resolve(state, frame, self._hover, live=self.picker.live)
        self.panel.show(state, frame, self._resolved.step.filter)
        self._show_position(self._resolved)
        self._draw()
        self._ask_image()
        if self.active:
            self._answers.want_check(
                self._resolved.trace, live=self.picker.live and state.source.kind != "preset"
            )

    def _show_view(self, state: ConvolutionState) -> None:
        """Put the parts in place that the view consists of."""
        image = state.view == "image"
        self.views.set_value(state.view)
        self._stack.setCurrentWidget(self.image_view if image else self.canvas)
        self.image_view.set_filters(state.filters)
        self.image_view.map_shown = min(state.map_shown, state.filters - 1)
        self.image_view.colour_range = state.colour_range
        self.image_view.range_choice.setVisible(image)
        self.image_view.filter_choice.setVisible(image and state.filters > 1)
        self.show_stepper(state.view in STEPPED)
        self.details.show_view(state.view)

    def _show_position(self, resolved: Resolved) -> None:
        index, factor = position(resolved.state)
        noun = "phase" if resolved.state.slow else "step"
        secret = self._quiz.secrets(resolved).shape
        self.stepper.set_range(len(resolved.trace) * factor, index, noun, secret_count=secret)

    def _draw(self) -> None:
        """Lay out the stage and the inspector for the step on show."""
        resolved = self._resolved
        if resolved is None:
            return
        secrets = self._quiz.secrets(resolved)
        self.canvas.set_builder(
            partial(_scene, resolved, secrets, self._pointed, self._resolver), glide=self._hover is None
        )
        self.details.predict_section.setVisible(resolved.state.predict and resolved.state.view == "steps")
        self.details.show_step(resolved, secret=secrets.cell, secret_shape=secrets.shape)
        if self._hover is None:
            self._quiz.ask(resolved)

    @Slot()
    def _refresh(self) -> None:
        """Draw again after the pointer moved: same state, another step on show."""
        frame = self.crop_picture
        if self.state.source.kind == "preset" or frame is not None:
            self._resolved = self._resolver.resolve(self.state, frame, self._hover, live=self.picker.live)
            self._show_position(self._resolver.resolve(self.state, frame, live=self.picker.live))
            self._draw()

    # --- what a person does ----------------------------------------------------------------------------------

    def change(self, state: ConvolutionState, gesture: str | None = None) -> None:
        """The person set something; another convolution starts its walk (and its predictions) anew."""
        before = self.state
        if replace(state, step=before.step, phase=before.phase, view=before.view) != before:
            self._quiz.forget()
        if state.flip != before.flip:
            self.canvas.flip(parts.KERNEL)
        super().change(state, gesture)
        self._stay_inside()
        if self.state.predict and not before.predict:
            self.details.predictor.take_focus()
        elif before.predict and not self.state.predict:
            self.canvas.setFocus()  # before the field that has the focus hands it to whatever comes next

    def _stay_inside(self) -> None:
        """A smaller output has fewer steps."""
        resolved = self._resolved
        if resolved is not None and resolved.state is self.state and self.state.step >= len(resolved.trace):
            self.amend(replace(self.state, step=len(resolved.trace) - 1))

    @Slot(object, str)
    def _control_moved(self, state: ConvolutionState, gesture: str) -> None:
        self.change(state, gesture or None)

    @Slot(str)
    def pick_view(self, view: str) -> None:
        """Looking at it another way is no change: it does not enter the history."""
        self._hover = self._pointed = None
        self.amend(replace(self.state, view=view))  # type: ignore[arg-type]  # the keys of VIEWS

    @Slot(int)
    def _stepped(self, index: int) -> None:
        self._hover = None
        self.amend(at_position(self.state, index))

    @Slot(str, int, int)
    def _cell_hovered(self, key: str, row: int, column: int) -> None:
        resolved = self._resolved
        if resolved is None:
            return
        self.details.show_under(under_cell(resolved, key, row, column, self._quiz.secrets(resolved)))
        if self.stepper.playing:
            return
        pixel = pixel_at(resolved, key, row, column) if self.state.view == "coverage" else None
        self._pointed = pixel
        self._hover = step_at(resolved, key, row, column) if pixel is None else None
        self._refresh()

    @Slot()
    def _hover_left(self) -> None:
        self.details.show_under([])
        if self._hover is not None or self._pointed is not None:
            self._hover = self._pointed = None
            self._refresh()

    @Slot(str, int, int)
    def _cell_clicked(self, key: str, row: int, column: int) -> None:
        step = None if self._resolved is None else step_at(self._resolved, key, row, column)
        if step is not None:
            self.stepper.pause()
            self._hover = None
            self.amend(replace(self.state, step=step, phase=LAST_PHASE))

    @Slot(str, int, int, float)
    def _cell_edited(self, key: str, row: int, column: int, value: float) -> None:
        resolved = self._resolved
        if resolved is None:
            return
        if key.startswith(parts.KERNEL):
            place = weight_place(resolved, key, row, column)
            self.change(with_weight(self.state, *place, value))
        elif key.startswith(parts.INPUT) and key != SHIFTED_INPUT:
            y, x = (int(v) for v in resolved.trace.source[row, column])
            if y < 0:
                self.said.emit(
                    "This cell is padding: it is always 0. Edit a cell of the input, or choose another padding.",
                    "info",
                )
                return
            self.change(with_edit(self.state, int(key.removeprefix(parts.INPUT)), y, x, value))

    @Slot(int)
    def _map_picked(self, index: int) -> None:
        self.amend(replace(self.state, map_shown=index))

    @Slot(str)
    def _range_picked(self, key: str) -> None:
        self.amend(replace(self.state, colour_range=key))  # type: ignore[arg-type]  # the keys of the choice

    @Slot(int, int, int, int, float)
    def _picture_kernel_edited(self, index: int, channel: int, row: int, column: int, value: float) -> None:
        """A kernel cell of the whole-picture view, in the channels that this view convolves."""
        fitted = fitted_to_picture(self.state)
        state = refit(self.state, channels=fitted.channels, groups=fitted.groups)
        self.change(with_weight(state, index, channel, row, column, value))

    @Slot(int, int, bool)
    def _arrow(self, rows: int, columns: int, far: bool) -> None:
        if self._resolved is None or self.state.view == "image":
            return
        self.stepper.pause()
        self._hover = None
        if columns and not far:
            step = min(max(self.state.step + columns, 0), len(self._resolved.trace) - 1)
        else:
            step = moved(self._resolved, rows, columns, by_stride=SHIFT_STEP if far else 1)
        self.amend(replace(self.state, step=step, phase=LAST_PHASE))

    def pick_numbered(self, key: str) -> None:
        self.pick_view(key)

    def escape(self) -> bool:
        if self.state.view != "steps":
            self.pick_view("steps")
            return True
        return False

    # --- sources ---------------------------------------------------------------------------------------------

    def for_picture(self, state: ConvolutionState) -> ConvolutionState:
        """Good settings for a first look at a picture: a dozen cells a side, in colour."""
        state = replace(state, edits=(), step=0, phase=LAST_PHASE, crop=None, pixel_size=0)
        channels = 3 if state.groups == 1 else state.channels
        return made_legal(refit(state, height=PICTURE_CELLS, width=PICTURE_CELLS, channels=channels))

    def fitted(self, state: ConvolutionState) -> ConvolutionState:
        return made_legal(refit(state, height=state.height, width=state.width))

    def show_stalled(self, stalled: bool) -> None:
        if self.state.source.kind != "preset":
            self.canvas.set_stale(stalled)
        if self.whole:
            self.image_view.response.set_stale(stalled)
            self.image_view.source.set_stale(stalled)

    def live_changed(self, live: bool) -> None:
        self._ask_image()

    # --- the engine ------------------------------------------------------------------------------------------

    def _ask_image(self) -> None:
        """Ask for the response to the whole picture while it is on show."""
        state = self.state
        if self.active and self.whole:
            self._answers.want_image(state, self.picture, self.picker.frames)
        else:
            self._answers.image.drop()

    @Slot()
    def _response_asked(self) -> None:
        self.image_view.show_waiting(self.picture)

    @Slot(object)
    def _response_came(self, result: WholeImageResult) -> None:
        self.image_view.show_result(result)
        self.details.whole.show_rows(self.image_view.facts())
        if result.frame is not None:
            self.tell_pace(result.frame)

    @Slot(object)
    def _response_failed(self, report: ErrorReport) -> None:
        self.image_view.show_failure(report.sentence)

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
            ("Edit a cell by keyboard", "F2"),
            *super().shortcuts(),
        ]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    @property
    def resolved(self) -> Resolved | None:
        """What is on show."""
        return self._resolved

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
        if state.view == "image":
            shown = self.image_view.result is not None and not self.image_view.response.stale
            return shown and self._answers.image.settled
        return self._answers.check.settled

    def restore_state(self, data: object) -> None:
        """Take a saved state; a picture that is gone is said by the picker, the rest stays."""
        if not isinstance(data, dict):
            raise UserError("The saved state of the convolution page cannot be read.")
        super().restore_state(data)


def _scene(
    resolved: Resolved, secrets: Secrets, pointed: Pointed | None, resolver: Resolver, size: QSizeF
) -> Scene:
    """The scene of the view that the state asks for."""
    if resolved.state.view == "coverage":
        return coverage_scene(resolved, size, pointed)
    if resolved.state.view == "shift":
        return shift_scene(resolved, size, resolver.equivariance(resolved))
    return steps_scene(resolved, size, secrets)


__all__ = ["PHASES", "ConvolutionPage"]
