"""The training: autograd and torch.optim in float64 on the CPU, streamed while it goes on.

The patches of the picture are unfolded into a matrix once, and the response is a product of kernel and matrix: four
times as fast as `conv2d`, which has nothing but slow ways for float64.
float64, so that the loss can fall as far as the bowl is deep and the second route agrees to the last digits; some
accelerators know no such numbers, and pictures of this size are quick without one.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engine.context import Context
from engine.foundations.learned.exercise import Exercise
from engine.foundations.learned.requests import Outcome, Run, TrainKernel
from engine.foundations.learned.spec import BETAS, EPSILON, TrainSpec, corners, crop_side, first_kernel
from engine.images import publish

if TYPE_CHECKING:
    from engine.jobs import Partial

STEP_SECONDS: Final = 0.012
"""After so long the engine gets its turn back."""
TELL_SECONDS: Final = 0.05
"""So often the window gets what was learned until then; the first update comes at once."""
DIVERGED: Final = 1e12
"""A loss of so many times the first one will not come back."""


def train(request: TrainKernel, context: Context) -> Generator[Partial | None, None, Run]:
    """Handler: every partial Run holds all moments so far. Raises UserError for a spec out of range."""
    exercise, spec = request.exercise, request.spec.validated()
    began = perf_counter()
    lesson = _Lesson(exercise, spec)
    history = _History(exercise, spec)
    started, told, seconds = began, 0.0, 0.0
    while True:
        outcome = history.add(*lesson.moment(history.count))
        if outcome == "running":
            lesson.update()
        now = perf_counter()
        if outcome != "running":
            return history.run(outcome, seconds + now - started)
        if now - told > TELL_SECONDS:
            yield context.partial(history.run(outcome, seconds + now - started))
            told = perf_counter()
        elif now - started > STEP_SECONDS:
            yield None
        else:
            continue
        seconds, started = seconds + now - started, perf_counter()


class _Lesson:
    """The parameters, the pictures and the optimiser in torch."""

    def __init__(self, exercise: Exercise, spec: TrainSpec) -> None:
        self._spec, self._size = spec, exercise.size
        self._x = torch.tensor(exercise.x, dtype=torch.float64)[None, None]
        self._answer = torch.tensor(exercise.answer, dtype=torch.float64)[None, None]
        self._whole = (self._patches(self._x), self._answer.reshape(-1)) if spec.batch == "whole" else None
        start = torch.tensor(first_kernel(spec.seed, self._size).ravel(), dtype=torch.float64)
        self._kernel = start.requires_grad_()
        self._bias = torch.zeros(1, dtype=torch.float64, requires_grad=True) if spec.bias else None
        self._parameters = [self._kernel] + ([self._bias] if self._bias is not None else [])
        self._optimiser = _optimiser(spec, self._parameters)

    def moment(self, update: int) -> tuple[Any, float, Any]:
        """Weights float64[m], loss, gradient float64[m] before this update."""
        patches, answer = self._whole or self._crops(update)
        response = self._kernel @ patches
        if self._bias is not None:
            response = response + self._bias
        loss = functional.mse_loss(response, answer)
        for parameter, gradient in zip(
            self._parameters, torch.autograd.grad(loss, self._parameters), strict=True
        ):
            parameter.grad = gradient
        return _flat(self._parameters), loss.item(), _flat([p.grad for p in self._parameters])

    def update(self) -> None:
        self._optimiser.step()

    def _patches(self, x: Tensor) -> Tensor:
        """What the kernel sees at every pixel: [n, 1, H, W] -> [k * k, n * (H - k + 1) * (W - k + 1)]."""
        return functional.unfold(x, self._size).transpose(0, 1).reshape(self._size**2, -1).contiguous()

    def _crops(self, update: int) -> tuple[Tensor, Tensor]:
        """The patches of the crops that an update sees, and the answers to them."""
        shape = (self._x.shape[2], self._x.shape[3])
        side = crop_side(self._spec, shape)
        places = corners(self._spec, update, shape).tolist()
        inner = side - self._size + 1
        return self._patches(_cut(self._x, places, side)), _cut(self._answer, places, inner).reshape(-1)


def _optimiser(spec: TrainSpec, parameters: list[Tensor]) -> torch.optim.Optimizer:
    if spec.optimiser == "adam":
        return torch.optim.Adam(parameters, lr=spec.rate, betas=BETAS, eps=EPSILON)
    momentum = spec.momentum if spec.optimiser == "momentum" else 0.0
    return torch.optim.SGD(parameters, lr=spec.rate, momentum=momentum)


def _cut(plane: Tensor, places: list[list[int]], side: int) -> Tensor:
    return torch.cat([plane[:, :, row : row + side, col : col + side] for row, col in places])


def _flat(tensors: list[Any]) -> Any:
    return torch.cat([one.detach().reshape(-1) for one in tensors]).numpy()


class _History:
    """The moments so far, in arrays that are long enough for all of them."""

    def __init__(self, exercise: Exercise, spec: TrainSpec) -> None:
        self._exercise, self._spec = exercise, spec
        moments, numbers = spec.updates + 1, exercise.size**2 + spec.bias
        self._weights, self._gradients = np.empty((moments, numbers)), np.empty((moments, numbers))
        self._losses = np.empty(moments)
        self.count = 0

    def add(self, weights: Any, loss: float, gradient: Any) -> Outcome:
        """Keep a moment; says whether training goes on."""
        self._weights[self.count], self._losses[self.count] = weights, loss
        self._gradients[self.count] = gradient
        self.count += 1
        if not math.isfinite(loss) or loss > DIVERGED * max(float(self._losses[0]), 1e-12):
            return "diverged"
        return "done" if self.count > self._spec.updates else "running"

    def run(self, outcome: Outcome, seconds: float) -> Run:
        weights, losses, gradients = (
            publish(part[: self.count].copy()) for part in (self._weights, self._losses, self._gradients)
        )
        return Run(self._exercise, self._spec, weights, losses, gradients, outcome, seconds)
