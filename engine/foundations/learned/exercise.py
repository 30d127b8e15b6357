"""What is to be learned: an input, a target kernel, and the response that the target gives, with noise if wanted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.images import publish

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Exercise:
    """`x` float64[H, W]; `kernel` float64[k, k], the target; `answer` float64[H-k+1, W-k+1], its response; read-only.

    `noise`: the spread of what was added to the answer, 0 for none.
    """

    x: FloatArray
    kernel: FloatArray
    answer: FloatArray
    noise: float = 0.0

    @property
    def size(self) -> int:
        return len(self.kernel)

    @property
    def count(self) -> int:
        """How many pixels of the answer there are: so many equations."""
        return int(self.answer.size)


def make_exercise(x: FloatArray, kernel: FloatArray, noise: float = 0.0, seed: int = 0) -> Exercise:
    """The exercise of an input and a target kernel.

    `noise` is relative: normal noise of so many times the spread of the response is added to it. Raises ValueError
    for a kernel that is not square or is larger than the input.
    """
    kernel = np.array(kernel, np.float64)
    if kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1] or len(kernel) > min(x.shape):
        raise ValueError(f"a kernel {kernel.shape} does not go with an input {x.shape}")
    answer, spread = respond(x, kernel), 0.0
    if noise > 0:
        spread = noise * float(answer.std())
        answer = answer + np.random.default_rng((seed, 2)).normal(0.0, 1.0, answer.shape) * spread
    return Exercise(publish(np.array(x, np.float64)), publish(kernel), publish(answer), spread)


def respond(x: FloatArray, kernel: FloatArray, bias: float = 0.0) -> FloatArray:
    """Cross-correlation without padding, as conv2d: float64[H, W], float64[k, k] -> float64[H-k+1, W-k+1]."""
    rows, cols = x.shape[0] - kernel.shape[0] + 1, x.shape[1] - kernel.shape[1] + 1
    out = np.full((rows, cols), float(bias))
    for (row, col), weight in np.ndenumerate(kernel):
        if weight:
            out += weight * x[row : row + rows, col : col + cols]
    return out
