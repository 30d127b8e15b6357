"""From a slider of the pooling page to its answer on the screen: grids, the shift of a photo, a whole 512 px photo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, quiet_collector, spread
from benchmarks.windows import application, main_window, wait
from gui.pages.pooling.changes import for_picture, set_value
from gui.pages.pooling.state import PoolingState
from gui.widgets.source_state import SourceState

if TYPE_CHECKING:
    from gui.pages.pooling.page import PoolingPage

TARGET_MS = 50.0
PHOTO = SourceState(kind="sample", value="astronaut")


def measure(quick: bool = False) -> list[Row]:
    """Rows "pooling/..."."""
    app = application()
    rounds = 1 if quick else 6
    with main_window() as window:
        window.show_page("pooling")
        page = cast("PoolingPage", window.page)
        grid = for_picture(replace(PoolingState(), source=PHOTO))
        page.change(grid)
        wait(app, lambda: page.frame_for_export is not None, "the photo")
        sizes = [set_value(grid, "size", size) for size in (2, 3, 4, 6)]
        shift = replace(grid, view="shift")
        shifts = [replace(shift, shift_x=x, shift_y=y) for x, y in ((1, 0), (2, 1), (3, 3), (0, -2))]
        photo = replace(PoolingState(), picture=PHOTO, view="photo")
        kinds = [
            replace(set_value(photo, "size", size), kind=kind, stride=stride)
            for kind in ("max", "average", "l2", "stochastic")
            for size, stride in ((2, 2), (4, 1), (8, 8))
        ]
        return [
            _row("grid", "12 x 12 x 3 crop, another window", _on_screen(app, page, rounds * sizes)),
            _row("shift", "shift of a photo, 3 poolings compared", _on_screen(app, page, rounds * shifts)),
            _row("picture", "512 px photo pooled in colour", _pooled(app, page, rounds * kinds)),
        ]


def _row(name: str, what: str, seconds: list[float]) -> Row:
    p95 = float(np.percentile(seconds, 95)) * 1000
    return Row(f"pooling/{name}", what, p95, "ms", target=TARGET_MS, details=spread(seconds))


def _timed(states: Iterable[PoolingState], show: Callable[[PoolingState], Any]) -> list[float]:
    found = []
    with quiet_collector():
        for state in states:
            start = perf_counter()
            show(state)
            found.append(perf_counter() - start)
    return found


def _on_screen(app: QApplication, page: PoolingPage, states: list[PoolingState]) -> list[float]:
    """Seconds from the new state to the painted stage."""

    def show(state: PoolingState) -> None:
        page.change(state)
        page.canvas.repaint()

    page.change(replace(states[0], stride=1))
    return _timed(states, show)


def _pooled(app: QApplication, page: PoolingPage, states: list[PoolingState]) -> list[float]:
    """Seconds from the new state to the pooled photo, through the engine's thread and back, painted."""

    def show(state: PoolingState) -> None:
        page.change(state)
        wait(app, lambda: _fresh(page, state), "the pooled photo")
        page.photo_view.pooled.repaint()

    show(replace(states[0], kind="min"))
    return _timed(states, show)


def _fresh(page: PoolingPage, state: PoolingState) -> bool:
    result = page.photo_view.result
    return result is not None and result.spec == state.spec and not page.photo_view.stale
