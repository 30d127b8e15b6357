"""How many things of each class there were lately, kept coarsely: a minute of a film is a few hundred numbers."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from typing import Final

import numpy as np

from gui.theme import theme
from gui.widgets.plot.line_plot import Series

SPAN_S: Final = 60.0
GRAIN_S: Final = 0.25
"""Moments closer together than that are one: the larger count stands."""
MOST_LINES: Final = 5
"""Classes with a line of their own: those that were seen most."""


class Counts:
    """The counts of the last minute, against the seconds since the first one."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Another source or detector: count from the beginning."""
        self._moments: deque[tuple[float, dict[int, int]]] = deque()
        self._total: Counter[int] = Counter()
        self._began: float | None = None

    def add(self, time_s: float, counts: Mapping[int, int]) -> None:
        """So many finds of each class at a moment of the monotonic clock (seconds)."""
        if self._began is None or (self._moments and time_s - self._began < self._moments[-1][0]):
            self._moments.clear()
            self._began = time_s
        at = round((time_s - self._began) / GRAIN_S) * GRAIN_S
        if self._moments and self._moments[-1][0] == at:
            merged = self._moments[-1][1]
            for kind, count in counts.items():
                merged[kind] = max(merged.get(kind, 0), count)
        else:
            self._moments.append((at, dict(counts)))
        self._total.update(dict(counts))
        while self._moments[0][0] < at - SPAN_S:
            self._moments.popleft()

    @property
    def seen(self) -> tuple[int, ...]:
        """The classes that were found since the beginning, in their order."""
        return tuple(sorted(kind for kind, count in self._total.items() if count))

    @property
    def moments(self) -> int:
        """How many moments are known."""
        return len(self._moments)

    @property
    def span(self) -> tuple[float, float]:
        """The first and the last second that is remembered."""
        if not self._moments:
            return 0.0, 0.0
        return self._moments[0][0], self._moments[-1][0]

    def series(self, classes: tuple[str, ...]) -> list[Series]:
        """A line for each of the classes seen most, under their names and in their colours."""
        recent = Counter[int]()
        for _, counts in self._moments:
            recent.update(counts)
        likeliest = [kind for kind, count in recent.most_common(MOST_LINES) if count]
        times = np.array([at for at, _ in self._moments])
        return [
            Series(
                classes[kind],
                np.array([counts.get(kind, 0) for _, counts in self._moments], np.float64),
                times,
                marker="none",
                tint=theme.class_color(kind),
            )
            for kind in sorted(likeliest)
        ]
