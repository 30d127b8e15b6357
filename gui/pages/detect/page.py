"""The page "Live detection": keeps its state, asks while pictures come, and shows each answer on its own frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent

from engine.images import Frame
from engine.jobs import EngineState
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.detect import exports, tour
from gui.pages.detect.answers import Answers
from gui.pages.detect.arrivals import AGAIN, Arrivals
from gui.pages.detect.controls import DetectControls
from gui.pages.detect.explanation import EXPLANATION, SHORTCUTS
from gui.pages.detect.folder import Folder
from gui.pages.detect.hand import Hand
from gui.pages.detect.inspector import CLICK, FREEZE, DetectInspector
from gui.pages.detect.leads import Leads
from gui.pages.detect.offer import USE, WEIGHTS, offer
from gui.pages.detect.pointer import Pointer
from gui.pages.detect.resolve import Shown, about, inside, resolve
from gui.pages.detect.saver import Saver
from gui.pages.detect.stage import Stage
from gui.pages.detect.state import DetectState, with_source
from gui.pages.detect.tape import DetectTape
from gui.pages.detect.toolbar import TOOL_OPTIONS
from gui.pages.source_page import SourcePage
from gui.widgets.cropping import same_picture
from gui.widgets.facts import Fact
from gui.widgets.frame_view import arrow_step
from gui.widgets.notice import Note
from gui.widgets.source_state import LIVE_KINDS, SourceState

LOADING: Final = "PyTorch is still loading; boxes come when it is there."
WAITING: Final = "The detector is looking."
DRAW_ON_STAGE: Final = "Write on the paper in the middle of the page."
RECONNECT: Final = "reconnect"


class DetectPage(SourcePage[DetectState]):
    """A detector before whatever a person shows it."""

    state_class = DetectState
    engine_takes_frames = True
    numbered = TOOL_OPTIONS

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._shown: Shown | None = None
        self._subject: tuple[str, SourceState] | None = None
        self.answers, self.arrivals = Answers(services.bridge, self), Arrivals(self)
        self.stage = Stage(self.arrivals.counts)
        self.stage_column.addWidget(self.stage, 1)
        self.picker.board.draw_elsewhere(DRAW_ON_STAGE)
        self.panel = DetectControls(self.controls, self.picker)
        self.details = DetectInspector(self.inspector)
        self.hand, self.pointer, self.folder = Hand(self), Pointer(self), Folder(self)
        self.leads, self.tape, self.saver = Leads(self), DetectTape(self), Saver(self)
        self.show_stepper(False)
        self.arrivals.follow()
        self._connect()
        self.show_state(self.state)

    def _connect(self) -> None:
        self.panel.weightsAsked.connect(self.leads.to_weights)
        self.stage.tools.pressed.connect(self._button_pressed)
        self.stage.notice.asked.connect(self._act)
        self.stage.stepsAsked.connect(self.leads.to_suppression)
        self.stage.mapsAsked.connect(self.leads.to_maps)
        self.picker.lostChanged.connect(self._lost_changed)
        self.saver.said.connect(self.said)
        self.stage.plot.read.connect(self._counts_read)
        self.answers.check.tell(self.details.badge)
        self.services.bridge.stateChanged.connect(self._engine_changed)

    # --- show ------------------------------------------------------------------------------------------------

    @property
    def shown(self) -> Shown | None:
        """What is on the stage, None while there is no answer."""
        return self._shown

    @property
    def frame(self) -> Frame | None:
        """The picture that is asked about: the paper as it is now, or what the source shows."""
        return self.hand.paper(self.state.source) if self.state.drawing else self.picture

    def show_state(self, state: DetectState) -> None:
        """Draw at once what memory holds; ask the engine for the rest."""
        self.follow_source(state)
        before, self._subject = self._subject, (state.detector, state.source)
        if before is not None and (before[0] != state.detector or not same_picture(before[1], state.source)):
            self.arrivals.forget()
        self.panel.show_state(state)
        self.folder.show_state(state)
        self._ask()
        self.draw()

    def draw(self) -> None:
        """Show the answer that is there under the state as it is, on its own frame; else the bare picture."""
        state, answer, frame = self.state, self.arrivals.answer, self.frame
        if answer is not None and not self._about(answer.detector, answer.frame, frame):
            answer = None
        grids = answer is None or bool(answer.grids)
        self.stage.show_state(state, grids=grids)
        self.show_notice()
        if answer is None:
            self._show_bare(frame)
            return
        numbers = self.arrivals.trails.numbers(answer)
        self._shown = shown = resolve(
            state, answer, cell=self.arrivals.cell, tracks=numbers, trails=self.arrivals.trails.trails
        )
        self.stage.show_shown(shown, frame if state.drawing else None)
        self.panel.show_grids(answer, state.grid)
        self.details.show_answer(shown)
        self._show_cell(shown)
        self.pointer.refresh(shown)
        if not self.picker.live:
            self.arrivals.show_counts()

    def _about(self, detector: str, answered: Frame, frame: Frame | None) -> bool:
        """Whether an answer may be shown: it is about the picture on show, or about the newest frame of what plays.

        A paper that has grown since keeps the boxes of before until the new ones are there.
        """
        if detector != self.state.detector:
            return False
        if self.picker.live:
            return self.arrivals.live
        return answered is frame or (self.state.drawing and answered.name == "Drawing")

    def _show_bare(self, frame: Frame | None) -> None:
        """There is no answer about the picture on show."""
        self._shown = None
        words = "" if self.arrivals.trouble.sentence else self.waiting()
        self.stage.show_bare(frame, words)
        self.details.show_answer(None)
        self.details.show_no_cell("")
        self.answers.check.drop()
        self.pointer.refresh(None)

    def show_none(self) -> None:
        """The answer was taken back, or never came."""
        self.draw()

    def waiting(self) -> str:
        """What is said while there is no answer."""
        return WAITING if self.services.bridge.state.device is not None else LOADING

    def _show_cell(self, shown: Shown) -> None:
        state, cell = self.state, self.arrivals.cell
        place = None if self.picker.live else shown.findings.cell
        if place is not None and cell is not None and about(cell, shown.answer, state.grid, place):
            self.details.show_cell(cell)
            if self.active:
                self.answers.want_check(cell)
            return
        self.answers.check.drop()
        if not state.cells or shown.grid is None:
            self.details.show_no_cell("")
        elif place is None:
            self.details.show_no_cell(FREEZE if self.picker.live else CLICK)
        else:
            self.details.set_cell_stale()

    def show_notice(self) -> None:
        """What stands in the way, and what helps: a lost camera, a failure, a detector for other pictures."""
        note = self.arrivals.trouble
        if self.picker.lost:
            note = Note(
                f"{self.picker.lost} has stopped delivering pictures; its last one stays.",
                ((RECONNECT, "Reconnect"),),
            )
        elif not note.sentence and self.arrivals.listed:
            note = offer(self.state, self.panel.known)
        self.stage.notice.show_note(note)

    @Slot(object)
    def _engine_changed(self, _state: EngineState) -> None:
        if self._shown is None and not self.arrivals.trouble.sentence:
            self.stage.caption.setText(self.waiting())

    # --- ask -------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Ask for everything that the state owes."""
        state, frames, frame = self.state, self.picker.frames, self.frame
        if not self.active:
            return
        if frames is not None:
            self.answers.want_live(state.detector, frames, state.settings, raw=state.raw)
        elif frame is not None:
            self.arrivals.live = False
            self.answers.want(state.detector, frame, state.settings, raw=state.raw)
        self.ask_cell()

    def ask_cell(self) -> None:
        """Ask what the net says in the chosen cell, once it is known that there is such a cell."""
        state, answer, frame = self.state, self.arrivals.answer, self.frame
        place = None
        if (
            state.cells
            and answer is not None
            and answer.frame is frame
            and not self.picker.live
            and self.active
        ):
            grid = answer.grids[state.grid] if state.grid < len(answer.grids) else None
            place = inside(state.cell, grid)
        if place is not None and frame is not None:
            self.answers.want_cell(state.detector, frame, state.grid, place)
        else:
            self.answers.drop_cell()

    def paper_changed(self) -> None:
        """The stroke under way grew: show it at once, and ask."""
        self._ask()
        self.draw()

    @Slot(str)
    def _act(self, key: str) -> None:
        """A button of the notice."""
        if key == RECONNECT:
            self.picker.reconnect()
        elif key == AGAIN:
            self.arrivals.trouble = Note()
            self.answers.again()
            self.show_state(self.state)
        elif key.startswith(USE):
            self.hand.pick_detector(key.removeprefix(USE))
        elif key.startswith(WEIGHTS):
            self.leads.to_weights(key.removeprefix(WEIGHTS))

    # --- keys and buttons --------------------------------------------------------------------------------------

    @Slot(str)
    def _button_pressed(self, key: str) -> None:
        if key == "freeze":
            self.hand.toggle_frozen()
        elif key == "record":
            self.tape.toggle()
        else:
            self.hand.toggle(key)
        self.stage.tools.show_state(self.state, grids=self._shown is None or self._shown.grid is not None)
        self.tape.tell()

    def pick_numbered(self, key: str) -> None:
        if self.state.drawing:
            self.hand.pick_tool(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        actions = {
            Qt.Key.Key_F: self.hand.toggle_frozen, Qt.Key.Key_V: self.tape.toggle,
            Qt.Key.Key_G: lambda: self.hand.toggle("cells"), Qt.Key.Key_A: lambda: self.hand.toggle("anchors"),
            Qt.Key.Key_R: lambda: self.hand.toggle("raw"), Qt.Key.Key_T: lambda: self.hand.toggle("tracks"),
            Qt.Key.Key_C: lambda: self.hand.toggle("plot"),
            Qt.Key.Key_BracketRight: lambda: self.pointer.step(1),
            Qt.Key.Key_BracketLeft: lambda: self.pointer.step(-1),
            Qt.Key.Key_Delete: self.hand.clear_paper, Qt.Key.Key_Backspace: self.hand.clear_paper,
        }  # fmt: skip
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        action = actions.get(Qt.Key(event.key())) if plain else None
        arrow = arrow_step(event)
        if action is not None:
            action()
        elif arrow is None or not self.pointer.move_cell(_sign(arrow[1]), _sign(arrow[0])):
            super().keyPressEvent(event)

    def escape(self) -> bool:
        """Give up the stroke, then the cell, then the box."""
        if self.hand.give_up():
            self.show_state(self.state)
            return True
        if self.state.cell is not None and self.state.cells:
            self.amend(replace(self.state, cell=None))
            return True
        if self.pointer.chosen:
            self.pointer.choose(None)
            return True
        return False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.show_menu(None, event.globalPos())

    @Slot(list)
    def _counts_read(self, rows: list[Fact]) -> None:
        self.details.show_under(rows)

    # --- sources ---------------------------------------------------------------------------------------------

    def with_source(self, state: DetectState, source: SourceState) -> DetectState:
        return with_source(state, source)

    def take_source(self, source: SourceState) -> None:
        self.hand.give_up()
        super().take_source(source)

    @Slot(object)
    def _frame_arrived(self, frame: Frame) -> None:
        if self.picker.live and self.arrivals.live:
            return  # the engine takes the frames itself, and its answers bring them along
        if self._holds():
            return  # it was on its way when the picture was frozen: what a person froze is what was on show
        super()._frame_arrived(frame)

    def _holds(self) -> bool:
        """Whether a frame of what played is held that the detector has answered."""
        source, answer = self.state.source, self.arrivals.answer
        held = source.kind in LIVE_KINDS and source.frozen
        return held and answer is not None and answer.frame is self.picture

    def picture_came(self, frame: Frame) -> None:
        if not self.state.drawing:
            self._ask()
            self.draw()

    def live_changed(self, live: bool) -> None:
        self.arrivals.live = False
        self._ask()
        self.draw()

    def show_stalled(self, stalled: bool) -> None:
        self.stage.view.set_stale(stalled)

    @Slot(str)
    def _lost_changed(self, _name: str) -> None:
        self.show_notice()

    def open_path(self, path: Path) -> None:
        """A picture or a video becomes the source; a folder is gone through."""
        if path.is_dir():
            self.folder.open(str(path))
        else:
            super().open_path(path)

    # --- life in the window ----------------------------------------------------------------------------------

    def activated(self) -> None:
        self.answers.list_detectors()  # detectors may have come or gone while another page was in view
        super().activated()

    def focus_stage(self) -> None:
        self.stage.view.setFocus()

    def rest(self) -> None:
        self.tape.stop()
        self.arrivals.rest()
        self.stage.plot.rest()
        self.leads.rest()
        self.answers.stop()

    def close_page(self) -> None:
        super().close_page()
        self.tape.close()
        self.saver.close()

    def shortcuts(self) -> list[tuple[str, str]]:
        return [*super().shortcuts(), *SHORTCUTS]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        """Whether the finds of the picture, and what the chosen cell says, are on show, the latter checked."""
        shown = self._shown
        if not self.arrivals.listed or shown is None or shown.answer.frame is not self.frame:
            return False
        checked = self.details.cell is not None and self.answers.check.settled
        cell_owed = shown.findings.cell is not None and not checked
        raw_owed = self.state.raw and shown.answer.raw is None and shown.answer.raw_count is not None
        return self.answers.settled and not cell_owed and not raw_owed


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)
