"""The loss as what it is: a quadratic bowl in k·k numbers, whose shape the picture alone decides.

With the patches of the picture as the rows of P, the loss of a kernel w is the mean of (P w − t)². Its Hessian is
H = 2 PᵀP / N: the same everywhere. Along an eigenvector with curvature λ, gradient descent multiplies what is wrong by
1 − rate · λ at every step; it converges where rate < 2/λ for all of them (e.g. LeCun, Bottou, Orr & Müller 1998).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from engine.context import Context
from engine.foundations.learned.exercise import Exercise, respond
from engine.foundations.learned.requests import MeasureBowl
from engine.foundations.learned.spec import TrainSpec
from engine.images import publish

FloatArray = npt.NDArray[np.float64]
FLAT: Final = 1e-11
"""Curvatures below this part of the largest one are rounding: along them the loss does not change at all."""
_ROUNDING: Final = 1e-24
"""A least loss below this part of the answer's mean square is rounding: the target is met."""
_BLOCK: Final = 1 << 18
"""Values of one block of patches: some milliseconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Bowl:
    """The shape of the loss. m = k·k numbers, or one more with a bias (which comes last).

    `curvatures` float64[m]: eigenvalues of the Hessian, the steepest first; `directions` float64[m, m]: its unit
    eigenvectors, one a row, in the same order. `solution` float64[m]: the least-squares answer, of several the
    shortest. `least`: the loss there. `size`: k. `biased`: whether the last number is a bias.
    """

    curvatures: FloatArray
    directions: FloatArray
    solution: FloatArray
    least: float
    size: int
    biased: bool = False

    @property
    def steepest(self) -> float:
        return float(self.curvatures[0])

    @property
    def flat(self) -> npt.NDArray[np.bool_]:
        """bool[m]: directions about which the picture says nothing."""
        found: npt.NDArray[np.bool_] = self.curvatures <= FLAT * max(self.steepest, 1e-300)
        return found

    @property
    def rank(self) -> int:
        """How many directions the picture teaches."""
        return int(np.count_nonzero(~self.flat))

    @property
    def condition(self) -> float:
        """The steepest curvature over the flattest, infinite where there are flat directions."""
        return (
            self.steepest / float(self.curvatures[-1]) if self.rank == len(self.curvatures) else float("inf")
        )

    @property
    def kernel(self) -> FloatArray:
        """The least-squares kernel, float64[k, k]."""
        return self.solution[: self.size**2].reshape(self.size, self.size)

    def direction(self, index: int) -> FloatArray:
        """The kernel part of a direction, float64[k, k]."""
        return self.directions[index, : self.size**2].reshape(self.size, self.size)

    def errors(self, weights: FloatArray) -> FloatArray:
        """How far weights float64[..., m] are from the solution along every direction: float64[..., m]."""
        return np.asarray((weights - self.solution) @ self.directions.T, np.float64)

    def losses(self, weights: FloatArray) -> FloatArray:
        """The loss on the whole picture of weights float64[..., m]: float64[...], from no difference of large sums."""
        curvatures = np.where(self.flat, 0.0, self.curvatures)
        rise: FloatArray = 0.5 * np.sum(curvatures * self.errors(weights) ** 2, axis=-1)
        return self.least + rise

    def stable_rate(self, spec: TrainSpec) -> float | None:
        """The learning rate from which on the loss grows: 2/λ of the steepest direction, 2(1 + momentum)/λ for the
        heavy ball; infinite where there is no slope at all. None for Adam, for which no such number is known."""
        if spec.optimiser == "adam":
            return None
        if self.steepest <= 0:
            return float("inf")
        factor = 1.0 + (spec.momentum if spec.optimiser == "momentum" else 0.0)
        return 2.0 * factor / self.steepest

    def factors(self, spec: TrainSpec) -> FloatArray | None:
        """What one update makes of the error along every direction, float64[m]; None for Adam.

        SGD: 1 − rate·λ. Heavy ball: the larger magnitude of the two roots of z² − (1 + μ − rate·λ) z + μ = 0.
        """
        if spec.optimiser == "adam":
            return None
        curvatures = np.where(self.flat, 0.0, self.curvatures)
        if spec.optimiser == "sgd":
            return 1.0 - spec.rate * curvatures
        middle = (1.0 + spec.momentum - spec.rate * curvatures).astype(np.complex128)
        root = np.sqrt(middle**2 - 4.0 * spec.momentum)
        return np.maximum(np.abs(middle + root), np.abs(middle - root)) / 2.0


def measure(request: MeasureBowl, context: Context) -> Generator[None, None, Bowl]:
    """Answer a MeasureBowl: add up PᵀP and Pᵀt in blocks of rows, then take them apart."""
    exercise, biased = request.exercise, request.bias
    size = exercise.size
    count = size * size + biased
    squares, pull = np.zeros((count, count)), np.zeros(count)
    windows = sliding_window_view(exercise.x, (size, size))
    block = max(1, _BLOCK // (windows.shape[1] * count))
    for start in range(0, len(windows), block):
        patches, wanted = (
            _patches(windows[start : start + block], biased),
            exercise.answer[start : start + block],
        )
        squares += patches.T @ patches
        pull += patches.T @ wanted.ravel()
        context.cancel.check()
        yield
    curvatures, directions = np.linalg.eigh(squares * (2.0 / exercise.count))
    curvatures, directions = np.maximum(curvatures[::-1], 0.0), _signed(directions.T[::-1])
    kept = curvatures > FLAT * max(float(curvatures[0]), 1e-300)
    along = directions @ pull * (2.0 / exercise.count)
    solution = np.divide(along, curvatures, out=np.zeros(count), where=kept) @ directions
    least = _loss(exercise, solution, biased)
    least = 0.0 if least < _ROUNDING * float(np.mean(exercise.answer**2)) else least
    return Bowl(publish(curvatures), publish(directions), publish(solution), least, size, biased)


def _patches(windows: FloatArray, biased: bool) -> FloatArray:
    """The rows of P: float64[n, m], with a column of ones for a bias."""
    rows = windows.reshape(windows.shape[0] * windows.shape[1], -1)
    return np.hstack([rows, np.ones((len(rows), 1))]) if biased else rows


def _signed(directions: FloatArray) -> FloatArray:
    """Eigenvectors have no sign of their own: the largest entry becomes positive, so that pictures do not flip."""
    largest = np.take_along_axis(directions, np.abs(directions).argmax(1)[:, None], 1)
    return np.asarray(directions * np.where(largest < 0, -1.0, 1.0), np.float64)


def _loss(exercise: Exercise, weights: FloatArray, biased: bool) -> float:
    size = exercise.size
    bias = float(weights[-1]) if biased else 0.0
    error = respond(exercise.x, weights[: size * size].reshape(size, size), bias) - exercise.answer
    return float(np.mean(error**2))
