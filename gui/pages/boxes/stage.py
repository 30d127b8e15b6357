"""The stage: the steps on the way to a detector as tabs, and the one on show."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.bridge import Bridge
from gui.pages.boxes.view import BoxesView
from gui.pages.boxes.views import VIEWS
from gui.theme import space
from gui.widgets.choices import Segmented

TABS_IN_A_ROW: Final = 5


class Stage(QWidget):
    """Builds a view when it is first shown. viewPicked(name); made(name, BoxesView): a view was built."""

    viewPicked = Signal(str)
    made = Signal(str, object)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._views: dict[str, BoxesView] = {}
        self._shown = ""
        options = [(entry.name, entry.title, entry.tip) for entry in VIEWS]
        self.tabs = Segmented(options, columns=TABS_IN_A_ROW)
        self._stack = QStackedWidget()
        row = QHBoxLayout()
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        self.tabs.changed.connect(self.viewPicked)

    @property
    def name(self) -> str:
        """The view on show, "" before the first."""
        return self._shown

    @property
    def view(self) -> BoxesView | None:
        """The view on show."""
        return self._views.get(self._shown)

    def show_view(self, name: str) -> BoxesView:
        """Bring a view into sight; the one before goes out of it."""
        if name not in self._views:
            entry = next(entry for entry in VIEWS if entry.name == name)
            view = entry.create(self._bridge)
            self._views[name] = view
            self._stack.addWidget(view)
            self.made.emit(name, view)
        self.tabs.set_value(name)
        if name != self._shown:
            self._exchange(name)
        return self._views[name]

    def _exchange(self, name: str) -> None:
        before, focused = self.view, QApplication.focusWidget()
        had_focus = before is not None and focused is not None and before.isAncestorOf(focused)
        self._shown = name
        self._stack.setCurrentWidget(self._views[name])
        if had_focus:  # else the stack hands it to whatever comes first in the view
            self._views[name].setFocus()
        if before is not None:
            before.set_active(False)

    @Slot()
    def rest(self) -> None:
        """The page went out of sight."""
        for view in self._views.values():
            view.set_active(False)
