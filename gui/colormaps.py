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


@lru_cache(maxsize=32)
def table(anchors: tuple[RGB, ...]) -> npt.NDArray[np.uint8]:
    """The 256 colours between equidistant anchors, `uint8[256, 3]` RGB, linear in between."""
    positions = np.linspace(0.0, 1.0, len(anchors))
    wanted = np.linspace(0.0, 1.0, TABLE_SIZE)
    columns = [np.interp(wanted, positions, [anchor[channel] for anchor in anchors]) for channel in range(3)]
    colors = np.rint(np.stack(columns, axis=1)).astype(np.uint8)
    colors.flags.writeable = False
    return colors


def look_up(values: Array, low: float, high: float, anchors: tuple[RGB, ...]) -> npt.NDArray[np.uint8]:
    """Colours of values between `low` and `high`, `uint8[..., 3]`; outside them the end colour, NaN the first."""
    span = high - low
    values = np.asarray(values)
    scaled = np.array(values, dtype=np.float32 if values.dtype == np.float32 else np.float64)
    np.subtract(scaled, low, out=scaled)
    np.multiply(scaled, (TABLE_SIZE - 1) / span if span > 0 else 0.0, out=scaled)
    np.rint(scaled, out=scaled)
    # In place, and fmax before fmin, which both ignore NaN: live pictures pass here at every frame.
    np.fmin(np.fmax(scaled, 0, out=scaled), TABLE_SIZE - 1, out=scaled)
    colors: npt.NDArray[np.uint8] = table(anchors).take(scaled.astype(np.uint8), axis=0)
    return colors


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
