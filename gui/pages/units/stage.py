"""The stage: the ways of asking as a row of tabs, and the one on show; a line says what is missing."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.bridge import Bridge
from gui.pages.units.fading import fade
from gui.pages.units.view import UnitView
from gui.pages.units.views import VIEWS
from gui.theme import space
from gui.widgets.choices import Segmented
from gui.widgets.wrapped import Wrapped


class Stage(QWidget):
    """Builds a view when it is first shown. viewPicked(name); made(UnitView): a view was built."""

    viewPicked = Signal(str)
    made = Signal(object)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._views: dict[str, UnitView] = {}
        self._shown = ""
        self.tabs = Segmented([(entry.name, entry.title, entry.tip) for entry in VIEWS])
        self.line = Wrapped("muted")
        self.line.hide()
        self._stack = QStackedWidget()
        row = QHBoxLayout()
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        said = QHBoxLayout()
        said.setContentsMargins(space.l, 0, space.l, 0)
        said.addWidget(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addLayout(row)
        column.addLayout(said)
        column.addWidget(self._stack, 1)
        self.tabs.changed.connect(self.viewPicked)

    @property
    def name(self) -> str:
        """The view on show, "" before the first."""
        return self._shown

    @property
    def view(self) -> UnitView | None:
        """The view on show."""
        return self._views.get(self._shown)

    def show_view(self, name: str) -> UnitView:
        """Bring a view into sight; the others go out of it."""
        if name not in self._views:
            entry = next(entry for entry in VIEWS if entry.name == name)
            view = entry.create(self._bridge)
            self._views[name] = view
            self._stack.addWidget(view)
            self.made.emit(view)
        self.tabs.set_value(name)
        if name != self._shown:
            before = self.view
            focused = QApplication.focusWidget()
            had_focus = before is not None and focused is not None and before.isAncestorOf(focused)
            self._shown = name
            self._stack.setCurrentWidget(self._views[name])
            if (
                had_focus
            ):  # else the stack gives it to a picture, which takes the stepper's keys for its cursor
                self._views[name].setFocus()
            if before is not None:
                before.set_active(False)
        return self._views[name]

    def set_stale(self, stale: bool) -> None:
        """What the view shows belongs to another net: faded until its own unit is known."""
        fade(self._stack, faded=stale)

    def say(self, sentence: str) -> None:
        """Something that a person should know about the net; "" for nothing."""
        self.line.say(sentence)
        self.line.setVisible(bool(sentence))

    @Slot()
    def rest(self) -> None:
        """The page went out of sight."""
        for view in self._views.values():
            view.set_active(False)
