"""The view "Live training": three planes of embeddings that move while three nets learn, and their curves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QTimeLine, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.faces.learning.requests import MINERS, TripletRuns
from gui.bridge import Bridge
from gui.film import FilmSource
from gui.pages.face_learning.training.answers import TrainingAnswers
from gui.pages.face_learning.training.cloud import Cloud
from gui.pages.face_learning.training.controls import TrainingControls
from gui.pages.face_learning.training.film import film_of
from gui.pages.face_learning.training.settings import TrainingSettings, with_folder
from gui.pages.face_learning.training.shown import (
    arrays,
    curves_of_auc,
    curves_of_loss,
    facts,
    facts_of,
    last_moment,
)
from gui.pages.face_learning.training.words import kept_words, sentence
from gui.pages.face_learning.view import Arrays, LearningView, Subject
from gui.theme import space, theme
from gui.widgets.facts import Fact
from gui.widgets.plot.line_plot import LinePlot
from gui.widgets.wrapped import Wrapped

PACE_MS: Final = 150
GLIDE_MS, FRAME_MS = 360, 60
"""A little less than the engine takes from one account to the next; and few pictures on the way, since whatever the
window paints the training waits for."""
LOW: Final = 460
"""A view lower than this has room for planes or curves, not for both."""


class TrainingView(LearningView):
    """Owns the training, the clouds and the curves."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = TrainingSettings()
        self._active = False
        self._shown: TripletRuns | None = None
        self._kept: TripletRuns | None = None
        self._lit: int | None = None
        self._glide = QTimeLine(GLIDE_MS, self)
        self._glide.setUpdateInterval(FRAME_MS)
        self._plotted: tuple[TripletRuns, TripletRuns | None] | None = None
        self._panel = TrainingControls()
        self.answers = TrainingAnswers(bridge, self)
        self.clouds = tuple(Cloud(miner) for miner in MINERS)
        self.sentence = Wrapped("")
        self.auc, self.loss = LinePlot("Verification AUC of held-out identities"), LinePlot("Loss")
        self._build()
        self._connect()

    def _build(self) -> None:
        self._planes, self._plots = _row(space.l, *self.clouds), _row(space.m, self.auc, self.loss)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(space.l, space.s, space.l, space.s)
        whole.setSpacing(space.s)
        whole.addWidget(self._planes, 3)
        whole.addWidget(self.sentence)
        whole.addWidget(self._plots, 2)
        for plot in (self.auc, self.loss):
            plot.setMinimumSize(0, 110)
        self.setFocusProxy(self.clouds[0])

    def _connect(self) -> None:
        panel = self._panel
        panel.changed.connect(self.changed)
        panel.stopAsked.connect(self.answers.stop)
        panel.stopAsked.connect(self._show_running)
        panel.holdAsked.connect(self._hold)
        panel.againAsked.connect(self._again)
        panel.keepAsked.connect(self._keep)
        panel.recallAsked.connect(self._recall)
        panel.dropAsked.connect(self._drop)
        self.answers.changed.connect(self._came)
        self.answers.failed.connect(self._failed)
        self._glide.valueChanged.connect(self._glided)
        for cloud in self.clouds:
            cloud.pointed.connect(self._picture_pointed)
        for plot in (self.auc, self.loss):
            plot.picked.connect(self._update_picked)

    # --- what a view gives -----------------------------------------------------------------------------------

    def controls(self) -> TrainingControls:
        return self._panel

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._settings = settings
        self._ask()
        self._refresh()

    def set_active(self, active: bool) -> None:
        came, self._active = active and not self._active, active
        if came:
            self._ask()
            self._refresh()
        elif not active:
            self.answers.pause()

    def facts(self) -> list[Fact]:
        return [] if self._shown is None else facts(self._shown, self._moment, self._kept)

    def steps(self) -> tuple[int, int, str] | None:
        runs = self._shown
        return (last_moment(runs.spec) + 1, self._moment, "moment") if runs is not None else (1, 0, "moment")

    def pace(self) -> int:
        return PACE_MS

    def go_to(self, step: int) -> None:
        runs = self._shown
        latest = runs is None or step >= len(runs.moments) - 1
        self.looked.emit(replace(self._settings, moment=None if latest else step))

    def escape(self) -> bool:
        had = self._lit is not None
        if had:
            self._picture_pointed(None)
        return had

    def open_folder(self, path: Path) -> bool:
        spec = with_folder(self._settings.spec, path)
        self.changed.emit(replace(self._settings, spec=spec, moment=None), "")
        return True

    def arrays(self) -> Arrays:
        return super().arrays() if self._shown is None else arrays(self._shown, self._moment, self._kept)

    def film(self) -> FilmSource | None:
        return None if self._shown is None else film_of(self._shown, thumbnails=self._settings.thumbnails)

    @property
    def settled(self) -> bool:
        return not self._active or self.answers.settled

    @property
    def runs(self) -> TripletRuns | None:
        """What is on show."""
        return self._shown

    @property
    def kept(self) -> TripletRuns | None:
        """What is kept to compare with."""
        return self._kept

    @property
    def _moment(self) -> int:
        """The moment on show: the latest where the one that is wanted is still to come."""
        last = 0 if self._shown is None else len(self._shown.moments) - 1
        return last if self._settings.moment is None else min(self._settings.moment, last)

    # --- show ------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self._active:
            self.answers.want(self._settings.spec)

    @Slot()
    def _came(self) -> None:
        self._refresh()
        self.factsChanged.emit()
        self.stepsChanged.emit()

    def _refresh(self) -> None:
        """Draw what there is; the run before stays, tinted, until the first of the new one is there."""
        runs, before = self.answers.runs, self._shown
        stale = runs is None and before is not None
        if runs is not None:
            self._shown = runs
        shown, moment = self._shown, self._moment
        grows = shown is not before and self._settings.moment is None and self._active
        glides = grows and not theme.reduced_motion
        for cloud in self.clouds:
            cloud.set_stale(stale)
            cloud.show_moment(shown, moment, thumbnails=self._settings.thumbnails, glide=glides)
        if glides:
            self._glide.stop()
            self._glide.start()
        for plot in (self.auc, self.loss):
            plot.set_stale(stale)
        self._panel.show_settings(self._settings)
        self._panel.show_kept(kept_words(self._kept, self._settings.spec))
        self._show_running()
        self._make_room()
        self.sentence.say(self.answers.reason if runs is None else sentence(runs))
        self._point()
        if shown is not None and self._plotted != (shown, self._kept):  # else another moment of the same run
            self._plotted = (shown, self._kept)
            self.auc.show_series(*curves_of_auc(shown, self._kept))
            self.loss.show_series(*curves_of_loss(shown, self._kept))

    @Slot(float)
    def _glided(self, share: float) -> None:
        for cloud in self.clouds:
            cloud.go_on(share)

    @Slot()
    def _show_running(self) -> None:
        can_keep = self.answers.runs is not None and self.answers.runs is not self._kept
        self._panel.show_running(running=self.answers.running, held=self.answers.held, can_keep=can_keep)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Curves stand beneath the planes; where the window is low, instead of them."""
        low = self.height() < LOW
        curves = not low if self._settings.curves is None else self._settings.curves
        self._planes.setVisible(not (low and curves))
        self._plots.setVisible(curves)
        self._panel.curves.set_value(curves)

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot()
    def _again(self) -> None:
        self.answers.again()
        self._ask()
        self._refresh()

    @Slot(bool)
    def _hold(self, on: bool) -> None:
        self.answers.hold(on)
        self._show_running()

    @Slot()
    def _keep(self) -> None:
        self._kept = self._shown
        self._refresh()
        self.factsChanged.emit()

    @Slot()
    def _recall(self) -> None:
        """The kept training is on show again, with its settings."""
        if self._kept is not None:
            self.answers.recall(self._kept)
            self.changed.emit(replace(self._settings, spec=self._kept.spec, moment=None), "")
            self._came()

    @Slot()
    def _drop(self) -> None:
        self._kept = None
        self._refresh()
        self.factsChanged.emit()

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        self.said.emit(sentence, "warn")
        self._refresh()
        if self.answers.runs is None:
            self.sentence.say(sentence)

    @Slot(object)
    def _picture_pointed(self, index: int | None) -> None:
        for cloud in self.clouds:
            cloud.light(index)
        self._point()

    def _point(self) -> None:
        """Tell of the picture that is pointed at, at the moment on show; with other pictures none is."""
        before, self._lit = self._lit, self.clouds[0].lit
        if not self._active or self._shown is None:
            return
        if self._lit is not None:
            self.pointed.emit(facts_of(self._shown, self._moment, self._lit))
        elif before is not None:
            self.pointed.emit([])

    @Slot(float)
    def _update_picked(self, update: float) -> None:
        if self._shown is not None:
            self.go_to(int(np.abs(self._shown.moments - update).argmin()))


def _row(spacing: int, *widgets: QWidget) -> QWidget:
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    for widget in widgets:
        row.addWidget(widget, 1)
    return whole
