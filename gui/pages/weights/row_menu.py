"""The menu of a row: what can be done with the weights, and what can be copied."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gui.export import copy_text
from gui.pages.weights.listing import ACT_ICONS, ACT_WORDS, Row, card_of, classifies, detects, known_network
from gui.theme import theme


class Doer(Protocol):
    """What can be done with weights, by their name."""

    def act(self, name: str) -> None: ...
    def remove(self, name: str) -> None: ...
    def classify(self, name: str) -> None: ...
    def detect(self, name: str) -> None: ...
    def show_card(self, name: str) -> None: ...
    def show_folder(self, name: str = "") -> None: ...
    def show_network(self, architecture: str) -> None: ...


def row_menu(row: Row, parent: QWidget, doer: Doer) -> QMenu:
    """A menu of what the doer can do with a row."""
    menu, status = QMenu(parent), row.status
    if row.act is not None:
        _add(menu, ACT_WORDS[row.act], ACT_ICONS[row.act], partial(doer.act, row.name))
    if classifies(status):
        _add(menu, "Classify with it", "tag-outline", partial(doer.classify, row.name))
    if detects(status):
        _add(menu, "Detect with it", "image-search-outline", partial(doer.detect, row.name))
    if known_network(status.architecture):
        _add(menu, "Show its network", "graph-outline", partial(doer.show_network, status.architecture))
    if card_of(status) is not None:
        _add(menu, "Model card", "file-document-outline", partial(doer.show_card, row.name))
    if row.removable:
        _add(menu, "Remove…", ACT_ICONS["remove"], partial(doer.remove, row.name))
    if status.path is not None:
        _add(menu, "Show folder", "folder-outline", partial(doer.show_folder, row.name))
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
