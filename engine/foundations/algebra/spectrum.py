"""The convolution theorem on a circle: the spectrum of a circular convolution is the product of the spectra.

    A(k) = sum over n of a(n) exp(−2πi kn / N)        DFT(a ⊛ b) = A · B

The transform is written down as its matrix: for a handful of numbers clarity counts, not speed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.foundations.algebra.exact import Values, agree, bound, frozen

Spectrum = npt.NDArray[np.complex128]


def transform(
    a: npt.NDArray[np.int64] | npt.NDArray[np.float64] | Spectrum, *, back: bool = False
) -> Spectrum:
    """The discrete Fourier transform ``[N]`` -> ``complex128[N]``, or with ``back`` its inverse."""
    n = len(a)
    sign = 1 if back else -1
    # Whole turns are taken off before the exponential, so that angles stay small and roundings with them.
    turns = np.outer(np.arange(n), np.arange(n)) % n / n
    result: Spectrum = np.exp(sign * 2j * np.pi * turns) @ a
    return result / n if back else result


def circular(a: Values, b: Values) -> Values:
    """a ⊛ b on a circle of N places: ``[N]``, ``[N]`` -> ``[N]``. Raises ValueError for different lengths."""
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError("a circular convolution needs two sequences of one length")
    out = np.zeros(len(a), np.result_type(a, b))
    for m, weight in enumerate(b):
        out += np.roll(a, m) * weight
    return frozen(out)


@dataclass(frozen=True, eq=False)
class Circle:
    """Two sequences ``[N]`` on one circle, their spectra, and the way round over the spectra."""

    a: Values
    b: Values

    @cached_property
    def product(self) -> Values:
        """a ⊛ b, directly."""
        return circular(self.a, self.b)

    @cached_property
    def spectra(self) -> tuple[Spectrum, Spectrum]:
        return transform(self.a), transform(self.b)

    @cached_property
    def multiplied(self) -> Spectrum:
        """A · B, frequency by frequency."""
        first, second = self.spectra
        result: Spectrum = first * second
        return result

    @cached_property
    def back(self) -> Spectrum:
        """The inverse transform of A · B: a ⊛ b again, with roundings and an imaginary part of roundings."""
        return transform(self.multiplied, back=True)

    @property
    def largest(self) -> float:
        """The largest difference between both ways, imaginary parts counted."""
        return float(np.abs(self.back - self.product).max())

    @property
    def agrees(self) -> bool:
        """Whether both ways give the same numbers, up to roundings."""
        return agree(self.largest, bound(self.a, self.b), exact=False)


def circled(a: Values, length: int) -> Values:
    """A sequence laid on a circle of ``length`` places: zeros behind it, or its end laid over its beginning."""
    out = np.zeros(length, a.dtype)
    for n, value in enumerate(a):
        out[n % length] += value
    return frozen(out)
