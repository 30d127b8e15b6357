"""The views "YOLO grid" and "Scoring": from a moved label or slider to the painted answer, in the real window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, spread
from benchmarks.windows import application, main_window, wait
from engine.detection.evaluation.requests import Evaluated
from engine.detection.grid.presets import PRESETS
from engine.detection.scoring import Found, Truth
from engine.images import Frame
from gui.pages.boxes.grid.settings import GridSettings
from gui.pages.boxes.scoring.settings import ScoringSettings
from gui.pages.boxes.state import BoxesState
from gui.widgets.formula import loader

if TYPE_CHECKING:
    from gui.pages.boxes.page import BoxesPage
    from gui.pages.boxes.scoring.view import ScoringView

TARGET_MS = 50.0
WINDOW = (1600, 1000)
PICTURES, THINGS, FINDS, CLASSES = 100, 6, 12, 10


def measure(quick: bool = False) -> list[Row]:
    """Rows "grid/..." and "scoring/...": p95 of one move, from the call to everything painted."""
    app = application()
    loader.load()
    moves = 4 if quick else 60
    with main_window() as window:
        window.resize(*WINDOW)
        window.show_page("boxes")
        page = cast("BoxesPage", window.page)
        wait(app, lambda: page.picture is not None, "the photo")
        large = GridSettings().with_spec(PRESETS["v2"].spec)
        rows = [
            _moves(app, page, f"grid/{name}", title, state, move, moves)
            for name, title, state, move in (
                ("label", "3 × 3 × 2 × 8", BoxesState(view="grid"), _label),
                (
                    "prediction",
                    "19 × 19 × 5 × 85",
                    BoxesState(view="grid", grid=replace(large, stage="prediction")),
                    _label,
                ),
                (
                    "threshold",
                    "suppression of 1,805 boxes",
                    BoxesState(view="grid", grid=replace(large, stage="answer")),
                    _threshold,
                ),
            )
        ]
        page.change(BoxesState(view="scoring", scoring=ScoringSettings(kind=None)))
        view = cast("ScoringView", page.stage.view)
        view.set_active(False)
        view._came(labelled_set())
        title = f"{PICTURES * FINDS:,} finds in {PICTURES} pictures"
        rows.append(_moves(app, page, "scoring/threshold", title, page.state, _least, moves))
        rows.append(_moves(app, page, "scoring/step", title, page.state, _step, moves))
    return rows


def labelled_set() -> Evaluated:
    """A set as large as the view takes, with finds near the things."""
    draw = np.random.default_rng(5)
    found, truth = [], []
    for _ in range(PICTURES):
        corner, sides = draw.uniform(0, 280, (THINGS, 2)), draw.uniform(10, 40, (THINGS, 2))
        boxes, kinds = np.concatenate([corner, corner + sides], 1), draw.integers(0, CLASSES, THINGS)
        truth.append(Truth(boxes, kinds))
        near = draw.integers(0, THINGS, FINDS)
        found.append(Found(boxes[near] + draw.normal(0, 2, (FINDS, 4)), draw.random(FINDS), kinds[near]))
    frame = Frame(np.full((320, 320, 3), 230, np.uint8), "page")
    names = tuple(str(kind) for kind in range(CLASSES))
    return Evaluated("a set", "a net", names, (frame,) * PICTURES, tuple(found), tuple(truth), PICTURES)


def _label(state: BoxesState, by: int) -> BoxesState:
    """The first label, some pixels to the right and back."""
    first = state.grid.boxes[0]
    shift = (by % 20) / 512
    moved = replace(first, box=(0.04 + shift, 0.03, 0.71 + shift, 1.0))
    return replace(state, grid=replace(state.grid, boxes=(moved, *state.grid.boxes[1:])))


def _threshold(state: BoxesState, by: int) -> BoxesState:
    return replace(state, grid=replace(state.grid, least=0.05 + 0.01 * (by % 90)))


def _least(state: BoxesState, by: int) -> BoxesState:
    return replace(state, scoring=replace(state.scoring, least=round(0.06 + 0.01 * (by % 80), 2)))


def _step(state: BoxesState, by: int) -> BoxesState:
    return replace(state, scoring=replace(state.scoring, least=0.5, step=by * 7))


def _moves(
    app: QApplication,
    page: BoxesPage,
    name: str,
    title: str,
    state: BoxesState,
    move: Callable[[BoxesState, int], BoxesState],
    moves: int,
) -> Row:
    page.change(state)
    app.processEvents()
    times = []
    for by in range(moves + 2):
        start = perf_counter()
        page.change(move(page.state, by), "drag")
        app.processEvents()
        times.append(perf_counter() - start)
    value = float(np.percentile(np.array(times[2:]) * 1000, 95))
    return Row(name, f"move to paint, p95: {title}", value, "ms", "", TARGET_MS, details=spread(times[2:]))
