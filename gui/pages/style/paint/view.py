"""The view "Paint": starts by itself, takes every weight while it paints, keeps what was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.jobs import EngineState
from engine.style.requests import CostRows, Plan
from engine.style.settings import StyleSettings
from gui.bridge import Bridge
from gui.film import FilmSource
from gui.pages.base import Verb
from gui.pages.style.paint import saving
from gui.pages.style.paint.advice import advice
from gui.pages.style.paint.answers import Answers
from gui.pages.style.paint.controls import PaintControls
from gui.pages.style.paint.course import Course
from gui.pages.style.paint.presenter import Presenter
from gui.pages.style.paint.runs import Run, RunDesk
from gui.pages.style.paint.settings import PaintSettings
from gui.pages.style.paint.stage import PaintStage
from gui.pages.style.view import StyleView, Subject
from gui.widgets.facts import Fact
from gui.widgets.source_state import Stroke


class PaintView(StyleView):
    """Joins four rooms: the desk keeps the runs, the course decides what is painted, the presenter shows it, the
    controls set it. The page owns the pictures and what is set."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._subject: Subject | None = None
        self._own = PaintSettings()
        self._active = False
        self._pointed: tuple[int, int] | None = None
        self._told: npt.NDArray[np.uint8] | None = None
        self.plan: Plan | None = None
        self.desk = RunDesk(bridge, self)
        self.course = Course(self.desk, self)
        self._answers = Answers(bridge, self)
        self._controls = PaintControls()
        self.stage = PaintStage()
        self.presenter = Presenter(self.stage)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stage)
        self.setFocusProxy(self.stage)
        self._connect()

    def _connect(self) -> None:
        desk, stage, controls, course = self.desk, self.stage, self._controls, self.course
        desk.came.connect(self._run_came)
        desk.changed.connect(self._runs_changed)
        desk.failed.connect(self._run_failed)
        course.turned.connect(self._run_turned)
        course.settingsAsked.connect(self._settings_set)
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
        stage.again_button.clicked.connect(course.paint_again)
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
        strip.branchAsked.connect(course.branch)
        strip.besideAsked.connect(self._put_beside)
        strip.removeAsked.connect(self._remove)
        strip.settingsAsked.connect(self._take_settings)

    # --- what a view gives -----------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._controls

    def show_subject(self, subject: Subject, own: Any) -> None:
        self._subject, self._own = subject, own
        self.course.want(subject)
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
        self.course.set_active(active, self._own.background)
        if active:
            self._follow()
        else:
            self._answers.stop()

    def close_view(self) -> None:
        self._active = False
        self.course.set_active(False, False)
        self._answers.stop()
        self.desk.close()

    @property
    def painted(self) -> npt.NDArray[np.uint8] | None:
        return self.presenter.pixels

    @property
    def costs(self) -> tuple[CostRows, ...]:
        run = self.presenter.run
        return () if run is None or run.painted is None else run.painted.costs

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
        there = self._subject is not None and self._subject.complete is not None
        return bool(self.course.problem) or (there and self._answers.settled and self.course.settled)

    def _follow(self) -> None:
        """Ask for what is missing of what the page wants."""
        subject = self._subject
        found = None if subject is None else subject.complete
        if subject is None or found is None or not self._active:
            return
        self._answers.want_plan(subject.settings, *found)
        self.course.follow()
        self._show_notice()

    @Slot()
    def branch(self) -> None:
        """Go on from the picture on show with the settings as they are."""
        run = self.presenter.run
        if run is not None:
            self.course.branch(run, self.presenter.index)

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

    @Slot(object)
    def _run_turned(self, run: Run) -> None:
        self.presenter.follow(run)
        self._show()

    @Slot(object, object)
    def _run_failed(self, _run: Run, _report: ErrorReport) -> None:
        self._show()  # the course, which heard of it first, knows the sentence

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
        self.presenter.show(
            subject, self._own, self.desk, self.plan, self._bridge.state, begins=self.course.begins
        )
        self._show_notice()
        self.factsChanged.emit()
        self.stepsChanged.emit()
        if self.presenter.pixels is not self._told:
            self._told = self.presenter.pixels
            self._tell_pointed()
            self.paintedChanged.emit()

    def _show_notice(self) -> None:
        self.stage.notice.say(*advice(self.course, self.plan, self.desk.current))

    @Slot(object, int)
    def show_moment(self, run: Run, index: int) -> None:
        """Put a moment of a run on the stage."""
        self.presenter.choose(run, index)
        self._show()

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(object)
    @Slot(object, str)
    def _settings_set(self, settings: StyleSettings, gesture: str = "") -> None:
        self.course.asked_for()
        self.settingsChanged.emit(settings, gesture)

    @Slot(object, int)
    def _take_settings(self, run: Run, index: int) -> None:
        self._settings_set(run.moments[index].settings)

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
        self.course.asked_for()
        self.strokeAdded.emit(stroke)

    @Slot()
    def _open_weights(self) -> None:
        self.pageAsked.emit("weights", {})

    @Slot(int, int)
    def _pixel_hovered(self, x: int, y: int) -> None:
        self._pointed = x, y
        self._tell_pointed()

    @Slot()
    def _left(self) -> None:
        self._pointed = None
        self._tell_pointed()

    def _tell_pointed(self) -> None:
        """What is under the pointer changes with every picture, although the pointer rests."""
        self.pointed.emit([] if self._pointed is None else self.presenter.under(*self._pointed))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not event.modifiers() and self._controls.brush.press(key):
            return
        if not event.modifiers() and key == Qt.Key.Key_G:
            self.branch()
        else:
            super().keyPressEvent(event)
