"""The page "Before CNNs": keeps its state, shows the view that it asks for, and asks the engine for the numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from engine.errors import ErrorReport
from engine.foundations.descriptors.colour_histogram import ColourHistogram
from engine.foundations.descriptors.hog import Hog
from engine.foundations.descriptors.requests import Described, Spec
from engine.foundations.descriptors.words import VisualWords
from engine.images import Frame
from engine.networks.learned_features.requests import DigitScores, DigitTest, FeatureMaps
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.descriptors import exports, tour
from gui.pages.descriptors.answers import Answers, kind_of
from gui.pages.descriptors.controls import DescriptorsControls
from gui.pages.descriptors.experiment_view import ExperimentView
from gui.pages.descriptors.explanation import EXPLANATION
from gui.pages.descriptors.histogram_view import HistogramView
from gui.pages.descriptors.hog_view import HogView, under_cell
from gui.pages.descriptors.inspector import DescriptorsInspector
from gui.pages.descriptors.resolve import Owed, cell_of, resolve, round_of, stepper_of
from gui.pages.descriptors.side_view import SideView
from gui.pages.descriptors.state import DescriptorsState, with_source
from gui.pages.descriptors.words_view import WordsView
from gui.pages.source_page import SourcePage
from gui.theme import space
from gui.widgets.canvas import Canvas
from gui.widgets.choices import Segmented
from gui.widgets.source_state import SourceState

VIEWS: Final = (
    ("histogram", "Histogram", "How many pixels have which colour (Alt+1)"),
    ("hog", "HOG", "Histograms of oriented gradients, cell by cell (Alt+2)"),
    ("words", "Visual words", "Patches that look alike, found by k-means (Alt+3)"),
    ("side", "Side by side", "All of them beside the feature maps of a CNN (Alt+4)"),
    ("experiment", "Experiment", "How well each tells digits apart, measured now (Alt+5)"),
)


class DescriptorsPage(SourcePage[DescriptorsState]):
    """Descriptors made by hand, beside learned ones."""

    state_class = DescriptorsState
    numbered = VIEWS

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._known: dict[str, Described] = {}
        self._measured: dict[DigitTest, DigitScores] = {}
        self._answers = Answers(services.bridge, self)
        self._build_stage()
        self._connect()
        self.show_state(self.state)

    def _build_stage(self) -> None:
        self.views = Segmented(VIEWS)
        self.histogram, self.hog, self.words = HistogramView(), HogView(), WordsView()
        self.side, self.experiment = SideView(), ExperimentView()
        self._widgets: dict[str, QWidget] = {
            "histogram": self.histogram, "hog": self.hog, "words": self.words, "side": self.side,
            "experiment": self.experiment,
        }  # fmt: skip
        self._stack = QStackedWidget()
        for widget in self._widgets.values():
            self._stack.addWidget(widget)
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.addWidget(self.views)
        row.addStretch(1)
        self.stage_column.addWidget(bar)
        self.stage_column.addWidget(self._stack, 1)
        self.panel = DescriptorsControls(self.controls, self.picker, lambda: self.state)
        self.details = DescriptorsInspector(self.inspector)

    def _connect(self) -> None:
        self.views.changed.connect(self._pick_view)
        self.panel.changed.connect(self._control_moved)
        self.stepper.indexChanged.connect(self._stepped)
        for view in (self.histogram, self.hog, self.words, self.side, self.experiment):
            view.pointed.connect(self.details.show_under)
        for canvas in (self.hog.canvas, self.words.canvas, self.experiment.strip):
            canvas.menuRequested.connect(self.show_menu)
        self.histogram.binPicked.connect(self._bin_picked)
        self.hog.cellPicked.connect(self._cell_picked)
        self.words.wordPicked.connect(self._word_picked)
        self.hog.stepAsked.connect(self._step_asked)
        self.words.stepAsked.connect(self._step_asked)
        self.side.viewAsked.connect(self._pick_view)
        self.experiment.featurePicked.connect(self._feature_picked)
        answers = self._answers
        answers.outdated.connect(self._outdated)
        answers.described.connect(self._described_came)
        answers.mapped.connect(self._maps_came)
        answers.tested.connect(self._scores_came)
        answers.failed.connect(self._failed)
        answers.check.tell(self.details.badge)

    # --- show ------------------------------------------------------------------------------------------------

    def show_state(self, state: DescriptorsState) -> None:
        """Draw at once what memory holds; ask the engine for the rest."""
        self.follow_source(state)
        self.views.set_value(state.view)
        self._stack.setCurrentWidget(self._widgets[state.view])
        self.panel.show_state(state)
        self.details.show_state(state)
        self._ask()
        self._draw()

    def _owed(self) -> Owed:
        """What the view needs and memory does not hold."""
        owed = resolve(self.state)
        maps = self.side.maps.found
        return replace(
            owed,
            specs=tuple(spec for spec in owed.specs if not self._fresh(self._known.get(kind_of(spec)), spec)),
            layer=None if maps is not None and self._fresh_maps(maps) else owed.layer,
            test=None if self._complete(owed.test) else owed.test,
        )

    def _fresh(self, found: Described | None, spec: Spec) -> bool:
        return found is not None and found.spec == spec and found.frame is self.picture

    def _fresh_maps(self, found: FeatureMaps) -> bool:
        wanted = min(self.state.layer, len(found.layers) - 1)
        return found.layer == wanted and found.frame is self.picture

    def _complete(self, test: DigitTest | None) -> bool:
        scores = None if test is None else self._measured.get(test)
        return scores is not None and scores.check is not None

    def _ask(self) -> None:
        if self.active:
            self._answers.want(self._owed(), self.picture)

    def _draw(self) -> None:
        """Show what is known in the view on show; what belongs to another picture or setting is tinted."""
        state = self.state
        self._show_steps(state)
        if state.view == "experiment":
            self._draw_scores(state)
            return
        for spec in (state.histogram, state.hog, state.words):
            found = self._known.get(kind_of(spec))
            if found is not None:
                self._draw_described(state, found)
                self._mark_stale(kind_of(spec), not self.picker.live and not self._fresh(found, spec))
        maps = self.side.maps.found
        if maps is not None:
            self._mark_stale("maps", not self.picker.live and not self._fresh_maps(maps))
        if state.view != "side":
            self.details.show_described(state, self._known.get(state.view))
        self._ask_check()

    def _show_steps(self, state: DescriptorsState) -> None:
        steps = stepper_of(state, self._known.get("words"))
        self.show_stepper(steps is not None)
        if steps is not None:
            self.stepper.set_range(*steps)

    def _draw_described(self, state: DescriptorsState, found: Described) -> None:
        if state.view == "side":
            self.side.show_described(found)
        elif isinstance(found, ColourHistogram) and state.view == "histogram":
            self.histogram.show_histogram(found, state.bin if found.spec == state.histogram else None)
        elif isinstance(found, Hog) and state.view == "hog":
            self.hog.show_hog(found, state.stage, cell_of(state, found))
        elif isinstance(found, VisualWords) and state.view == "words":
            self.words.show_words(found, round_of(state, found), state.word)

    def _draw_scores(self, state: DescriptorsState) -> None:
        scores = self._measured.get(state.test)
        if scores is not None:
            before = self._measured.get(replace(state.test, shift=0)) if state.test.shift else None
            self.experiment.show_scores(scores, before, state.feature)
            self.experiment.set_stale(False)
        self.details.show_scores(scores)
        if scores is None or scores.check is None:
            self.details.badge.show_checking()
        else:
            self.details.badge.show_result(scores.check)

    def _ask_check(self) -> None:
        found = self._known.get(self.state.view)
        fresh = found is not None and not self._owed().specs
        if self.active:
            self._answers.want_check(found if fresh else None, live=self.picker.live)

    @property
    def described(self) -> Described | None:
        """The description of the view on show, None where there is none (yet)."""
        return self._known.get(self.state.view)

    @property
    def view_widget(self) -> QWidget:
        """The view on show."""
        return self._widgets[self.state.view]

    @property
    def canvas(self) -> Canvas:
        """The canvas of a view with steps."""
        return self.words.canvas if self.state.view == "words" else self.hog.canvas

    @property
    def sentence(self) -> str:
        """What is on show, in words."""
        if self.state.view in ("hog", "words"):
            return self.canvas.scene.description
        if self.state.view == "experiment" and self.experiment.scores is not None:
            return self.experiment.scores.split
        return next(tip.partition(" (")[0] for key, _, tip in VIEWS if key == self.state.view) + "."

    # --- answers ---------------------------------------------------------------------------------------------

    def _mark_stale(self, kind: str, stale: bool) -> None:
        self.side.set_stale(kind, stale)
        if kind == "histogram":
            self.histogram.set_stale(stale)
        elif kind == "hog":
            self.hog.set_stale(stale)
        elif kind == "words":
            self.words.set_stale(stale)

    @Slot(str)
    def _outdated(self, kind: str) -> None:
        if kind == "test":
            self.experiment.set_stale(self.state.test not in self._measured)

    @Slot(object, bool)
    def _described_came(self, found: Described, _fresh: bool) -> None:
        self._known[kind_of(found.spec)] = found
        self._draw()
        if self.picker.live:
            self.tell_pace(found.frame)

    @Slot(object, bool)
    def _maps_came(self, found: FeatureMaps, _fresh: bool) -> None:
        self.side.show_maps(found)
        self.panel.show_layers(found.layers, self.state.layer)
        self._draw()

    @Slot(object)
    def _scores_came(self, scores: DigitScores) -> None:
        self._measured[scores.request] = scores
        if self.state.view == "experiment":
            self._draw_scores(self.state)

    @Slot(str, object)
    def _failed(self, kind: str, report: ErrorReport) -> None:
        sentence = f"{report.sentence} {report.hint}".strip()
        if kind == "test":
            self.experiment.say_nothing(sentence)
        elif kind == "maps":
            self.side.say_no_maps(sentence)
            return
        self.said.emit(sentence, "warn")

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(object, str)
    def _control_moved(self, state: DescriptorsState, gesture: str) -> None:
        self.change(state, gesture or None)

    @Slot(str)
    def _pick_view(self, view: str) -> None:
        """Looking at it another way is no change: it does not enter the history."""
        self.stepper.pause()
        self.details.show_under([])
        self.amend(replace(self.state, view=view))  # type: ignore[arg-type]  # the keys of VIEWS

    @Slot(int)
    def _stepped(self, index: int) -> None:
        if self.state.view == "hog":
            self.amend(replace(self.state, stage=index))
        elif self.state.view == "words":
            self.amend(replace(self.state, round=index))

    @Slot(int)
    def _step_asked(self, direction: int) -> None:
        if direction > 0:
            self.stepper.step_forward()
        else:
            self.stepper.step_back()

    @Slot(int, int)
    def _bin_picked(self, group: int, bin_: int) -> None:
        place = (group, bin_)
        self.amend(replace(self.state, bin=None if place == self.state.bin else place))

    @Slot(int, int)
    def _cell_picked(self, row: int, column: int) -> None:
        self.amend(replace(self.state, cell=(row, column)))
        if self.hog.found is not None:
            self.details.show_under(under_cell(self.hog.found, self.hog.cell))

    @Slot(int)
    def _word_picked(self, word: int) -> None:
        self.amend(replace(self.state, word=None if word == self.state.word else word))

    @Slot(str)
    def _feature_picked(self, feature: str) -> None:
        self.amend(replace(self.state, feature=feature))  # type: ignore[arg-type]  # one of FEATURES

    def pick_numbered(self, key: str) -> None:
        self._pick_view(key)

    def escape(self) -> bool:
        """What is lit goes out; then back to the view in which all are compared."""
        state = self.state
        if state.view == "histogram" and state.bin is not None:
            self.amend(replace(state, bin=None))
        elif state.view == "words" and state.word is not None:
            self.amend(replace(state, word=None))
        elif state.view != "side":
            self._pick_view("side")
        else:
            return False
        return True

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.show_menu(None, event.globalPos())

    # --- sources ---------------------------------------------------------------------------------------------

    def with_source(self, state: DescriptorsState, source: SourceState) -> DescriptorsState:
        return with_source(state, source)

    def picture_came(self, frame: Frame) -> None:
        self._ask()
        self._draw()

    def live_changed(self, live: bool) -> None:
        self._ask()
        self._draw()

    def show_stalled(self, stalled: bool) -> None:
        for kind in ("histogram", "hog", "words", "maps"):
            self._mark_stale(kind, stalled)

    def open_path(self, path: Path) -> None:
        self._leave_experiment()
        super().open_path(path)

    def paste_image(self, image: QImage) -> None:
        self._leave_experiment()
        super().paste_image(image)

    def _leave_experiment(self) -> None:
        """The experiment looks at digits of its own; a picture that comes is to be seen."""
        if self.state.view == "experiment":
            self._pick_view("histogram")

    # --- life in the window ----------------------------------------------------------------------------------

    def focus_stage(self) -> None:
        {
            "histogram": self.histogram.bars, "hog": self.hog.canvas, "words": self.words.canvas,
            "side": self.side.picture, "experiment": self.experiment.bars,
        }[self.state.view].setFocus()  # fmt: skip

    def rest(self) -> None:
        self._answers.stop()

    def shortcuts(self) -> list[tuple[str, str]]:
        return [
            *super().shortcuts(),
            ("Next bin, or next step", "Left / Right"),
            ("Next word", "Up / Down"),
            ("Move the lens, on the picture", "Arrows"),
            ("Keep a bin lit", "Return"),
        ]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        """Whether all that the view needs is on show, and checked."""
        state = self.state
        if state.view == "experiment":
            return self._complete(state.test)
        there = self.picture is not None and self._answers.settled(self._owed())
        return there and (state.view == "side" or self._answers.check.settled)
