"""The view "Threshold": distances of all pairs, what the threshold makes of them, and why a pair was mistaken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from engine.faces.evaluate import Errors, PersonErrors, errors_at
from gui.bridge import Bridge
from gui.pages.faces.face_row import FaceRow
from gui.pages.faces.group import Crowd, group_of, maker_of, why_nobody
from gui.pages.faces.pair import PairPanel, look_at
from gui.pages.faces.threshold.controls import ThresholdControls
from gui.pages.faces.threshold.histogram import DistanceHistogram
from gui.pages.faces.threshold.people_table import PeopleTable
from gui.pages.faces.threshold.resolve import (
    FAIRNESS,
    Figures,
    everybody,
    facts,
    figures_of,
    growth_series,
    growth_words,
    headline,
    missing,
    mistaken,
    person_words,
    photos_of,
    roc_series,
    rows_of,
    share,
    table,
    tiles,
)
from gui.pages.faces.threshold.settings import ThresholdSettings
from gui.pages.faces.view import FacesView, Subject, Table
from gui.theme import space, theme
from gui.widgets.facts import Fact
from gui.widgets.plot.line_plot import Axis, LinePlot
from gui.widgets.wrapped import OneLine, Wrapped

SIDE: Final = 44
HEADS: Final = ("Two people taken for one", "One person taken for two")
EMPTY: Final = (
    "No pair of two people lies within the threshold.",
    "No pair of one person lies beyond the threshold.",
)
PAIR: Final = "pair"
FAR_AXIS: Final = Axis("false accepts", "%", low=0.0, high=100.0)
TAR_AXIS: Final = Axis("true accepts", "%", low=0.0, high=100.0)
K_AXIS: Final = Axis("people compared with, K", log=True)
WRONG_AXIS: Final = Axis("strangers who get a name", "%", low=0.0, high=100.0)


class ThresholdView(FacesView):
    """Owns the figures of a group and the pair that is looked into."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._subject = ThresholdSettings(), Subject()
        self._figures: Figures | None = None
        self._wrong: tuple[list[int], list[int]] = ([], [])
        self._people: tuple[PersonErrors, ...] = ()
        self._active = False
        self._panel, self.crowd = ThresholdControls(), Crowd(bridge, "threshold", self)
        self.headline, self.nobody = Wrapped(""), Wrapped("")
        self.bars, self.roc = DistanceHistogram(), LinePlot("ROC")
        self.heads = OneLine(role="section"), OneLine(role="section")
        self.rows = (
            FaceRow("Falsely accepted pairs", side=SIDE),
            FaceRow("Falsely rejected pairs", side=SIDE),
        )
        self.growth, self.growth_words = LinePlot("Error of 1 : K"), Wrapped()
        self.people, self.fairness = PeopleTable(), Wrapped()
        self.fairness.say(FAIRNESS)
        self.pair = PairPanel(bridge, "threshold")
        self.stack = QStackedWidget()
        self._parts = {"distances": self._distances(), "many": self._many(), "people": self._everybody()}
        for part in (self.nobody, *self._parts.values(), self.pair):
            self.stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.s, space.l, space.s)
        column.setSpacing(space.s)
        column.addWidget(self.headline)
        column.addWidget(self.stack, 1)
        self.setFocusProxy(self.bars)
        self._dress()
        self._connect()

    def _distances(self) -> QWidget:
        part = QWidget()
        top = QHBoxLayout()
        top.setSpacing(space.m)
        top.addWidget(self.bars, 3)
        top.addWidget(self.roc, 2)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.xs)
        column.addLayout(top, 1)
        beneath = QHBoxLayout()
        beneath.setSpacing(space.l)
        for head, row in zip(self.heads, self.rows, strict=True):
            side = QVBoxLayout()
            side.setSpacing(space.xs)
            side.addWidget(head)
            side.addWidget(row)
            side.addStretch(1)
            beneath.addLayout(side, 1)
        column.addLayout(beneath)
        return part

    def _many(self) -> QWidget:
        return _column(self.growth, self.growth_words)

    def _everybody(self) -> QWidget:
        return _column(self.people, self.fairness)

    @Slot()
    def _dress(self) -> None:
        self.headline.setFont(theme.font("section", bold=True))
        self.nobody.setFont(theme.font("body"))

    def _connect(self) -> None:
        theme.changed.connect(self._dress)
        self._panel.changed.connect(self.changed)
        self._panel.equalAsked.connect(self._equal_asked)
        self.crowd.changed.connect(self._crowd_changed)
        self.bars.thresholdMoved.connect(self._threshold_moved)
        self.bars.pointed.connect(self.pointed)
        self.pair.pointed.connect(self.pointed)
        self.pair.closed.connect(self.escape)
        for kind, row in enumerate(self.rows):
            row.setToolTip("Click a pair to see why, number by number")
            row.picked.connect(lambda place, kind=kind: self._pair_picked(kind, place))
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
        figures, settings = self._figures, self._settings
        self._panel.show_settings(
            settings, None if figures is None or figures.equal is None else figures.equal[0]
        )
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
            self._show_distances(figures, found)
        elif settings.part == "many":
            self.growth.show_series(growth_series(figures, found.threshold, found.far), K_AXIS, WRONG_AXIS)
            self.growth_words.say(growth_words(found.far))
        else:
            self._people = everybody(figures, found.threshold)
            self.people.show_rows([person_words(figures, one) for one in self._people])

    def _show_distances(self, figures: Figures, found: Errors) -> None:
        self.bars.show_bars(figures.bars, found.threshold)
        if figures.curve is None:
            self.roc.set_empty_text(missing(figures))
            self.roc.show_series([], FAR_AXIS, TAR_AXIS)
        else:
            title = f"ROC, area {figures.curve.area:.4f}"
            self.roc.show_series(roc_series(figures, figures.curve, found), FAR_AXIS, TAR_AXIS, title)
        accepts, rejects = mistaken(figures, found.threshold)
        self._wrong = accepts.tolist(), rejects.tolist()
        counts = (found.false_accepts, found.different), (found.false_rejects, found.same)
        kinds = zip(HEADS, self.heads, self.rows, counts, (accepts, rejects), EMPTY, strict=True)
        for words, head, row, (some, all_), wrong, empty in kinds:
            head.setText(f"{words}: {share(some, all_)}")
            row.show_tiles(tiles(figures, wrong), empty=empty, total=some)

    def _show_pair(self, figures: Figures) -> bool:
        """Show the pair that is looked into; False where there is none, or a photo of it went."""
        pair = self._settings.pair
        rows = None if pair is None else rows_of(figures.group, pair)
        if rows is None:
            return False
        self.pair.show_pair(look_at(figures.group, *rows, self._subject.threshold))
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
        return self.pair.badge if self._settings.pair is not None else None

    @property
    def settled(self) -> bool:
        return self.crowd.settled and (self._settings.pair is None or self.pair.settled)

    def escape(self) -> bool:
        if self._settings.pair is None:
            return False
        self.looked.emit(replace(self._settings, pair=None))
        return True

    def table(self) -> Table | None:
        return None if self._figures is None else table(self._figures, self._subject.threshold)

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot()
    def _crowd_changed(self) -> None:
        self.show_subject(self._subject, self._settings)
        self.factsChanged.emit()

    @Slot(float)
    def _threshold_moved(self, value: float) -> None:
        self.sharedSet.emit({"threshold": value}, "threshold")

    @Slot()
    def _equal_asked(self) -> None:
        if self._figures is not None and self._figures.equal is not None:
            self.sharedSet.emit({"threshold": round(self._figures.equal[0], 4)}, "")

    def _pair_picked(self, kind: int, place: int) -> None:
        if self._figures is not None and place < len(self._wrong[kind]):
            self.looked.emit(replace(self._settings, pair=photos_of(self._figures, self._wrong[kind][place])))

    @Slot(int)
    def _person_picked(self, row: int) -> None:
        """The nearest pair of that person and the one they are taken for most easily."""
        figures = self._figures
        one = self._people[row] if row < len(self._people) else None
        if figures is None or one is None or one.nearest is None:
            return
        people, pairs = figures.group.index.people, figures.pairs
        both = {one.person, one.nearest[0]}
        ours = [
            n
            for n in range(len(pairs.same))
            if {int(people[pairs.first[n]]), int(people[pairs.second[n]])} == both
        ]
        nearest = min(ours, key=lambda n: float(pairs.distances[n]))
        self.looked.emit(replace(self._settings, pair=photos_of(figures, nearest)))


def _column(widget: QWidget, words: Wrapped) -> QWidget:
    part = QWidget()
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(space.s)
    column.addWidget(widget, 1)
    column.addWidget(words)
    return part
