"""The page of shapes and costs and its cells, for its tests."""

from __future__ import annotations

from typing import cast

import pytest
from PySide6.QtCore import Qt

from gui.main_window import MainWindow
from gui.pages.shapes import table_rows
from gui.pages.shapes.page import ShapesPage
from tests.gui.window_fixtures import (
    window,
)

__all__ = ["window"]

Key, NoModifier, Alt = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def page(window: MainWindow) -> ShapesPage:
    return shapes(window)


def shapes(window: MainWindow) -> ShapesPage:
    window.show_page("shapes")
    return cast(ShapesPage, window.page)


def cell(page: ShapesPage, row: int, key: str) -> str:
    return str(page.table.model.index(row, table_rows.KEYS.index(key)).data())
