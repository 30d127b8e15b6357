"""Small inputs on which the sign of an edge can be seen, with whole numbers from 0 to 10."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.foundations.edges.kernels import FloatArray, cos_sin
from engine.foundations.presets import BRIGHT, input_preset

_FINE = 16  # subcells a side: a cell that an edge crosses gets the share that is bright


@dataclass(frozen=True, slots=True)
class EdgeInput:
    """An input to try a kernel on; `flipped_title` names it with bright and dark exchanged.

    `directed`: its edge can be turned; `build` gives the bright share of every cell, float64[side, side].
    """

    name: str
    title: str
    flipped_title: str
    description: str
    build: Callable[[int, float], FloatArray]
    directed: bool = False


def edge_input(name: str) -> EdgeInput:
    """The input of a name. Raises KeyError."""
    return {one.name: one for one in INPUTS}[name]


def make(name: str, side: int, direction: float = 0.0, flipped: bool = False) -> FloatArray:
    """float64[side, side], whole numbers from 0 (dark) to 10 (bright).

    `direction` in degrees is where it gets darker (0: to the right, 90: down); `flipped` exchanges bright and dark.
    Raises KeyError for an unknown name.
    """
    values = np.rint(BRIGHT * edge_input(name).build(side, direction))
    return BRIGHT - values if flipped else values


def _along(side: int, direction: float) -> FloatArray:
    """How far every subcell lies from the middle, measured along a direction: float64[16 side, 16 side]."""
    cos, sin = cos_sin(direction)
    steps = (np.arange(side * _FINE) + 0.5) / _FINE - side / 2
    return np.round(cos * steps[None, :] + sin * steps[:, None], 9)


def _shares(side: int, bright: FloatArray) -> FloatArray:
    shares: FloatArray = bright.reshape(side, _FINE, side, _FINE).mean((1, 3))
    return shares


def _half(side: int, direction: float) -> FloatArray:
    return _shares(side, np.heaviside(-_along(side, direction), 0.5))


def _stripe(side: int, direction: float) -> FloatArray:
    reach = max(round(side / 6), 1)
    return _shares(side, np.heaviside(np.abs(_along(side, direction)) - reach, 0.5))


def _corner(side: int, direction: float) -> FloatArray:
    return _half(side, direction) * _half(side, direction + 90)


def _preset(name: str, top: float) -> Callable[[int, float], FloatArray]:
    return lambda side, _direction: input_preset(name).make(side, side)[0] / top


INPUTS: Final[tuple[EdgeInput, ...]] = (
    EdgeInput(
        "bright-dark", "Bright | dark", "Dark | bright", "One edge. Flip it, and the sign of the answer flips.",
        _half, directed=True,
    ),
    EdgeInput(
        "stripe", "Bright | dark | bright", "Dark | bright | dark",
        "Two edges of opposite direction: one answers with plus, the other with minus.", _stripe, directed=True,
    ),
    EdgeInput(
        "corner", "Bright corner", "Dark corner", "Two edges that meet: the kernel answers one of them.", _corner,
        directed=True,
    ),
    EdgeInput(
        "impulse", "One bright cell", "One dark cell",
        "Cross-correlation prints the kernel around it, rotated by 180°.", _preset("impulse", 1.0),
    ),
    EdgeInput("blob", "Bright blob", "Dark blob", "A soft spot: slopes in every direction.", _preset("blob", BRIGHT)),
    EdgeInput(
        "checkerboard", "Checkerboard", "Checkerboard, flipped", "The highest frequency there is.",
        _preset("checkerboard", BRIGHT),
    ),
)  # fmt: skip
