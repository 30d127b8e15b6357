"""The stage of a page of views: a tab for each of them, and the one on show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.bridge import Bridge
from gui.pages.views.view import V, ViewEntry
from gui.theme import space
from gui.widgets.choices import Segmented


class ViewStage(QWidget, Generic[V]):
    """Builds a view when it is first shown. viewPicked(name); made(name, view): a view was built.

    `tabs_in_a_row`: where there are too many for one row.
    """

    viewPicked = Signal(str)
    made = Signal(str, object)

    def __init__(
        self,
        bridge: Bridge,
        entries: Sequence[ViewEntry[V]],
        *,
        tabs_in_a_row: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._entries = {entry.name: entry for entry in entries}
        self._views: dict[str, V] = {}
        self._shown = ""
        self.tabs = Segmented([entry.option for entry in entries], columns=tabs_in_a_row)
        self.views = QStackedWidget()
        row = QHBoxLayout()
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(space.s)
        self.column.addLayout(row)
        self.column.addWidget(self.views, 1)
        self.tabs.changed.connect(self.viewPicked)

    @property
    def name(self) -> str:
        """The view on show, "" before the first."""
        return self._shown

    @property
    def view(self) -> V | None:
        """The view on show."""
        return self._views.get(self._shown)

    @property
    def title(self) -> str:
        """The title of the view on show, "" before the first."""
        return self._entries[self._shown].title if self._shown else ""

    @property
    def built_views(self) -> tuple[V, ...]:
        """All views that were shown so far."""
        return tuple(self._views.values())

    def built(self, name: str) -> V | None:
        """A view, None where it was not yet on show."""
        return self._views.get(name)

    def show_view(self, name: str) -> V:
        """Bring a view into sight; the one before goes out of it."""
        if name not in self._views:
            view = self._entries[name].create(self._bridge)
            self._views[name] = view
            self.views.addWidget(view)
            self.made.emit(name, view)
        self.tabs.set_value(name)
        if name != self._shown:
            self._exchange(name)
        return self._views[name]

    def _exchange(self, name: str) -> None:
        before, focused = self.view, QApplication.focusWidget()
        had_focus = before is not None and focused is not None and before.isAncestorOf(focused)
        self._shown = name
        self.views.setCurrentWidget(self._views[name])
        if had_focus:  # else the stack gives it to whatever comes first, which may take the stepper's keys
            self._views[name].setFocus()
        if before is not None:
            before.set_active(False)

    @Slot()
    def rest(self) -> None:
        """The page went out of sight."""
        for view in self._views.values():
            view.set_active(False)
