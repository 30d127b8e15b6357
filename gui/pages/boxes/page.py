"""The page "Boxes": keeps its state and the picture; its views show the steps on the way to a detector."""

from __future__ import annotations

from typing import Final

from engine.images import Frame
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.boxes import tour
from gui.pages.boxes.controls import BoxesControls
from gui.pages.boxes.explanation import EXPLANATION, SHORTCUTS
from gui.pages.boxes.exports import BoxesExports
from gui.pages.boxes.state import BoxesState, with_source
from gui.pages.boxes.view import BoxesView, Subject
from gui.pages.boxes.views import VIEWS
from gui.pages.views.exports import verbs
from gui.pages.views.page import ViewsPage
from gui.pages.views.section import ViewsInspector
from gui.pages.views.stage import ViewStage
from gui.widgets.facts import Fact
from gui.widgets.source_state import SourceState

POINT: Final[Fact] = ("point at the stage", "", "Every box, every pixel and every number can be asked for.")
TABS_IN_A_ROW: Final = 5


class BoxesPage(ViewsPage[BoxesState, BoxesView]):
    """One picture, and one step on the way from a labelled box to a detector."""

    state_class = BoxesState
    numbered = tuple(entry.option for entry in VIEWS)
    no_folder = (
        "None of the views has a use for this folder. The view Anchors takes a folder of labelled pictures."
    )

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self.stage = ViewStage(services.bridge, VIEWS, tabs_in_a_row=TABS_IN_A_ROW)
        self.stage_column.addWidget(self.stage, 1)
        self.panel = BoxesControls(self.controls, self.picker)
        self.details = ViewsInspector(self.inspector, POINT)
        self.connect_views()
        self.show_state(self.state)

    def view_made(self, name: str, view: BoxesView) -> None:
        super().view_made(name, view)
        view.pageAsked.connect(self.pageAsked)

    @property
    def subject(self) -> Subject:
        """What the views look at."""
        return Subject(self.picture, self.picker.frames)

    def show_state(self, state: BoxesState) -> None:
        """Draw at once what memory holds; the view asks for the rest."""
        self.follow_source(state)
        view = self.bring_view(state.view)
        view.show_subject(self.subject, state.settings(state.view))
        self.panel.show_view(self.stage.title, view.controls(), needs_picture=view.needs_picture)
        view.set_active(self.active)
        self.show_facts()
        self.show_steps()

    # --- sources ---------------------------------------------------------------------------------------------

    def with_source(self, state: BoxesState, source: SourceState) -> BoxesState:
        return with_source(state, source)

    def picture_came(self, frame: Frame) -> None:
        view = self.stage.view
        if view is not None:
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
        return verbs(self, BoxesExports(self))

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        view = self.stage.view
        return view is not None and view.settled and (self.picture is not None or not view.needs_picture)
