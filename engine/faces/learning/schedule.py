"""Which moments of a training are kept. Free of torch."""

from __future__ import annotations

from typing import Final

MOMENTS: Final = 60


def spacing(updates: int) -> int:
    """After so many updates each a moment is kept, so that a run has about MOMENTS of them; the end is one, too."""
    return max(updates // MOMENTS, 1)
