"""What every view of the page "Boxes" is: one step on the way from a labelled box to a detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
from PySide6.QtCore import Signal

from engine.errors import UserError
from engine.images import Frame
from engine.mailbox import Mailbox
from gui.pages.views.view import PageView

Arrays = Sequence[tuple[str, npt.ArrayLike]]
"""Named arrays of numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """The picture that is looked at.

    `frame`: the picture on show, None while it is on its way; `frames`: what plays, None for a still picture.
    """

    frame: Frame | None
    frames: Mailbox[Frame] | None = None


class BoxesView(PageView):
    """A view of one picture, with numbers to take away, that leads to the next step."""

    pageAsked = Signal(str, object)
    """Another page, or another view of this one ("boxes", {"view": "grid"}), and the fields that are to change."""

    needs_picture = True
    """Whether the picture that a person chooses has a part in the view; else its section is not shown."""

    def show_subject(self, subject: Subject, settings: Any) -> None:
        """Show this picture under these settings (the view's part of the page's state)."""
        raise NotImplementedError

    def arrays(self) -> Arrays:
        """The numbers on show, for a CSV file. Raises UserError where there are none."""
        raise UserError("This view has no numbers to save.")
