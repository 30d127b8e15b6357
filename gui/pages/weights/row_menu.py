"""The menu of a row: what can be done with the weights, and what can be copied."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gui.export import copy_text
from gui.pages.weights.listing import ACT_ICONS, ACT_WORDS, Row
from gui.theme import theme

Run = Callable[[str], None]


def row_menu(row: Row, parent: QWidget, act: Run, remove: Run, show_folder: Run) -> QMenu:
    """A menu whose entries call these with the row's name."""
    menu, status = QMenu(parent), row.status
    if row.act is not None:
        _add(menu, ACT_WORDS[row.act], ACT_ICONS[row.act], partial(act, row.name))
    if row.removable:
        _add(menu, "Remove…", ACT_ICONS["remove"], partial(remove, row.name))
    if status.path is not None:
        _add(menu, "Show folder", "folder-outline", partial(show_folder, row.name))
    for text, what in (
        ("Copy address", status.url),
        ("Copy citation", status.citation),
        ("Copy checksum", status.sha256),
        ("Copy path", str(status.path or "")),
    ):
        if what:
            _add(menu, text, "content-copy", partial(copy_text, what))
    return menu


def _add(menu: QMenu, text: str, icon: str, run: Callable[[], object]) -> None:
    action = QAction(theme.icon(icon), text, menu)
    action.triggered.connect(lambda _checked=False: run())
    menu.addAction(action)
