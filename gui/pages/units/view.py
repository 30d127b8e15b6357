"""What every view of the page "What a unit sees" is: one way of asking about one unit of one net."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal

from engine.images import Frame
from engine.mailbox import Mailbox
from gui.pages.views.view import PageView


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is asked about.

    `net`: a name of the weights store, or "random:<architecture>". `position`: row and column of the unit on its map,
    None for where the map is strongest. `frame`: the picture on show, None while it is on its way; `frames`: what
    plays, None for a still picture.
    """

    net: str
    layer: str
    channel: int
    position: tuple[int, int] | None
    frame: Frame | None
    frames: Mailbox[Frame] | None = None


class UnitView(PageView):
    """A view of one unit, which may lead to another one."""

    unitPicked = Signal(str, int, object)
    """Another unit: layer, channel, position or None."""

    def show_subject(self, subject: Subject, settings: Any) -> None:
        """Show this unit under these settings (the view's part of the page's state)."""
        raise NotImplementedError
