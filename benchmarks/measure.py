"""How things are timed, and what a benchmark hands back."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

Details = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    `value` in `unit` ("ms", or "x" for a ratio to `baseline`) is what is held against `target`, which is a
    ceiling (a floor with `at_least`); `details` are the figures that it was made of, their unit in their name.
    """

    name: str
    what: str
    value: float
    unit: str
    baseline: str = ""
    target: float | None = None
    at_least: bool = False
    details: Details = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the target is reached, None where there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target


def interleaved(
    jobs: Mapping[str, Callable[[], object]], rounds: int, repeat: Mapping[str, int] | int = 1
) -> dict[str, float]:
    """Median seconds of one call of each job; every round runs all of them, `repeat` times in a row each."""
    # Held until the next one, as who shows a result holds it: memory given back at once is handed to the system,
    # and getting it anew, page by page, would be the larger part of a short job.
    held: dict[str, object] = {}
    counts = {name: repeat if isinstance(repeat, int) else repeat.get(name, 1) for name in jobs}
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    with quiet_collector():
        for _ in range(rounds):
            for name, job in jobs.items():
                start = perf_counter()
                for _ in range(counts[name]):
                    held[name] = job()
                times[name].append((perf_counter() - start) / counts[name])
    return {name: statistics.median(values) for name, values in times.items()}


@contextmanager
def quiet_collector() -> Iterator[None]:
    """No cycle collection in between, as `timeit` does it."""
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 99th percentile and largest of a distribution, in milliseconds, and how many there were."""
    values = np.array(seconds) * 1000
    p50, p99 = np.percentile(values, (50, 99))
    return {
        "p50_ms": float(p50),
        "p99_ms": float(p99),
        "max_ms": float(values.max()),
        "samples": float(len(values)),
    }


def milliseconds(medians: Mapping[str, float]) -> dict[str, float]:
    """Medians in seconds as details."""
    return {f"{name}_ms": value * 1000 for name, value in medians.items()}
