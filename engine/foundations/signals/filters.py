"""Kernels to start from, along one axis and along three, in any size.

They have the sign of cross-correlation, as networks apply them: a derivative answers positively where values rise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.foundations.signals.ecg import qrs_template
from engine.foundations.spec import FloatArray

DECIMALS = 2


@dataclass(frozen=True, slots=True)
class FilterPreset:
    """A kernel by name. `build(size, rate, seed)` gives float64[size] or float64[size, size, size].

    Below ``least`` cells a side there is no such kernel.
    """

    name: str
    title: str
    description: str
    build: Callable[[int, float, int], FloatArray]
    least: int = 1


def _binomial(n: int) -> FloatArray:
    row = np.ones(1)
    for _ in range(n - 1):
        row = np.convolve(row, [1.0, 1.0])
    return row


def _slope(n: int) -> FloatArray:
    """-1 0 1 for three taps, smoothed more for more, -1 1 for two."""
    return np.convolve(_binomial(n - 1), [-1.0, 1.0])


def _rounded(values: FloatArray) -> FloatArray:
    """Rounded so that the numbers on show are those that are used; no minus zero."""
    return np.asarray(np.round(values, DECIMALS) + 0.0, np.float64)


def _centred(values: FloatArray) -> FloatArray:
    """Zero mean and a largest magnitude of one."""
    values = values - values.mean()
    return _rounded(values / (np.abs(values).max() or 1.0))


def _ricker(size: int) -> FloatArray:
    t = (np.arange(size) - (size - 1) / 2) / (size / 5)
    return np.asarray((1 - t**2) * np.exp(-(t**2) / 2), np.float64)


def _random(shape: tuple[int, ...], seed: int) -> FloatArray:
    return _rounded(np.random.default_rng(seed).normal(0, 0.5, shape))


def _outer(z: FloatArray, y: FloatArray, x: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("i,j,k->ijk", z, y, x) + 0.0, np.float64)


def _edge(axis: int) -> Callable[[int, float, int], FloatArray]:
    """Sobel's operator in three dimensions: a derivative along one axis, binomial smoothing across."""

    def build(size: int, _rate: float, _seed: int) -> FloatArray:
        rows = [_binomial(size)] * 3
        rows[axis] = _slope(size)
        return _outer(*rows)

    return build


def _laplacian(size: int, _rate: float, _seed: int) -> FloatArray:
    """-6 in the middle and 1 at the six neighbours for three, smoothed with binomials for more."""
    smooth = _binomial(size - 2)
    second, inner = np.convolve(smooth, [1.0, -2.0, 1.0]), np.convolve(smooth, [0.0, 1.0, 0.0])
    return (
        _outer(second, inner, inner) + _outer(inner, second, inner) + _outer(inner, inner, second)
    )  # fmt: skip


def _blur(size: int, _rate: float, _seed: int) -> FloatArray:
    row = _binomial(size) / 2.0 ** (size - 1)
    return _outer(row, row, row)


FILTERS_1D: tuple[FilterPreset, ...] = (
    FilterPreset(
        "average",
        "Moving average",
        "The mean of the window: noise goes, and so do sharp peaks.",
        lambda n, _rate, _seed: np.full(n, 1 / n),
    ),
    FilterPreset(
        "derivative",
        "Derivative",
        "Later samples minus earlier ones: positive where the signal rises.",
        lambda n, _rate, _seed: _slope(n),
        2,
    ),
    FilterPreset(
        "matched",
        "Matched filter",
        "The shape of a QRS complex: the answer is largest where the signal looks like it.",
        lambda n, rate, _seed: _centred(qrs_template(n, rate)),
        3,
    ),
    FilterPreset(
        "ricker",
        "Ricker wavelet",
        "A peak between two dips: answers to bumps of its own width, not to slow drift.",
        lambda n, _rate, _seed: _centred(_ricker(n)),
        3,
    ),
    FilterPreset(
        "random",
        "Random, as before training",
        "Chance, as every filter of a network begins.",
        lambda n, _rate, seed: _random((n,), seed),
    ),
)
FILTERS_3D: tuple[FilterPreset, ...] = (
    FilterPreset("blur", "Blur", "A mean in which near voxels count more (binomial weights).", _blur),
    FilterPreset("edge-z", "Edge along z", "Lower slices minus upper ones.", _edge(0), 2),
    FilterPreset("edge-y", "Edge along y", "Back minus front.", _edge(1), 2),
    FilterPreset("edge-x", "Edge along x", "Right minus left.", _edge(2), 2),
    FilterPreset(
        "laplacian", "Laplacian", "Neighbours minus the middle: every surface answers.", _laplacian, 3
    ),
    FilterPreset(
        "random",
        "Random, as before training",
        "Chance, as every filter of a network begins.",
        lambda n, _rate, seed: _random((n, n, n), seed),
    ),
)


def preset(axes: int, name: str) -> FilterPreset:
    """The preset of a name for one axis or for three. Raises KeyError."""
    return {one.name: one for one in (FILTERS_1D if axes == 1 else FILTERS_3D)}[name]
