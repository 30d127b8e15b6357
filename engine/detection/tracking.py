"""The same thing in one frame after the other: a tracker that goes by overlap alone, and counts of what it saw.

Bochinski, Eiselein & Sikora: High-speed tracking-by-detection without using image information, 2017. No torch.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection.boxes import iou
from engine.detection.scoring import Found

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

LEAST_IOU: Final = 0.3
"""IoU with its last box from which a find goes on with a track."""
MAX_AGE: Final = 15
"""Frames for which a thing may be out of sight and still be the same one."""
REMEMBERED_S: Final = 600.0


class Tracker:
    """Gives finds the numbers of the things that they are: from 1 on, in the order of appearance, none of them twice.

    The pair of a track and a find of its class with the largest IoU goes first, then the next among the rest. Of equal
    IoUs the older track comes first, then the find that comes first. A track that was not seen for more than `max_age`
    frames has ended.
    """

    def __init__(self, least_iou: float = LEAST_IOU, max_age: int = MAX_AGE) -> None:
        self._least, self._max_age = least_iou, max_age
        self._boxes: FloatArray = np.zeros((0, 4))
        self._classes = np.zeros(0, np.int64)
        self._ids = np.zeros(0, np.int64)
        self._unseen = np.zeros(0, np.int64)
        self._next = 1

    @property
    def started(self) -> int:
        """How many things there were so far."""
        return self._next - 1

    def update(self, found: Found) -> IntArray:
        """int64[N]: the number of each find of the next frame."""
        ids = np.zeros(len(found.classes), np.int64)
        boxes = np.asarray(found.boxes, np.float64).reshape(-1, 4)
        tracks, finds = self._pairs(boxes, found.classes)
        ids[finds] = self._ids[tracks]
        self._boxes[tracks] = boxes[finds]
        self._unseen += 1
        self._unseen[tracks] = 0
        new = np.flatnonzero(ids == 0)
        ids[new] = np.arange(self._next, self._next + len(new))
        self._next += len(new)
        self._go_on(boxes[new], found.classes[new], ids[new])
        return ids

    def _pairs(self, boxes: FloatArray, classes: IntArray) -> tuple[IntArray, IntArray]:
        """Indices of tracks and of the finds that go on with them."""
        nothing = np.zeros(0, np.int64)
        if not len(boxes) or not len(self._ids):
            return nothing, nothing
        common = iou(self._boxes, boxes)
        possible = (common >= self._least) & (common > 0) & (self._classes[:, None] == classes)
        rows, columns = np.nonzero(possible)
        order = np.argsort(-common[rows, columns], kind="stable")
        free_tracks, free_finds = np.ones(len(self._ids), bool), np.ones(len(boxes), bool)
        pairs: list[tuple[int, int]] = []
        for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
            if free_tracks[row] and free_finds[column]:
                free_tracks[row] = free_finds[column] = False
                pairs.append((row, column))
        if not pairs:
            return nothing, nothing
        chosen = np.asarray(pairs, np.int64)
        return chosen[:, 0], chosen[:, 1]

    def _go_on(self, boxes: FloatArray, classes: IntArray, ids: IntArray) -> None:
        """Forget what was out of sight for too long, remember what is new."""
        alive = self._unseen <= self._max_age
        self._boxes = np.concatenate([self._boxes[alive], boxes])
        self._classes = np.concatenate([self._classes[alive], classes])
        self._ids = np.concatenate([self._ids[alive], ids])
        self._unseen = np.concatenate([self._unseen[alive], np.zeros(len(ids), np.int64)])


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """How many things of one class there were: `times` float64[T] in seconds, `counts` int64[T]."""

    times: FloatArray
    counts: IntArray


@dataclass(slots=True, eq=False)
class Census:
    """Counts the classes over time. Moments older than `remembered` seconds are forgotten, the sums are not."""

    remembered: float = REMEMBERED_S
    _moments: deque[tuple[float, dict[int, int]]] = field(default_factory=deque)
    _things: Counter[int] = field(default_factory=Counter)
    _newest: int = 0

    def add(self, time_s: float, found: Found, tracks: IntArray | None = None) -> None:
        """One more frame; `tracks` are the numbers that a Tracker gave."""
        kinds, counts = np.unique(found.classes, return_counts=True)
        self._moments.append((time_s, dict(zip(kinds.tolist(), counts.tolist(), strict=True))))
        while self._moments[0][0] < time_s - self.remembered:
            self._moments.popleft()
        if tracks is not None:
            # Numbers only grow: a thing whose number is above the newest so far is new.
            self._things.update(found.classes[tracks > self._newest].tolist())
            self._newest = max(self._newest, int(tracks.max(initial=0)))

    @property
    def classes(self) -> tuple[int, ...]:
        """The classes that were seen in the moments remembered, in their order."""
        return tuple(sorted({kind for _, counts in self._moments for kind in counts}))

    @property
    def things(self) -> Mapping[int, int]:
        """How many different things of each class there were since the beginning; empty without tracks."""
        return dict(self._things)

    def series(self, kind: int) -> Series:
        """The counts of one class in the moments remembered."""
        return Series(
            np.array([time for time, _ in self._moments]),
            np.array([counts.get(kind, 0) for _, counts in self._moments], np.int64),
        )
