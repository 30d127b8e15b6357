"""The view "Triplet loss": points by hand in the plane, the loss in numbers, and descent step by step."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QSizeF, Slot
from PySide6.QtGui import QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.faces.learning.plane import collapsed, nudged
from gui.bridge import Bridge
from gui.checking import Checking
from gui.film import FilmSource
from gui.pages.face_learning.triplet.controls import TripletControls
from gui.pages.face_learning.triplet.paint import paint_plane
from gui.pages.face_learning.triplet.paper import PlanePaper
from gui.pages.face_learning.triplet.settings import (
    START,
    STEPS,
    Point,
    TripletSettings,
    placed,
    with_negatives,
    with_point,
)
from gui.pages.face_learning.triplet.shown import Shown, arrays, check, facts, facts_of, lines, shown
from gui.pages.face_learning.triplet.words import verdict
from gui.pages.face_learning.view import Arrays, LearningView, Subject
from gui.theme import space, theme
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact
from gui.widgets.plot.line_plot import Axis, LinePlot, Series
from gui.widgets.worked import Worked
from gui.widgets.wrapped import Wrapped

PACE_MS: Final = 200
FILM_SIZE, FILM_FPS, FILM_HOLD_S = (900, 940), 8.0, 1.5
PLOT_LEAST: Final = 110
LOW, LOWEST = 560, 400


class TripletView(LearningView):
    """A paper with points, formulas with their numbers, and the loss over the steps."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = TripletSettings()
        self._found = shown(self._settings)
        self._active = False
        self._panel, self.paper = TripletControls(), PlanePaper()
        self.verdict, self.worked = Wrapped(""), Worked("Distances, loss and gradients in numbers")
        self.plot = LinePlot("Loss and distances over the steps")
        self._badge = Badge()
        self._checking = Checking(bridge, "face-learning.triplet", self)
        self._checking.tell(self._badge)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.verdict.setFont(theme.font("section", bold=True))
        self.plot.setMinimumHeight(PLOT_LEAST)
        said = QWidget()
        column = QVBoxLayout(said)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addWidget(self.verdict)
        column.addWidget(self.worked)
        column.addWidget(self.plot, 1)
        column.addStretch(0)
        whole = QHBoxLayout(self)  # side by side: the plane is a square, and a wide one would be low
        whole.setContentsMargins(space.l, space.s, space.l, space.l)
        whole.setSpacing(space.m)
        whole.addWidget(self.paper, 1)
        whole.addWidget(said, 1)
        self.setFocusProxy(self.paper)

    def _connect(self) -> None:
        panel = self._panel
        panel.changed.connect(self.changed)
        panel.pointTyped.connect(self._point_typed)
        panel.negativesSet.connect(self._negatives_set)
        panel.collapseAsked.connect(self._collapse)
        panel.nudgeAsked.connect(self._nudge)
        panel.resetAsked.connect(self._reset)
        self.paper.moved.connect(self._point_moved)
        self.paper.pointed.connect(self._point_pointed)
        self.plot.picked.connect(self._step_picked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Where the window is low, the formulas need the room of the curve; the longer ones of them sooner."""
        longer = self._settings.unit or self._settings.plain
        self.plot.setVisible(self.height() >= (LOW if longer else LOWEST))

    # --- what a view gives -----------------------------------------------------------------------------------

    def controls(self) -> TripletControls:
        return self._panel

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._settings = settings
        self._found = found = shown(settings, self._found)
        self._panel.show_settings(settings, found.points, found.now.chosen)
        self.paper.show_plane(found)
        self.verdict.say(verdict(found.now))
        self.worked.show_lines(lines(found))
        self._make_room()
        self._show_curves(found)
        self._check()

    def set_active(self, active: bool) -> None:
        self._active = active
        self._check()

    def facts(self) -> list[Fact]:
        return facts(self._found)

    def aside(self) -> Badge:
        return self._badge

    def steps(self) -> tuple[int, int, str]:
        return STEPS + 1, self._settings.step, "step"

    def pace(self) -> int:
        return PACE_MS

    def go_to(self, step: int) -> None:
        self.looked.emit(replace(self._settings, step=step))

    def escape(self) -> bool:
        return self.paper.let_go()

    def arrays(self) -> Arrays:
        return arrays(self._found)

    def film(self) -> FilmSource:
        return FilmSource(partial(_image, self._found), range(STEPS + 1), FILM_FPS, FILM_HOLD_S)

    @property
    def settled(self) -> bool:
        return not self._active or self._checking.settled

    @property
    def found(self) -> Shown:
        """What is on show."""
        return self._found

    def _check(self) -> None:
        if self._active:
            found = self._found
            self._checking.want(found.settings, lambda: check(found))
        else:
            self._checking.drop()

    def _show_curves(self, found: Shown) -> None:
        descent, step = found.walk, found.settings.step
        x = np.arange(STEPS + 1.0)
        series = [
            Series("d(A,N)", descent.to_negative, x, role="warn", marker="none", dashed=True),
            Series("d(A,P)", descent.to_positive, x, role="good", marker="none"),
            Series("L", descent.losses, x, role="accent", marker="none"),
            Series("now", descent.losses[[step]], x[[step]], role="accent", marker="square", growing=True),
        ]
        self.plot.show_series(series, Axis("step", integer=True), Axis("loss, distance", low=0.0))

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(int, object, str)
    def _point_moved(self, index: int, place: Point, gesture: str) -> None:
        self.changed.emit(with_point(self._settings, self._found.points, index, place), gesture)

    @Slot(int, object)
    def _point_typed(self, index: int, place: Point) -> None:
        self.changed.emit(with_point(self._settings, self._found.points, index, place), "")

    @Slot(object)
    def _negatives_set(self, count: int) -> None:
        self.changed.emit(with_negatives(self._settings, self._found.points, count), "")

    @Slot()
    def _collapse(self) -> None:
        points = collapsed(self._found.points, unit=self._settings.unit)
        self.changed.emit(placed(self._settings, points), "")

    @Slot()
    def _nudge(self) -> None:
        """Another seed every time, so that two nudges are not the same one."""
        settings = replace(self._settings, seed=self._settings.seed + 1)
        self.changed.emit(placed(settings, nudged(self._found.points, settings.seed)), "")

    @Slot()
    def _reset(self) -> None:
        fresh = with_negatives(
            replace(self._settings, points=START, chosen=0), np.array(START), self._settings.negatives
        )
        self.changed.emit(fresh, "")

    @Slot(float)
    def _step_picked(self, step: float) -> None:
        self.go_to(round(step))

    @Slot(object)
    def _point_pointed(self, index: int | None) -> None:
        self.pointed.emit([] if index is None else facts_of(self._found, index))


def _image(found: Shown, step: int) -> QImage:
    image = QImage(*FILM_SIZE, QImage.Format.Format_RGB32)
    image.fill(theme.colors.window)
    painter = QPainter(image)
    try:
        paint_plane(painter, shown(replace(found.settings, step=step), found), QSizeF(*FILM_SIZE), None)
    finally:
        painter.end()
    return image
