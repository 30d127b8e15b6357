"""How many things of each class there were lately, kept coarsely: a minute of a film is a few hundred numbers."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

SPAN_S: Final = 60.0
GRAIN_S: Final = 0.25
"""Moments closer together than that are one: the larger count stands."""
MOST_BANDS: Final = 8
"""Classes that are told apart: those that were seen most; the rest is counted together."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Counts over time: `times` float64[T] in seconds since the first moment, `counts` int64[K, T] of the classes
    `kinds`, `others` int64[T] of all the rest."""

    times: npt.NDArray[np.float64]
    kinds: tuple[int, ...]
    counts: npt.NDArray[np.int64]
    others: npt.NDArray[np.int64]

    @property
    def totals(self) -> npt.NDArray[np.int64]:
        """int64[T]: everything that was found."""
        return np.asarray(self.counts.sum(0) + self.others, np.int64)

    def at(self, seconds: float) -> int | None:
        """Which moment holds at a time: the last one before it; None before the first."""
        place = int(np.searchsorted(self.times, seconds, side="right")) - 1
        return place if place >= 0 else None


class Counts:
    """The counts of the last minute, against the seconds since the first moment."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Another source or detector: count from the beginning."""
        self._moments: deque[tuple[float, dict[int, int]]] = deque()
        self._seen: set[int] = set()
        self._began: float | None = None
        self._paused = False

    def pause(self) -> None:
        """Nobody looks: until the next moment no time passes."""
        self._paused = True

    def add(self, time_s: float, counts: Mapping[int, int]) -> None:
        """So many finds of each class at a moment of the monotonic clock (seconds); pauses take no time."""
        if self._began is None or (self._moments and time_s - self._began < self._moments[-1][0] - GRAIN_S):
            self._moments.clear()
            self._began = time_s
        elif self._paused and self._moments:
            self._began = time_s - self._moments[-1][0] - GRAIN_S
        self._paused = False
        at = round((time_s - self._began) / GRAIN_S) * GRAIN_S
        if self._moments and self._moments[-1][0] >= at:
            merged = self._moments[-1][1]
            for kind, count in counts.items():
                merged[kind] = max(merged.get(kind, 0), count)
        else:
            self._moments.append((at, dict(counts)))
        self._seen.update(kind for kind, count in counts.items() if count)
        while self._moments[0][0] < at - SPAN_S:
            self._moments.popleft()

    @property
    def seen(self) -> tuple[int, ...]:
        """The classes that were found since the beginning, in their order."""
        return tuple(sorted(self._seen))

    def since_begin(self, time_s: float) -> float:
        """Seconds since the first moment, at a moment of the monotonic clock."""
        return 0.0 if self._began is None else max(time_s - self._began, 0.0)

    def table(self, most: int = MOST_BANDS) -> Table:
        """What is known, the classes in their order."""
        total = Counter[int]()
        for _, counts in self._moments:
            total.update(counts)
        kinds = tuple(sorted(kind for kind, count in total.most_common(most) if count))
        times = np.array([at for at, _ in self._moments])
        rows = [[counts.get(kind, 0) for _, counts in self._moments] for kind in kinds]
        known = np.array(rows, np.int64).reshape(len(kinds), len(times))
        everything = np.array([sum(counts.values()) for _, counts in self._moments], np.int64)
        return Table(times, kinds, known, everything - known.sum(0))
