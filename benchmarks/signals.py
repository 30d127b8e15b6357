"""From a slider of the page of signals and volumes to its answer: numbers, scene and painted stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, quiet_collector, spread
from engine.runner import InlineEngine
from gui.bridge import Bridge
from gui.pages import entry
from gui.pages.base import Services
from gui.pages.signals.page import SignalsPage
from gui.pages.signals.state import SignalsState
from gui.settings import Settings
from gui.theme import Scheme, theme

SIZE = (1400, 860)
TARGET_MS = 50.0


def measure(quick: bool = False) -> list[Row]:
    """Rows "signals/...": the 95th percentile of a slider's step in four views, in milliseconds."""
    app = QApplication.instance() or QApplication([])
    if not isinstance(app, QApplication):
        raise RuntimeError("a QApplication is needed")
    theme.set_reduced_motion(True)
    theme.apply(Scheme.LIGHT)
    rounds = 6 if quick else 120
    with TemporaryDirectory() as folder:
        bridge = Bridge(lambda emit: InlineEngine(emit, load_torch=False))
        about = entry("signals")
        if about is None:
            raise RuntimeError("there is no page of signals")
        page = SignalsPage(Services(bridge, Settings(Path(folder) / "settings.ini")), about)
        page.resize(*SIZE)
        page.show()
        page.activated()
        rows = [_row(name, what, _timed(page, state, slider, rounds)) for name, what, state, slider in CASES]
        page.close_page()
        page.close()
        bridge.close()
    return rows


CASES: tuple[tuple[str, str, SignalsState, str], ...] = (
    ("signal", "noise of the ECG, step by step", SignalsState(), "noise"),
    (
        "whole_signal",
        "noise of the ECG, whole signal",
        SignalsState(view="whole", rate=250, start=585),
        "noise",
    ),
    ("volume", "noise of the volume, step by step", SignalsState(axes="3d"), "grain"),
    (
        "whole_volume",
        "noise of the volume, planes and response",
        SignalsState(axes="3d", view="whole"),
        "grain",
    ),
)


def _timed(page: SignalsPage, state: SignalsState, slider: str, rounds: int) -> list[float]:
    """Seconds from a value of the slider to the painted stage."""
    page.change(state)
    page.grab()
    values = cycle(range(0, 100, 5))
    stage = page.volume_view if page.shows_planes else page.canvas
    job: Callable[[], object] = stage.grab
    seconds = []
    with quiet_collector():
        for _ in range(rounds):
            start = perf_counter()
            page.change(replace(page.state, **{slider: next(values)}))  # type: ignore[arg-type]
            job()
            seconds.append(perf_counter() - start)
    return seconds


def _row(name: str, what: str, seconds: list[float]) -> Row:
    p95 = float(np.percentile(np.array(seconds), 95)) * 1000
    return Row(f"signals/{name}", what, p95, "ms", target=TARGET_MS, details=spread(seconds))
