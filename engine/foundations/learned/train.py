"""The training: autograd and torch's optimisers in float64 on the CPU, streamed while it goes on.

The patches of the picture are unfolded into a matrix once, and the response is that matrix times the kernel: four
times as fast as `conv2d`, which has nothing but slow ways for float64.
float64, so that the loss can fall as far as the bowl is deep and the second route agrees to the last digits; some
accelerators know no such numbers, and pictures of this size are quick without one.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from time import perf_counter
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch import Tensor
from torch.nn import functional
from torch.optim.adam import adam
from torch.optim.sgd import sgd

from engine.context import Context
from engine.foundations.learned.exercise import Exercise
from engine.foundations.learned.requests import Outcome, Run, TrainKernel
from engine.foundations.learned.spec import BETAS, EPSILON, TrainSpec, corners, crop_side, first_kernel
from engine.images import publish

if TYPE_CHECKING:
    from engine.jobs import Partial

FloatArray = npt.NDArray[np.float64]

STEP_SECONDS: Final = 0.008
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
    """The parameters, the patches and the optimiser in torch.

    Every call into torch gives up Python's lock, and a window that is painting takes its time to give it back: an
    update makes as few calls as it can.
    """

    def __init__(self, exercise: Exercise, spec: TrainSpec) -> None:
        self._spec, self._answer = spec, exercise.answer
        size = exercise.size
        self._windows = sliding_window_view(exercise.x, (size, size))
        self._whole = self._batch([(0, 0, *exercise.answer.shape)]) if spec.batch == "whole" else None
        self._shape = (exercise.x.shape[0], exercise.x.shape[1])
        start = torch.tensor(first_kernel(spec.seed, size).ravel(), dtype=torch.float64)
        self._parameters = [start.requires_grad_()]
        if spec.bias:
            self._parameters.append(torch.zeros(1, dtype=torch.float64, requires_grad=True))
        self._values = [one.detach().numpy() for one in self._parameters]  # the very memory of the parameters
        self._gradients: list[Tensor] = []
        self._optimiser = _Optimiser(spec, self._parameters)

    def moment(self, update: int) -> tuple[FloatArray, float, FloatArray]:
        """Weights float64[m], loss, gradient float64[m] before this update."""
        patches, answer = self._whole or self._crops(update)
        response = torch.mv(patches, self._parameters[0])
        if self._spec.bias:
            response = response + self._parameters[1]
        loss = functional.mse_loss(response, answer)
        self._gradients = list(torch.autograd.grad(loss, self._parameters))
        slopes = np.concatenate([one.numpy() for one in self._gradients])
        return np.concatenate(self._values), loss.item(), slopes

    def update(self) -> None:
        """Take the step that the gradients of the last moment ask for."""
        self._optimiser.step(self._gradients)

    def _crops(self, update: int) -> tuple[Tensor, Tensor]:
        """The patches of the crops that an update sees, and the answers to them."""
        inner = crop_side(self._spec, self._shape) - self._windows.shape[2] + 1
        places = corners(self._spec, update, self._shape).tolist()
        return self._batch([(row, col, row + inner, col + inner) for row, col in places])

    def _batch(self, areas: list[tuple[int, int, int, int]]) -> tuple[Tensor, Tensor]:
        """Patches [n, k * k] and answers [n] of areas (top, left, bottom, right) of the response."""
        count = self._windows.shape[2] * self._windows.shape[3]
        slices = [np.s_[top:bottom, left:right] for top, left, bottom, right in areas]
        patches = [self._windows[one].reshape(-1, count) for one in slices]
        answers = [self._answer[one].ravel() for one in slices]
        return torch.from_numpy(np.concatenate(patches)), torch.from_numpy(np.concatenate(answers))


class _Optimiser:
    """torch's optimisers in their functional form: to construct a torch.optim.Optimizer imports the whole compiler,
    more than a second in which nothing else would move."""

    def __init__(self, spec: TrainSpec, parameters: list[Tensor]) -> None:
        self._spec, self._parameters = spec, parameters
        self._first = [torch.zeros_like(one) for one in parameters]
        self._second = [torch.zeros_like(one) for one in parameters]
        self._counts = [torch.zeros(()) for _ in parameters]
        self._velocities: list[Tensor | None] = [None for _ in parameters]

    @torch.no_grad()
    def step(self, gradients: list[Tensor]) -> None:
        """Change the parameters in place."""
        spec = self._spec
        if spec.optimiser == "adam":
            adam(
                self._parameters, gradients, self._first, self._second, [], self._counts, foreach=False, fused=True,
                amsgrad=False, beta1=BETAS[0], beta2=BETAS[1], lr=spec.rate, weight_decay=0.0, eps=EPSILON,
                maximize=False,
            )  # fmt: skip
            return
        sgd(
            self._parameters, gradients, self._velocities, foreach=False, fused=True, weight_decay=0.0,
            momentum=spec.momentum if spec.optimiser == "momentum" else 0.0, lr=spec.rate, dampening=0.0,
            nesterov=False, maximize=False,
        )  # fmt: skip


class _History:
    """The moments so far, in arrays that are long enough for all of them."""

    def __init__(self, exercise: Exercise, spec: TrainSpec) -> None:
        self._exercise, self._spec = exercise, spec
        moments, numbers = spec.updates + 1, exercise.size**2 + spec.bias
        self._weights, self._gradients = np.empty((moments, numbers)), np.empty((moments, numbers))
        self._losses = np.empty(moments)
        self.count = 0

    def add(self, weights: FloatArray, loss: float, gradient: FloatArray) -> Outcome:
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
