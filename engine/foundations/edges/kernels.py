"""The classic kernels, each in one place, as named functions that give float64[kh, kw] or float64[k, k].

All of them have the sign of cross-correlation, as networks apply them: edges are left minus right and above minus
below, so that they answer positively where bright turns to dark. Directions are angles in degrees of a vector
(right, down) on the screen: 0 points to the right, 90 down.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Build = Callable[[int, int], FloatArray]

_NOISE = 1e-15  # what is left of cos 90 degrees in float64
_CRUMB = 1e-14  # what is left of a difference that is zero, of its terms


def cos_sin(degrees: float) -> tuple[float, float]:
    """Cosine and sine, exactly 0 where they should be."""
    angle = np.deg2rad(degrees)
    pair = np.array([np.cos(angle), np.sin(angle)])
    pair[np.abs(pair) < _NOISE] = 0.0
    return float(pair[0]), float(pair[1])


def binomial(n: int) -> FloatArray:
    """float64[n]: a row of Pascal's triangle, 1 2 1 for three."""
    row = np.ones(1)
    for _ in range(n - 1):
        row = np.convolve(row, [1.0, 1.0])
    return row


def slope(n: int) -> FloatArray:
    """float64[n]: derivative along n taps: 1 0 -1 for three, smoothed more for more, 1 -1 for two."""
    return np.convolve(binomial(n - 1), [1.0, -1.0])


def transposed(build: Build) -> Build:
    """The horizontal edge that belongs to a vertical one."""
    return lambda kh, kw: np.ascontiguousarray(build(kw, kh).T)


# --- first derivatives: vertical edges -----------------------------------------------------------------------


def prewitt(kh: int, kw: int) -> FloatArray:
    """Left minus right, every row alike: the slope of a plane fitted to the window (Prewitt, 1970)."""
    ramp = (kw - 1) / 2 - np.arange(kw)
    return np.outer(np.ones(kh), ramp * (1 if kw % 2 else 2))


def sobel(kh: int, kw: int) -> FloatArray:
    """Left minus right, the middle rows count more (Sobel and Feldman, 1968)."""
    return np.outer(binomial(kh), slope(kw))


def scharr(kh: int, kw: int) -> FloatArray:
    """Weights 3, 10, 3: the direction of an edge comes out truer (Scharr, 2000). Needs three rows, two columns."""
    return np.outer(np.convolve([3.0, 10.0, 3.0], binomial(kh - 2)), slope(kw))


# --- second derivatives --------------------------------------------------------------------------------------


def laplacian(kh: int, kw: int) -> FloatArray:
    """0 1 0 / 1 -4 1 / 0 1 0 for three, smoothed with binomials for more: the five-point second difference."""
    down, right = binomial(kh - 2), binomial(kw - 2)
    second, inner = [1.0, -2.0, 1.0], [0.0, 1.0, 0.0]
    return np.outer(np.convolve(down, second), np.convolve(right, inner)) + np.outer(
        np.convolve(down, inner), np.convolve(right, second)
    )


def laplacian_8(kh: int, kw: int) -> FloatArray:
    """All other cells of the window minus the middle as often: 1 everywhere, -8 in the middle for three."""
    plane: FloatArray = np.ones((kh, kw)) - kh * kw * identity(kh, kw)
    return plane


# --- kernels that keep the brightness ------------------------------------------------------------------------


def identity(kh: int, kw: int) -> FloatArray:
    """A single 1; for an even size the middle is up and left."""
    plane = np.zeros((kh, kw))
    plane[(kh - 1) // 2, (kw - 1) // 2] = 1.0
    return plane


def box_blur(kh: int, kw: int) -> FloatArray:
    """The mean of the window."""
    return np.full((kh, kw), 1 / (kh * kw))


def binomial_blur(kh: int, kw: int) -> FloatArray:
    """A mean with binomial weights, the whole-numbered neighbour of the Gaussian (Burt, 1981)."""
    plane: FloatArray = np.outer(binomial(kh), binomial(kw)) / 2.0 ** (kh + kw - 2)
    return plane


def gaussian_blur(size: int, sigma: float) -> FloatArray:
    """exp(-(x^2 + y^2) / (2 sigma^2)) on size x size cells, scaled to the sum 1; sigma in cells, above 0."""
    steps = np.arange(size) - (size - 1) / 2
    row = np.exp(-(steps**2) / (2 * sigma**2))
    row /= row.sum()
    return np.outer(row, row)


def sharpen(kh: int, kw: int) -> FloatArray:
    """The input minus its (smoothed) Laplacian."""
    smoothing = float(binomial(kh - 2).sum() * binomial(kw - 2).sum())
    plane: FloatArray = identity(kh, kw) - laplacian(kh, kw) / smoothing
    return plane


def emboss(kh: int, kw: int) -> FloatArray:
    """The input plus its rise to the lower right: light from the upper left."""
    y, x = np.ogrid[:kh, :kw]
    plane: FloatArray = identity(kh, kw) + y + x - (kh + kw - 2) / 2
    return plane


# --- any direction -------------------------------------------------------------------------------------------


def steered(vertical: FloatArray, horizontal: FloatArray, angle: float) -> FloatArray:
    """cos(angle) * vertical + sin(angle) * horizontal: the edge kernel turned to `angle` degrees.

    Exact for derivatives of a Gaussian (Freeman and Adelson, 1991); for Prewitt, Sobel and Scharr the answer is that of
    the directional derivative which the two kernels estimate.
    """
    cos, sin = cos_sin(angle)
    plane: FloatArray = cos * vertical + sin * horizontal
    plane[np.abs(plane) < _CRUMB * max(np.abs(vertical).max(), np.abs(horizontal).max())] = 0.0
    return plane


def gabor(
    size: int, angle: float, sigma: float, wavelength: float, phase: float = 90.0, aspect: float = 1.0
) -> FloatArray:
    """A wave under a Gaussian: exp(-(x'^2 + aspect^2 y'^2) / (2 sigma^2)) cos(2 pi x' / wavelength + phase).

    x' runs along `angle`, y' across it; `angle` and `phase` in degrees, `sigma` and `wavelength` in cells. A phase of 0
    answers bright lines, one of 90 edges from bright to dark (Gabor, 1946; Daugman, 1985; formula as in OpenCV, which
    stores it rotated by 180 degrees).
    """
    cos, sin = cos_sin(angle)
    steps = np.arange(size) - (size - 1) / 2
    along = cos * steps[None, :] + sin * steps[:, None]
    across = cos * steps[:, None] - sin * steps[None, :]
    envelope = np.exp(-(along**2 + (aspect * across) ** 2) / (2 * sigma**2))
    wave = np.cos(2 * np.pi * along / wavelength + np.deg2rad(phase))
    plane: FloatArray = envelope * wave
    plane[np.abs(plane) < _NOISE] = 0.0
    return plane
