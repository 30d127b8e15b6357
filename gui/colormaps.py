"""Numbers to colours: the data colour maps of `gui.theme` applied to whole arrays.

Every map is a table of 256 colours, so that a mosaic of any size costs one look-up.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from gui import theme as tokens
from gui.theme import RGB, theme

Array = npt.NDArray[Any]
TABLE_SIZE = 256
_SMALLEST_SPAN = 1e-25  # below it, scaled values would leave float32


@lru_cache(maxsize=32)
def table(anchors: tuple[RGB, ...]) -> npt.NDArray[np.uint8]:
    """The 256 colours between equidistant anchors, `uint8[256, 3]` RGB, linear in between."""
    positions = np.linspace(0.0, 1.0, len(anchors))
    wanted = np.linspace(0.0, 1.0, TABLE_SIZE)
    columns = [np.interp(wanted, positions, [anchor[channel] for anchor in anchors]) for channel in range(3)]
    colors = np.rint(np.stack(columns, axis=1)).astype(np.uint8)
    colors.flags.writeable = False
    return colors


@lru_cache(maxsize=32)
def rgb32(anchors: tuple[RGB, ...]) -> list[int]:
    """The 256 colours as Qt's 0xffRRGGBB, for the colour table of a picture of levels."""
    red, green, blue = table(anchors).astype(np.uint32).T
    return [int(color) for color in 0xFF000000 | red << 16 | green << 8 | blue]


def look_up(values: Array, low: float, high: float, anchors: tuple[RGB, ...]) -> npt.NDArray[np.uint8]:
    """Colours of values between `low` and `high`, `uint8[..., 3]`; outside them the end colour, NaN the first."""
    values = np.asarray(values)
    scaled = np.array(values, dtype=np.float32 if values.dtype == np.float32 else np.float64)
    colors: npt.NDArray[np.uint8] = table(anchors).take(_leveled(scaled, low, high), axis=0)
    return colors


class Quantizer:
    """Turns maps `float32[...]` into levels, places in a table of colours; its memory is kept from map to map."""

    def __init__(self) -> None:
        self._work = np.empty(0, np.float32)

    def __call__(
        self, values: npt.NDArray[np.float32], low: float, high: float, *, magnitude: bool = False
    ) -> npt.NDArray[np.uint8]:
        """`uint8[...]`: level 0 at `low` and below (and for NaN), 255 at `high` and above; of |values| if asked."""
        if self._work.shape != values.shape:
            self._work = np.empty(values.shape, np.float32)
        if magnitude:
            np.abs(values, out=self._work)
        else:
            np.copyto(self._work, values)
        return _leveled(self._work, low, high)


def _leveled(work: Array, low: float, high: float) -> npt.NDArray[np.uint8]:
    """The nearest levels of `work`, which is used up."""
    span = high - low
    scale = (TABLE_SIZE - 1) / span if span > _SMALLEST_SPAN else 0.0
    # The half level that rounds is taken off `low`: live pictures pass here at every frame, a pass is a tenth of it.
    np.subtract(work, low - (0.5 / scale if scale else 0.0), out=work)
    np.multiply(work, scale, out=work)
    np.fmax(work, 0, out=work)  # the one that drops NaN
    np.minimum(work, TABLE_SIZE - 1, out=work)
    return work.astype(np.uint8)


def activations(values: Array, limit: float) -> npt.NDArray[np.uint8]:
    """Diverging colours centred on zero, saturated at +-`limit`, `uint8[..., 3]`."""
    return look_up(values, -limit, limit, activation_anchors())


def weights(values: Array, limit: float) -> npt.NDArray[np.uint8]:
    """Diverging colours for kernels, centred on zero, saturated at +-`limit`, `uint8[..., 3]`."""
    return look_up(values, -limit, limit, weight_anchors())


def magnitude(values: Array, low: float, high: float) -> npt.NDArray[np.uint8]:
    """Viridis from `low` to `high`, `uint8[..., 3]`."""
    return look_up(values, low, high, tokens.VIRIDIS)


def probability(values: Array) -> npt.NDArray[np.uint8]:
    """One hue for values of 0..1, `uint8[..., 3]`."""
    return look_up(values, 0.0, 1.0, tokens.PROBABILITY_DARK if theme.dark else tokens.PROBABILITY_LIGHT)


def grey(values: Array, low: float, high: float) -> npt.NDArray[np.uint8]:
    """Black at `low` to white at `high`, `uint8[..., 3]`."""
    return look_up(values, low, high, tokens.GREY)


def activation_anchors() -> tuple[RGB, ...]:
    """The anchors of the activation map in the theme in force."""
    return tokens.ACTIVATIONS_DARK if theme.dark else tokens.ACTIVATIONS_LIGHT


def weight_anchors() -> tuple[RGB, ...]:
    """The anchors of the weight map in the theme in force."""
    return tokens.WEIGHTS_DARK if theme.dark else tokens.WEIGHTS


def color_at(anchors: tuple[RGB, ...], position: float) -> QColor:
    """One colour of a map, `position` 0..1."""
    red, green, blue = table(anchors)[round(min(max(position, 0.0), 1.0) * (TABLE_SIZE - 1))]
    return QColor(int(red), int(green), int(blue))
