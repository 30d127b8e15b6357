"""How live a live view is: pictures shown a second, and how old the newest one was when it was shown."""

from __future__ import annotations

import time
from collections.abc import Callable

SMOOTHING = 0.1
FORGET_AFTER_S = 2.0


class Pace:
    """Counts pictures as they are shown; `clock` is the monotonic clock that stamps frames (seconds)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: float | None = None
        self._interval = 0.0
        self.latency = 0.0

    def shown(self, taken_at: float) -> None:
        """A picture that was taken at `taken_at` is on the screen now."""
        now = self._clock()
        self.latency = max(now - taken_at, 0.0)
        if self._last is None or now - self._last > FORGET_AFTER_S:
            self._interval = 0.0
        else:
            gap = now - self._last
            self._interval = (
                gap if self._interval == 0 else self._interval + SMOOTHING * (gap - self._interval)
            )
        self._last = now

    @property
    def fps(self) -> float:
        """Pictures a second, 0 before the second one."""
        return 1.0 / self._interval if self._interval > 0 else 0.0

    def text(self, dropped: int) -> str:
        """The line of the status bar."""
        return f"{self.fps:.0f} fps · {self.latency * 1000:.0f} ms old · {dropped:,} frames skipped"
