"""From activations to colours: levels of a table that holds the colour map with its gamma, and what is no number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gui import colormaps
from gui.theme import VIRIDIS, theme

Array = npt.NDArray[Any]
Levels = npt.NDArray[np.uint8]
Table = npt.NDArray[np.uint32]

ODD, FIRST = 1, 3
"""The levels of what is no number, and of the lowest value."""
LAST: Final = 255
SPAN: Final = LAST - FIRST
_SMALLEST: Final = 1e-30


@dataclass(frozen=True, slots=True)
class Coloring:
    """`diverging`: centred on zero, blue to red; else from the lowest to the highest value in viridis."""

    diverging: bool = True
    gamma: float = 1.0


def levels(values: Array, low: Array, high: Array, diverging: bool) -> Levels:
    """uint8[C, h, w]: where float32[C, h, w] lies between `low` and `high`, float32[C] (`diverging`: between minus and
    plus the larger of their magnitudes). A channel of one value throughout is the middle, or the lowest level."""
    if diverging:
        high = np.maximum(np.abs(low), np.abs(high))
        low = -high
    span = high.astype(np.float64) - low
    scale = np.where(span > _SMALLEST, SPAN / np.maximum(span, _SMALLEST), 0.0)
    offset = np.where(scale > 0, FIRST + 0.5 - low * scale, FIRST + (SPAN / 2 if diverging else 0.0))
    if np.ptp(scale) == 0 and np.ptp(offset) == 0:
        work = values * np.float32(scale[0])  # one range for all: numbers are faster than rows of them
        work += np.float32(offset[0])
    else:
        work = values * scale.astype(np.float32)[:, None, None]
        work += offset.astype(np.float32)[:, None, None]
    np.clip(work, FIRST, LAST, out=work)
    if np.isnan(work.sum()):
        odd = ~np.isfinite(values)
        found: Levels = np.nan_to_num(work, nan=FIRST).astype(np.uint8)
        found[odd] = ODD
        return found
    found = work.astype(np.uint8)
    return found


def table(coloring: Coloring) -> Table:
    """uint32[256]: 0xffRRGGBB of every level in the theme in force."""
    share = np.linspace(0.0, 1.0, SPAN + 1)
    if coloring.diverging:
        signed = 2 * share - 1
        share = (np.sign(signed) * np.abs(signed) ** coloring.gamma + 1) / 2
    else:
        share = share**coloring.gamma
    anchors = colormaps.activation_anchors() if coloring.diverging else VIRIDIS
    colors = colormaps.table(anchors).astype(np.uint32)[
        np.rint(share * (colormaps.TABLE_SIZE - 1)).astype(int)
    ]
    found = np.empty(256, np.uint32)
    found[FIRST:] = 0xFF000000 | colors[:, 0] << 16 | colors[:, 1] << 8 | colors[:, 2]
    found[:FIRST] = theme.colors.warn.rgb()
    return found


def rgb(found: Levels, colors: Table) -> Levels:
    """uint8[..., 3] of levels."""
    packed = colors.take(found)
    return np.stack((packed >> 16 & 255, packed >> 8 & 255, packed & 255), axis=-1).astype(np.uint8)
