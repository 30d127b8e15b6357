"""The page of boxes: from a moved box or landmark to the painted answer, in the real window on a photo of 512 px."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, spread
from benchmarks.windows import application, main_window, wait
from gui.pages.boxes.landmarks.settings import with_point
from gui.pages.boxes.shares import Shares
from gui.pages.boxes.state import BoxesState
from gui.widgets.formula import loader

if TYPE_CHECKING:
    from gui.pages.boxes.page import BoxesPage

TARGET_MS = 50.0
WINDOW = (1600, 1000)


def measure(quick: bool = False) -> list[Row]:
    """Rows "boxes/...": p95 of one move of a drag, from the call to everything painted."""
    app = application()
    loader.load()
    with main_window() as window:
        window.resize(*WINDOW)
        window.show_page("boxes")
        page = cast("BoxesPage", window.page)
        wait(app, lambda: page.picture is not None, "the photo")
        return [_moves(app, page, name, title, move, 4 if quick else 100) for name, title, move in _CASES]


def _moved(box: Shares, by: int) -> Shares:
    """A box moved by so many pixels of the photo to the right and back."""
    shift = (by % 20) / 512
    return box[0] + shift, box[1], box[2] + shift, box[3]


def _guess(state: BoxesState, by: int) -> BoxesState:
    return replace(state, target=replace(state.target, guess=_moved(BoxesState().target.guess, by)))


def _prediction(state: BoxesState, by: int) -> BoxesState:
    return replace(
        state, overlap=replace(state.overlap, prediction=_moved(BoxesState().overlap.prediction, by))
    )


def _point(state: BoxesState, by: int) -> BoxesState:
    return replace(state, landmarks=with_point(state.landmarks, 20, (0.8 + by % 20 / 512, 0.3)))


_CASES: tuple[tuple[str, str, Callable[[BoxesState, int], BoxesState]], ...] = (
    ("target", "the guess and its loss", _guess),
    ("overlap", "areas, formulas and curve of two boxes", _prediction),
    ("landmarks", "a hand of 21 points in 64 pictures", _point),
)


def _moves(
    app: QApplication,
    page: BoxesPage,
    name: str,
    title: str,
    move: Callable[[BoxesState, int], BoxesState],
    moves: int,
) -> Row:
    state = replace(page.state, landmarks=replace(page.state.landmarks, layout="hand", count=64))
    page.change(state)
    page.pick_numbered(name)
    app.processEvents()
    times = []
    for by in range(moves + 2):
        start = perf_counter()
        page.change(move(page.state, by), "drag")
        app.processEvents()
        times.append(perf_counter() - start)
    value = float(np.percentile(np.array(times[2:]) * 1000, 95))
    return Row(
        f"boxes/{name}", f"drag to paint, p95: {title}", value, "ms", "", TARGET_MS, details=spread(times[2:])
    )
