"""Views whose numbers are worked out while a hand moves, and checked by the engine a moment after it rests."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from gui.bridge import Bridge
from gui.checking import Checking
from gui.pages.boxes.shares import Size
from gui.pages.boxes.view import BoxesView, Subject
from gui.widgets.badge import Badge
from gui.widgets.box_editor import BoxEditor
from gui.widgets.facts import Fact


class ViewControls(QWidget):
    """The controls of such a view. changed(settings, str): what a person set, and the gesture that it belongs to."""

    changed = Signal(object, str)

    def show_settings(self, settings: Any) -> None:
        """Show what is set."""
        raise NotImplementedError


S = TypeVar("S")
"""The settings of a view."""
F = TypeVar("F")
"""What is worked out from them."""


class CheckedView(BoxesView, Generic[S, F]):
    """Keeps what was found, its check and its badge. A subclass sets `_found`, then calls `check`."""

    def __init__(
        self, bridge: Bridge, check: str, settings: S, controls: ViewControls, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._found: F | None = None
        self._active = False
        self._panel = controls
        self._badge = Badge()
        self._checking = Checking(bridge, check, self)
        self._checking.tell(self._badge)
        controls.changed.connect(self.changed)

    # --- what a view of this kind gives ----------------------------------------------------------------------

    @abstractmethod
    def tell(self, found: F) -> list[Fact]:
        """What the inspector tells of it."""

    @abstractmethod
    def key(self, found: F) -> object:
        """What of it is checked: compared with ==, so that the same thing is not checked twice."""

    @abstractmethod
    def request(self, found: F) -> object:
        """What the engine is to compute again."""

    def unchecked(self, found: F) -> str:
        """Why there is nothing to check: a sentence, "" where there is something."""
        return ""

    # --- what every view gives -------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._panel

    def set_active(self, active: bool) -> None:
        self._active = active
        self.check()

    def facts(self) -> list[Fact]:
        return [] if self._found is None else self.tell(self._found)

    def aside(self) -> QWidget:
        return self._badge

    @property
    def found(self) -> F | None:
        """What is on show, None before there is a picture."""
        return self._found

    @property
    def settled(self) -> bool:
        found = self._found
        if found is None:
            return False
        return not self._active or bool(self.unchecked(found)) or self._checking.settled

    def check(self) -> None:
        """Let the engine compute again what is on show, while somebody sees it."""
        found = self._found
        if not self._active or found is None:
            self._checking.drop()
            return
        reason = self.unchecked(found)
        if reason:
            self._checking.pause(reason)
        else:
            self._checking.want(self.key(found), lambda: self.request(found))


class EditedView(CheckedView[S, F]):
    """Boxes by hand on the photo. A subclass works out and draws in `show_size`."""

    def __init__(
        self,
        bridge: Bridge,
        check: str,
        settings: S,
        controls: ViewControls,
        editor: BoxEditor,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(bridge, check, settings, controls, parent)
        self.editor = editor
        editor.hovered.connect(self._pixel_hovered)
        editor.left.connect(self._left)
        self.setFocusProxy(editor)

    @abstractmethod
    def show_size(self, size: Size) -> None:
        """Show the settings on a picture of that size."""

    def pixel_facts(self, x: int, y: int) -> list[Fact]:
        """What else is told of a pixel."""
        return []

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._settings = settings
        self._panel.show_settings(settings)
        if self.editor.frame is not subject.frame:
            self.editor.set_frame(subject.frame)
        if subject.frame is None:
            self.editor.set_boxes([])
            return
        self.show_size(self.editor.picture_size)

    @Slot(int, int)
    def _pixel_hovered(self, x: int, y: int) -> None:
        if self._found is not None:
            place: Fact = ("pixel", f"x {x}, y {y}", "Counted from 0 at the upper left corner.")
            self.pointed.emit([place, *self.pixel_facts(x, y)])

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])
