"""The view "One-shot": a class with one photo each, and somebody who joins."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QSizeF, Slot
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.faces.learning.requests import NewcomerLesson, Preview
from engine.jobs import ErrorReport, Priority
from gui.bridge import Bridge
from gui.film import FilmSource
from gui.pages.face_learning.oneshot.controls import OneshotControls
from gui.pages.face_learning.oneshot.scene import oneshot_scene, waiting_scene
from gui.pages.face_learning.oneshot.settings import STAGES, OneshotSettings
from gui.pages.face_learning.oneshot.shown import (
    TITLES,
    Shown,
    arrays,
    curves,
    facts,
    facts_of,
    sentence,
    shown,
)
from gui.pages.face_learning.oneshot.words import WAITING
from gui.pages.face_learning.view import Arrays, LearningView, Subject
from gui.question import Question
from gui.theme import space, theme
from gui.widgets.canvas import Canvas
from gui.widgets.facts import Fact
from gui.widgets.plot.line_plot import LinePlot
from gui.widgets.wrapped import Wrapped

PACE_MS: Final = 2500
FILM_SIZE, FILM_FPS, FILM_HOLD_S = QSizeF(1040, 420), 0.5, 2.0


class OneshotView(LearningView):
    """Owns the lesson; the stepper goes through its stages."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = OneshotSettings()
        self._active = False
        self._lesson: NewcomerLesson | None = None
        self._found: Shown | None = None
        self._panel, self.canvas = OneshotControls(), Canvas()
        self.title, self.sentence = Wrapped(""), Wrapped("")
        self.plot = LinePlot("Right answers over the updates")
        channel = bridge.channel("face-learning.newcomer", Priority.LONG, self, handles_failures=True)
        self._question = Question(channel, self)
        self._question.answered.connect(self._came)
        self._question.refused.connect(self._refused)
        self._build()
        self._panel.changed.connect(self.changed)
        self.canvas.cellHovered.connect(self._hovered)
        self.canvas.hoverLeft.connect(self._left)
        self.canvas.arrowPressed.connect(self._arrow)

    def _build(self) -> None:
        self.title.setFont(theme.font("section", bold=True))
        self.canvas.setMinimumSize(0, 0)
        self.plot.setMinimumSize(0, 120)
        self.plot.set_empty_text(WAITING)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(space.l, space.s, space.l, space.s)
        whole.setSpacing(space.s)
        whole.addWidget(self.title)
        whole.addWidget(self.sentence)
        whole.addWidget(self.canvas, 3)
        whole.addWidget(self.plot, 2)
        self.setFocusProxy(self.canvas)

    # --- what a view gives -----------------------------------------------------------------------------------

    def controls(self) -> OneshotControls:
        return self._panel

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._settings = settings
        self._panel.show_settings(settings)
        self._ask()
        self._refresh()

    def set_active(self, active: bool) -> None:
        self._active = active
        if active:
            self._ask()
        elif self._question.pending:
            self._question.drop()

    def facts(self) -> list[Fact]:
        return [] if self._found is None else facts(self._found)

    def steps(self) -> tuple[int, int, str]:
        return len(STAGES), self._settings.stage, "step"

    def pace(self) -> int:
        return PACE_MS

    def go_to(self, step: int) -> None:
        self.looked.emit(replace(self._settings, stage=step))

    def arrays(self) -> Arrays:
        return super().arrays() if self._found is None else arrays(self._found)

    def film(self) -> FilmSource | None:
        lesson = self._lesson
        if lesson is None:
            return None
        return FilmSource(partial(_image, self._settings, lesson), range(len(STAGES)), FILM_FPS, FILM_HOLD_S)

    @property
    def settled(self) -> bool:
        return not self._active or self._question.settled

    @property
    def found(self) -> Shown | None:
        """What is on show, None before the lesson."""
        return self._found

    # --- asking and showing ----------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self._active:
            request = self._settings.request
            self._question.want(request, lambda: request)

    @Slot(object)
    def _came(self, lesson: NewcomerLesson | Preview) -> None:
        if isinstance(lesson, Preview):
            if self._lesson is None:  # else the class before stays, tinted
                self.canvas.set_builder(partial(waiting_scene, lesson), glide=False)
            return
        self._lesson = lesson
        self._refresh()
        self.factsChanged.emit()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        told = f"{report.sentence} {report.hint}".strip()
        self.said.emit(told, "warn")
        if self._lesson is None:
            self.sentence.say(told)

    def _refresh(self) -> None:
        self.title.say(TITLES[STAGES[self._settings.stage]])
        lesson = self._lesson
        if lesson is None:
            self.sentence.say(WAITING)
            return
        self._found = found = shown(self._settings, lesson)
        stale = lesson.request != self._settings.request
        self.sentence.say(sentence(found))
        self.canvas.set_builder(partial(oneshot_scene, found), glide=False)
        self.canvas.set_stale(stale)
        self.plot.set_stale(stale)
        self.plot.show_series(*curves(found))

    @Slot(str, int, int)
    def _hovered(self, key: str, _row: int, _column: int) -> None:
        found, (_, _, index) = self._found, key.partition("/")
        if found is not None:
            self.pointed.emit(facts_of(found, int(index) if index else found.who))

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])

    @Slot(int, int, bool)
    def _arrow(self, _rows: int, columns: int, _further: bool) -> None:
        """The canvas has nothing to go to: its arrows are the stepper's."""
        if columns:
            self.go_to(min(max(self._settings.stage + columns, 0), len(STAGES) - 1))


def _image(settings: OneshotSettings, lesson: NewcomerLesson, stage: int) -> QImage:
    image = QImage(FILM_SIZE.toSize(), QImage.Format.Format_RGB32)
    image.fill(theme.colors.window)
    painter = QPainter(image)
    try:
        found = shown(replace(settings, stage=stage), lesson)
        Canvas().paint_scene(painter, oneshot_scene(found, FILM_SIZE), FILM_SIZE)
    finally:
        painter.end()
    return image
