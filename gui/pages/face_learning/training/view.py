"""The view "Live training": three planes of embeddings that move while three nets learn, and their curves."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QSizeF, Slot
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.faces.learning.requests import MINERS, TripletRuns
from gui.bridge import Bridge
from gui.film import FilmSource
from gui.pages.face_learning.training.answers import TrainingAnswers
from gui.pages.face_learning.training.cloud import Cloud, paint_cloud
from gui.pages.face_learning.training.controls import TrainingControls
from gui.pages.face_learning.training.settings import TrainingSettings
from gui.pages.face_learning.training.shown import (
    arrays,
    curves_of_auc,
    curves_of_loss,
    facts,
    facts_of,
    last_moment,
)
from gui.pages.face_learning.training.words import sentence
from gui.pages.face_learning.view import Arrays, LearningView, Subject
from gui.theme import space, theme
from gui.widgets.facts import Fact
from gui.widgets.plot.line_plot import LinePlot
from gui.widgets.wrapped import Wrapped

PACE_MS: Final = 150
FILM_CLOUD, FILM_FPS, FILM_HOLD_S = QSizeF(420, 520), 10.0, 2.0


class TrainingView(LearningView):
    """Owns the training, the clouds and the curves."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = TrainingSettings()
        self._active = False
        self._shown: TripletRuns | None = None
        self._kept: TripletRuns | None = None
        self._plotted: tuple[TripletRuns, TripletRuns | None] | None = None
        self._panel = TrainingControls()
        self.answers = TrainingAnswers(bridge, self)
        self.clouds = tuple(Cloud(miner) for miner in MINERS)
        self.sentence = Wrapped("")
        self.auc, self.loss = LinePlot("Verification AUC of held-out identities"), LinePlot("Loss")
        self._build()
        self._connect()

    def _build(self) -> None:
        planes, plots = QHBoxLayout(), QHBoxLayout()
        planes.setSpacing(space.l)
        plots.setSpacing(space.m)
        for cloud in self.clouds:
            planes.addWidget(cloud, 1)
        plots.addWidget(self.auc, 1)
        plots.addWidget(self.loss, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(space.l, space.s, space.l, space.s)
        whole.setSpacing(space.s)
        whole.addLayout(planes, 3)
        whole.addWidget(self.sentence)
        whole.addLayout(plots, 2)
        for plot in (self.auc, self.loss):
            plot.setMinimumSize(0, 110)

    def _connect(self) -> None:
        panel = self._panel
        panel.changed.connect(self.changed)
        panel.stopAsked.connect(self.answers.stop)
        panel.againAsked.connect(self._again)
        panel.keepAsked.connect(self._keep)
        self.answers.changed.connect(self._came)
        self.answers.failed.connect(self._failed)
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
        self._active = active
        if active:
            self._ask()
            self._refresh()
        else:
            self.answers.pause()

    def facts(self) -> list[Fact]:
        return [] if self._shown is None else facts(self._shown, self._moment)

    def steps(self) -> tuple[int, int, str] | None:
        runs = self._shown
        return (last_moment(runs.spec) + 1, self._moment, "moment") if runs is not None else (1, 0, "moment")

    def pace(self) -> int:
        return PACE_MS

    def go_to(self, step: int) -> None:
        runs = self._shown
        latest = runs is None or step >= len(runs.moments) - 1
        self.looked.emit(replace(self._settings, moment=None if latest else step))

    def open_folder(self, path: Path) -> bool:
        spec = replace(self._settings.spec, source="folder", folder=str(path))
        self.changed.emit(replace(self._settings, spec=spec, moment=None), "")
        return True

    def arrays(self) -> Arrays:
        return super().arrays() if self._shown is None else arrays(self._shown, self._moment)

    def film(self) -> FilmSource | None:
        runs = self._shown
        if runs is None:
            return None
        image = partial(_image, runs, self._settings.thumbnails)
        return FilmSource(image, range(len(runs.moments)), FILM_FPS, FILM_HOLD_S)

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
        runs = self.answers.runs
        stale = runs is None and self._shown is not None
        if runs is not None:
            self._shown = runs
        shown, moment = self._shown, self._moment
        for cloud in self.clouds:
            cloud.set_stale(stale)
            cloud.show_moment(shown, moment, thumbnails=self._settings.thumbnails)
        self._panel.show_settings(self._settings, running=self.answers.running, can_keep=shown is not None)
        for plot in (self.auc, self.loss):
            plot.set_stale(stale)
        if shown is None:
            self.sentence.say(self.answers.reason)
            return
        if self._plotted == (shown, self._kept):
            return  # another moment of the same run
        self._plotted = (shown, self._kept)
        self.sentence.say(sentence(shown))
        self.auc.show_series(*curves_of_auc(shown, self._kept))
        self.loss.show_series(*curves_of_loss(shown))

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot()
    def _again(self) -> None:
        self.answers.again()
        self._ask()
        self._refresh()

    @Slot()
    def _keep(self) -> None:
        self._kept = self._shown
        self._refresh()

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
        runs = self._shown
        self.pointed.emit([] if index is None or runs is None else facts_of(runs, self._moment, index))

    @Slot(float)
    def _update_picked(self, update: float) -> None:
        if self._shown is not None:
            self.go_to(int(np.abs(self._shown.moments - update).argmin()))


def _image(runs: TripletRuns, thumbnails: bool, moment: int) -> QImage:
    width, height = len(MINERS) * round(FILM_CLOUD.width()), round(FILM_CLOUD.height())
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(theme.colors.window)
    painter = QPainter(image)
    try:
        for miner in MINERS:
            room = QSizeF(FILM_CLOUD.width() - space.l, FILM_CLOUD.height())
            paint_cloud(painter, room, runs, miner, moment, thumbnails)
            painter.translate(FILM_CLOUD.width(), 0)
    finally:
        painter.end()
    return image
