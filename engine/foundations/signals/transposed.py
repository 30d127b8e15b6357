"""The way back: the transposed convolution, which spreads every output value over the window it came from.

It is the adjoint of the convolution, hence also the gradient with respect to the input (Dumoulin & Visin, *A guide to
convolution arithmetic for deep learning*, 2016, chapter 4). Written as it is told, by scattering; the gather form of
`engine.foundations.trace` and torch are the other routes.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

from engine.foundations.problems import Problem, ShapeError
from engine.foundations.signals.spec import Sizes, SlideSpec, layout
from engine.foundations.sizes import transposed_output_size
from engine.foundations.spec import FloatArray


def transposed_convolution(
    y: npt.ArrayLike, weight: npt.ArrayLike, spec: SlideSpec | None = None, output_padding: int | Sizes = 0
) -> FloatArray:
    """Spread ``y`` [F, *M] through ``weight`` [F, C, *k] to [C, *N]: N = (M - 1) s - 2p + d (k - 1) + 1 + extra.

    Any number of axes; torch's conv_transpose1d, 2d and 3d take the same layout of weights. ``output_padding``
    (cells added at the end) one number, or one an axis. Raises ShapeError where nothing would be left.
    """
    spec = SlideSpec() if spec is None else spec
    values, filters = np.asarray(y, np.float64), np.asarray(weight, np.float64)
    if filters.ndim != values.ndim + 1 or len(filters) != len(values):
        text = f"Filters {filters.shape} do not go with values {values.shape}: they need (F, C, kernel ...)."
        raise ShapeError([Problem("weight", text)])
    kernel, counts = filters.shape[2:], values.shape[1:]
    extra = (output_padding,) * len(kernel) if isinstance(output_padding, int) else output_padding
    full_size = tuple(
        transposed_output_size(m, k, 0, spec.stride, spec.dilation, e)
        for m, k, e in zip(counts, kernel, extra, strict=True)
    )
    if min(full_size) <= 2 * spec.padding:
        raise ShapeError([Problem("padding", "With so much padding nothing is left of the output.")])
    full = np.zeros((filters.shape[1], *full_size))
    flat = filters.reshape(*filters.shape[:2], -1)
    for number, tap in enumerate(product(*map(range, kernel))):
        reach = tuple(_hops(at * spec.dilation, m, spec.stride) for at, m in zip(tap, counts, strict=True))
        target = full[(slice(None), *reach)]
        target += np.tensordot(flat[:, :, number], values, axes=(0, 0))
    cut = [slice(spec.padding, n - spec.padding) for n in full_size]
    return np.ascontiguousarray(full[(slice(None), *cut)])


def gradient_to_input(y: npt.ArrayLike, weight: npt.ArrayLike, sizes: Sizes, spec: SlideSpec) -> FloatArray:
    """The gradient of sum(y * conv(x)) with respect to x of ``sizes``: float64[C, *N]; y [F, *M], weight [F, C, *k].

    Cells that the floor of the output size left over get the zeros that they are due.
    """
    kernel = np.asarray(weight).shape[2:]
    return transposed_convolution(y, weight, spec, layout(spec, sizes, kernel).leftover)


def _hops(start: int, count: int, stride: int) -> slice:
    return slice(start, start + (count - 1) * stride + 1, stride)
