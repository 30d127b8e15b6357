"""The menus of the window: made from the one action table, kept true to the page in view."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from gui.actions import ACTIONS, MENUS, ActionSpec
from gui.pages import PAGES
from gui.settings import Settings
from gui.theme import theme

if TYPE_CHECKING:
    from gui.pages.base import Page

WITH_KEYS: Final = PAGES[:9]
"""The pages that Ctrl and a digit open."""


def keys_of_pages() -> list[tuple[str, str]]:
    """(title, key) of the pages that have one."""
    return [(page.title, f"Ctrl+{number}") for number, page in enumerate(WITH_KEYS, 1)]


class Menus(QObject):
    """The actions of a window. Each calls the method that its line of the table names, looked up when it is asked.

    pagePicked(str), recentPicked(Path): a page, a file used before.
    """

    pagePicked = Signal(str)
    recentPicked = Signal(object)

    def __init__(self, window: QMainWindow, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._actions: dict[str, QAction] = {}
        self._recent = QMenu("Open recent", window)
        self._recent.aboutToShow.connect(self._fill_recent)
        self._make()
        theme.changed.connect(self._retint)
        self._retint()

    def follow(self, page: Page[Any]) -> None:
        """Offer what the page in view can do now."""
        self._actions["undo"].setEnabled(page.history.can_undo)
        self._actions["redo"].setEnabled(page.history.can_redo)
        for spec in ACTIONS:
            if spec.menu == "Step" and spec.name in self._actions:
                self._actions[spec.name].setEnabled(page.stepping)

    def _make(self) -> None:
        menus = {title: self._window.menuBar().addMenu(title) for title in MENUS}
        for spec in ACTIONS:
            if spec.parted:
                menus[spec.menu].addSeparator()
            if spec.run:
                menus[spec.menu].addAction(self._action(spec))
        menus["File"].insertMenu(self._actions["export"], self._recent)
        pages = menus["View"].addMenu("Pages")
        for (title, key), page in zip(keys_of_pages(), WITH_KEYS, strict=True):
            action = QAction(title, self._window)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(partial(self._page_picked, page.name))
            pages.addAction(action)
            self._window.addAction(action)

    def _action(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.title, self._window)
        if spec.shortcut and spec.bound:
            action.setShortcut(QKeySequence(spec.shortcut))
        elif spec.shortcut:
            action.setText(f"{spec.title}\t{spec.shortcut}")
        action.setStatusTip("")
        action.triggered.connect(partial(self._run, spec.run))
        self._window.addAction(action)  # its key works while the menu bar is hidden, too
        self._actions[spec.name] = action
        return action

    def _run(self, path: str, _checked: bool = False) -> None:
        attrgetter(path)(self._window)()

    def _page_picked(self, name: str, _checked: bool = False) -> None:
        self.pagePicked.emit(name)

    @Slot()
    def _retint(self) -> None:
        for spec in ACTIONS:
            if spec.icon and spec.name in self._actions:
                self._actions[spec.name].setIcon(theme.icon(spec.icon))

    @Slot()
    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self._settings.recent_files:
            action = QAction(path.name, self._recent)
            action.setToolTip(str(path))
            action.triggered.connect(lambda _checked=False, path=path: self.recentPicked.emit(path))
            self._recent.addAction(action)
        if self._recent.isEmpty():
            self._recent.addAction("Nothing yet").setEnabled(False)
