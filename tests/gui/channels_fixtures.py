"""The page of 1x1 and dense layers over an engine without a thread, for its tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.foundations.channels.requests import (
    Measured,
    MeasureVariants,
)
from engine.foundations.requests import CheckResult
from engine.handlers import Handler
from engine.runner import Emit, InlineEngine
from gui.main_window import MainWindow
from gui.pages.channels.page import ChannelsPage
from gui.widgets.fields import NumberField
from gui.widgets.formula import loader
from gui.widgets.plate import MarkRole
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import (
    STAND_IN,
    WAIT,
    WITHOUT_TORCH,
    OpenWindow,
    open_window,
    plate_of,
)

__all__ = ["open_window"]

ROOM = "engine.foundations.channels.requests"


CHECKS = ("CheckMix", "CheckFlatten", "CheckDense", "CheckCosts")


HANDLERS = {
    **WITHOUT_TORCH,
    **{f"{ROOM}.{name}": Handler(f"{__name__}:agree", needs_torch=False) for name in CHECKS},
    f"{ROOM}.MeasureVariants": Handler(f"{__name__}:timed", needs_torch=False),
}


NUMBERS = SourceState("preset", "random")


def agree(_request: object, _context: object) -> CheckResult:
    """Answers a check without torch."""
    return CheckResult(0.0, 1e-5, True, STAND_IN)


def timed(request: MeasureVariants, _context: object) -> Measured:
    """Answers a measurement without torch."""
    return Measured(request.block, (0.008, 0.002, 0.004), 7, STAND_IN)


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, load_torch=False, handlers=HANDLERS)


def channels(window: MainWindow) -> ChannelsPage:
    window.show_page("channels")
    return cast("ChannelsPage", window.page)


@pytest.fixture
def page(open_window: OpenWindow, qtbot: QtBot) -> ChannelsPage:
    """The page in a window of 1440 x 900 with its first photo, over an engine without a thread and without torch."""
    found = channels(open_window(inline))
    settled(found, qtbot)
    return found


@pytest.fixture(autouse=True, scope="module")
def formulas() -> None:
    """Formulas are loaded before the first test, which need not wait for that thread to end."""
    loader.load()


def show(page: ChannelsPage, **changes: Any) -> None:
    page.change(replace(page.state, **changes))


def mixed(page: ChannelsPage, **changes: Any) -> None:
    show(page, mix=replace(page.state.mix, **changes))


def pick_view(page: ChannelsPage, number: int) -> None:
    """Alt and a number."""
    QTest.keyClick(page, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.AltModifier)


def settled(page: ChannelsPage, qtbot: QtBot) -> None:
    """Wait until everything that the state owes is on the screen."""
    qtbot.waitUntil(page.tour_ready, timeout=WAIT)


def type_into(field: NumberField, text: str) -> None:
    """Type a value into a field and press Enter."""
    field.edit.setFocus()
    field.edit.selectAll()
    QTest.keyClick(field.edit, Qt.Key.Key_Delete)
    QTest.keyClicks(field.edit, text)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)


def choose(combo: Any, key: str) -> None:
    combo.setCurrentIndex(combo.findData(key))


def marked(page: ChannelsPage, key: str, role: MarkRole = MarkRole.WINDOW) -> list[tuple[float, float]]:
    return [(m.top, m.left) for m in plate_of(page.canvas, key).marks if m.role is role]
