"""The page of shapes and costs: from a slider's move to the painted answer, with a long chain, in the real window."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, spread
from benchmarks.windows import application, main_window, spin
from engine.foundations.calculator.layers import Layer
from gui.pages.shapes.changes import with_preset, with_setting
from gui.pages.shapes.state import MOST_LAYERS, ShapesState
from gui.widgets.formula import loader

if TYPE_CHECKING:
    from gui.pages.shapes.page import ShapesPage

TARGET_MS = 50.0
WARM_SECONDS = 2.0
WINDOW = (1600, 1000)


def measure(quick: bool = False) -> list[Row]:
    """Rows "shapes/...": p95 of a change, from the call to everything painted."""
    cases = (
        ("course", "the first example of the course", replace(ShapesState(), step=2)),
        ("alexnet", "AlexNet's first layers", replace(with_preset(ShapesState(), "alexnet"), step=4)),
        ("long", f"a chain of {MOST_LAYERS} layers", _long()),
    )
    app = application()
    loader.load()
    rows = []
    with main_window() as window:
        window.resize(*WINDOW)
        window.show_page("shapes")
        page = cast("ShapesPage", window.page)
        spin(app, lambda: False, 0.1 if quick else WARM_SECONDS)  # formulas are typeset in idle moments
        for key, title, state in cases:
            rows.append(_slider(app, page, key, title, state, 4 if quick else 120))
    return rows


def _long() -> ShapesState:
    """As many layers as there can be."""
    layers = (Layer(padding="same"), Layer("relu")) * (MOST_LAYERS // 2)
    return replace(ShapesState(height=512, width=512), layers=layers, step=1)


def _slider(app: QApplication, page: ShapesPage, key: str, title: str, state: ShapesState, moves: int) -> Row:
    times = []
    page.change(state)
    app.processEvents()
    for move in range(moves + 2):
        changed = with_setting(page.state, state.step, "filters", 8 + move)
        start = perf_counter()
        page.change(changed, "slider")
        app.processEvents()
        times.append(perf_counter() - start)
    value = float(np.percentile(np.array(times[2:]) * 1000, 95))
    return Row(
        f"shapes/{key}", f"slider to paint, p95: {title}", value, "ms", "", TARGET_MS, details=spread(times[2:])
    )  # fmt: skip
