"""Siamese verification by hand: y = sigma(sum_k w_k t_k + b) with t_k = |a_k - b_k| (Koch et al. 2015) or the
chi-square (a_k - b_k)^2 / (a_k + b_k) (Taigman et al. 2014, DeepFace), and its logistic regression. Free of torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.faces.learning.requests import Form

FloatArray = npt.NDArray[np.float64]
PENALTY: Final = 1.0
"""Half of it times |w|^2 is added to the summed cross-entropy, as scikit-learn's C = 1 does."""
ITERATIONS: Final = 25
ENOUGH: Final = 1e-10
BYTES: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """`weights` float64[D], `bias`; `losses` float64[n]: mean cross-entropy before and after every iteration."""

    weights: FloatArray
    bias: float
    losses: FloatArray


def terms(first: FloatArray, second: FloatArray, form: Form) -> FloatArray:
    """t_k >= 0, float64[..., D], of features >= 0; 0 where both features are 0."""
    apart = np.abs(first - second)
    if form == "absolute":
        return np.asarray(apart)
    both = first + second
    return np.asarray(np.square(apart) / np.where(both > 0, both, 1))


def sigma(logit: npt.ArrayLike) -> FloatArray:
    """1 / (1 + exp(-logit)), 0..1, without an overflow."""
    return np.asarray(np.exp(-np.logaddexp(0, -np.asarray(logit, np.float64))))


def partial_sums(found: FloatArray, weights: FloatArray, bias: float) -> FloatArray:
    """The bias, then with one term after the other, float64[D + 1]."""
    return np.asarray(bias + np.concatenate([[0.0], np.cumsum(weights * found)]))


def slope(found: FloatArray, y: float) -> FloatArray:
    """Gradient of -log y over the weights, float64[D]: (y - 1) t_k."""
    return np.asarray((y - 1) * found)


def fit(found: FloatArray, same: npt.NDArray[np.bool_], penalty: float = PENALTY) -> Fit:
    """Logistic regression of float64[n, D] by Newton's method (iteratively reweighted least squares)."""
    *_, last = fitting(found, same, penalty)
    return last


def fitting(found: FloatArray, same: npt.NDArray[np.bool_], penalty: float = PENALTY) -> Iterator[Fit]:
    """The same, iteration by iteration; the bias is not penalised."""
    wide = np.column_stack([found, np.ones(len(found))])
    truth, values = same.astype(np.float64), np.zeros(wide.shape[1])
    ridge = penalty * np.append(np.ones(found.shape[1]), 0.0)
    losses = [_cross_entropy(wide @ values, truth)]
    yield Fit(values[:-1], float(values[-1]), np.array(losses))
    for _ in range(ITERATIONS):
        y = sigma(wide @ values)
        gradient = wide.T @ (y - truth) + ridge * values
        curvature = (wide * (y * (1 - y))[:, None]).T @ wide + np.diag(ridge)
        step = np.linalg.solve(curvature + ENOUGH * np.eye(len(values)), gradient)
        values = values - step
        losses.append(_cross_entropy(wide @ values, truth))
        yield Fit(values[:-1], float(values[-1]), np.array(losses))
        if float(np.abs(step).max()) < ENOUGH:
            return


def _cross_entropy(logit: FloatArray, truth: FloatArray) -> float:
    return float(np.mean(np.logaddexp(0, logit) - truth * logit))


@dataclass(frozen=True, slots=True)
class Bill:
    """Multiply-adds of meeting one person: with embeddings kept, and with all pictures embedded anew."""

    kept: int
    anew: int
    kept_seconds: float
    anew_seconds: float
    bytes: int


def bill(people: int, macs: int, dims: int, embed_seconds: float, compare_seconds: float) -> Bill:
    """What it takes to compare one visitor with `people` enrolled ones; a term takes two multiply-adds a number."""
    compare = 2 * dims * people
    return Bill(
        macs + compare,
        (people + 1) * macs + compare,
        embed_seconds + people * compare_seconds,
        (people + 1) * embed_seconds + people * compare_seconds,
        people * dims * BYTES,
    )
