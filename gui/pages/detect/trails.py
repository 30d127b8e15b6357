"""Where tracked things have been lately, and which number a box has on a frame that was frozen."""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection.requests import Annotated

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

LONGEST: Final = 40
"""Points of a trail: about a second and a half of a film."""
FORGOTTEN_AFTER: Final = 20
"""Frames without a thing, after which its trail is forgotten."""


class TrailBook:
    """Keeps the trails of what plays, and the numbers of the finds of its newest frame."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Another source: nothing is known of its things."""
        self._points: dict[int, deque[tuple[float, float]]] = {}
        self._seen: dict[int, int] = {}
        self._frame = 0
        self._last: Annotated | None = None

    @property
    def trails(self) -> dict[int, FloatArray]:
        """float64[n, 2] by the number of a track."""
        return {number: np.array(points) for number, points in self._points.items() if len(points) > 1}

    def follow(self, answer: Annotated) -> None:
        """The next frame of what plays."""
        tracks = answer.tracks
        if tracks is None:
            return
        self._frame += 1
        self._last = answer
        boxes = answer.found.boxes
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        for number, (x, y) in zip(tracks.tolist(), middles.tolist(), strict=True):
            self._points.setdefault(number, deque(maxlen=LONGEST)).append((x, y))
            self._seen[number] = self._frame
        for number in [one for one, seen in self._seen.items() if self._frame - seen > FORGOTTEN_AFTER]:
            del self._seen[number], self._points[number]

    def numbers(self, answer: Annotated) -> IntArray | None:
        """int64[N]: the numbers of the finds of an answer; 0 for one that was not tracked. None: nothing is known.

        A frozen frame is asked about anew, without its past: a box that is the very same has its number still.
        """
        if answer.tracks is not None:
            return answer.tracks
        last = self._last
        if last is None or last.tracks is None or last.frame is not answer.frame:
            return None
        known = {
            tuple(box): number
            for box, number in zip(last.found.boxes.tolist(), last.tracks.tolist(), strict=True)
        }
        return np.array([known.get(tuple(box), 0) for box in answer.found.boxes.tolist()], np.int64)
