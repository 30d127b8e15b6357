"""The 1x1 convolution: every pixel's channels are multiplied with one and the same table of weights.

Lin, Chen & Yan, *Network in network* (2013).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.foundations.problems import Problem, ShapeError, bad_value
from engine.foundations.spec import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class MixStep:
    """One pixel: ``values`` [C] of its channels, ``products`` [F, C] with the table, ``sums`` [F] with the bias.

    ``result`` [F] is what comes out: the sums, or what a ReLU leaves of them.
    """

    index: int
    row: int
    col: int
    values: FloatArray
    products: FloatArray
    sums: FloatArray
    result: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """A 1x1 convolution with everything that it computes; arrays are read-only. Compares by identity.

    ``x`` float64[C, H, W], ``weight`` float64[F, C], ``bias`` float64[F]; ``sums`` and ``output`` float64[F, H, W] are
    the values before and after the activation.
    """

    x: FloatArray
    weight: FloatArray
    bias: FloatArray
    relu: bool
    sums: FloatArray
    output: FloatArray

    def __len__(self) -> int:
        """The number of pixels."""
        return int(self.x.shape[1] * self.x.shape[2])

    @property
    def parameters(self) -> int:
        """Learned numbers: one a cell of the table and one a bias, whatever the size of the picture."""
        return int(self.weight.size + self.bias.size)

    @property
    def macs(self) -> int:
        """Multiplications: the table once for every pixel."""
        return int(self.weight.size) * len(self)

    def step(self, index: int) -> MixStep:
        """The arithmetic of a pixel, row by row. Raises IndexError."""
        if not 0 <= index < len(self):
            raise IndexError(f"pixel {index} of {len(self)}")
        row, col = divmod(index, self.x.shape[2])
        values = self.x[:, row, col]
        products = self.weight * values
        return MixStep(index, row, col, values, products, self.sums[:, row, col], self.output[:, row, col])


def mix(
    x: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None, *, relu: bool = False
) -> Mix:
    """Mix the channels of a volume ``x`` [C, H, W] with a table ``weight`` [F, C] and ``bias`` [F] (None: zeros).

    Raises ShapeError where the shapes do not go together or a value cannot be computed with.
    """
    volume, table = np.array(x, np.float64), np.array(weight, np.float64)
    offset = np.zeros(len(table)) if bias is None else np.array(bias, np.float64)
    found = _problems(volume, table, offset)
    if found:
        raise ShapeError(found)
    sums = np.empty((len(table), *volume.shape[1:]))
    sums[:] = offset[:, None, None]
    for column, plane in zip(
        table.T, volume, strict=True
    ):  # in the order of the table, as one adds up a row of it
        sums += column[:, None, None] * plane
    output = np.maximum(sums, 0.0) if relu else sums
    for array in (volume, table, offset, sums, output):
        array.flags.writeable = False
    return Mix(volume, table, offset, relu, sums, output)


def _problems(x: FloatArray, weight: FloatArray, bias: FloatArray) -> list[Problem]:
    if x.ndim != 3 or min(x.shape) < 1:
        return [Problem("input", f"The input needs channels, rows and columns, not the shape {x.shape}.")]
    if weight.ndim != 2 or min(weight.shape) < 1:
        return [Problem("weight", f"The table needs rows and columns, not the shape {weight.shape}.")]
    if weight.shape[1] != len(x):
        text = f"The table has {weight.shape[1]} columns, but the input has {len(x)} channels."
        return [Problem("weight", text, (weight.shape[0], len(x)))]
    if bias.shape != (len(weight),):
        return [Problem("bias", f"{len(weight)} rows of the table need as many biases, not {bias.shape}.")]
    named = (("input", x), ("weight", weight), ("bias", bias))
    return [problem for field, values in named if (problem := bad_value(field, values)) is not None]
