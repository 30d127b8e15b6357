"""The chosen face stays the chosen one: from frame to frame by its track, else by its place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from engine.faces.found import Box
from engine.images import Frame
from gui.pages.faces.recognise.resolve import Who

PATIENCE: Final = 5
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
        again = self._found_again(everybody, near=same or live) if asked == self._asked else None
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

    def _found_again(self, everybody: Sequence[Who], *, near: bool) -> int | None:
        """By track; where that broke off, and in the same picture looked at otherwise, by the nearest place."""
        if self.who is None:
            return None
        face = self.who.face
        for place, one in enumerate(everybody):
            if one.face is face or (face.track is not None and one.face.track == face.track):
                return place
        away = [_away(one.face.box, face.box) for one in everybody]
        nearest = min(range(len(away)), key=away.__getitem__, default=None)
        return nearest if near and nearest is not None and away[nearest] < 1 else None


def _away(one: Box, other: Box) -> float:
    """How far the middles of two boxes are apart, in sides of the second."""
    across, down = (one[0] + one[2] - other[0] - other[2]) / 2, (one[1] + one[3] - other[1] - other[3]) / 2
    return math.hypot(across, down) / max(min(other[2] - other[0], other[3] - other[1]), 1.0)
