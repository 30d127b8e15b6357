"""The page "Learn a filter" over an engine without a thread, for its tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.foundations.learned.by_hand import walk
from engine.foundations.learned.requests import Run, TrainKernel
from engine.handlers import Handler
from engine.runner import Emit, InlineEngine
from gui.main_window import MainWindow
from gui.pages.learned.page import LearnedPage
from gui.pages.learned.state import LearnedState
from gui.widgets.formula import loader
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import (
    WITHOUT_TORCH,
    OpenWindow,
    open_window,
    plate_of,
)

__all__ = ["open_window"]

HANDLERS = {
    **WITHOUT_TORCH,
    "engine.foundations.learned.requests.TrainKernel": Handler(
        f"{__name__}:train_by_hand", needs_torch=False
    ),
}


NOISE = replace(
    LearnedState(), source=SourceState(kind="preset", value="noise"), side=16, scaling="standard", updates=40
)


def train_by_hand(request: TrainKernel, _context: Context) -> Run:
    """Trains without torch."""
    steps = list(walk(request.exercise, request.spec))
    return Run(
        request.exercise, request.spec, np.array([s.weights for s in steps]), np.array([s.loss for s in steps]),
        np.array([s.gradient for s in steps]), "done", 0.1,
    )  # fmt: skip


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, load_torch=False, handlers=HANDLERS)


def learned(window: MainWindow) -> LearnedPage:
    window.show_page("learned")
    return cast("LearnedPage", window.page)


@pytest.fixture(autouse=True, scope="module")
def formulas(qapp: QApplication) -> None:
    """Typesetting is loaded once and not beside a test that ends before."""
    loader.load()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page begins with a small pattern."""
    monkeypatch.setattr(LearnedPage, "initial_state", lambda _page: NOISE)


def settled(page: LearnedPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(page.tour_ready, timeout=10_000)


@pytest.fixture
def page(small: None, open_window: OpenWindow, qtbot: QtBot) -> LearnedPage:
    """The page with a small pattern, over an engine without a thread and without torch; everything was answered."""
    found = learned(open_window(inline, page="learned"))
    settled(found, qtbot)
    return found


def show(page: LearnedPage, qtbot: QtBot, **changes: Any) -> None:
    page.change(replace(page.state, **changes))
    settled(page, qtbot)


def kernel(page: LearnedPage) -> np.ndarray:
    return plate_of(page.stage.canvas, "kernel").values
