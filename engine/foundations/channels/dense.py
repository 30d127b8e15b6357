"""The fully connected layer: a matrix, the same as kernels of full size, and those slid over a larger picture.

Sermanet et al., *OverFeat* (2013): a dense layer seen as a convolution takes pictures of any size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from engine.foundations.channels.flattening import flattened
from engine.foundations.cost import fully_connected_parameters
from engine.foundations.problems import Problem, ShapeError, bad_value
from engine.foundations.spec import FloatArray, Shape3


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """A fully connected layer with what it computes; arrays are read-only. Compares by identity.

    ``x`` float64[C, H, W], ``flat`` float64[N] (channels first), ``weight`` float64[M, N], ``bias`` and ``output``
    float64[M]; ``image`` float64[C, H2, W2] is the larger picture and ``slid`` float64[M, H2-H+1, W2-W+1] what the same
    kernels answer there.
    """

    x: FloatArray
    flat: FloatArray
    weight: FloatArray
    bias: FloatArray
    output: FloatArray
    image: FloatArray
    slid: FloatArray

    @property
    def shape(self) -> Shape3:
        """(C, H, W) of the input."""
        channels, height, width = self.x.shape
        return channels, height, width

    @property
    def kernels(self) -> FloatArray:
        """float64[M, C, H, W]: every row of the matrix folded to the shape of the input."""
        return self.weight.reshape(len(self.weight), *self.x.shape)

    @property
    def parameters(self) -> int:
        return int(self.weight.size + self.bias.size)

    def products(self, row: int) -> FloatArray:
        """float64[N]: what a row of the matrix adds up before the bias."""
        products: FloatArray = self.weight[row] * self.flat
        return products

    def window(self, row: int, col: int) -> FloatArray:
        """float64[C, H, W]: what the kernels see of the larger picture for its output (row, col)."""
        _, height, width = self.x.shape
        return self.image[:, row : row + height, col : col + width]


def dense(
    x: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike, image: npt.ArrayLike | None = None
) -> Dense:
    """A fully connected layer on ``x`` [C, H, W] with ``weight`` [M, C * H * W] and ``bias`` [M].

    ``image`` [C, H2, W2], not smaller than x (None: x itself), is what the layer slides over as a convolution.
    Raises ShapeError where the shapes do not go together or a value cannot be computed with.
    """
    volume, matrix, offset = np.array(x, np.float64), np.array(weight, np.float64), np.array(bias, np.float64)
    large = volume if image is None else np.array(image, np.float64)
    found = _problems(volume, matrix, offset, large)
    if found:
        raise ShapeError(found)
    flat = flattened(volume)
    output = (matrix * flat).sum(1) + offset
    windows = sliding_window_view(large, volume.shape, axis=(0, 1, 2))[0]  # [rows, cols, C, H, W]
    kernels = matrix.reshape(len(matrix), *volume.shape)
    slid = np.einsum("mchw,rschw->mrs", kernels, windows) + offset[:, None, None]
    for array in (volume, flat, matrix, offset, output, large, slid):
        array.flags.writeable = False
    return Dense(volume, flat, matrix, offset, output, large, slid)


def _problems(x: FloatArray, weight: FloatArray, bias: FloatArray, image: FloatArray) -> list[Problem]:
    if x.ndim != 3 or min(x.shape) < 1:
        return [Problem("input", f"The input needs channels, rows and columns, not the shape {x.shape}.")]
    if weight.ndim != 2 or weight.shape[1] != x.size or len(weight) < 1:
        text = f"A row of the matrix needs {x.size} weights, one an entry; the matrix is {weight.shape}."
        return [Problem("weight", text, (max(len(weight), 1), x.size))]
    if bias.shape != (len(weight),):
        return [Problem("bias", f"{len(weight)} rows need as many biases, not {bias.shape}.")]
    if image.ndim != 3 or len(image) != len(x) or image.shape[1] < x.shape[1] or image.shape[2] < x.shape[2]:
        return [Problem("image", f"A picture of {image.shape} has no room for kernels of {x.shape}.")]
    named = (("input", x), ("weight", weight), ("bias", bias), ("image", image))
    return [problem for field, values in named if (problem := bad_value(field, values)) is not None]


@dataclass(frozen=True, slots=True)
class Known:
    """A fully connected layer of a net that many know."""

    title: str
    inputs: tuple[int, ...]
    """H, W, C as papers write it, or the length of a vector."""
    outputs: int

    @property
    def parameters(self) -> int:
        return fully_connected_parameters(self.inputs, (self.outputs,))


KNOWN: Final[tuple[Known, ...]] = (
    Known("LeNet-5, C5", (5, 5, 16), 120),
    Known("AlexNet, fc6", (6, 6, 256), 4096),
    Known("VGG-16, fc6", (7, 7, 512), 4096),
    Known("VGG-16, fc7", (4096,), 4096),
    Known("ResNet-50, fc", (2048,), 1000),
)
LARGEST: Final = KNOWN[2]


def inputs_text(inputs: Sequence[int]) -> str:
    """ "7 × 7 × 512" for a shape."""
    return " × ".join(f"{n:,}" if len(inputs) == 1 else str(n) for n in inputs)


def count_text(inputs: Sequence[int], outputs: int) -> str:
    """The count of parameters with the numbers filled in: "18 · 3 + 3 = 57"."""
    n = prod(inputs)
    return f"{n:,} · {outputs:,} + {outputs:,} = {fully_connected_parameters(inputs, (outputs,)):,}"
