"""The page "Face learning": from a moved slider, point or step to the painted answer, in the real window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, spread
from benchmarks.windows import application, main_window, wait
from engine.faces.learning.requests import TripletSpec
from gui.pages.face_learning.siamese.settings import SiameseSettings
from gui.pages.face_learning.state import FaceLearningState
from gui.pages.face_learning.training.settings import TrainingSettings
from gui.pages.face_learning.triplet.settings import MORE, START, STEPS, TripletSettings
from gui.widgets.formula import loader

if TYPE_CHECKING:
    from gui.pages.face_learning.page import FaceLearningPage

TARGET_MS = 50.0
WINDOW = (1600, 1000)
UPDATES = 60


def measure(quick: bool = False) -> list[Row]:
    """Rows "face_learning/...": p95 of one move, from the call to everything painted."""
    app = application()
    loader.load()
    moves = 4 if quick else 60
    crowd = TripletSettings(points=(*START, *MORE), mining="semi-hard")
    training = TrainingSettings(TripletSpec(updates=12 if quick else UPDATES))
    pair = SiameseSettings("digits")
    with main_window() as window:
        window.resize(*WINDOW)
        window.show_page("face-learning")
        window.services.bridge.begin_loading()
        wait(app, lambda: window.services.bridge.state.state == "idle", "torch")
        page = cast("FaceLearningPage", window.page)
        return [
            _moves(app, page, f"face_learning/{name}", title, state, move, moves)
            for name, title, state, move in (
                ("point", "a dragged negative among twelve", FaceLearningState(triplet=crowd), _point),
                ("margin", "margin of a triplet", FaceLearningState(triplet=crowd), _margin),
                ("moment", "three clouds of pictures", FaceLearningState(view="training", training=training), _moment),
                ("gallery", "size of a gallery", FaceLearningState(view="siamese", siamese=pair), _gallery),
            )
        ]  # fmt: skip


def _point(state: FaceLearningState, by: int) -> FaceLearningState:
    points = list(state.triplet.points)
    points[2] = (round(0.35 + 0.01 * (by % 50), 4), -0.95)
    return replace(state, triplet=replace(state.triplet, points=tuple(points), step=by % STEPS))


def _margin(state: FaceLearningState, by: int) -> FaceLearningState:
    return replace(state, triplet=replace(state.triplet, margin=round(0.05 * (by % 40), 2)))


def _moment(state: FaceLearningState, by: int) -> FaceLearningState:
    return replace(state, training=replace(state.training, moment=by % 10))


def _gallery(state: FaceLearningState, by: int) -> FaceLearningState:
    return replace(state, siamese=replace(state.siamese, people=round(0.1 * (by % 60), 2), second=by % 40))


def _moves(
    app: QApplication,
    page: FaceLearningPage,
    name: str,
    title: str,
    state: FaceLearningState,
    move: Callable[[FaceLearningState, int], FaceLearningState],
    moves: int,
) -> Row:
    page.change(state)
    wait(app, page.tour_ready, title)
    times = []
    for by in range(moves + 2):
        start = perf_counter()
        page.change(move(page.state, by), "drag")
        app.processEvents()
        times.append(perf_counter() - start)
    value = float(np.percentile(np.array(times[2:]) * 1000, 95))
    return Row(name, f"move to paint, p95: {title}", value, "ms", "", TARGET_MS, details=spread(times[2:]))
