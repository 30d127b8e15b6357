"""From a state, a picture and what the engine has answered to what must be drawn: no Qt widgets, no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.foundations.learned import Bowl, Exercise, make_exercise, respond
from engine.foundations.learned.by_hand import loss_and_gradient, pieces
from engine.foundations.learned.pictures import pattern, scaled, small_grey
from engine.foundations.learned.requests import Run, kernel_of
from engine.foundations.learned.spec import first_kernel
from engine.images import Frame
from gui.pages.learned.state import LearnedState

FloatArray = npt.NDArray[np.float64]
Place = tuple[int, int]
"""(row, column) of a pixel of the response."""


@dataclass(frozen=True, slots=True, eq=False)
class Resolved:
    """What the page shows. `weights` float64[m] of the moment on show; `response` and `error` float64[Ho, Wo] are of
    the whole picture; `loss` and `gradient` float64[m] of what the next update sees. `run` and `bowl` are None until
    the engine has answered. `place`: the pixel that is looked at; `worst`: because the response is
    most wrong there."""

    state: LearnedState
    exercise: Exercise
    note: str
    run: Run | None
    bowl: Bowl | None
    moment: int
    weights: FloatArray
    response: FloatArray
    error: FloatArray
    loss: float
    gradient: FloatArray
    place: Place
    worst: bool

    @property
    def kernel(self) -> FloatArray:
        """float64[k, k]."""
        return kernel_of(self.weights, self.exercise.size)

    @property
    def bias(self) -> float:
        return float(self.weights[-1]) if self.state.bias else 0.0

    @property
    def kernel_gradient(self) -> FloatArray:
        """float64[k, k]."""
        return kernel_of(self.gradient, self.exercise.size)

    @property
    def picture_loss(self) -> float:
        """The loss on the whole picture."""
        return float(np.mean(self.error**2))

    @property
    def distance(self) -> float:
        """How far the kernel is from the target: the root of the sum of squares."""
        return float(np.linalg.norm(self.kernel - self.exercise.kernel))

    @property
    def cosine(self) -> float:
        """Of the angle between kernel and target, as vectors; 0 where one of them is zero."""
        mine, theirs = self.kernel.ravel(), self.exercise.kernel.ravel()
        length = float(np.linalg.norm(mine) * np.linalg.norm(theirs))
        return float(mine @ theirs) / length if length else 0.0

    @property
    def diverges(self) -> bool:
        """Whether the learning rate is beyond the largest stable one."""
        limit = None if self.bowl is None else self.bowl.stable_rate(self.state.spec)
        return limit is not None and self.state.rate > limit and self.state.batch == "whole"

    @property
    def broken_off(self) -> bool:
        """Whether the loss grew beyond every measure, so that the run is shorter than was wanted."""
        return self.run is not None and self.run.outcome == "diverged"

    @property
    def factors(self) -> FloatArray | None:
        """What one update makes of the error along every direction, float64[m]; None where no such number is known.

        That of the whole picture's bowl says nothing about updates that see some crops.
        """
        whole = self.bowl is not None and self.state.batch == "whole"
        return self.bowl.factors(self.state.spec) if self.bowl is not None and whole else None

    @property
    def patch(self) -> FloatArray:
        """What the kernel sees at `place`, float64[k, k]."""
        (row, col), size = self.place, self.exercise.size
        return self.exercise.x[row : row + size, col : col + size]


class Resolver:
    """Turns states into what is drawn; remembers the last exercise and the last response."""

    def __init__(self) -> None:
        self._input_key: tuple[object, ...] | None = None
        self._input: FloatArray = np.empty((0, 0))
        self._key: tuple[object, ...] | None = None
        self._exercise: Exercise | None = None
        self._note = ""
        self._frame: Frame | None = None
        self._seen: tuple[Exercise, bytes, FloatArray] | None = None

    def exercise(self, state: LearnedState, frame: Frame | None) -> Exercise:
        """The exercise of a state; the same object for as long as nothing of it changes.

        Raises ValueError where a picture is needed and there is none.
        """
        self._prepare(state, frame)
        kernel = state.kernel
        seed = state.seed if state.noise else 0
        key = (self._input_key, kernel.tobytes(), state.noise, seed)
        if self._exercise is None or key != self._key:
            self._exercise, self._key = make_exercise(self._input, kernel, state.noise, seed), key
        return self._exercise

    def _prepare(self, state: LearnedState, frame: Frame | None) -> None:
        """Make the input anew where the picture or its scaling is another one."""
        picture = state.source.value if state.source.kind == "preset" else id(frame)
        key = (picture, state.side, state.scaling)
        if key != self._input_key:
            grey, self._note = _grey(state, frame)
            self._input, self._input_key = scaled(grey, state.scaling), key
            self._frame = frame  # kept alive: its id cannot be given to another one

    def resolve(
        self,
        state: LearnedState,
        frame: Frame | None,
        run: Run | None = None,
        bowl: Bowl | None = None,
        pointed: Place | None = None,
    ) -> Resolved:
        """What to draw; the latest moment that was trained where the one that is wanted is still to come."""
        exercise = self.exercise(state, frame)
        moment = 0 if run is None else min(state.step, run.last)
        if run is None:
            weights = np.append(first_kernel(state.seed, state.size).ravel(), [0.0] * state.bias)
            loss, gradient = _by_hand(exercise, state, weights)
        else:
            weights, loss, gradient = run.weights[moment], float(run.losses[moment]), run.gradients[moment]
        response = self._response(exercise, weights, state)
        error = response - exercise.answer
        wanted = state.place if pointed is None else pointed
        return Resolved(
            state,
            exercise,
            self._note,
            run,
            bowl,
            moment,
            weights,
            response,
            error,
            loss,
            gradient,
            _placed(wanted, error),
            wanted is None,
        )

    def _response(self, exercise: Exercise, weights: FloatArray, state: LearnedState) -> FloatArray:
        known, key = self._seen, weights.tobytes()
        if known is not None and known[0] is exercise and known[1] == key:
            return known[2]
        bias = float(weights[-1]) if state.bias else 0.0
        response = respond(exercise.x, kernel_of(weights, exercise.size), bias)
        self._seen = (exercise, key, response)
        return response


def _grey(state: LearnedState, frame: Frame | None) -> tuple[FloatArray, str]:
    if state.source.kind == "preset":
        return pattern(state.source.value).build(state.side), ""
    if frame is None:
        raise ValueError("a picture's pixels are needed and there is none")
    return small_grey(frame.pixels, state.side)


def _by_hand(exercise: Exercise, state: LearnedState, weights: FloatArray) -> tuple[float, FloatArray]:
    """Loss and gradient of the noise, while the engine has not answered."""
    x, answer = pieces(exercise, state.spec, 0)[0]
    loss, gradient, slope = loss_and_gradient(x, answer, kernel_of(weights, exercise.size))
    return loss, np.append(gradient.ravel(), [slope] * state.bias)


def _placed(place: Place | None, error: FloatArray) -> Place:
    """A place inside of the response: the one asked for, or where the response is most wrong."""
    if place is None:
        row, col = divmod(int(np.argmax(np.abs(error))), error.shape[1])
        return row, col
    return min(place[0], error.shape[0] - 1), min(place[1], error.shape[1] - 1)
