"""The target vector of one object, y = [p_c, b_x, b_y, b_h, b_w, c_1 ... c_n], and what a guess costs. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.errors import UserError

FloatArray = npt.NDArray[np.float64]
Corners = tuple[float, float, float, float]
Loss = Literal["course", "practice"]

BOX: Final = slice(1, 5)
FIRST_CLASS: Final = 5
BOX_NAMES: Final = ("p_c", "b_x", "b_y", "b_h", "b_w")
HEIGHT: Final = 3
WIDTH: Final = 4


@dataclass(frozen=True, slots=True)
class Term:
    """What one component of the guess costs. `counted`: False where the target does not care."""

    index: int
    value: float
    counted: bool


def names(classes: int) -> tuple[str, ...]:
    """The names of the components for so many classes."""
    return (*BOX_NAMES, *(f"c_{number}" for number in range(1, classes + 1)))


def encode(thing: tuple[Corners, int] | None, classes: int, size: tuple[int, int]) -> FloatArray:
    """float64[5 + classes]: the target for a thing (corners in pixels, class from 0), or for nothing.

    `size`: width and height of the picture in pixels. Centre and size are shares of it. For nothing p_c is 0, and all
    else NaN: the target does not care. Raises UserError for a class that is not there and for a picture of no size.
    """
    y = np.full(FIRST_CLASS + classes, np.nan)
    y[0] = 0.0
    if thing is None:
        return y
    corners, kind = thing
    if not 0 <= kind < classes:
        raise UserError(f"There is no class {kind + 1} among {classes}.")
    y[0], y[BOX], y[FIRST_CLASS:] = 1.0, _centred(corners, size), 0.0
    y[FIRST_CLASS + kind] = 1.0
    return y


def decode(y: npt.ArrayLike, size: tuple[int, int]) -> tuple[Corners, int] | None:
    """The thing that a vector speaks of: corners in pixels and class; None where p_c is below one half."""
    vector = np.asarray(y, np.float64)
    if not vector[0] >= 0.5:
        return None
    width, height = size
    x, down, h, w = vector[BOX].tolist()
    corners = (
        (x - w / 2) * width, (down - h / 2) * height, (x + w / 2) * width, (down + h / 2) * height,
    )  # fmt: skip
    return corners, int(np.argmax(vector[FIRST_CLASS:]))


def guess_vector(p: float, corners: Corners, scores: Sequence[float], size: tuple[int, int]) -> FloatArray:
    """float64[5 + classes]: what a net would answer: p in 0..1, a box in pixels, class scores before their softmax."""
    return np.concatenate([[p], _centred(corners, size), softmax(scores)])


def softmax(scores: npt.ArrayLike) -> FloatArray:
    """float64[n]: probabilities of scores; the largest is taken off first, so that none overflows."""
    values = np.asarray(scores, np.float64)
    powers = np.exp(values - values.max())
    return np.asarray(powers / powers.sum())


def loss_terms(y: FloatArray, guess: FloatArray, loss: Loss, *, roots: bool = False) -> tuple[Term, ...]:
    """The loss of a guess, component by component; their sum is the loss.

    "course": squared differences, of p_c alone where the target has nothing there. "practice": the logistic loss for
    p_c, squared differences for the box (of the roots of height and width with `roots`: Redmon et al. 2016, equation
    3), the cross-entropy of the softmax for the classes.
    """
    present = bool(y[0] == 1.0)
    values = _squared(y, guess) if loss == "course" else _practical(y, guess, roots=roots)
    return tuple(
        Term(index, float(value) if index == 0 or present else 0.0, index == 0 or present)
        for index, value in enumerate(values)
    )


def total(terms: Sequence[Term]) -> float:
    """The loss."""
    return float(sum(term.value for term in terms))


def _centred(corners: Corners, size: tuple[int, int]) -> FloatArray:
    """b_x, b_y, b_h, b_w of a box."""
    width, height = size
    if width < 1 or height < 1:
        raise UserError(f"A picture of {width} × {height} pixels has no boxes.")
    x1, y1, x2, y2 = corners
    return np.array(
        [(x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (y2 - y1) / height, (x2 - x1) / width], np.float64
    )


def _squared(y: FloatArray, guess: FloatArray) -> FloatArray:
    return (guess - y) ** 2


def _practical(y: FloatArray, guess: FloatArray, *, roots: bool) -> FloatArray:
    values = _squared(y, guess)
    values[0] = -np.log(guess[0]) if y[0] == 1.0 else -np.log1p(-guess[0])
    if roots:
        sides = [HEIGHT, WIDTH]
        values[sides] = (np.sqrt(guess[sides]) - np.sqrt(y[sides])) ** 2
    values[FIRST_CLASS:] = -y[FIRST_CLASS:] * np.log(guess[FIRST_CLASS:])
    return values
