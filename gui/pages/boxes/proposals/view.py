"""The view "Region proposals": one search, looked at in four parts."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.detection.proposals.requests import RegionRun, Search
from engine.errors import ErrorReport, UserError
from engine.networks.requests import WeightsStatus
from gui.bridge import Bridge
from gui.checking import Checking
from gui.film import FilmSource
from gui.latest import CANCELLED
from gui.pages.base import Verb
from gui.pages.boxes.proposals import exports
from gui.pages.boxes.proposals.answers import ProposalAnswers
from gui.pages.boxes.proposals.controls import ProposalsControls
from gui.pages.boxes.proposals.hand import Hand
from gui.pages.boxes.proposals.parts import ProposalParts
from gui.pages.boxes.proposals.settings import ProposalsSettings
from gui.pages.boxes.view import BoxesView, Subject
from gui.theme import space
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact
from gui.widgets.wrapped import Wrapped

LIVE: Final = "The picture is live: freeze it, and the nets look at it."


class ProposalsView(BoxesView):
    """Segments, merges, proposals; three nets that look at them; RoI pooling."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject = Subject(None)
        self._settings = ProposalsSettings()
        self._active = False
        self._search: Search | None = None
        self._fast: RegionRun | None = None
        self._statuses: tuple[WeightsStatus, ...] = ()
        self._answers = ProposalAnswers(bridge, self)
        self._checking = Checking(bridge, "boxes.proposals.check", self)
        self._controls, self.badge = ProposalsControls(), Badge(self, library="torchvision")
        self.badge.hide()  # it stands in the inspector, beside the part that it is about
        self._checking.tell(self.badge)
        self.problem = Wrapped("warn")
        self.parts = ProposalParts(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, 0, space.l, space.m)
        column.setSpacing(space.m)
        column.addWidget(self.parts, 1)
        column.addWidget(self.problem)
        self.problem.hide()
        self.setFocusProxy(self.parts)
        self._hand = Hand(self)
        self._connect()

    def _connect(self) -> None:
        answers = self._answers
        answers.outdated.connect(self._outdated)
        answers.searched.connect(self._searched)
        answers.refused.connect(self._refused)
        answers.runOutdated.connect(self._run_outdated)
        answers.ran.connect(self._ran)
        answers.runRefused.connect(self._run_refused)
        answers.listed.connect(self._listed)
        self._controls.changed.connect(self.changed)
        self._controls.againAsked.connect(self._again)
        self._checking.checked.connect(self.settledChanged)

    # --- what a view gives ----------------------------------------------------------------------------------

    @property
    def settings(self) -> ProposalsSettings:
        """What is on show."""
        return self._settings

    @property
    def search(self) -> Search | None:
        """The search on show."""
        return self._search

    def found(self) -> Search:
        """The same; raises UserError while there is none."""
        if self._search is None:
            raise UserError("The picture has not been searched yet.", "Wait a moment.")
        return self._search

    def controls(self) -> QWidget:
        return self._controls

    def aside(self) -> QWidget | None:
        return self.badge if self._settings.part == "pooling" else None

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._subject, self._settings = subject, settings
        self._controls.show_settings(settings)
        self._controls.show_nets(self._statuses, settings.net)
        self.parts.open(settings.part)
        self._show()
        self._ask()

    def set_active(self, active: bool) -> None:
        if active == self._active:
            return
        self._active = active
        if active:
            self._answers.list_weights()
            self._ask()
        else:
            self._answers.drop()
            self._checking.drop()

    def facts(self) -> list[Fact]:
        return [] if self._search is None else self.parts.facts(self._search, self._settings.part)

    def steps(self) -> tuple[int, int, str] | None:
        return None if self._search is None else self.parts.steps(self._search, self._settings)

    def go_to(self, step: int) -> None:
        self._hand.look("step" if self._settings.part == "grouping" else "cell", step)

    def escape(self) -> bool:
        return self._hand.escape()

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    def film(self) -> FilmSource | None:
        return exports.film(self)

    @property
    def settled(self) -> bool:
        if self._subject.frame is None or not self._answers.search_settled:
            return False
        if self._settings.part == "nets":
            return self._live or self._answers.run_settled("rcnn", "fast", "faster")
        if self._settings.part == "pooling":
            return self._live or (self._answers.run_settled("fast") and self._checking.settled)
        return True

    # --- asking ---------------------------------------------------------------------------------------------

    @property
    def _live(self) -> bool:
        return self._subject.frames is not None

    def _ask(self) -> None:
        frame = self._subject.frame
        if not self._active or frame is None:
            return
        self._answers.want_search(frame, self._settings.search)
        self._ask_nets()

    def _ask_nets(self) -> None:
        """The nets look at a picture that stands still, once it was searched."""
        search, settings = self._search, self._settings
        if not self._active or settings.part not in ("nets", "pooling"):
            self._answers.drop_runs("rcnn", "fast", "faster")
            return
        if search is None or self._live or not self._fresh:
            return
        self._answers.want_pooled(search, settings.net, settings.count, settings.enlarged, settings.pooling)
        if settings.part == "nets":
            self._answers.want_crops(search, settings.net, settings.count)
            self._answers.want_faster(search, settings.faster)
        else:
            self._answers.drop_runs("rcnn", "faster")

    @property
    def _fresh(self) -> bool:
        """Whether the search on show is about the picture and the settings on show."""
        search = self._search
        return (
            search is not None
            and search.request.frame is self._subject.frame
            and search.request.settings == self._settings.search
        )

    # --- answers --------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Draw what is there."""
        search, settings = self._search, self._settings
        if search is None:
            return
        self.parts.show_search(search, self._pooled, settings)
        if settings.part == "pooling":
            self._told_pooling(search)
        self._set_stale(not self._fresh and not self._live)
        self.factsChanged.emit()
        self.stepsChanged.emit()

    @property
    def _pooled(self) -> RegionRun | None:
        """The run whose maps are pooled."""
        return self._fast if self._fast is not None and self._fast.maps is not None else None

    def _told_pooling(self, search: Search) -> None:
        """What pooling shows limits the controls, and is to be checked."""
        pooling = self.parts.pooling
        shown = pooling.shown
        if shown is not None:
            self._controls.show_limits(len(search.proposals), len(shown.out), shown.channel, pooling.proposal)
        request = pooling.check()
        if request is not None and self._active:
            subject = (request.maps, request.box, request.pooling)
            self._checking.want(subject, lambda: request)

    def _set_stale(self, stale: bool) -> None:
        other = self._search is not None and self._search.request.frame is not self._subject.frame
        self.parts.set_stale(stale, other_picture=other)

    @Slot()
    def _outdated(self) -> None:
        self._set_stale(self._search is not None and not self._live)

    @Slot(object, bool)
    def _searched(self, search: Search, fresh: bool) -> None:
        if not fresh and not self._live:
            return
        if self._search is not None and self._search.request.frame is not search.request.frame:
            self._fast = None  # its maps are those of another picture
        self._search = search
        self.problem.hide()
        self._show()
        self._ask_nets()
        if self._live and self._settings.part in ("nets", "pooling"):
            self._tell(LIVE)
        self.settledChanged.emit()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self._tell(f"{report.sentence} {report.hint}".strip())
        self.settledChanged.emit()

    def _tell(self, sentence: str) -> None:
        self.problem.say(sentence)
        self.problem.show()

    @Slot(str)
    def _run_outdated(self, method: str) -> None:
        self._controls.again.hide()
        self.parts.nets.set_stale(method)
        if method == "fast":
            self.parts.pooling.set_stale(self._fast is not None)

    @Slot(object)
    def _ran(self, run: RegionRun) -> None:
        if run.method == "fast":
            self._fast = run
            self.parts.pooling.set_stale(False)
        self.problem.hide()
        self.parts.nets.show_run(run)
        if run.method == "faster":
            self._controls.show_levels(run)
        if run.method == "fast" and self._settings.part == "pooling" and self._search is not None:
            self.parts.show_search(self._search, self._pooled, self._settings)
            self._told_pooling(self._search)
            self.stepsChanged.emit()
        self.factsChanged.emit()
        if run.complete:
            self.settledChanged.emit()

    @Slot(str, object)
    def _run_refused(self, method: str, report: ErrorReport) -> None:
        if report == CANCELLED:
            self._controls.again.show()
        elif self._settings.part == "pooling":
            self._tell(f"{report.sentence} {report.hint}".strip())
        self.parts.nets.refuse(method, report)
        self.settledChanged.emit()

    @Slot(object)
    def _listed(self, statuses: tuple[WeightsStatus, ...]) -> None:
        self._statuses = statuses
        self._controls.show_nets(statuses, self._settings.net)

    @Slot()
    def _again(self) -> None:
        self._controls.again.hide()
        self._answers.again()
