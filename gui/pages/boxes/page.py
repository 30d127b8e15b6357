"""The page "Boxes": keeps its state and the picture; its views show the steps on the way to a detector."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QContextMenuEvent

from engine.images import Frame
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.boxes import exports, tour
from gui.pages.boxes.controls import BoxesControls
from gui.pages.boxes.explanation import EXPLANATION, SHORTCUTS
from gui.pages.boxes.inspector import BoxesInspector
from gui.pages.boxes.stage import Stage
from gui.pages.boxes.state import BoxesState, with_source
from gui.pages.boxes.view import BoxesView, Subject
from gui.pages.boxes.views import VIEWS
from gui.pages.source_page import SourcePage
from gui.widgets.source_state import SourceState


class BoxesPage(SourcePage[BoxesState]):
    """One picture, and one step on the way from a labelled box to a detector."""

    state_class = BoxesState
    numbered = tuple((entry.name, entry.title, entry.tip) for entry in VIEWS)

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self.stage = Stage(services.bridge)
        self.stage_column.addWidget(self.stage, 1)
        self.panel = BoxesControls(self.controls, self.picker)
        self.details = BoxesInspector(self.inspector)
        self.stage.viewPicked.connect(self.pick_numbered)
        self.stage.made.connect(self._view_made)
        self.stepper.indexChanged.connect(self._stepped)
        self.show_state(self.state)

    @Slot(str, object)
    def _view_made(self, name: str, view: BoxesView) -> None:
        view.changed.connect(partial(self._view_changed, name))
        view.looked.connect(partial(self._view_looked, name))
        view.pointed.connect(self.details.show_under)
        view.factsChanged.connect(self._show_facts)
        view.stepsChanged.connect(self._show_steps)
        view.said.connect(self.said)
        view.pageAsked.connect(self.pageAsked)

    # --- show ------------------------------------------------------------------------------------------------

    @property
    def subject(self) -> Subject:
        """What the views look at."""
        return Subject(self.picture, self.picker.frames)

    @property
    def view_title(self) -> str:
        """The title of the view on show."""
        return next((entry.title for entry in VIEWS if entry.name == self.stage.name), self.entry.title)

    def show_state(self, state: BoxesState) -> None:
        """Draw at once what memory holds; the view asks for the rest."""
        self.follow_source(state)
        if state.view != self.stage.name:
            self.details.show_under([])  # what was pointed at stands on another view
        view = self.stage.show_view(state.view)
        view.show_subject(self.subject, state.settings(state.view))
        self.panel.show_view(self.view_title, view.controls(), needs_picture=view.needs_picture)
        view.set_active(self.active)
        self._show_facts()
        self._show_steps()

    @Slot()
    def _show_facts(self) -> None:
        view = self.stage.view
        if view is not None:
            self.details.show_view(self.view_title, view.facts(), view.aside())

    @Slot()
    def _show_steps(self) -> None:
        view = self.stage.view
        steps = None if view is None else view.steps()
        self.show_stepper(steps is not None)
        if view is not None and steps is not None:
            self.stepper.set_range(*steps)
            self.stepper.set_pace(view.pace())

    # --- what a person does ----------------------------------------------------------------------------------

    def _view_changed(self, name: str, settings: Any, gesture: str) -> None:
        self.change(_with(self.state, name, settings), gesture or None)

    def _view_looked(self, name: str, settings: Any) -> None:
        self.amend(_with(self.state, name, settings))

    @Slot(int)
    def _stepped(self, index: int) -> None:
        if self.stage.view is not None:
            self.stage.view.go_to(index)

    @Slot(str)
    def pick_numbered(self, key: str) -> None:
        self.amend(_with(self.state, "view", key))

    def escape(self) -> bool:
        return self.stage.view is not None and self.stage.view.escape()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.show_menu(None, event.globalPos())

    # --- sources ---------------------------------------------------------------------------------------------

    def with_source(self, state: BoxesState, source: SourceState) -> BoxesState:
        return with_source(state, source)

    def picture_came(self, frame: Frame) -> None:
        view = self.stage.view
        if view is not None:
            view.show_subject(self.subject, self.state.settings(self.stage.name))
            self._show_facts()
        if self.picker.live:
            self.tell_pace(frame)

    def live_changed(self, live: bool) -> None:
        self.show_state(self.state)

    def open_path(self, path: Path) -> None:
        """A picture or a video becomes the source; a folder goes to the view that takes one."""
        if not path.is_dir():
            super().open_path(path)
            return
        before = self.state.view
        for name in (before, *(entry.name for entry in VIEWS if entry.name != before)):
            self.pick_numbered(name)
            if self.stage.view is not None and self.stage.view.open_folder(path):
                return
        self.pick_numbered(before)
        self.said.emit(
            "None of the views has a use for this folder. The view Anchors takes a folder of labelled pictures.",
            "warn",
        )

    # --- life in the window ----------------------------------------------------------------------------------

    def focus_stage(self) -> None:
        if self.stage.view is not None:
            self.stage.view.setFocus()

    def rest(self) -> None:
        self.stage.rest()

    def shortcuts(self) -> list[tuple[str, str]]:
        return [*super().shortcuts(), *SHORTCUTS]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        view = self.stage.view
        return view is not None and view.settled and (self.picture is not None or not view.needs_picture)


def _with(state: BoxesState, name: str, value: Any) -> BoxesState:
    changes: dict[str, Any] = {name: value}
    return replace(state, **changes)
