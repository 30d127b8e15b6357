"""The page Style: from a weight's slider to the window while it paints, and from two pictures to the first change."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, quiet_collector, spread
from benchmarks.windows import application, main_window, wait
from gui.pages.style.state import StyleState
from gui.widgets.source_state import SourceState

if TYPE_CHECKING:
    from gui.pages.style.page import StylePage
    from gui.pages.style.paint.runs import Run
    from gui.pages.style.paint.view import PaintView

TARGET_MS = 50.0
TARGET_FIRST_MS = 1000.0
START = StyleState(content=SourceState("sample", "astronaut"))
"""A photo of 512 px, painted at 256 px with the bundled net."""
CONTENTS = ("coffee", "rocket", "astronaut", "cat", "motorcycle")


def measure(quick: bool = False) -> list[Row]:
    """Rows "style_page/..."."""
    app = application()
    with main_window() as window:
        bridge = window.services.bridge
        bridge.begin_loading()
        wait(app, lambda: bridge.state.state == "idle", "torch")
        window.show_page("style")
        page = cast("StylePage", window.page)
        page.change(replace(START, settings=replace(START.settings, steps=400)))
        wait(app, lambda: _step(page) >= 2, "the first steps")
        slider = _slid(app, page, 3 if quick else 60)
        first = _first_changes(app, page, CONTENTS[: 2 if quick else None])
    return [
        _row(
            "slider",
            "a weight's slider while it paints: the order given, the window painted",
            slider,
            TARGET_MS,
        ),
        _row(
            "first change",
            "from another content to the first changed picture, 256 px",
            first,
            TARGET_FIRST_MS,
        ),
    ]


def _row(name: str, what: str, seconds: list[float], target: float) -> Row:
    p95 = float(np.percentile(seconds, 95)) * 1000
    return Row(f"style_page/{name}", what, p95, "ms", target=target, details=spread(seconds))


def _step(page: StylePage) -> int:
    """The newest step of the run under way, -1 while there is none."""
    run = cast("PaintView", page.stage.view).desk.painting
    return -1 if run is None or run.painted is None else run.painted.step


def _slid(app: QApplication, page: StylePage, count: int) -> list[float]:
    seconds = []
    with quiet_collector():
        for index in range(count):
            settings = replace(page.state.settings, beta=100.0 + index)
            start = perf_counter()
            page.change(replace(page.state, settings=settings), "beta")
            page.stage.repaint()
            seconds.append(perf_counter() - start)
            app.processEvents()
    return seconds


def _first_changes(app: QApplication, page: StylePage, contents: tuple[str, ...]) -> list[float]:
    """Seconds from the new content, its file and the quiet time of a hand included."""
    seconds = []
    view = cast("PaintView", page.stage.view)

    def changed(before: Run | None) -> bool:
        return view.desk.painting is not before and _step(page) >= 1

    for name in contents:
        before = view.desk.painting
        start = perf_counter()
        page.change(replace(page.state, content=SourceState("sample", name)))
        wait(app, partial(changed, before), "the first change")
        page.stage.repaint()
        seconds.append(perf_counter() - start)
    return seconds
