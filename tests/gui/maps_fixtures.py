"""The page of feature maps over a net of a few lines of numpy, for its tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.pages.maps.page import MapsPage
from gui.widgets.source_state import SourceState
from tests.gui.canned_maps import inline
from tests.gui.page_fixtures import opened_pages, process_events
from tests.gui.window_fixtures import calm

__all__ = ["calm"]

CAT, ROCKET = SourceState("sample", "cat"), SourceState("sample", "rocket")


OpenPage = Callable[..., MapsPage]


LeftButton, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages as windows of their own: open_page(make_engine=inline, state=None, size=(1300, 850))."""
    with opened_pages(qtbot, tmp_path, "maps", inline) as opener:
        yield opener


@pytest.fixture
def page(open_page: OpenPage) -> MapsPage:
    """The page as it opens first: the photo of a cat before the photo net."""
    return open_page()


def press(page: MapsPage, key: Qt.Key, modifier: Qt.KeyboardModifier = NoModifier) -> None:
    QTest.keyClick(page.stage.mosaic if not page.state.zoomed else page.stage.zoom.map, key, modifier)
    process_events()


def on_map(page: MapsPage, channel: int, across: float = 0.5, down: float = 0.5) -> QPoint:
    """A place of a channel's map by shares."""
    shown = page.shown
    assert shown is not None
    cell = page.stage.mosaic.cell(int(np.flatnonzero(shown.order == channel)[0]))
    return QPointF(cell.left() + across * cell.width(), cell.top() + down * cell.height()).toPoint()


def shown_layer(page: MapsPage) -> str:
    assert page.shown is not None
    return page.shown.maps.layer.name
