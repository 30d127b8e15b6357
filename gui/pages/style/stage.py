"""The stage of the page: its views as a row of tabs, the one on show, and a line with an offer above it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.pages.base import Services
from gui.pages.style.paint.notice import Notice
from gui.pages.style.view import StyleView
from gui.pages.style.views import VIEWS
from gui.theme import space
from gui.widgets.choices import Segmented


class Stage(QWidget):
    """Builds a view when it is first shown. viewPicked(name); made(StyleView): a view was built."""

    viewPicked = Signal(str)
    made = Signal(object)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._views: dict[str, StyleView] = {}
        self._shown = ""
        self.tabs = Segmented([(entry.name, entry.title, entry.tip) for entry in VIEWS])
        self.notice = Notice()
        self._stack = QStackedWidget()
        row = QHBoxLayout()
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addLayout(row)
        column.addWidget(self.notice)
        column.addWidget(self._stack, 1)
        self.tabs.changed.connect(self.viewPicked)

    @property
    def name(self) -> str:
        """The view on show, "" before the first."""
        return self._shown

    @property
    def view(self) -> StyleView | None:
        """The view on show."""
        return self._views.get(self._shown)

    @property
    def views(self) -> tuple[StyleView, ...]:
        """All views that were built."""
        return tuple(self._views.values())

    def built(self, name: str) -> StyleView | None:
        """A view, None where it was not yet on show."""
        return self._views.get(name)

    def show_view(self, name: str) -> StyleView:
        """Bring a view into sight; the others go out of it."""
        if name not in self._views:
            entry = next(entry for entry in VIEWS if entry.name == name)
            view = entry.create(self._services)
            self._views[name] = view
            self._stack.addWidget(view)
            self.made.emit(view)
        self.tabs.set_value(name)
        if name != self._shown:
            before, focused = self.view, QApplication.focusWidget()
            had_focus = before is not None and focused is not None and before.isAncestorOf(focused)
            self._shown = name
            self._stack.setCurrentWidget(self._views[name])
            if had_focus:
                self._views[name].setFocus()
            if before is not None:
                before.set_active(False)
        return self._views[name]

    @Slot()
    def rest(self) -> None:
        """The page went out of sight."""
        for view in self._views.values():
            view.set_active(False)

    def close_views(self) -> None:
        """The window closes."""
        for view in self._views.values():
            view.close_view()
