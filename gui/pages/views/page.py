"""What a page of views is: it keeps the state and the picture, and every view shows both in its own way."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication

from gui.pages import PageEntry
from gui.pages.base import Services
from gui.pages.source_page import PictureState, SourcePage
from gui.pages.views.section import ViewsInspector
from gui.pages.views.stage import ViewStage
from gui.pages.views.view import V


class ViewsState(PictureState, Protocol):
    """The state names the view on show, and has a field of settings for each of them, called as the view is."""

    @property
    def view(self) -> str: ...


S = TypeVar("S", bound=ViewsState)


class ViewsPage(SourcePage[S], Generic[S, V]):
    """Wires views to panels, stepper and history. A subclass makes `stage` and `details` and calls `connect_views`."""

    stage: ViewStage[V]
    details: ViewsInspector
    no_folder: str
    """What is said of a dropped folder that no view takes."""

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self.stepper.indexChanged.connect(self._stepped)

    def connect_views(self) -> None:
        """Listen to the stage, and to every view as soon as it is built."""
        self.stage.viewPicked.connect(self.pick_numbered)
        self.stage.made.connect(self.view_made)

    @Slot(str, object)
    def view_made(self, name: str, view: V) -> None:
        """A view was built: it is connected before it shows anything."""
        view.changed.connect(partial(self._view_changed, name))
        view.looked.connect(partial(self._view_looked, name))
        view.pointed.connect(self.details.show_under)
        view.factsChanged.connect(self.show_facts)
        view.stepsChanged.connect(self.show_steps)
        view.said.connect(self.said)

    # --- show ------------------------------------------------------------------------------------------------

    def bring_view(self, name: str) -> V:
        """The view of that name, in sight."""
        if name == self.stage.name:
            return self.stage.show_view(name)
        self.details.show_under([])  # what was pointed at stands on another view
        focused = QApplication.focusWidget()
        view = self.stage.show_view(name)
        if focused is not None and self.controls.isAncestorOf(focused):
            view.setFocus()  # a control that goes with its view would hand the focus, and the keys, out of the page
        return view

    @Slot()
    def show_facts(self) -> None:
        """Tell in the inspector what the view on show has found out."""
        view = self.stage.view
        if view is not None:
            self.details.show_view(self.stage.title, view.facts(), view.aside())

    @Slot()
    def show_steps(self) -> None:
        """Show the stepper where the view on show has steps."""
        view = self.stage.view
        steps = None if view is None else view.steps()
        self.show_stepper(steps is not None)
        if view is not None and steps is not None:
            self.stepper.set_range(*steps)
            self.stepper.set_pace(view.pace())

    # --- what a person does ----------------------------------------------------------------------------------

    def _view_changed(self, name: str, settings: Any, gesture: str) -> None:
        self.change(_with(self.state, name, settings), gesture or None)

    def _view_looked(self, name: str, settings: Any) -> None:
        self.amend(_with(self.state, name, settings))

    @Slot(int)
    def _stepped(self, index: int) -> None:
        if self.stage.view is not None:
            self.stage.view.go_to(index)

    @Slot(str)
    def pick_numbered(self, key: str) -> None:
        self.amend(_with(self.state, "view", key))

    def escape(self) -> bool:
        return self.stage.view is not None and self.stage.view.escape()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.show_menu(None, event.globalPos())

    # --- sources and life in the window ----------------------------------------------------------------------

    def live_changed(self, live: bool) -> None:
        self.show_state(self.state)

    def open_path(self, path: Path) -> None:
        """A picture or a video becomes the source; a folder goes to the view that takes one, here or on another tab."""
        if not path.is_dir():
            super().open_path(path)
            return
        before = self.state.view
        for name in (before, *(name for name, _, _ in self.numbered if name != before)):
            self.pick_numbered(name)
            if self.stage.view is not None and self.stage.view.open_folder(path):
                return
        self.pick_numbered(before)
        self.said.emit(self.no_folder, "warn")

    def focus_stage(self) -> None:
        if self.stage.view is not None:
            self.stage.view.setFocus()

    def rest(self) -> None:
        self.stage.rest()


def _with(state: S, name: str, value: Any) -> S:
    changes: dict[str, Any] = {name: value}
    return replace(state, **changes)
