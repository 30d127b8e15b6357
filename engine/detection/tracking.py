"""The same thing in one frame after the other: a tracker that goes by overlap alone.

Bochinski, Eiselein & Sikora: High-speed tracking-by-detection without using image information, 2017. No torch.
"""

from __future__ import annotations

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
MOST: Final = 300
"""Things that are followed at a time."""


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
        """int64[N]: the number of each find of the next frame; 0 for those behind the first MOST."""
        numbers = np.zeros(len(found.classes), np.int64)
        numbers[:MOST] = self._followed(
            np.asarray(found.boxes, np.float64).reshape(-1, 4)[:MOST], found.classes[:MOST]
        )
        return numbers

    def _followed(self, boxes: FloatArray, classes: IntArray) -> IntArray:
        ids = np.zeros(len(boxes), np.int64)
        tracks, finds = self._pairs(boxes, classes)
        ids[finds] = self._ids[tracks]
        self._boxes[tracks] = boxes[finds]
        self._unseen += 1
        self._unseen[tracks] = 0
        new = np.flatnonzero(ids == 0)
        ids[new] = np.arange(self._next, self._next + len(new))
        self._next += len(new)
        self._go_on(boxes[new], classes[new], ids[new])
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
