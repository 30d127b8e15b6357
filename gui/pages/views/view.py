"""What every view of a page of views is, and how a page's table names one."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui.bridge import Bridge
from gui.film import FilmSource
from gui.pages.base import Verb
from gui.widgets.facts import Fact
from gui.widgets.stepper import BASE_INTERVAL_MS


class PageView(QWidget):
    """A view owns its stage, its controls and its questions to the engine; the page owns the state and the subject.

    The page calls `show_subject` for every change of either; a view draws at once what it has (tinted where it is
    stale) and asks only while it is active.
    """

    changed = Signal(object, str)
    """The view's settings as they are to be, and the gesture that they belong to ("" for a change of its own)."""
    looked = Signal(object)
    """The view's settings after the person only looked around (a step, a place): no undo step."""
    pointed = Signal(list)
    """Facts for the inspector about what is under the pointer."""
    factsChanged = Signal()
    stepsChanged = Signal()
    said = Signal(str, str)
    """A sentence for the banner and its kind: "info", "warn" or "error"."""
    settledChanged = Signal()

    def controls(self) -> QWidget | None:
        """The view's own controls, for a section of the page's panel."""
        return None

    def show_subject(self, subject: Any, settings: Any) -> None:
        """Show this subject (of the page's own kind) under these settings (the view's part of the page's state)."""
        raise NotImplementedError

    def set_active(self, active: bool) -> None:
        """The view came into sight, or went out of it: then nothing of it keeps the engine busy."""
        raise NotImplementedError

    def facts(self) -> list[Fact]:
        """What the inspector tells about what is on show."""
        return []

    def aside(self) -> QWidget | None:
        """What stands beneath these facts in the inspector: a badge, say."""
        return None

    def steps(self) -> tuple[int, int, str] | None:
        """(count, index, noun) for the stepper; None where there is nothing to step through."""
        return None

    def pace(self) -> int:
        """Milliseconds that a step takes while the stepper plays at 1×."""
        return BASE_INTERVAL_MS

    def go_to(self, step: int) -> None:
        """The stepper moved."""

    def escape(self) -> bool:
        """One depth back (Esc); False where there is none, which leaves the key to the page."""
        return False

    def open_folder(self, path: Path) -> bool:
        """Take a folder that was dropped on the page; False where this view has no use for one."""
        return False

    def verbs(self) -> list[Verb]:
        """What can be exported or copied of this view."""
        return []

    def film(self) -> FilmSource | None:
        """The whole walk through its steps; None where nothing moves."""
        return None

    @property
    def settled(self) -> bool:
        """Whether everything that the settings owe is on the screen."""
        return True


V = TypeVar("V", bound=PageView)


@dataclass(frozen=True, slots=True)
class ViewEntry(Generic[V]):
    """One view in the table of its page: `name` is the field of the page's state that has its settings; `target` is
    "module:Class", imported when the view is first opened and called with the bridge."""

    name: str
    title: str
    tip: str
    target: str

    @property
    def option(self) -> tuple[str, str, str]:
        """Key, title and tip, as a segmented choice takes them."""
        return self.name, self.title, self.tip

    def create(self, bridge: Bridge) -> V:
        """Build the view."""
        module, _, attribute = self.target.partition(":")
        return cast(V, getattr(import_module(module), attribute)(bridge))
