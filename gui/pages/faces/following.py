"""The chosen face stays the chosen one: from frame to frame by its track, in one and the same picture by its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.faces.found import Box
from engine.images import Frame
from gui.pages.faces.recognise.resolve import Who

PATIENCE: Final = 10
"""Frames for which a face that plays may be out of sight before another one is chosen."""


class Following:
    """Which face is the chosen one. `who`: as it was seen last; `place`: among all of the frame, None out of sight."""

    def __init__(self) -> None:
        self.who: Who | None = None
        self.place: int | None = None
        self._asked = 0
        self._frame: Frame | None = None
        self._missed = 0

    def choose(self, everybody: Sequence[Who], place: int) -> None:
        """A person chose this one."""
        self.who, self.place, self._asked, self._missed = everybody[place], place, place, 0

    def follow(self, everybody: Sequence[Who], asked: int, frame: Frame | None, *, live: bool) -> None:
        """Find the chosen face among those of a frame; `asked`: the place that the settings name."""
        same = frame is self._frame
        again = self._found_again(everybody, same=same) if asked == self._asked else None
        waits = live and asked == self._asked and self._waits(same=same)
        self._asked, self._frame = asked, frame
        if again is None and waits:
            self.place = None
            return
        place = again
        if again is None and everybody:
            place = asked if asked < len(everybody) else 0
        self.place, self._missed = place, 0
        self.who = None if place is None else everybody[place]

    def _waits(self, *, same: bool) -> bool:
        """Whether a face that was lost may come back soon: another one in its place would be mistaken for it."""
        if self.who is None or self.who.face.track is None:
            return False
        self._missed += not same
        return self._missed <= PATIENCE

    def _found_again(self, everybody: Sequence[Who], *, same: bool) -> int | None:
        if self.who is None:
            return None
        face = self.who.face
        for place, one in enumerate(everybody):
            if one.face is face or (face.track is not None and one.face.track == face.track):
                return place
        here = (place for place, one in enumerate(everybody) if _at_one_place(one.face.box, face.box))
        return next(here, None) if same else None


def _at_one_place(one: Box, other: Box) -> bool:
    """Whether the middle of one box lies within the inner half of the other."""
    across, down = (one[0] + one[2] - other[0] - other[2]) / 2, (one[1] + one[3] - other[1] - other[3]) / 2
    return abs(across) < (other[2] - other[0]) / 4 and abs(down) < (other[3] - other[1]) / 4
