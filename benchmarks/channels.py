"""From a control of the page of 1x1 and dense layers to its answer on the screen, on a 512 px photo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, cast

import numpy as np

from benchmarks.measure import Row, quiet_collector, spread
from benchmarks.windows import application, main_window, wait
from engine.foundations.channels.bottleneck import Block
from gui.pages.channels.dense.resolve import steps_of
from gui.pages.channels.mix.state import MixState
from gui.pages.channels.state import ChannelsState
from gui.widgets.source_state import SourceState

if TYPE_CHECKING:
    from gui.pages.channels.page import ChannelsPage

TARGET_MS = 50.0
PHOTO = SourceState(kind="sample", value="astronaut")
DETAILS = (16, 32, 64, 100, 128)


def measure(quick: bool = False) -> list[Row]:
    """Rows "channels/..."."""
    app = application()
    rounds = 1 if quick else 6
    with main_window() as window:
        window.show_page("channels")
        page = cast("ChannelsPage", window.page)
        start = ChannelsState(source=PHOTO)
        page.change(start)
        wait(app, lambda: page.shown is not None, "the photo")
        recipes = [("pca", 2), ("random", 6), ("swap", 3)]
        mixes = [
            replace(
                start, mix=MixState(channels=6, detail=detail, recipe=name, filters=count, relu=count == 6)
            )
            for name, count in recipes
            for detail in DETAILS
        ]
        blocks = [replace(start, view="bottleneck", block=Block(reduced=r)) for r in (4, 16, 64, 154, 256)]
        dense = replace(start, view="dense")
        count = steps_of(dense.dense)
        steps = [replace(dense, dense=replace(dense.dense, step=step)) for step in range(0, count, 3)]
        return [
            _row(
                "mix", "photo at 6 channels, up to 128 cells: detail and table", _shown(page, rounds * mixes)
            ),
            _row("bottleneck", "slider of the bottleneck: counts and bars", _shown(page, rounds * blocks)),
            _row("dense", "a step of the dense layer", _shown(page, rounds * steps)),
        ]


def _row(name: str, what: str, seconds: list[float]) -> Row:
    p95 = float(np.percentile(seconds, 95)) * 1000
    return Row(f"channels/{name}", what, p95, "ms", target=TARGET_MS, details=spread(seconds))


def _shown(page: ChannelsPage, states: Iterable[ChannelsState]) -> list[float]:
    """Seconds from each new state to the painted stage."""
    found = []
    with quiet_collector():
        for state in states:
            start = perf_counter()
            page.change(state)
            page.canvas.repaint()
            found.append(perf_counter() - start)
    return found
