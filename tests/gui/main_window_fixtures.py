"""Actions, messages and a page that breaks, for the tests of the main window."""

from __future__ import annotations

from PySide6.QtGui import QAction

from gui.main_window import MainWindow
from tests.gui.window_fixtures import (
    window,
)

__all__ = ["window"]


def action(window: MainWindow, title: str) -> QAction:
    """An action of the menus by its title."""
    return next(a for a in window.findChildren(QAction) if a.text().split("\t")[0] == title)


def message(window: MainWindow) -> str:
    shown = window.banner.message
    return "" if shown is None else f"{shown.sentence} {shown.hint}".strip()
