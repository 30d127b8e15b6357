"""How a kernel is trained: optimiser, learning rate, batch, seed; where it begins, and which crops an update sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.errors import UserError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Optimiser = Literal["sgd", "momentum", "adam"]
Batch = Literal["whole", "crops"]

LEAST_RATE: Final = 1e-5
MOST_RATE: Final = 100.0
MOST_UPDATES: Final = 3000
MOST_CROPS: Final = 64
LEAST_CROP: Final = 8
MOST_CROP: Final = 64
MOST_SEED: Final = 9999
BETAS: Final = (0.9, 0.999)
EPSILON: Final = 1e-8
"""Adam's constants, those of the paper (Kingma & Ba 2015) and of torch."""


@dataclass(frozen=True, slots=True)
class TrainSpec:
    """How is trained. `rate`: learning rate; `momentum`: of the optimiser of that name alone.

    `batch`: every update sees the whole picture, or `crops` random squares of `crop_side` pixels.
    """

    optimiser: Optimiser = "adam"
    rate: float = 0.1
    momentum: float = 0.9
    batch: Batch = "whole"
    crops: int = 8
    crop_side: int = 24
    bias: bool = False
    seed: int = 1
    updates: int = 200

    def validated(self) -> TrainSpec:
        """The spec itself. Raises UserError for a value out of range."""
        for name, low, high in RANGES:
            value = getattr(self, name)
            if not low <= value <= high:  # NaN fails every comparison
                raise UserError(f"{NAMES[name]} is {low:g} to {high:g}, not {value:g}.")
        return self


RANGES: Final = (
    ("rate", LEAST_RATE, MOST_RATE), ("momentum", 0.0, 0.999), ("crops", 1, MOST_CROPS),
    ("crop_side", LEAST_CROP, MOST_CROP), ("seed", 0, MOST_SEED), ("updates", 1, MOST_UPDATES),
)  # fmt: skip
NAMES: Final = {
    "rate": "The learning rate", "momentum": "Momentum", "crops": "The number of crops",
    "crop_side": "The side of a crop", "seed": "The seed", "updates": "The number of updates",
}  # fmt: skip


def first_kernel(seed: int, size: int) -> FloatArray:
    """The noise that training begins with, float64[k, k]: normal, spread 1/k (LeCun et al. 1998: fan-in of k·k)."""
    return np.random.default_rng((seed, 0)).normal(0.0, 1.0 / size, (size, size))


def corners(spec: TrainSpec, update: int, shape: tuple[int, int]) -> IntArray:
    """Top left pixels (row, column) of the crops that an update sees, int[crops, 2]; the same for the same seed."""
    side = crop_side(spec, shape)
    draw = np.random.default_rng((spec.seed, 1, update))
    rows = draw.integers(0, shape[0] - side + 1, spec.crops)
    columns = draw.integers(0, shape[1] - side + 1, spec.crops)
    return np.stack([rows, columns], 1).astype(np.intp)


def crop_side(spec: TrainSpec, shape: tuple[int, int]) -> int:
    """The side of a crop, no longer than the picture's."""
    return min(spec.crop_side, *shape)
