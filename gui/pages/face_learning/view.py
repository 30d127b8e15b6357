"""What every view of the page "Face learning" is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from engine.errors import UserError
from engine.images import Frame
from gui.pages.views.view import PageView

Arrays = Sequence[tuple[str, npt.ArrayLike]]
"""Named arrays of numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """`frame`: the picture of one's own, None while it is on its way; `live`: the next one is about to come."""

    frame: Frame | None
    live: bool = False


class LearningView(PageView):
    """A view with numbers to take away; few of them look at a picture of one's own."""

    @property
    def needs_picture(self) -> bool:
        """Whether the picture that a person chooses has a part in what is on show."""
        return False

    def show_subject(self, subject: Subject, settings: Any) -> None:
        """Show these settings."""
        raise NotImplementedError

    def arrays(self) -> Arrays:
        """The numbers on show, for a CSV file. Raises UserError where there are none."""
        raise UserError("This view has no numbers to save yet.", "Wait until they are on show.")
