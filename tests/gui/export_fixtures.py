"""What the tests of exports and of films share."""

from __future__ import annotations

import numpy as np


def near(pixel: object, color: tuple[int, int, int], tolerance: int = 24) -> bool:
    return bool(np.all(np.abs(np.asarray(pixel, int)[:3] - color) <= tolerance))
