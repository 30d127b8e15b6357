"""Inputs to start from, all with numbers that can be followed by eye."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.foundations.pooling.spec import FloatArray, PoolSpec, Shape3

BRIGHT = 9.0
_NG = ((1, 3, 2, 1), (2, 9, 1, 1), (1, 3, 2, 3), (5, 6, 1, 2))
_ZEILER = ((0, 0, 0), (0, 1.6, 0), (0, 0, 2.4))


@dataclass(frozen=True, slots=True, eq=False)
class PoolPreset:
    """An input to start from; where ``fixed`` is a shape, `make` gives that. ``spec`` comes with whole examples."""

    name: str
    title: str
    description: str
    build: Callable[[int, int, int], FloatArray]
    fixed: Shape3 | None = None
    spec: PoolSpec | None = None

    def make(self, height: int = 8, width: int = 8, channels: int = 1) -> FloatArray:
        """A new float64[C, H, W]; the sizes are ignored by a preset with a fixed shape."""
        return self.build(height, width, channels)


def input_preset(name: str) -> PoolPreset:
    """The preset of a name. Raises KeyError."""
    return {preset.name: preset for preset in INPUTS}[name]


def _constant(*planes: tuple[tuple[float, ...], ...]) -> Callable[[int, int, int], FloatArray]:
    return lambda height, width, channels: np.array(planes, dtype=np.float64)


def _blobs(height: int, width: int, channels: int) -> FloatArray:
    """A few soft spots on every channel, in places of its own."""
    y, x = np.mgrid[:height, :width]
    random = np.random.default_rng(7)
    planes = []
    for _ in range(channels):
        plane = np.zeros((height, width))
        for row, col, reach in random.random((4, 3)):
            spread = (0.08 + 0.08 * reach) * max(height, width)
            distance = (y - row * (height - 1)) ** 2 + (x - col * (width - 1)) ** 2
            plane = np.maximum(plane, BRIGHT * np.exp(-distance / (2 * spread**2)))
        planes.append(np.rint(plane))
    return np.stack(planes)


def _random(height: int, width: int, channels: int) -> FloatArray:
    return np.random.default_rng(231).integers(0, 10, (channels, height, width)).astype(np.float64)


def _signed(height: int, width: int, channels: int) -> FloatArray:
    return np.random.default_rng(4).integers(-9, 10, (channels, height, width)).astype(np.float64)


def _activations(height: int, width: int, channels: int) -> FloatArray:
    """What a ReLU leaves: many zeros, a few values."""
    values = np.random.default_rng(2013).normal(0, 4, (channels, height, width))
    return np.maximum(np.rint(values), 0.0)


def _stripes(height: int, width: int, channels: int) -> FloatArray:
    columns = np.where(np.arange(width) % 2 == 0, BRIGHT, 0.0)
    return np.broadcast_to(columns, (channels, height, width)).copy()


def _ramp(height: int, width: int, channels: int) -> FloatArray:
    return np.arange(channels * height * width, dtype=np.float64).reshape(channels, height, width)


INPUTS: tuple[PoolPreset, ...] = (
    PoolPreset(
        "ng-4x4",
        "4 × 4 worked example",
        "Andrew Ng's course: max pooling 2 × 2 with stride 2 leaves 9, 2, 6, 3.",
        _constant(_NG),
        fixed=(1, 4, 4),
        spec=PoolSpec("max", 2, 2),
    ),
    PoolPreset("blobs", "Soft spots", "A few bright spots, as feature maps have them.", _blobs),
    PoolPreset("random", "Random", "Whole numbers from 0 to 9, the same ones every time.", _random),
    PoolPreset("activations", "After a ReLU", "Many zeros and a few activations.", _activations),
    PoolPreset(
        "signed", "Signed", "Whole numbers from −9 to 9: what poolings do with negative values.", _signed
    ),
    PoolPreset(
        "zeiler-3x3",
        "Two activations",
        "One region of 3 × 3 with 1.6 and 2.4: chances 0.4 and 0.6, the example of Zeiler and Fergus.",
        _constant(_ZEILER),
        fixed=(1, 3, 3),
        spec=PoolSpec("stochastic", 3, 3),
    ),
    PoolPreset(
        "stripes", "Stripes", "Every second column bright: one step to the side turns it over.", _stripes
    ),
    PoolPreset("ramp", "Ramp", "Counts up cell by cell: every value tells where it is.", _ramp),
)
