"""The page of edges and what it shows, for its tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.pages.edges.maps_view import MapsView
from gui.pages.edges.page import EdgesPage
from gui.widgets import formula
from tests.gui.window_fixtures import (
    WAIT,
    OpenWindow,
    inline,
    open_window,
)

__all__ = ["open_window"]


def edges(window: MainWindow) -> EdgesPage:
    window.show_page("edges")
    return cast("EdgesPage", window.page)


@pytest.fixture
def page(open_window: OpenWindow) -> EdgesPage:
    """The page in a window of 1440 x 900, over an engine without a thread and without torch."""
    formula.loader.load()  # else its thread may outlive a short test
    return edges(open_window(inline))


def show(page: EdgesPage, **changes: Any) -> None:
    page.change(replace(page.state, **changes))


def see(page: EdgesPage, view: str, qtbot: QtBot, **changes: Any) -> MapsView:
    """Look at a picture and wait until it is filtered and checked."""
    page.stage.views.button(view).click()
    if changes:
        show(page, **changes)
    qtbot.waitUntil(page.tour_ready, timeout=WAIT)
    return page.stage.maps


def pick(page: EdgesPage, name: str) -> None:
    """Choose a kernel from the list."""
    page.panel.kernel.combo.setCurrentIndex(page.panel.kernel.combo.findData(name))
