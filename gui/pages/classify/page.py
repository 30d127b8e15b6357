"""The classification page: keeps its state, shows picture and answer, and asks while a hand moves."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent

from engine.errors import ErrorReport
from engine.images import Frame
from engine.networks.requests import Classification, WeightsStatus
from gui.latest import CANCELLED
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.classify import exports, tour
from gui.pages.classify.answers import Answers
from gui.pages.classify.controls import ClassifyControls
from gui.pages.classify.explanation import EXPLANATION, SHORTCUTS
from gui.pages.classify.hand import Hand
from gui.pages.classify.inspector import ClassifyInspector
from gui.pages.classify.offer import Offer
from gui.pages.classify.pointer import Pointer
from gui.pages.classify.stage import LEGEND_LIVE, Stage
from gui.pages.classify.state import ClassifyState, with_source
from gui.pages.classify.toolbar import TOOL_OPTIONS
from gui.pages.source_page import SourcePage
from gui.widgets.cropping import same_picture
from gui.widgets.source_state import SourceState

LOADING = "PyTorch is still loading; the answer comes when it is there."
WAITING = "The net is thinking."
UNEDITED = "Crop, turn or paint over the picture: then there is something to compare"
UNEDITED_DRAWING = "Crop or turn the drawing: then there is something to compare"
DRAW_ON_STAGE = "Draw on the paper in the middle of the page."


class ClassifyPage(SourcePage[ClassifyState]):
    """A picture before a net."""

    state_class = ClassifyState
    engine_takes_frames = True
    numbered = TOOL_OPTIONS

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._answer: Classification | None = None
        self._live_answers = False
        self._listed = False
        self._offer = Offer()
        self._answers = Answers(services.bridge, self)
        self.stage = Stage()
        self.hand = Hand(self.stage.tools, self.stage.picture, lambda: self.state, self)
        self.stage_column.addWidget(self.stage, 1)
        self.picker.board.draw_elsewhere(DRAW_ON_STAGE)
        self.panel = ClassifyControls(self.controls, self.picker)
        self.details = ClassifyInspector(self.inspector)
        self.pointer = Pointer(self.stage, lambda: self._answer, self.details.show_under, self)
        self.show_stepper(False)
        self._connect()
        self.show_state(self.state)

    def _connect(self) -> None:
        self.panel.netPicked.connect(self._net_picked)
        self.panel.compareSet.connect(self._compare_set)
        self.panel.logitsSet.connect(self._logits_set)
        self.panel.weightsAsked.connect(self._open_weights)
        self.stage.suggestionTaken.connect(self._net_picked)
        self.stage.againAsked.connect(self._answers.again)
        self._connect_stage()
        self._answers.outdated.connect(self._outdated)
        self._answers.answered.connect(self._answer_came)
        self._answers.before.connect(self._before_came)
        self._answers.failed.connect(self._answer_failed)
        self._answers.listed.connect(self._list_came)
        self._answers.listFailed.connect(self._list_failed)

    def _connect_stage(self) -> None:
        self.hand.moved.connect(self._hand_moved)
        self.hand.done.connect(self._hand_done)
        self.hand.toolChanged.connect(self._tool_changed)
        self.stage.seen.stepsShown.connect(self.details.leave_steps_out)

    # --- show ------------------------------------------------------------------------------------------------

    @property
    def answer(self) -> Classification | None:
        """The answer on show."""
        return self._answer

    @property
    def before(self) -> Classification | None:
        """The answer to the unedited picture, where it is compared with."""
        state, frame = self.state, self._shown_frame()
        if not state.compare or frame is None or self.picker.live or self.hand.edits.none:
            return None
        return self._answers.unedited(state.weights, frame)

    def _shown_frame(self) -> Frame | None:
        """The picture on show, None while that of the source is on its way."""
        return self.hand.drawn if self.hand.drawn is not None else self.picture

    def show_state(self, state: ClassifyState) -> None:
        """Draw at once what memory holds; ask the engine for the answer."""
        if self._answer is not None and self._answer.weights != state.weights:
            self._forget_answer()  # until the new net answers, the frames of a live source come by themselves
        self.follow_source(state)
        self.panel.show_state(state)
        self._show_comparable()
        self.stage.bars.set_logits(state.logits)
        self.hand.show_tools(self._shown_frame())
        self._show_picture()
        self._suggest()
        self._ask()
        if self._answer is not None and not self.picker.live:
            self._show_answer(self._answer)

    def _show_picture(self) -> None:
        frame = self._shown_frame()
        on_its_way = frame is None and self.stage.picture.frame is not None
        self.stage.picture.set_stale(on_its_way)
        if on_its_way:
            self.stage.set_stale(True)
        else:
            self.stage.picture.show_picture(frame, self.hand.edits)
        self.pointer.refresh()

    def _show_comparable(self) -> None:
        """The switch of the comparison can be used where there is something to compare."""
        state = self.state
        if self.picker.live:
            self.panel.show_comparable(LEGEND_LIVE)
        elif not state.edited:
            self.panel.show_comparable(UNEDITED_DRAWING if state.drawing else UNEDITED)
        else:
            self.panel.show_comparable("")

    def _suggest(self) -> None:
        """Offer a net that suits the picture, once it is known which there are."""
        current, nets = self.panel.status_of(self.state.weights), self.panel.usable
        self.stage.show_suggestion(
            self._offer.net(self.state, current, nets, self._answer) if self._listed else None
        )

    def _ask(self) -> None:
        """Ask for the answer to what is on show."""
        frame, frames = self._shown_frame(), self.picker.frames
        if not self.active:
            return
        if frames is not None:
            self._answers.want_live(self.state.weights, frames, self.hand.edits)
        elif frame is not None:
            self._live_answers = False
            self._answers.want(self.state.weights, frame, self.hand.edits)

    # --- answers ---------------------------------------------------------------------------------------------

    @Slot()
    def _outdated(self) -> None:
        self.stage.set_stale(True)
        if self._answer is None:
            self.stage.show_nothing(WAITING if self.services.bridge.state.device is not None else LOADING)

    @Slot(object, bool)
    def _answer_came(self, answer: Classification, fresh: bool) -> None:
        live = self.picker.live
        self._answer = answer
        if live:
            self._live_answers = True
            self.stage.picture.show_picture(answer.frame, self.hand.edits)
            self.keep_picture(answer.frame)
            self.tell_pace(answer.frame)
        self._show_answer(answer)
        self.stage.set_stale(not fresh)
        self._suggest()

    def _show_answer(self, answer: Classification) -> None:
        before = self.before
        self.stage.show_answer(answer, before if answer.frame is self._shown_frame() else None)
        if self.picker.live and not self.hand.edits.none and not answer.note:
            self.stage.line.say(LEGEND_LIVE)
        self.details.show_answer(answer, self.panel.status_of(answer.weights))
        self.pointer.refresh()

    def _forget_answer(self) -> None:
        """There is no answer: nothing of the one before is told any more."""
        self._answer, self._live_answers = None, False
        self.statusChanged.emit("")  # the pace was that of the answers
        self.details.show_answer(None, self.panel.status_of(self.state.weights))
        self.pointer.refresh()

    @Slot(object)
    def _before_came(self, _answer: Classification | None) -> None:
        if self._answer is not None:
            self._show_answer(self._answer)

    @Slot(object)
    def _answer_failed(self, report: ErrorReport) -> None:
        self.stage.show_nothing(f"{report.sentence} {report.hint}".strip(), again=report == CANCELLED)
        self.stage.set_stale(False)
        self._forget_answer()  # none brings the frames of a live source any more
        self._suggest()

    @Slot(object)
    def _list_came(self, found: tuple[WeightsStatus, ...]) -> None:
        self._listed = True
        self.panel.show_list(found, self.state)
        self.details.show_answer(self._answer, self.panel.status_of(self.state.weights))
        self._suggest()

    @Slot(object)
    def _list_failed(self, report: ErrorReport) -> None:
        self._listed = True
        self.panel.show_failure(f"{report.sentence} {report.hint}".strip())

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(str)
    def _net_picked(self, name: str) -> None:
        self.change(replace(self.state, weights=name))

    @Slot(bool)
    def _compare_set(self, on: bool) -> None:
        self.amend(replace(self.state, compare=on))

    @Slot(bool)
    def _logits_set(self, on: bool) -> None:
        self.amend(replace(self.state, logits=on))

    @Slot(object, str)
    def _hand_done(self, state: ClassifyState, gesture: str) -> None:
        self.change(state, gesture or None)

    @Slot()
    def _hand_moved(self) -> None:
        """What the hand is doing is shown and asked about; it enters the state when it lets go."""
        self.hand.show_tools(self._shown_frame())
        self._show_picture()
        self._ask()

    @Slot(object)
    def _tool_changed(self, state: ClassifyState) -> None:
        """Taking a tool is no change: it does not enter the history."""
        self.amend(state)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.hand.reset_edits()
        else:
            super().keyPressEvent(event)

    def pick_numbered(self, key: str) -> None:
        self.hand.pick_tool(key)

    def escape(self) -> bool:
        """Give up what the hand is doing."""
        if not self.hand.at_work:
            return False
        self.hand.give_up()
        self.show_state(self.state)
        return True

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.show_menu(None, event.globalPos())

    @Slot()
    def _open_weights(self) -> None:
        self.pageAsked.emit("weights", {})

    # --- sources ---------------------------------------------------------------------------------------------

    def with_source(self, state: ClassifyState, source: SourceState) -> ClassifyState:
        return with_source(state, source)

    def take_source(self, source: SourceState) -> None:
        self.hand.give_up()
        if not same_picture(source, self.state.source):
            self._answer = None
        self.change(with_source(self.state, source))

    @Slot(object)
    def _frame_arrived(self, frame: Frame) -> None:
        if self.picker.live and self._live_answers:
            return  # the engine takes the frames itself, and its answers bring them along
        super()._frame_arrived(frame)

    def picture_came(self, frame: Frame) -> None:
        self.hand.drawn = None
        self.hand.show_tools(self._shown_frame())
        self._show_picture()
        self._ask()

    def live_changed(self, live: bool) -> None:
        self._live_answers = False
        self._show_comparable()
        self._ask()

    def show_stalled(self, stalled: bool) -> None:
        self.stage.picture.set_stale(stalled)
        self.stage.set_stale(stalled)

    # --- life in the window ----------------------------------------------------------------------------------

    def activated(self) -> None:
        self._answers.list_weights()  # weights may have come or gone while another page was in view
        super().activated()

    def focus_stage(self) -> None:
        self.stage.picture.setFocus()

    def rest(self) -> None:
        self._answers.stop()

    def shortcuts(self) -> list[tuple[str, str]]:
        return [*super().shortcuts(), *SHORTCUTS]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        """Whether picture, answer and the answer before the edits are on show."""
        return self._listed and self._shown_frame() is not None and self._answers.settled
