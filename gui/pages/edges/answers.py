"""What the page asks the engine: filtered pictures while a hand moves, and the checks of what is on show."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject

from engine.foundations.edges.requests import CheckFiltered, FilteredPicture
from engine.foundations.requests import CheckConvolution
from engine.foundations.trace import Trace
from engine.jobs import Priority
from gui.bridge import Bridge
from gui.checking import Checking
from gui.latest import Latest
from gui.pages.edges.resolve import Owed

UNDER_WAY: Final = "The picture is being filtered."


class EdgesAnswers(QObject):
    """Owns the page's questions: the maps of a picture, the check of the small grids, the check of the maps."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        channel = bridge.channel("edges.maps", Priority.INTERACTIVE, self, handles_failures=True)
        self.maps = Latest(channel, self)
        self.grid_check = Checking(bridge, "edges.check.grid", self)
        self.map_check = Checking(bridge, "edges.check.maps", self, needs_torch=False)

    def want(self, owed: Owed | None) -> None:
        """Ask for the maps that a view owes; None gives up what was asked."""
        if owed is None:
            self.maps.drop()
        else:
            self.maps.want(owed, owed.request)

    def want_grid_check(self, done: Trace) -> None:
        """Check the small convolution with torch, a moment after the last change."""
        self.map_check.drop()
        self.grid_check.want(
            done, lambda: CheckConvolution(done.x, done.weight, done.bias, done.spec, done.output)
        )

    def want_map_check(self, result: FilteredPicture) -> None:
        """Check a filtered picture that stands still with OpenCV."""
        self.grid_check.drop()
        self.map_check.want(result, lambda: CheckFiltered(result))

    def hold_map_check(self) -> None:
        """Other maps are on their way: what is known of those on show stays, what is not known is not worth asking."""
        self.grid_check.drop()
        self.map_check.drop()

    def no_map_check(self, reason: str) -> None:
        """There are no maps to check yet, or they would be gone by the time that they are checked."""
        self.grid_check.drop()
        self.map_check.pause(reason)

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self.maps.drop()
        self.grid_check.drop()
        self.map_check.drop()
