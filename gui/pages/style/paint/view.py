"""The view "Paint": starts by itself, takes every weight while it paints, keeps what was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.jobs import EngineState
from engine.style.backbones import BUNDLED
from engine.style.requests import Plan
from engine.style.settings import SMALLEST, StyleSettings, sizes_of
from gui.film import FilmSource
from gui.pages.base import Services, Verb
from gui.pages.style.paint import saving
from gui.pages.style.paint.answers import Answers
from gui.pages.style.paint.controls import PaintControls
from gui.pages.style.paint.notice import Offer
from gui.pages.style.paint.presenter import Presenter
from gui.pages.style.paint.runs import Key, Moment, Run, RunDesk, key_of
from gui.pages.style.paint.settings import THICKEST, THINNEST, PaintSettings
from gui.pages.style.paint.stage import PaintStage
from gui.pages.style.paint.words import plan_text
from gui.pages.style.view import StyleView, Subject
from gui.widgets.facts import Fact
from gui.widgets.source_state import Stroke

QUIET_MS: Final = 350
"""How long a hand rests before what it set begins a painting anew."""
LIGHT: Final = (320, 400)
"""The longer side and the steps up to which a painting of the bundled net starts without being asked for."""
SMALLER: Final = 0.7
"""The next size after the memory ran out, as a share of the one before."""
BRUSH_STEP: Final = 0.01


class PaintView(StyleView):
    """Owns the runs; the page owns the pictures and what is set."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        bridge = services.bridge
        self._bridge = bridge
        self._subject: Subject | None = None
        self._own = PaintSettings()
        self._active = self._asked_for = False
        self.plan: Plan | None = None
        self._problem = ""
        self.desk = RunDesk(bridge, self)
        self._answers = Answers(bridge, self)
        self._controls = PaintControls()
        self.stage = PaintStage()
        self.presenter = Presenter(self.stage)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.timeout.connect(self._begin)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stage)
        self.setFocusProxy(self.stage)
        self._connect()

    def _connect(self) -> None:
        desk, stage, controls = self.desk, self.stage, self._controls
        desk.came.connect(self._run_came)
        desk.changed.connect(self._runs_changed)
        desk.failed.connect(self._run_failed)
        self._answers.listed.connect(controls.show_nets)
        self._answers.planned.connect(self._planned)
        self._answers.planFailed.connect(self._plan_failed)
        self._bridge.stateChanged.connect(self._engine_changed)
        controls.settingsChanged.connect(self._settings_set)
        controls.weightsAsked.connect(self._open_weights)
        controls.backgroundSet.connect(self._background_set)
        controls.brush.looked.connect(self.looked)
        controls.brush.cleared.connect(self.maskCleared)
        controls.brush.inverted.connect(self.maskInverted)
        stage.pause_button.clicked.connect(self._pause_clicked)
        stage.stop_button.clicked.connect(desk.stop)
        stage.again_button.clicked.connect(self.paint_again)
        stage.branch_button.clicked.connect(self.branch)
        stage.looks.changed.connect(self._look_picked)
        stage.curves.changed.connect(self._curves_picked)
        stage.weighted.changed.connect(self._weighted_set)
        stage.picture.dividerMoved.connect(self._divider_moved)
        stage.picture.strokeDone.connect(self._stroke_done)
        stage.picture.hovered.connect(self._pixel_hovered)
        stage.picture.left.connect(self._left)
        strip = stage.strip
        strip.picked.connect(self.show_moment)
        strip.branchAsked.connect(self._branch_from)
        strip.besideAsked.connect(self._put_beside)
        strip.removeAsked.connect(self._remove)
        strip.settingsAsked.connect(self._take_settings)

    # --- what a view gives -----------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._controls

    def show_subject(self, subject: Subject, own: Any) -> None:
        before, self._subject, self._own = self._subject, subject, own
        if before is not None and (before.settings, self._key(before)) != (
            subject.settings,
            self._key(subject),
        ):
            self._problem = ""
        self._controls.show_settings(subject.settings)
        self._controls.show_plan(self.plan)
        self._controls.brush.show_own(own, any_mask=subject.mask is not None)
        self._controls.background.set_value(own.background)
        self.stage.picture.set_brush(own.masking, own.brush, own.erasing)
        self.stage.picture.show_mask(subject.mask)
        self._show()
        self._follow()

    def set_active(self, active: bool) -> None:
        if active and not self._active:
            self._answers.list_weights()  # nets may have come or gone while another page was in view
        self._active = active
        self.desk.rest(not active and not self._own.background)
        if active:
            self._follow()
        else:
            self._quiet.stop()
            self._answers.stop()

    def close_view(self) -> None:
        self._active = False
        self._quiet.stop()
        self._answers.stop()
        self.desk.close()

    @property
    def painted(self) -> npt.NDArray[np.uint8] | None:
        return self.presenter.pixels

    def facts(self) -> list[Fact]:
        return self.presenter.facts(self.plan)

    def steps(self) -> tuple[int, int, str] | None:
        run = self.presenter.run
        if run is None or len(run.moments) < 2:
            return None
        return len(run.moments), self.presenter.index, "picture"

    def go_to(self, step: int) -> None:
        run = self.presenter.run
        if run is not None:
            self.show_moment(run, step)

    @Slot()
    def _pause_clicked(self) -> None:
        self.toggle()

    def toggle(self) -> bool:
        """Pause the run or let it go on; without one the stepper plays."""
        if self.desk.painting is None:
            return False
        self.desk.pause(not self.desk.paused)
        return True

    def escape(self) -> bool:
        if self._own.masking:
            self.looked.emit(replace(self._own, masking=False))
            return True
        if self.presenter.run is not None and not self.presenter.follows:
            self.presenter.follow()
            self._show()
            return True
        return False

    def verbs(self) -> list[Verb]:
        return saving.verbs(self)

    def film(self) -> FilmSource | None:
        run = self.presenter.run
        return None if run is None else saving.film(run)

    @property
    def settled(self) -> bool:
        subject = self._subject
        if self._problem:
            return True
        if subject is None or subject.complete is None:
            return False
        run = self.desk.current
        started = run is not None and run.key == self._key(subject) and not run.under_way
        rests = run is not None and self.desk.paused and run.phase == "paused"
        waits = self._must_ask(subject.settings)
        return self._answers.settled and not self._quiet.isActive() and (started or rests or waits)

    # --- what is to be painted -------------------------------------------------------------------------------

    @staticmethod
    def _key(subject: Subject) -> Key | None:
        found = subject.complete
        return None if found is None else key_of(*found, subject.settings, subject.mask)

    def _must_ask(self, settings: StyleSettings) -> bool:
        """Whether a painting takes so long that nobody should have begun it unasked (a restored session)."""
        side, steps = LIGHT
        return not self._asked_for and (
            settings.net != BUNDLED or settings.size > side or settings.steps > steps
        )

    def _follow(self) -> None:
        """See to it that what is painted is what the page wants."""
        subject = self._subject
        if subject is None or not self._active:
            return
        found, key = subject.complete, self._key(subject)
        if found is None or key is None:
            return
        self._answers.want_plan(subject.settings, *found)
        run = self.desk.current
        if run is None or run.key != key:
            kept = self.desk.find(key, subject.settings)
            if kept is not None:
                self._return_to(kept)
            elif not self._must_ask(subject.settings) and not self._problem:
                same = run is not None and (run.key.content, run.key.styles) == (key.content, key.styles)
                self._quiet.start(
                    QUIET_MS if same else 0
                )  # a picture comes at once, a number while a hand moves
        elif run.under_way:
            self.desk.order(subject.settings)
        elif run.painted is not None and run.painted.settings != subject.settings:
            kept = self.desk.find(key, subject.settings)
            if kept is not None:
                self._return_to(kept)
            else:
                self._quiet.start(QUIET_MS)
        self._show_notice()

    def _return_to(self, run: Run) -> None:
        """These very settings have been painted already."""
        self._quiet.stop()
        if run is not self.desk.current:
            self.desk.choose(run)
            self.presenter.follow(run)
            self._show()

    @Slot()
    def _begin(self) -> None:
        """Begin what the page wants: from the start, or on from the end of the run where only weights differ."""
        subject = self._subject
        key = None if subject is None else self._key(subject)
        if subject is None or key is None or not self._active:
            return
        run = self.desk.current
        if run is not None and run.key == key and not run.under_way and run.moments and run.phase != "failed":
            self._start(key, run.moments[-1], run)
        else:
            self._start(key)

    def _start(self, key: Key, begin: Moment | None = None, parent: Run | None = None) -> None:
        subject = self._subject
        assert subject is not None
        self._problem = ""
        run = self.desk.start(key, subject.settings, subject.mask, begin, parent, subject.state)
        self.desk.rest(not self._active and not self._own.background)
        self.presenter.follow(run)
        self._show()

    @Slot()
    def paint_again(self) -> None:
        """Begin anew with the settings as they are."""
        subject = self._subject
        key = None if subject is None else self._key(subject)
        if key is not None:
            self._asked_for = True
            self._start(key)

    @Slot()
    def branch(self) -> None:
        """Go on from the picture on show with the settings as they are."""
        run = self.presenter.run
        if run is not None and run.moments:
            self._branch_from(run, self.presenter.index)

    @Slot(object, int)
    def _branch_from(self, run: Run, index: int) -> None:
        subject = self._subject
        key = None if subject is None else self._key(subject)
        if key is not None:
            self._asked_for = True
            self._start(key, run.moments[index], run)

    # --- answers ---------------------------------------------------------------------------------------------

    @Slot(object)
    def _run_came(self, run: Run) -> None:
        if run is self.presenter.run:
            self._show()
        else:
            self.stage.strip.show_runs(self.desk.runs, self.presenter.place)

    @Slot()
    def _runs_changed(self) -> None:
        run = self.desk.current
        if self.presenter.run not in self.desk.runs:
            self.presenter.follow(run)
        self._show()
        if run is not None and not run.under_way:
            self._follow()
        self.settledChanged.emit()

    @Slot(object, object)
    def _run_failed(self, run: Run, report: ErrorReport) -> None:
        self._problem = f"{report.sentence} {report.hint}".strip()
        self._show()

    @Slot(object)
    def _planned(self, plan: Plan) -> None:
        self.plan = plan
        self._controls.show_plan(plan)
        self._show()

    @Slot(object)
    def _plan_failed(self, report: ErrorReport) -> None:
        self.plan = None
        self._controls.say_plan(f"{report.sentence} {report.hint}".strip())
        self._show_notice()

    @Slot(object)
    def _engine_changed(self, _state: EngineState) -> None:
        if self.presenter.run is None or self.presenter.run.painted is None:
            self._show()

    # --- showing ---------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Everything that memory holds."""
        subject = self._subject
        if subject is None:
            return
        before = self.presenter.pixels
        self.presenter.show(subject, self._own, self.desk, self.plan, self._bridge.state)
        self._show_notice()
        self.factsChanged.emit()
        self.stepsChanged.emit()
        if self.presenter.pixels is not before:
            self.paintedChanged.emit()

    def _show_notice(self) -> None:
        sentence, offers = self._notice()
        self.stage.notice.say(sentence, offers)

    def _notice(self) -> tuple[str, tuple[Offer, ...]]:
        """What a person should know, and what can be done."""
        subject, plan, run = self._subject, self.plan, self.desk.current
        if subject is None or subject.complete is None:
            return "", ()
        if plan is not None and not plan.fits and (run is None or not run.under_way):
            return plan_text(plan), ((f"Reduce to {plan.largest} px", self._reduce),)
        if self._problem:
            return self._problem, (("Try again", self.paint_again),)
        if run is not None and run.phase == "memory" and run.key == self._key(subject):
            size = self._smaller()
            return (
                "The memory ran out in mid-run; the last good picture is kept.",
                ((f"Go on at {size} px", self._go_on_smaller),),
            )
        if self._must_ask(subject.settings) and (run is None or run.key != self._key(subject)):
            width, height = sizes_of(subject.settings, subject.complete[0].width, subject.complete[0].height)[
                -1
            ]
            takes = f"{subject.settings.steps} steps at {width} × {height} pixels"
            return f"This painting was not begun by itself: {takes} can take a while.", (
                ("Paint", self.paint_again),
            )
        return ("" if run is None or run.painted is None else run.painted.note), ()

    def _smaller(self) -> int:
        subject = self._subject
        assert subject is not None
        return max(SMALLEST, int(subject.settings.size * SMALLER) // 16 * 16)

    @Slot()
    def _reduce(self) -> None:
        if self._subject is not None and self.plan is not None:
            self._settings_set(replace(self._subject.settings, size=self.plan.largest), "")

    @Slot()
    def _go_on_smaller(self) -> None:
        """A smaller run that begins with the last good picture."""
        run = self.desk.current
        if self._subject is None or run is None or not run.moments:
            return
        moment = run.moments[-1]
        self._settings_set(replace(self._subject.settings, size=self._smaller()), "")
        key = self._key(self._subject)
        if key is not None:
            self._quiet.stop()
            self._start(key, moment, run)

    @Slot(object, int)
    def show_moment(self, run: Run, index: int) -> None:
        """Put a moment of a run on the stage."""
        self.presenter.choose(run, index)
        self._show()

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(object, str)
    def _settings_set(self, settings: StyleSettings, gesture: str) -> None:
        self._asked_for = True
        self.settingsChanged.emit(settings, gesture)

    @Slot(object, int)
    def _take_settings(self, run: Run, index: int) -> None:
        self._settings_set(run.moments[index].settings, "")

    @Slot(object)
    def _remove(self, run: Run) -> None:
        self.desk.remove(run)

    @Slot(object)
    def _put_beside(self, run: Run) -> None:
        self.presenter.beside = run
        self.looked.emit(replace(self._own, look="pair"))

    @Slot(str)
    def _look_picked(self, look: Any) -> None:
        self.looked.emit(replace(self._own, look=look))

    @Slot(str)
    def _curves_picked(self, curves: Any) -> None:
        self.looked.emit(replace(self._own, curves=curves))

    @Slot(bool)
    def _weighted_set(self, on: bool) -> None:
        self.looked.emit(replace(self._own, weighted=on))

    @Slot(bool)
    def _background_set(self, on: bool) -> None:
        self.looked.emit(replace(self._own, background=on))

    @Slot(float)
    def _divider_moved(self, share: float) -> None:
        self.looked.emit(replace(self._own, divider=round(share, 4)))

    @Slot(object)
    def _stroke_done(self, stroke: Stroke) -> None:
        self._asked_for = True
        self.strokeAdded.emit(stroke)

    @Slot()
    def _open_weights(self) -> None:
        self.pageAsked.emit("weights", {})

    @Slot(int, int)
    def _pixel_hovered(self, x: int, y: int) -> None:
        self.pointed.emit(self.presenter.under(x, y))

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        own, key = self._own, Qt.Key(event.key())
        brushes = {Qt.Key.Key_BracketLeft: -BRUSH_STEP, Qt.Key.Key_BracketRight: BRUSH_STEP}
        plain = not event.modifiers()
        if plain and key == Qt.Key.Key_M:
            self.looked.emit(replace(own, masking=not own.masking))
        elif plain and key == Qt.Key.Key_E and own.masking:
            self.looked.emit(replace(own, erasing=not own.erasing))
        elif plain and key in brushes and own.masking:
            wide = min(max(own.brush + brushes[key], THINNEST), THICKEST)
            self.looked.emit(replace(own, brush=round(wide, 2)))
        elif plain and key == Qt.Key.Key_G:
            self.branch()
        else:
            super().keyPressEvent(event)
