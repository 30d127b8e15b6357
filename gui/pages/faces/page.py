"""The page "Faces": keeps its state, asks for the faces of its picture, hands them with the gallery to the views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent

from engine.faces.examples.scene import scene
from engine.faces.gallery.requests import Change, Reembed
from engine.images import Frame
from engine.jobs import ErrorReport
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.faces import tour
from gui.pages.faces.answers import Answers
from gui.pages.faces.controls import FacesControls
from gui.pages.faces.explanation import EXPLANATION, SHORTCUTS
from gui.pages.faces.exports import FacesExports
from gui.pages.faces.notes import AGAIN, LOG_OFF, READ, RECONNECT, REEMBED, note_of
from gui.pages.faces.state import FacesState
from gui.pages.faces.view import FacesView, Subject
from gui.pages.faces.views import VIEWS
from gui.pages.views.exports import verbs
from gui.pages.views.page import ViewsPage
from gui.pages.views.section import ViewsInspector
from gui.pages.views.stage import ViewStage
from gui.widgets.facts import Fact
from gui.widgets.notice import Notice
from gui.widgets.source_state import LIVE_KINDS

POINT: Final[Fact] = ("point at the stage", "", "Every face, every name and every number can be asked for.")
SEVERAL: Final = "The view Enrol takes several photos at once."
NO_FOLDER: Final = "The view Enrol takes a folder with one sub-folder a person."
LOGGING_VIEW: Final = "recognise"
"""The view on which somebody who is recognised is met."""


class FacesPage(ViewsPage[FacesState, FacesView]):
    """Who is it? And how does a net know?"""

    state_class = FacesState
    engine_takes_frames = True
    remembers_files = False  # a photo of somebody leaves no trace outside the gallery
    numbered = tuple(entry.option for entry in VIEWS)
    no_folder = NO_FOLDER
    _pasted: TemporaryDirectory[str] | None = None

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self.answers = Answers(services.bridge, self)
        self.stage = ViewStage(services.bridge, VIEWS)
        self.notice = Notice()
        self.stage_column.addWidget(self.notice)
        self.stage_column.addWidget(self.stage, 1)
        self.panel = FacesControls(self.controls, self.picker)
        self.details = ViewsInspector(self.inspector, POINT)
        self._answered_live = False
        self._connect()
        self.connect_views()
        self.show_state(self.state)

    def _connect(self) -> None:
        self.panel.picked.connect(self._field_picked)
        self.panel.moved.connect(self._field_moved)
        self.panel.weightsAsked.connect(self._to_weights)
        self.notice.asked.connect(self._act)
        self.picker.lostChanged.connect(self._lost_changed)
        self.answers.changed.connect(self.draw)
        self.answers.facesCame.connect(self._faces_came)
        self.answers.frameCame.connect(self._live_frame)
        self.answers.said.connect(self.said)
        self.answers.notListed.connect(self.panel.show_failure)
        self.answers.changeDone.connect(self._change_done)
        self.answers.changeRefused.connect(self._change_refused)
        self.answers.meetings.asked.connect(self._change_asked)

    def view_made(self, name: str, view: FacesView) -> None:
        super().view_made(name, view)
        view.changeAsked.connect(self._change_asked)
        view.sharedSet.connect(self._shared_set)
        view.pageAsked.connect(self.pageAsked)
        view.logAsked.connect(self._switch_log)

    # --- show ------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame | None:
        """The picture that is asked about: the drawn scene, or what the source shows."""
        return scene() if self.state.source.kind == "preset" else self.picture

    @property
    def subject(self) -> Subject:
        """What the views look at."""
        return self.answers.subject(self.state, self.frame, live=self.picker.live)

    def show_state(self, state: FacesState) -> None:
        """Draw at once what memory holds; ask for the rest."""
        self.follow_source(state)
        self.bring_view(state.view)
        self._ask()
        self.draw()

    @Slot()
    def draw(self) -> None:
        """Hand the view on show everything that is known now."""
        state, view = self.state, self.stage.view
        if view is None:
            return
        if self.active:
            self.answers.keep_drawn(state)
        subject = self.subject
        view.show_subject(subject, state.settings(self.stage.name))
        self.panel.show_view(self.stage.title, view.controls(), needs_picture=view.needs_picture)
        self.panel.show_state(state, subject)
        view.set_active(self.active)
        self._show_notice(subject)
        self._log(subject)
        self.show_facts()
        self.show_steps()

    @Slot()
    def _faces_came(self) -> None:
        """Other faces, perhaps sixty times a second: only what shows them is told."""
        view = self.stage.view
        if view is not None and view.needs_picture:
            subject = self.subject
            view.show_subject(subject, self.state.settings(self.stage.name))
            self._show_notice(subject)
            self._log(subject)
            self.show_facts()

    def _log(self, subject: Subject) -> None:
        if self.active and self.stage.name == LOGGING_VIEW:
            self.answers.meetings.follow(subject)

    @Slot(bool)
    def _switch_log(self, on: bool) -> None:
        self.answers.meetings.switch(on)
        self.draw()

    def _ask(self) -> None:
        view = self.stage.view
        if not self.active or view is None:
            return
        settings = self.state.settings(self.stage.name)
        needs = view.will_need_picture(settings)
        frames = self.picker.frames if needs else None
        frame = self.frame if needs and not (self.picker.live and self._answered_live) else None
        if not needs:
            self.answers.finding.stop()
        self.answers.want(self.state, frame, frames, liveness=view.will_want_liveness(settings))

    def _show_notice(self, subject: Subject) -> None:
        self.notice.show_note(note_of(subject, self.picker.lost, logs=self.stage.name == LOGGING_VIEW))

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(str, object)
    def _field_picked(self, name: str, value: object) -> None:
        # Another embedder has other distances: a threshold that was set for the one before means nothing to it.
        other = {"threshold": None} if name == "embedder" else {}
        self._shared_set({name: value, **other}, "")

    @Slot(str, object)
    def _field_moved(self, name: str, value: object) -> None:
        self._shared_set({name: value}, name)

    @Slot(object, str)
    def _shared_set(self, fields: dict[str, Any], gesture: str) -> None:
        self.change(replace(self.state, **fields), gesture or None)

    @Slot(object)
    def _change_asked(self, request: Change) -> None:
        self.answers.change(self.state, request)

    @Slot(object, object)
    def _change_done(self, request: Change, answer: object) -> None:
        for view in self.stage.built_views:  # who asked may be out of view by now
            view.change_done(request, answer)
        self.draw()

    @Slot(object, object)
    def _change_refused(self, request: Change, report: ErrorReport) -> None:
        for view in self.stage.built_views:
            view.change_refused(request, report)

    @Slot(str)
    def _to_weights(self, name: str) -> None:
        self.pageAsked.emit("weights", {"query": "", "here": False, "selected": name} if name else {})

    @Slot(str)
    def _act(self, key: str) -> None:
        """A button of the notice."""
        if key == RECONNECT:
            self.picker.reconnect()
        elif key == READ:
            self.answers.galleries[self.state.people].look()
        elif key == REEMBED:
            self.answers.change(self.state, Reembed(self.state.embedder))
        elif key == LOG_OFF:
            self._switch_log(False)
        elif key == AGAIN:
            self.answers.finding.again()
            self.show_state(self.state)

    @Slot(str)
    def _lost_changed(self, _name: str) -> None:
        self.draw()

    def toggle_frozen(self) -> None:
        """Hold what plays, or let it go on."""
        source = self.state.source
        if self.picker.lost:
            self.picker.reconnect()
        elif source.kind in LIVE_KINDS:
            self.picker.pick(replace(source, frozen=not source.frozen))
        else:
            self.said.emit("This picture stands still already: choose the camera or a video.", "info")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() == Qt.Key.Key_F:
            self.toggle_frozen()
        else:
            super().keyPressEvent(event)

    # --- sources ---------------------------------------------------------------------------------------------

    @Slot(object)
    def _frame_arrived(self, frame: Frame) -> None:
        if self.picker.live and self._answered_live:
            return  # the engine takes the frames itself, and its answers bring them along
        if self._holds():
            return  # it was on its way when the picture was frozen: what a person froze is what was on show
        super()._frame_arrived(frame)

    def _holds(self) -> bool:
        """Whether a frame of what played is held that was answered."""
        source, faces = self.state.source, self.answers.faces
        held = source.kind in LIVE_KINDS and source.frozen
        return held and faces is not None and faces.frame is self.picture

    def picture_came(self, frame: Frame) -> None:
        self._ask()
        self.draw()

    @Slot(object)
    def _live_frame(self, frame: Frame) -> None:
        if self.picker.live:
            self._answered_live = True
            self.keep_picture(frame)
            self.tell_pace(frame)

    def live_changed(self, live: bool) -> None:
        self._answered_live = False
        self._ask()
        self.draw()

    def pasted_folder(self) -> Path | None:
        """A pasted face is not kept beyond the end of the program: nobody agreed to that."""
        self._pasted = TemporaryDirectory(prefix="convscope-pasted-")
        return Path(self._pasted.name)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Photos go to the view that takes them, several at once; else the first becomes the picture."""
        view = self.stage.view
        if view is not None and not paths[0].is_dir() and view.open_photos(paths):
            return
        self.open_path(paths[0])
        if len(paths) > 1 and not paths[0].is_dir():
            self.said.emit(f"Only {paths[0].name} is on show. {SEVERAL}", "info")

    # --- life in the window ----------------------------------------------------------------------------------

    def activated(self) -> None:
        self.answers.list_models()  # nets may have come or gone while another page was in view
        super().activated()

    def rest(self) -> None:
        self._answered_live = False
        self.answers.rest()
        super().rest()

    def close_page(self) -> None:
        super().close_page()
        for view in self.stage.built_views:
            view.close_view()
        self.answers.close()
        if self._pasted is not None:
            self._pasted.cleanup()
            self._pasted = None

    def shortcuts(self) -> list[tuple[str, str]]:
        return [*super().shortcuts(), *SHORTCUTS]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return verbs(self, FacesExports(self))

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        view = self.stage.view
        if view is None or not self.answers.settled:
            return False
        subject = self.subject
        answered = subject.faces is not None and not subject.stale
        return view.settled and (answered or bool(subject.trouble) or not view.needs_picture)
