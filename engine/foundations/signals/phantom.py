"""A volume that looks like a CT scan of a head, made of ellipsoids, in Hounsfield-like units.

The ellipsoids are those of Shepp & Logan (*The Fourier reconstruction of a head section*, IEEE Trans. Nucl. Sci., 1974)
in their three-dimensional form (Kak & Slaney, *Principles of Computerized Tomographic Imaging*, 1988). Two things
differ: the skull is thicker, so that it survives averaging, and the values are on the scale of Hounsfield: air -1000,
water 0, brain about 40, bone 1000. No patient was scanned.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Voxels = npt.NDArray[np.float32]

SIDE = 70
AIR = -1000.0
_SEED = 1974

# Semi-axes and centre along x, y, z in units of half a side, the turn about z in degrees, and what is added inside.
_ELLIPSOIDS = (
    (0.69, 0.92, 0.81, 0.0, 0.0, 0.0, 0.0, 2000.0),
    (0.60, 0.82, 0.72, 0.0, -0.0184, 0.0, 0.0, -960.0),
    (0.11, 0.31, 0.22, 0.22, 0.0, 0.0, -18.0, -36.0),
    (0.16, 0.41, 0.28, -0.22, 0.0, 0.0, 18.0, -36.0),
    (0.21, 0.25, 0.41, 0.0, 0.35, -0.15, 0.0, 30.0),
    (0.046, 0.046, 0.05, 0.0, 0.1, 0.25, 0.0, 30.0),
    (0.046, 0.046, 0.05, 0.0, -0.1, 0.25, 0.0, 30.0),
    (0.046, 0.023, 0.05, -0.08, -0.605, 0.0, 0.0, 30.0),
    (0.023, 0.023, 0.02, 0.0, -0.606, 0.0, 0.0, 30.0),
    (0.023, 0.046, 0.02, 0.06, -0.605, 0.0, 0.0, 30.0),
)


@lru_cache(maxsize=2)
def phantom(side: int = SIDE, noise: float = 0.0) -> Voxels:
    """float32[side, side, side] (read-only): [z from the crown down, y from the face back, x], ``noise`` deviation.

    The same numbers for the same arguments.
    """
    voxels = _clean(side) + np.float32(noise) * _grain(side)
    voxels.flags.writeable = False
    return voxels


@lru_cache(maxsize=2)
def _clean(side: int) -> Voxels:
    at = (np.arange(side) + 0.5) / side * 2 - 1
    x, y = at[None, :], -at[:, None]
    voxels = np.full((side, side, side), AIR, np.float32)
    for a, b, c, x0, y0, z0, turn, added in _ELLIPSOIDS:
        cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        across = ((x - x0) * cos + (y - y0) * sin) / a
        along = (-(x - x0) * sin + (y - y0) * cos) / b
        upright = ((-at - z0) / c) ** 2
        voxels[upright[:, None, None] + (across**2 + along**2)[None] <= 1] += np.float32(added)
    return voxels


@lru_cache(maxsize=2)
def _grain(side: int) -> Voxels:
    return np.random.default_rng(_SEED).standard_normal((side, side, side), np.float32)


def averaged(volume: npt.NDArray[np.float32], sides: tuple[int, int, int]) -> npt.NDArray[np.float64]:
    """float64[sides]: the means of as equal blocks as whole voxels allow. Raises ValueError for a larger target."""
    if any(wanted > n for wanted, n in zip(sides, volume.shape, strict=True)):
        raise ValueError(f"blocks of {volume.shape} cannot be averaged to the larger {sides}")
    means = volume.astype(np.float64)
    for axis, wanted in enumerate(sides):
        edges = np.arange(wanted) * volume.shape[axis] // wanted
        counts = np.diff([*edges, volume.shape[axis]])
        shape = [1, 1, 1]
        shape[axis] = wanted
        means = np.add.reduceat(means, edges, axis) / counts.reshape(shape)
    return means
