"""Tables of weights to start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.foundations.channels.principal import principal
from engine.foundations.spec import FloatArray

LUMA: Final = (0.299, 0.587, 0.114)
_SEPIA: Final = ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131))

Table = tuple[FloatArray, FloatArray]
"""Weights [F, C] and bias [F]."""
Build = Callable[[FloatArray, int, int], Table]
"""(input [C, H, W], outputs F, seed) -> table."""


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """A table for an input. ``least``: channels that it needs; ``free``: whether it has as many rows as one likes."""

    name: str
    title: str
    description: str
    build: Build
    least: int = 1
    free: bool = False

    def make(self, x: FloatArray, filters: int, seed: int = 0) -> Table:
        """The table for ``x`` float64[C, H, W]: weights float64[F, C], bias float64[F].

        F is ``filters`` where the recipe is free (PCA has at most C). Raises ValueError for too few channels.
        """
        if len(x) < self.least:
            raise ValueError(f"{self.name} needs {self.least} channels, not {len(x)}")
        return self.build(x, filters, seed)


def _plain(make: Callable[[int], FloatArray]) -> Build:
    """A table without bias that depends on the number of channels alone."""

    def build(x: FloatArray, _filters: int, _seed: int) -> Table:
        weight = make(len(x))
        return weight, np.zeros(len(weight))

    return build


def _grey(channels: int) -> FloatArray:
    """BT.601 luma of red, green and blue; the mean where there are fewer channels."""
    row = np.zeros((1, channels))
    row[0, :3] = LUMA if channels >= 3 else 1 / channels
    return row


def _sepia(channels: int) -> FloatArray:
    table = np.zeros((3, channels))
    table[:, :3] = _SEPIA
    return table


def _difference(channels: int) -> FloatArray:
    """Each channel minus the next one."""
    return np.eye(channels)[:-1] - np.eye(channels)[1:]


def _principal(x: FloatArray, filters: int, _seed: int) -> Table:
    return principal(x).table(min(filters, len(x)))


def _random(x: FloatArray, filters: int, seed: int) -> Table:
    """He et al. (2015): a standard deviation of sqrt(2 / C), rounded to two decimals."""
    drawn = np.random.default_rng(seed).normal(0, np.sqrt(2 / len(x)), (filters, len(x)))
    return np.round(drawn, 2) + 0.0, np.zeros(filters)


RECIPES: Final[tuple[Recipe, ...]] = (
    Recipe("grey", "Grey", "One output: the brightness of red, green and blue (BT.601 luma).", _plain(_grey)),
    Recipe("sepia", "Sepia", "Three outputs that make a brownish picture, as old photos have it.", _plain(_sepia), 3),
    Recipe("swap", "Swap channels", "The channels in reverse: what was red becomes blue.",
           _plain(lambda channels: np.eye(channels)[::-1].copy())),
    Recipe("difference", "Difference", "Each channel minus the next one: what grey areas lack.",
           _plain(_difference), 2),
    Recipe("pca", "Bottleneck (PCA)", "As few outputs as one likes; those that lose least of this picture.",
           _principal, free=True),
    Recipe("random", "Random", "What a net begins with, before it is trained.", _random, free=True),
    Recipe("identity", "Identity", "Every channel as it is: ones on the diagonal.", _plain(np.eye)),
)  # fmt: skip


def recipe(name: str) -> Recipe:
    """The recipe of a name. Raises KeyError."""
    return {one.name: one for one in RECIPES}[name]
