"""The colours of a response: what they span, how a live range is held, and the levels that are painted."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.foundations.requests import WholeImageResult
from gui import colormaps
from gui.theme import RGB, VIRIDIS
from gui.widgets.held_range import HeldRange
from gui.widgets.plate import number_text

CLIP, FULL, SIZE = "clip", "full", "size"
RANGES: Final = ((CLIP, "clip 1 % outliers"), (FULL, "full range"), (SIZE, "magnitude |z|"))


class ResponseColours:
    """Maps `float32[H, W]` to levels of a colour map; those of the map on show are kept until something changes."""

    def __init__(self) -> None:
        self._key, self._limit = CLIP, 1.0
        self._held = HeldRange()
        self._quantize = colormaps.Quantizer()
        self._levels: tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]] | None = None

    def span(self, result: WholeImageResult, key: str) -> None:
        """Work out what the colours have to span for an answer: `key` is one of RANGES."""
        self._key, asked = key, result.request
        about: object = object()  # a still picture's range owes nothing to the one before
        if asked is not None and result.frame is not None:
            bias = None if asked.bias is None else asked.bias.tobytes()
            about = (asked.weight.tobytes(), bias, asked.spec, asked.channels)
        self._limit = self._held.follow(_wanted_range(result, key), (key, about))
        self._levels = None

    def levels(self, plane: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
        """`uint8[H, W]`: the same array for as long as map and range are the same."""
        if self._levels is None or self._levels[0] is not plane:
            size = self._key == SIZE
            low = 0.0 if size else -self._limit
            self._levels = plane, self._quantize(plane, low, self._limit, magnitude=size)
        return self._levels[1]

    @property
    def anchors(self) -> tuple[RGB, ...]:
        """The colour map, in the theme in force."""
        return VIRIDIS if self._key == SIZE else colormaps.activation_anchors()

    @property
    def ends(self) -> tuple[str, str]:
        """The numbers at the ends of the colour bar; clipped ends stand for all that lies beyond, too."""
        digits = 0 if self._limit >= 100 else 2
        high = number_text(self._limit, digits)
        low = "0" if self._key == SIZE else number_text(-self._limit, digits)
        return (f"≤ {low}", f"≥ {high}") if self._key == CLIP else (low, high)


def _wanted_range(result: WholeImageResult, key: str) -> float:
    """The largest magnitude that the colours have to tell apart."""
    full = max(abs(result.low), abs(result.high))
    clipped = max(abs(result.robust_low), abs(result.robust_high)) if key == CLIP else full
    return clipped or full or 1.0  # nearly all zero: only the outliers are left to see
