"""What the page asks the engine: the check of the whole chain against torch."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject

from gui.bridge import Bridge
from gui.checking import Checking
from gui.pages.shapes.resolve import question
from gui.pages.shapes.state import ShapesState

NOTHING: Final = "There is no layer that fits yet."


class Answers(QObject):
    """Owns the page's question."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self.check = Checking(bridge, "shapes.check", self)
        self._asked = False

    def want(self, state: ShapesState) -> None:
        """Check this chain a moment after the last change."""
        asked = question(state)
        self._asked = asked is not None
        if asked is None:
            self.check.pause(NOTHING)
        else:
            self.check.want(asked, lambda: asked)

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self.check.drop()

    @property
    def settled(self) -> bool:
        """Whether the badge speaks of the chain on show."""
        return not self._asked or self.check.settled
