"""What the engine can be asked about learning a kernel, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.foundations.learned.exercise import Exercise
from engine.foundations.learned.spec import TrainSpec

FloatArray = npt.NDArray[np.float64]
Outcome = Literal["running", "done", "diverged"]


@dataclass(frozen=True, slots=True, eq=False)
class TrainKernel:
    """Train a kernel from noise. Answer: a Run, after partial ones that hold all moments so far."""

    exercise: Exercise
    spec: TrainSpec


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """The moments of a training: moment 0 is the noise, moment i what i updates made of it; read-only.

    `weights` float64[n, m]: the kernel row by row, then the bias if there is one; `losses` float64[n] and `gradients`
    float64[n, m] are those of the batch that the update after this moment sees, by autograd. `outcome`: "diverged"
    where the loss left every measure, and the training with it. `seconds`: of the computation alone.
    """

    exercise: Exercise
    spec: TrainSpec
    weights: FloatArray
    losses: FloatArray
    gradients: FloatArray
    outcome: Outcome
    seconds: float

    @property
    def last(self) -> int:
        """The latest moment."""
        return len(self.losses) - 1

    def kernel(self, moment: int) -> FloatArray:
        """float64[k, k]."""
        return kernel_of(self.weights[moment], self.exercise.size)

    def bias(self, moment: int) -> float:
        return float(self.weights[moment, -1]) if self.spec.bias else 0.0

    def gradient(self, moment: int) -> FloatArray:
        """float64[k, k]."""
        return kernel_of(self.gradients[moment], self.exercise.size)


@dataclass(frozen=True, slots=True, eq=False)
class MeasureBowl:
    """Take the loss of an exercise apart. Answer: engine.foundations.learned.bowl.Bowl."""

    exercise: Exercise
    bias: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class CheckRun:
    """Train once more, by hand, and compare every moment. Answer: engine.foundations.requests.CheckResult."""

    run: Run


def kernel_of(weights: FloatArray, size: int) -> FloatArray:
    """The kernel float64[k, k] of weights float64[m]."""
    return weights[: size * size].reshape(size, size)
