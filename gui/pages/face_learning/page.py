"""The page "Face learning": keeps its state; its views show how a net learns to tell people apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from engine.images import Frame
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.face_learning import tour
from gui.pages.face_learning.controls import FaceLearningControls
from gui.pages.face_learning.explanation import EXPLANATION, SHORTCUTS
from gui.pages.face_learning.exports import FaceLearningExports
from gui.pages.face_learning.state import FaceLearningState
from gui.pages.face_learning.view import LearningView, Subject
from gui.pages.face_learning.views import VIEWS
from gui.pages.views.exports import verbs
from gui.pages.views.page import ViewsPage
from gui.pages.views.section import ViewsInspector
from gui.pages.views.stage import ViewStage
from gui.widgets.facts import Fact
from gui.widgets.source_state import SourceState

POINT: Final[Fact] = ("point at the stage", "", "Every point, picture and bar can be asked for.")


class FaceLearningPage(ViewsPage[FaceLearningState, LearningView]):
    """Four views of one question: how do pictures of one person come to lie close together?"""

    state_class = FaceLearningState
    numbered = tuple(entry.option for entry in VIEWS)
    no_folder = "The view Live training takes a folder with one sub-folder a person."

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self.stage = ViewStage(services.bridge, VIEWS)
        self.stage_column.addWidget(self.stage, 1)
        self.panel = FaceLearningControls(self.controls, self.picker)
        self.details = ViewsInspector(self.inspector, POINT)
        self.connect_views()
        self.show_state(self.state)

    @property
    def subject(self) -> Subject:
        """What the views look at."""
        return Subject(self.picture, self.picker.live)

    def show_state(self, state: FaceLearningState) -> None:
        """Draw at once what memory holds; the view asks for the rest."""
        self.follow_source(state)
        view = self.bring_view(state.view)
        view.show_subject(self.subject, state.settings(state.view))
        self.panel.show_view(self.stage.title, view.controls(), needs_picture=view.needs_picture)
        self.picker.set_active(self.active and view.needs_picture)
        if not view.needs_picture:
            self.statusChanged.emit("")  # nothing plays for this view
        view.set_active(self.active)
        self.show_facts()
        self.show_steps()

    def take_source(self, source: SourceState) -> None:
        """A picture of one's own is compared in the view "Siamese": whoever drops one elsewhere is led there."""
        state = self.state
        if not state.siamese.own or state.view != "siamese":
            state = replace(state, view="siamese", siamese=replace(state.siamese, own=True))
        drawing = source.kind == state.source.kind == "drawing"
        self.change(self.with_source(state, source), "drawing" if drawing else None)

    def picture_came(self, frame: Frame) -> None:
        view = self.stage.view
        if view is not None and view.needs_picture:
            view.show_subject(self.subject, self.state.settings(self.stage.name))
            self.show_facts()
            if self.picker.live:
                self.tell_pace(frame)

    # --- life in the window ----------------------------------------------------------------------------------

    def shortcuts(self) -> list[tuple[str, str]]:
        return [*super().shortcuts(), *SHORTCUTS]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return verbs(self, FaceLearningExports(self))

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        view = self.stage.view
        return view is not None and view.settled and (self.picture is not None or not view.needs_picture)
