"""Principal components of a picture's channels: the 1x1 bottleneck that loses least, in the mean of squares.

Pearson, *On lines and planes of closest fit to systems of points in space* (1901).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.foundations.spec import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Principal:
    """``components`` float64[C, C]: orthonormal rows, the one with the largest variance first.

    ``mean`` float64[C] of the channels; ``variances`` float64[C] along the rows, in the units of the channels squared.
    """

    mean: FloatArray
    components: FloatArray
    variances: FloatArray

    @property
    def shares(self) -> FloatArray:
        """float64[C]: each row's part of the whole variance, 0..1; all zeros where nothing varies."""
        total = float(self.variances.sum())
        return self.variances / total if total > 0 else np.zeros_like(self.variances)

    def table(self, count: int) -> tuple[FloatArray, FloatArray]:
        """Weights float64[count, C] and bias float64[count] that lead to the first ``count`` components."""
        weight = self.components[:count]
        return weight, -weight @ self.mean

    def restored(self, mixed: FloatArray) -> FloatArray:
        """The channels float64[C, H, W] as well as the first components ``mixed`` float64[k, H, W] tell them."""
        back = self.components[: len(mixed)].T
        restored: FloatArray = np.einsum("ck,khw->chw", back, mixed) + self.mean[:, None, None]
        return restored


def principal(x: FloatArray) -> Principal:
    """The principal components of the pixels of ``x`` float64[C, H, W]; the largest weight of a row is positive."""
    pixels = x.reshape(len(x), -1)
    mean = pixels.mean(1)
    centred = pixels - mean[:, None]
    # einsum and not a matrix product: BLAS would start its threads for a table of six by six.
    covariance = np.einsum("cp,dp->cd", centred, centred) / pixels.shape[1]
    variances, columns = np.linalg.eigh(covariance)
    rows = columns.T[::-1]
    largest = rows[np.arange(len(rows)), np.abs(rows).argmax(1)]
    rows = rows * np.where(largest < 0, -1.0, 1.0)[:, None]
    return Principal(mean, rows, np.maximum(variances[::-1], 0.0))
