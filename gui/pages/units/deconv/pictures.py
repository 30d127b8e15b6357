"""A projection as colours: grey or white is zero, and no colour is anything else."""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from engine.inside.descent.requests import Box
from gui import colormaps

Array = npt.NDArray[Any]
Show = Literal["colour", "strength"]
CUT: Final = 0.999
"""Colours are full at this quantile of the magnitudes: a single large pixel must not leave the rest grey."""
MIDDLE: Final = 127.5


def limit_of(values: Array) -> float:
    """The magnitude that is drawn in full colour, 0 where there is nothing."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    return float(np.quantile(sizes, CUT)) if sizes.size else 0.0


def coloured(values: Array, show: Show) -> npt.NDArray[np.uint8]:
    """uint8[h, w, 3] of float32[h, w, C]: as Zeiler & Fergus print it, or the largest magnitude of the channels."""
    limit = limit_of(values) or 1.0
    finite = np.nan_to_num(values, nan=0.0, posinf=limit, neginf=-limit)
    if show == "strength":
        return colormaps.magnitude(np.abs(finite).max(axis=2), 0.0, limit)
    if values.shape[2] == 1:
        return colormaps.activations(finite[..., 0], limit)
    scaled = np.clip(finite / limit, -1, 1) * MIDDLE + MIDDLE
    return np.ascontiguousarray(np.rint(scaled).astype(np.uint8))


def cropped(values: Array, box: Box) -> Array:
    """The rows and columns of a box."""
    top, left, bottom, right = box
    return values[top:bottom, left:right]


def as_rgb(seen: Array) -> npt.NDArray[np.uint8]:
    """uint8[h, w, 3] of what a net got."""
    return np.ascontiguousarray(np.repeat(seen[..., None], 3, axis=2) if seen.ndim == 2 else seen)
