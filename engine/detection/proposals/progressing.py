"""What the methods have in common: answers that grow box by box, and are told as they do."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from time import perf_counter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from torch import Tensor

from engine.context import Context
from engine.detection.proposals.cost import Cost
from engine.detection.proposals.requests import Maps, Method, RegionRun
from engine.errors import UserError
from engine.networks.classifying.loaded import LoadedNet

SHOWN_EVERY: Final = 0.1
"""Seconds between two partial answers."""
BATCH_SECONDS: Final = 0.03
MOST_BATCH: Final = 64
MOST_BOXES: Final = 20_000

FloatArray = npt.NDArray[np.float64]


def checked_boxes(boxes: npt.ArrayLike) -> FloatArray:
    """float64[N, 4]. Raises UserError for boxes that are none, or too many."""
    corners = np.asarray(boxes, np.float64).reshape(-1, 4)
    if len(corners) > MOST_BOXES:
        raise UserError(f"More than {MOST_BOXES:,} proposals are too many.", "Choose fewer.")
    if not np.isfinite(corners).all() or not (corners[:, 2:] > corners[:, :2]).all():
        raise UserError("A proposal is a box with a width and a height.")
    return corners


class Judged:
    """The best class of every box, as far as they were looked at."""

    def __init__(self, boxes: FloatArray) -> None:
        self._boxes = boxes
        self._scores: list[npt.NDArray[np.float64]] = []
        self._classes: list[npt.NDArray[np.int64]] = []
        self.done = 0

    def take(self, logits: Tensor) -> None:
        """Keep the answers Tensor[N, classes] to the next N boxes."""
        best = logits.float().softmax(1).max(1)
        self._scores.append(best.values.cpu().numpy().astype(np.float64))
        self._classes.append(best.indices.cpu().numpy())
        self.done += len(logits)

    def run(
        self, method: Method, net: LoadedNet, cost: Cost, *, complete: bool,
        maps: Maps | None = None, reads: tuple[int, int] = (0, 0),
    ) -> RegionRun:  # fmt: skip
        """The answer so far; its arrays are its own."""
        scores = np.concatenate([np.empty(0), *self._scores])
        classes = np.concatenate([np.empty(0, np.int64), *self._classes])
        return RegionRun(
            method, net.title, net.labels, self._boxes[: self.done], scores, classes, len(self._boxes),
            cost.passes, cost.heads, cost.macs, cost.seconds, complete, str(net.device), True, maps, (), reads,
        )  # fmt: skip


def told_as_it_goes(
    steps: Generator[RegionRun | None, None, RegionRun], context: Context
) -> Generator[Any, None, RegionRun]:
    """The same work; what it has found is told now and then, how far it is every time."""
    shown = -np.inf
    with closing(steps):
        while True:
            try:
                run = next(steps)
            except StopIteration as stop:
                result: RegionRun = stop.value
                yield context.progress(1, 1, "All proposals are classified")
                return result
            if run is None:
                yield
                continue
            if perf_counter() - shown >= SHOWN_EVERY:
                shown = perf_counter()
                yield context.partial(run)
            yield context.progress(run.heads, max(run.total, 1), "Classifying proposals")
