"""From the slider of the learning rate to its answer on the screen, and how many updates a second the engine trains."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, quiet_collector, spread
from benchmarks.windows import application, main_window, wait
from gui.pages.learned.state import LearnedState

if TYPE_CHECKING:
    from gui.pages.learned.page import LearnedPage

TARGET_MS = 50.0
TARGET_UPDATE_MS = 1000 / 30
START = LearnedState(side=256, optimiser="sgd", updates=100, step=100)
"""A photo of 512 px, learned from at 256 px."""


def measure(quick: bool = False) -> list[Row]:
    """Rows "learned/..."."""
    app = application()
    rounds = 3 if quick else 30
    with main_window() as window:
        bridge = window.services.bridge
        bridge.begin_loading()
        wait(app, lambda: bridge.state.state == "idle", "torch")
        window.show_page("learned")
        page = cast("LearnedPage", window.page)
        page.change(START)
        wait(app, page.tour_ready, "the first training")
        rates = [replace(START, rate=round(0.05 + 0.01 * index, 2)) for index in range(rounds)]
        angles = [replace(START, angle=(7 * index + 3) % 360) for index in range(rounds)]
        found = [
            _row("rate", "another learning rate, trained anew", _answered(app, page, rates)),
            _row("angle", "another target, 256 px", _answered(app, page, angles)),
            _row("step", "one update on: grids and curve painted", _stepped(page, 10 * rounds)),
        ]
        return [*found, _trained(app, page, quick)]


def _row(name: str, what: str, seconds: list[float]) -> Row:
    p95 = float(np.percentile(seconds, 95)) * 1000
    return Row(f"learned/{name}", what, p95, "ms", target=TARGET_MS, details=spread(seconds))


def _answered(app: QApplication, page: LearnedPage, states: list[LearnedState]) -> list[float]:
    """Seconds from the new state to the first of its training on the screen, through the engine's thread and back."""
    seconds = []
    with quiet_collector():
        for state in states:
            start = perf_counter()
            page.change(state)
            wait(app, lambda state=state: _fresh(page, state), "the training")  # type: ignore[misc]
            page.stage.repaint()
            seconds.append(perf_counter() - start)
    return seconds


def _fresh(page: LearnedPage, state: LearnedState) -> bool:
    resolved = page.resolved
    return resolved is not None and resolved.run is not None and resolved.state == state


def _stepped(page: LearnedPage, count: int) -> list[float]:
    seconds = []
    with quiet_collector():
        for index in range(count):
            start = perf_counter()
            page.amend(replace(page.state, step=index % START.updates))
            page.stage.canvas.repaint()
            page.stage.plot.repaint()
            seconds.append(perf_counter() - start)
    return seconds


def _trained(app: QApplication, page: LearnedPage, quick: bool) -> Row:
    """Milliseconds an update, of whole trainings beside a window that follows them."""
    found = []
    for size in (3,) if quick else (3, 5, 7):
        page.change(replace(START, size=size, optimiser="adam", updates=30 if quick else 200))
        wait(app, page.tour_ready, "the training")
        resolved = page.resolved
        assert resolved is not None and resolved.run is not None
        found.append(resolved.run.seconds / resolved.run.last)
    largest = max(found) * 1000
    details = {f"{size}x{size}_ms": value * 1000 for size, value in zip((3, 5, 7), found, strict=False)}
    return Row(
        "learned/update", "one update at 256 px", largest, "ms", target=TARGET_UPDATE_MS, details=details
    )
