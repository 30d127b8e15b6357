"""The page of mathematics: from a changed number to the painted answer, in every view, in the real window."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, spread
from benchmarks.windows import application, main_window
from engine.foundations.algebra.presets import Grid, drawn
from gui.pages.mathematics.chapters import CHAPTERS
from gui.pages.mathematics.controls import with_part
from gui.pages.mathematics.state import MathematicsState, View
from gui.widgets.formula import loader

if TYPE_CHECKING:
    from gui.pages.mathematics.page import MathematicsPage

TARGET_MS = 50.0
WINDOW = (1600, 1000)


def measure(quick: bool = False) -> list[Row]:
    """Rows "mathematics/...": p95 of a change, from the call to everything painted, with the largest grids."""
    app = application()
    loader.load()
    rows = []
    with main_window() as window:
        window.resize(*WINDOW)
        window.show_page("mathematics")
        page = cast("MathematicsPage", window.page)
        for view, title, grid, settings in _CASES:
            part = getattr(MathematicsState(), view)
            for name, value in settings:
                part = CHAPTERS[view].with_value(part, name, value)
            rows.append(_changes(app, page, view, title, part, grid, 4 if quick else 100))
    return rows


_CASES: tuple[tuple[View, str, str, tuple[tuple[str, Any], ...]], ...] = (
    ("sums", "7 × 7 with 4 × 4", "f", (
        ("axes", "2"), ("f_rows", 7), ("f_columns", 7), ("g_rows", 4), ("g_columns", 4), ("mode", "full"),
        ("fill", False),
    )),
    ("laws", "(a ★ b) ★ c", "a", (("law", "associate"), ("kind", "correlation"), ("a_size", 4), ("c_size", 3))),
    ("filters", "two filters of 5 × 5", "x", (("mode", "full"), ("first_size", "5"), ("second_size", "5"))),
    ("adjoint", "a matrix of 36 × 16", "k", (
        ("axes", "2"), ("x_rows", 4), ("x_columns", 4), ("k_rows", 3), ("k_columns", 3), ("mode", "full"),
    )),
    ("fourier", "a circle of 12", "a", (("length", 12),)),
)  # fmt: skip


def _changes(
    app: QApplication, page: MathematicsPage, view: View, title: str, part: Any, grid: str, moves: int
) -> Row:
    """Change every number of a grid, again and again."""
    page.change(replace(with_part(page.state, CHAPTERS[view], part), view=view))
    app.processEvents()
    shape = np.array(getattr(part, grid)).shape
    times = []
    for move in range(moves + 2):
        numbers: Grid = drawn((shape[0], shape[1]), move)
        start = perf_counter()
        page.change(with_part(page.state, CHAPTERS[view], replace(part, **{grid: numbers})), "slider")
        app.processEvents()
        times.append(perf_counter() - start)
    value = float(np.percentile(np.array(times[2:]) * 1000, 95))
    return Row(
        f"mathematics/{view}", f"change to paint, p95: {title}", value, "ms", "", TARGET_MS, details=spread(times[2:])
    )  # fmt: skip
