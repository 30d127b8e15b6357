"""Loss, gradient and optimisers derived by hand: the second route beside autograd and torch.optim.

With the error e = w ⋆ x + b − t over N pixels the loss is the mean of e². Its gradient is another correlation: of the
input with the error, dL/dw(a, c) = 2/N · sum of e(r, q) · x(r + a, q + c), and dL/db = 2/N · sum of e.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.foundations.learned.exercise import Exercise, respond
from engine.foundations.learned.spec import BETAS, EPSILON, TrainSpec, corners, crop_side, first_kernel

FloatArray = npt.NDArray[np.float64]
Rule = Callable[[FloatArray], FloatArray]
"""From a gradient float64[m] to what is subtracted from the weights, float64[m]; remembers the gradients before."""


@dataclass(frozen=True, slots=True, eq=False)
class HandStep:
    """One moment of a run: `weights` float64[m] (kernel row by row, then the bias if there is one), `loss` of its
    batch, `gradient` float64[m]."""

    weights: FloatArray
    loss: float
    gradient: FloatArray


def loss_and_gradient(
    x: FloatArray, answer: FloatArray, kernel: FloatArray, bias: float = 0.0
) -> tuple[float, FloatArray, float]:
    """Loss, its gradient with respect to the kernel float64[k, k], and with respect to the bias."""
    error = respond(x, kernel, bias) - answer
    rows, cols = error.shape
    gradient = np.empty(kernel.shape)
    for row, col in np.ndindex(*kernel.shape):
        gradient[row, col] = np.sum(error * x[row : row + rows, col : col + cols])
    return float(np.mean(error**2)), gradient * (2.0 / error.size), float(2.0 * error.mean())


def rule_of(spec: TrainSpec) -> Rule:
    """The optimiser: SGD, heavy ball (Polyak 1964, as torch writes it), or Adam (Kingma & Ba 2015)."""
    if spec.optimiser == "adam":
        return _adam(spec.rate)
    return _heavy_ball(spec.rate, spec.momentum if spec.optimiser == "momentum" else 0.0)


def _heavy_ball(rate: float, momentum: float) -> Rule:
    velocity: FloatArray = np.zeros(1)

    def step(gradient: FloatArray) -> FloatArray:
        nonlocal velocity
        velocity = momentum * velocity + gradient
        return rate * velocity

    return step


def _adam(rate: float) -> Rule:
    first: FloatArray = np.zeros(1)
    second: FloatArray = np.zeros(1)
    count = 0

    def step(gradient: FloatArray) -> FloatArray:
        nonlocal first, second, count
        count += 1
        first = BETAS[0] * first + (1 - BETAS[0]) * gradient
        second = BETAS[1] * second + (1 - BETAS[1]) * gradient**2
        mean, square = first / (1 - BETAS[0] ** count), second / (1 - BETAS[1] ** count)
        return rate * mean / (np.sqrt(square) + EPSILON)

    return step


def walk(exercise: Exercise, spec: TrainSpec) -> Iterator[HandStep]:
    """The whole run, from the noise on: one moment more than there are updates."""
    rule, size = rule_of(spec), exercise.size
    weights = np.append(first_kernel(spec.seed, size).ravel(), [0.0] * spec.bias)
    for update in range(spec.updates + 1):
        loss, gradient = _of_batch(exercise, spec, update, weights)
        yield HandStep(weights, loss, gradient)
        weights = weights - rule(gradient)


def _of_batch(
    exercise: Exercise, spec: TrainSpec, update: int, weights: FloatArray
) -> tuple[float, FloatArray]:
    """Loss and gradient of what an update sees: all crops have the same size, so means of means are means."""
    size = exercise.size
    kernel, bias = weights[: size * size].reshape(size, size), float(weights[-1]) if spec.bias else 0.0
    found = [loss_and_gradient(x, t, kernel, bias) for x, t in pieces(exercise, spec, update)]
    loss = sum(one[0] for one in found) / len(found)
    gradient = sum(np.append(one[1].ravel(), [one[2]] * spec.bias) for one in found) / len(found)
    return loss, np.asarray(gradient, np.float64)


def pieces(exercise: Exercise, spec: TrainSpec, update: int) -> list[tuple[FloatArray, FloatArray]]:
    """What an update sees: (input, answer) of the whole picture, or of every crop."""
    if spec.batch == "whole":
        return [(exercise.x, exercise.answer)]
    shape = (exercise.x.shape[0], exercise.x.shape[1])
    side = crop_side(spec, shape)
    inner = side - exercise.size + 1
    return [
        (exercise.x[r : r + side, c : c + side], exercise.answer[r : r + inner, c : c + inner])
        for r, c in corners(spec, update, shape).tolist()
    ]
