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

GROUND, ODD, FIRST = 0, 1, 3
"""The levels of what lies between maps, of what is no number, and of the lowest value."""
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
    plus the larger of their magnitudes)."""
    if diverging:
        high = np.maximum(np.abs(low), np.abs(high))
        low = -high
    span = np.maximum(high.astype(np.float64) - low, _SMALLEST)
    scale = (SPAN / span).astype(np.float32)[:, None, None]
    # Where a channel has one value throughout, that value is the lowest; of a diverging map it is zero, the middle.
    offset = (FIRST + 0.5 - low * (SPAN / span)).astype(np.float32)[:, None, None]
    flat = (high <= low)[:, None, None]
    work = values * np.where(flat, np.float32(0), scale) + np.where(
        flat, np.float32(FIRST + diverging * SPAN / 2), offset
    )
    odd = ~np.isfinite(values) if not np.isfinite(values.sum()) else None
    np.clip(work, FIRST, LAST, out=work)
    found: Levels = (
        np.nan_to_num(work, nan=FIRST).astype(np.uint8) if odd is not None else work.astype(np.uint8)
    )
    if odd is not None:
        found[odd] = ODD
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
    found[GROUND] = theme.colors.window.rgb()
    found[ODD:FIRST] = theme.colors.warn.rgb()
    return found


def rgb(found: Levels, colors: Table) -> Levels:
    """uint8[..., 3] of levels."""
    packed = colors.take(found)
    return np.stack((packed >> 16 & 255, packed >> 8 & 255, packed & 255), axis=-1).astype(np.uint8)
