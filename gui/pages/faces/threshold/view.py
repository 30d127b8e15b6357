"""The view "Threshold": distances of all pairs, what the threshold makes of them, and why a pair was mistaken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from engine.faces.evaluate import PersonErrors, errors_at
from gui.bridge import Bridge
from gui.pages.faces.group import Crowd, group_of, maker_of, why_nobody
from gui.pages.faces.pair import PairPanel, look_at
from gui.pages.faces.threshold.controls import ThresholdControls
from gui.pages.faces.threshold.distances import DistancesPart
from gui.pages.faces.threshold.everybody import FAIRNESS, everybody, nearest_pair, person_words, table
from gui.pages.faces.threshold.people_table import PeopleTable
from gui.pages.faces.threshold.resolve import (
    Figures,
    facts,
    figures_of,
    growth_series,
    growth_words,
    headline,
    missing,
    photos_of,
    price,
    rows_of,
    suggestion,
)
from gui.pages.faces.threshold.settings import ThresholdSettings
from gui.pages.faces.threshold.tables import growth_table, histogram_table, pair_table
from gui.pages.faces.view import FacesView, Subject, Table
from gui.theme import space, theme
from gui.widgets.facts import Fact
from gui.widgets.plot.line_plot import Axis, LinePlot
from gui.widgets.wrapped import Wrapped

K_AXIS: Final = Axis("people compared with, K", log=True)
WRONG_AXIS: Final = Axis("strangers who get a name", "%", low=0.0, high=100.0)


class ThresholdView(FacesView):
    """Owns the figures of a group and the pair that is looked into."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._subject = ThresholdSettings(), Subject()
        self._figures: Figures | None = None
        self._people: tuple[PersonErrors, ...] = ()
        self._told: tuple[object, object] = (None, None)
        self._active = False
        self._panel, self.crowd = ThresholdControls(), Crowd(bridge, "threshold", self)
        self.headline, self.nobody = Wrapped(""), Wrapped("")
        self.distances = DistancesPart()
        self.growth, self.growth_words = LinePlot("Error of 1 : K"), Wrapped()
        self.people, self.fairness = PeopleTable(), Wrapped()
        self.fairness.say(FAIRNESS)
        self.pair = PairPanel(bridge, "threshold")
        self.stack = QStackedWidget()
        self._parts = {
            "distances": self.distances,
            "many": _column(self.growth, self.growth_words),
            "people": _column(self.people, self.fairness),
        }
        for part in (self.nobody, *self._parts.values(), self.pair):
            self.stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.s, space.l, space.s)
        column.setSpacing(space.s)
        column.addWidget(self.headline)
        column.addWidget(self.stack, 1)
        self.setFocusProxy(self.distances)
        self._dress()
        self._connect()

    @Slot()
    def _dress(self) -> None:
        self.headline.setFont(theme.font("section", bold=True))
        self.nobody.setFont(theme.font("body"))

    def _connect(self) -> None:
        theme.changed.connect(self._dress)
        self._panel.changed.connect(self.changed)
        self._panel.thresholdAsked.connect(lambda value: self.sharedSet.emit({"threshold": value}, ""))
        self.crowd.changed.connect(self._crowd_changed)
        self.distances.thresholdMoved.connect(self._threshold_moved)
        self.distances.pointed.connect(self.pointed)
        self.distances.pairPicked.connect(self._look_into)
        self.pair.pointed.connect(self.pointed)
        self.pair.closed.connect(self.escape)
        self.people.personPicked.connect(self._person_picked)

    # --- what a view gives -----------------------------------------------------------------------------------

    @property
    def needs_picture(self) -> bool:
        return False

    def controls(self) -> QWidget:
        return self._panel

    @property
    def figures(self) -> Figures | None:
        """What is known of the group on show."""
        return self._figures

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._settings, self._subject = settings, subject
        self._ask()
        group = group_of(subject, settings.group)
        if group is None:
            self._figures = None
        elif self._figures is None or self._figures.group.index is not group.index:
            self._figures = figures_of(group)
        elif self._figures.group.people is not group.people:
            self._figures = replace(self._figures, group=group)
        self._show()

    def _ask(self) -> None:
        if self._active and self._settings.group == "crowd":
            self.crowd.want(maker_of(self._subject))

    def _show(self) -> None:
        figures, settings, status = self._figures, self._settings, self._subject.embedder
        self._panel.show_settings(settings, () if figures is None else figures.offers)
        if (status, figures) != self._told:  # one look at all pairs less while a hand moves
            self._told = status, figures
            self._panel.how.say(suggestion(status, figures))
        if figures is None:
            self.headline.say("")
            self.nobody.say(why_nobody(self._subject, settings.group, self.crowd))
            self.stack.setCurrentWidget(self.nobody)
            return
        found = errors_at(figures.pairs, self._subject.threshold)
        self.headline.say(missing(figures) or headline(found))
        if self._show_pair(figures):
            return
        self.pair.drop()
        self.stack.setCurrentWidget(self._parts[settings.part])
        if settings.part == "distances":
            self.distances.show_figures(figures, found)
        elif settings.part == "many":
            self.growth.show_series(growth_series(figures, found.threshold, found.far), K_AXIS, WRONG_AXIS)
            self.growth_words.say(growth_words(found))
        else:
            self._people = everybody(figures, found.threshold)
            self.people.show_rows([person_words(figures, one) for one in self._people])

    def _show_pair(self, figures: Figures) -> bool:
        """Show the pair that is looked into; False where there is none, or a photo of it went."""
        pair = self._settings.pair
        rows = None if pair is None else rows_of(figures.group, pair)
        if rows is None:
            return False
        threshold = self._subject.threshold
        self.pair.show_pair(look_at(figures.group, *rows, threshold), price(figures, rows, threshold))
        self.stack.setCurrentWidget(self.pair)
        return True

    def set_active(self, active: bool) -> None:
        self._active = active
        if active:
            self._ask()
        else:
            self.crowd.drop()
            self.pair.drop()

    def facts(self) -> list[Fact]:
        figures = self._figures
        return [] if figures is None else facts(figures, errors_at(figures.pairs, self._subject.threshold))

    def aside(self) -> QWidget | None:
        return self.pair.badge if self.pair.pair is not None else None

    @property
    def settled(self) -> bool:
        return self.crowd.settled and (self._settings.pair is None or self.pair.settled)

    def escape(self) -> bool:
        if self._settings.pair is None:
            return False
        self.looked.emit(replace(self._settings, pair=None))
        return True

    def table(self) -> Table | None:
        """Of the part on show, or of the pair that is looked into."""
        figures, threshold = self._figures, self._subject.threshold
        if figures is None:
            return None
        if self.pair.pair is not None:
            return pair_table(self.pair.pair)
        if self._settings.part == "distances":
            return histogram_table(figures.bars)
        if self._settings.part == "many":
            return growth_table(figures, threshold, errors_at(figures.pairs, threshold).far)
        return table(figures, threshold)

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot()
    def _crowd_changed(self) -> None:
        self.show_subject(self._subject, self._settings)
        self.factsChanged.emit()

    @Slot(float)
    def _threshold_moved(self, value: float) -> None:
        self.sharedSet.emit({"threshold": value}, "threshold")

    @Slot(int, int)
    def _look_into(self, one: int, other: int) -> None:
        self.looked.emit(replace(self._settings, pair=(one, other)))

    @Slot(int)
    def _person_picked(self, row: int) -> None:
        """The nearest pair of that person and the one they are taken for most easily."""
        figures = self._figures
        one = self._people[row] if row < len(self._people) else None
        if figures is None or one is None or one.nearest is None:
            return
        nearest = nearest_pair(figures, one.person, one.nearest[0])
        self.looked.emit(replace(self._settings, pair=photos_of(figures, nearest)))


def _column(widget: QWidget, words: Wrapped) -> QWidget:
    part = QWidget()
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(space.s)
    column.addWidget(widget, 1)
    column.addWidget(words)
    return part
