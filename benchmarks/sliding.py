"""The sliding window: from a slider to its answers on the screen, and one pass against the windows one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, cast

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, interleaved, milliseconds, quiet_collector, spread
from benchmarks.windows import application, main_window, wait
from engine import device as devices
from engine.context import Context
from engine.detection.sliding.passes import as_convolutions, crops_of, respond, trained
from engine.detection.sliding.pyramid import pyramid
from engine.detection.sliding.requests import SlideOnce
from engine.detection.sliding.window_net import window_net
from engine.images import Frame
from engine.networks.steps import at_once
from engine.sources import load_sample
from gui.pages.boxes.page import BoxesPage
from gui.pages.boxes.sliding.settings import FOLD_STEPS, SlidingSettings
from gui.pages.boxes.sliding.view import SlidingView
from gui.pages.boxes.state import BoxesState

TARGET_MS = 50.0
SIDES = (40, 48, 56, 64, 72, 80)
AS_A_BATCH = 1.0


def measure(quick: bool = False) -> list[Row]:
    """Rows "sliding/..."."""
    rounds = 1 if quick else 5
    return [*_in_the_window(rounds), *_in_the_engine(2 if quick else 15)]


# --- the engine alone -------------------------------------------------------------------------------------


def _in_the_engine(rounds: int) -> list[Row]:
    devices.load_runtime("cpu")
    devices.tune_this_thread()
    photo = Frame(np.ascontiguousarray(load_sample("astronaut").pixels[:512, :512]), "astronaut")
    level = pyramid(photo, 56, 1).levels[0]

    def in_mode(work: Callable[[], Any]) -> Callable[[], Any]:
        def job() -> Any:
            with devices.step_mode(False):
                return work()

        return job

    import torch

    with devices.step_mode(False):
        model = trained(window_net())
        folded, crops = as_convolutions(model), crops_of(level.ink, 2)
        picture = torch.tensor(level.ink)[None, None]
    jobs = {
        "pass": in_mode(lambda: folded(picture)),
        "batch": in_mode(lambda: model(crops)),
        "crops": in_mode(lambda: [model(crops[index : index + 1]) for index in range(len(crops))]),
        "answer": in_mode(lambda: at_once(respond(SlideOnce(photo, 96, 3, 2), Context()))),
    }
    medians = interleaved(jobs, rounds)
    details = milliseconds(medians)
    return [
        Row(
            "sliding/pass", "484 windows in one pass", medians["pass"] / medians["batch"], "x",
            "the windows as one batch", AS_A_BATCH, details=details,
        ),
        Row(
            "sliding/crops", "484 windows one by one", medians["crops"] / medians["pass"], "x", "one pass",
            details=details,
        ),
        Row(
            "sliding/answer", "512 px photo, three scales from 96 px", medians["answer"] * 1000, "ms",
            target=TARGET_MS, details=details,
        ),
    ]  # fmt: skip


# --- in the window ----------------------------------------------------------------------------------------


def _in_the_window(rounds: int) -> list[Row]:
    app = application()
    with main_window() as window:
        window.show_page("boxes")
        page = cast(BoxesPage, window.page)
        window.services.bridge.begin_loading()
        page.change(BoxesState(view="sliding"))
        view = cast(SlidingView, page.stage.view)
        wait(app, lambda: view.settled, "the answers")
        steps = [SlidingSettings(window=index) for index in (12, 130, 484, 600, 808)]
        folds = [
            SlidingSettings(part="fold", step=len(FOLD_STEPS) - 1, size=size, shared=True)
            for size in (16, 20, 28, 34, 42)
        ]
        sides = [SlidingSettings(side=side) for side in SIDES]
        return [
            _row("step", "another window", _timed(app, page, rounds * steps, lambda: True)),
            _row("fold", "another size of the folded net", _timed(app, page, rounds * folds, lambda: True)),
            _row(
                "size",
                "another size, three scales answered",
                _timed(app, page, rounds * sides, lambda: _fresh(view)),
            ),
        ]


def _fresh(view: SlidingView) -> bool:
    shown = view.shown
    return shown is not None and shown.slid is not None and shown.slid.request.side == view.settings.side


def _timed(
    app: QApplication, page: BoxesPage, settings: Sequence[SlidingSettings], there: Callable[[], bool]
) -> list[float]:
    """Seconds from the new settings to the painted answer."""
    view = cast(SlidingView, page.stage.view)
    found = []
    with quiet_collector():
        for one in settings:
            start = perf_counter()
            page.change(replace(page.state, sliding=one))
            wait(app, there, "the answer")
            view.canvas.repaint()
            found.append(perf_counter() - start)
    return found


def _row(name: str, what: str, seconds: list[float]) -> Row:
    p95 = float(np.percentile(seconds, 95)) * 1000
    return Row(f"sliding/{name}", what, p95, "ms", target=TARGET_MS, details=spread(seconds))
