"""How the range of a live picture's colours is held from frame to frame."""

from __future__ import annotations

from typing import Final

SHRINK: Final = 0.98
"""How much of a live range is left from one frame to the next at least."""


class HeldRange:
    """The range of a live picture's colours: wider at once, narrower little by little, so that they do not flicker."""

    def __init__(self) -> None:
        self._limit = 0.0
        self._about: tuple[object, ...] = ()

    def follow(self, wanted: float, about: tuple[object, ...]) -> float:
        """The limit to show; it starts anew when it is `about` something else."""
        if about != self._about:
            self._limit, self._about = wanted, about
        else:
            self._limit = max(wanted, self._limit * SHRINK)
        return self._limit
