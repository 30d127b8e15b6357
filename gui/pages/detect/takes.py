"""The finds of a recording, frame by frame, without their pixels."""

from __future__ import annotations

from typing import Final

from engine.detection.exporting import Recorded
from gui.pages.detect.resolve import Shown

MOST: Final = 200_000
"""Frames that are kept: two hours of a film."""


class Takes:
    """Collects while a recording goes on; the last finished one stays until the next begins."""

    def __init__(self) -> None:
        self._under_way: list[Recorded] | None = None
        self._since = 0.0
        self.finished: tuple[Recorded, ...] = ()
        self.classes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Frames of the recording that goes on."""
        return 0 if self._under_way is None else len(self._under_way)

    def begin(self) -> None:
        """A recording begins."""
        self._under_way, self.finished = [], ()

    def add(self, shown: Shown) -> None:
        """One more frame; times count from the first."""
        takes = self._under_way
        if takes is None or len(takes) >= MOST:
            return
        if takes and shown.answer.classes != self.classes:
            return  # of another detector: its classes have other numbers
        if not takes:
            self._since, self.classes = shown.answer.frame.time_s, shown.answer.classes
        takes.append(shown.recorded(self._since))

    def end(self) -> None:
        """The recording is over."""
        if self._under_way is not None:
            self.finished, self._under_way = tuple(self._under_way), None
