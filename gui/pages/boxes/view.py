"""What every view of the page "Boxes" is: one step on the way from a labelled box to a detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from engine.images import Frame
from engine.mailbox import Mailbox
from gui.film import FilmSource
from gui.pages.base import Verb
from gui.widgets.facts import Fact
from gui.widgets.stepper import BASE_INTERVAL_MS

Arrays = Sequence[tuple[str, npt.ArrayLike]]
"""Named arrays of numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """The picture that is looked at.

    `frame`: the picture on show, None while it is on its way; `frames`: what plays, None for a still picture.
    """

    frame: Frame | None
    frames: Mailbox[Frame] | None = None


class BoxesView(QWidget):
    """A view owns its stage, its controls and its questions to the engine; the page owns the state and the picture.

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
    pageAsked = Signal(str, object)
    """Another page, or another view of this one ("boxes", {"view": "grid"}), and the fields that are to change."""

    needs_picture = True
    """Whether the picture that a person chooses has a part in the view; else its section is not shown."""

    def controls(self) -> QWidget | None:
        """The view's own controls, for a section of the page's panel."""
        return None

    def show_subject(self, subject: Subject, settings: Any) -> None:
        """Show this picture under these settings (the view's part of the page's state)."""
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

    def arrays(self) -> Arrays:
        """The numbers on show, for a CSV file. Raises UserError where there are none."""
        raise UserError("This view has no numbers to save.")

    def film(self) -> FilmSource | None:
        """The whole walk through its steps; None where nothing moves."""
        return None

    @property
    def settled(self) -> bool:
        """Whether everything that the settings owe is on the screen."""
        return True
