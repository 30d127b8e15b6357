"""What the view "YOLO grid" asks the engine: the check of its numbers, and what the bundled detector reads."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.detection.evaluation.requests import ReadPage
from engine.detection.grid.requests import check_of
from engine.images import Frame
from engine.jobs import Priority
from gui.bridge import Bridge
from gui.checking import Checking
from gui.latest import Latest
from gui.pages.boxes.grid.shown import Basis


class GridAnswers(QObject):
    """Owns both questions. read(PageRead, bool): whether it is about what is on show; refused(ErrorReport)."""

    outdated = Signal()
    read = Signal(object, bool)
    refused = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self.checking = Checking(bridge, "boxes.grid.check", self)
        channel = bridge.channel("boxes.grid.read", Priority.INTERACTIVE, self, handles_failures=True)
        self._reading = Latest(channel, self)
        self._reading.outdated.connect(self.outdated)
        self._reading.answered.connect(self.read)
        self._reading.refused.connect(self.refused)
        self._reads = False

    def want_page(self, number: int) -> None:
        """This page of digits is to be read."""
        self._reads = True
        self._reading.want(("page", number), lambda: ReadPage(number))

    def want_picture(self, frame: Frame) -> None:
        """This picture is to be read."""
        self._reads = True
        self._reading.want(("picture", frame), lambda: ReadPage(0, frame))

    def no_reading(self) -> None:
        """Nothing is to be read."""
        if self._reads:
            self._reads = False
            self._reading.drop()

    def want_check(self, basis: Basis, least: float, overlap: float) -> None:
        """These numbers are on show."""
        self.checking.want(
            (basis, least, overlap), lambda: check_of(basis.walk, basis.boxes, basis.kinds, least, overlap)
        )

    def drop(self) -> None:
        """Out of view: nothing may keep the engine busy."""
        self.no_reading()
        self.checking.drop()

    @property
    def settled(self) -> bool:
        """Whether everything that was wanted is there."""
        return (not self._reads or self._reading.settled) and self.checking.settled
