"""Recording what is on show: the film with its boxes, and the finds beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot

from gui.pages.detect.takes import Takes
from gui.tape import Tape
from gui.widgets.found_view import annotated

if TYPE_CHECKING:
    from gui.pages.detect.page import DetectPage

TABLE: Final = "The share menu saves its finds as a table."


class DetectTape(Tape):
    """A tape that keeps the finds of its last film, too."""

    def __init__(self, page: DetectPage) -> None:
        super().__init__(page, "convscope-detection.mp4", TABLE)
        self._page, self.takes = page, Takes()
        self.told.connect(page.stage.tools.show_recording)
        self.said.connect(page.said)
        self.began.connect(self._begin)
        self.ended.connect(self._end)

    def take(self) -> None:
        """What is on show now belongs to the film, where there is one."""
        shown = self._page.shown
        if shown is not None and self.running:
            self.add(lambda: annotated(shown.answer.frame, shown.findings))
            self.takes.add(shown)

    @Slot()
    def _begin(self) -> None:
        self.takes.begin()
        self.take()

    @Slot()
    def _end(self) -> None:
        self.takes.end()
