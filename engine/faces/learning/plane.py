"""The triplet loss in the plane, by hand: loss, gradients, which negative is taken, and gradient descent.

L = max(d(A, P) - d(A, N) + margin, 0) with the squared distance d (Schroff et al. 2015, FaceNet), or with the plain
one. Free of torch: a page computes while a hand moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Mining = Literal["chosen", "random", "semi-hard", "hard"]
Kind = Literal["hard", "semi-hard", "easy"]
ANCHOR, POSITIVE, NEGATIVES = 0, 1, 2
"""Rows of the points; from NEGATIVES on all are negatives."""
NOWHERE: Final = 1e-12
"""A vector shorter than this has no direction."""
NUDGE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Rules:
    """`margin` >= 0; `plain`: distances are not squared; `unit`: every point is scaled to length 1 first."""

    margin: float = 0.2
    plain: bool = False
    unit: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One triplet in numbers.

    `points` float64[2 + M, 2] as the loss sees them; `to_negatives` float64[M]; `chosen`: the negative that is taken,
    0..M-1; `gradients` float64[2 + M, 2]: dL over each of the points, 0 for negatives that are not taken.
    """

    rules: Rules
    points: FloatArray
    to_positive: float
    to_negatives: FloatArray
    chosen: int
    loss: float
    gradients: FloatArray

    @property
    def to_negative(self) -> float:
        """The distance to the negative that is taken."""
        return float(self.to_negatives[self.chosen])

    @property
    def kind(self) -> Kind:
        """Of the triplet."""
        return kind_of(self.to_positive, self.to_negative, self.rules.margin)


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """Gradient descent: `points` float64[T + 1, 2 + M, 2], `chosen` int64[T + 1], `losses` float64[T + 1], and the
    distances to positive and chosen negative at every step."""

    points: FloatArray
    chosen: npt.NDArray[np.int64]
    losses: FloatArray
    to_positive: FloatArray
    to_negative: FloatArray


def kind_of(to_positive: float, to_negative: float, margin: float) -> Kind:
    """Hard: the negative is not farther than the positive. Semi-hard: by less than the margin. Easy: its loss is 0."""
    gap = to_negative - to_positive
    return "hard" if gap <= 0 else "semi-hard" if gap < margin else "easy"


def on_circle(points: FloatArray) -> FloatArray:
    """The points scaled to length 1, float64[N, 2]; one without a direction goes to (1, 0)."""
    lengths = np.linalg.norm(points, axis=-1, keepdims=True)
    east = np.broadcast_to(np.array([1.0, 0.0]), points.shape)
    return np.asarray(np.where(lengths > NOWHERE, points / np.maximum(lengths, NOWHERE), east))


def distances(one: FloatArray, others: FloatArray, *, plain: bool) -> FloatArray:
    """float64[N] from one point [2] to others [N, 2], squared unless `plain`."""
    squared = np.square(others - one).sum(-1)
    return np.asarray(np.sqrt(squared) if plain else squared)


def choose(to_positive: float, to_negatives: FloatArray, mining: Mining, chosen: int, seed: int) -> int:
    """Which negative a way of mining takes.

    Semi-hard: the nearest that is farther than the positive; where none is, the farthest. Hard: the nearest of all.
    """
    if mining == "chosen":
        return chosen
    if mining == "random":
        return int(np.random.default_rng(seed).integers(len(to_negatives)))
    if mining == "hard":
        return int(to_negatives.argmin())
    beyond = to_negatives > to_positive
    if not beyond.any():
        return int(to_negatives.argmax())
    return int(np.where(beyond, to_negatives, np.inf).argmin())


def measure(
    points: FloatArray, rules: Rules, mining: Mining = "chosen", chosen: int = 0, seed: int = 0
) -> Measured:
    """Distances, loss and gradients of points float64[2 + M, 2]: the anchor, the positive, M >= 1 negatives."""
    points = on_circle(points) if rules.unit else points
    anchor = points[ANCHOR]
    to_positive = float(distances(anchor, points[POSITIVE], plain=rules.plain))
    to_negatives = distances(anchor, points[NEGATIVES:], plain=rules.plain)
    chosen = choose(to_positive, to_negatives, mining, chosen, seed)
    excess = to_positive - float(to_negatives[chosen]) + rules.margin
    gradients = np.zeros_like(points)
    if excess > 0:
        positive, negative = points[POSITIVE], points[NEGATIVES + chosen]
        apart, away = _slope(positive - anchor, rules.plain), _slope(negative - anchor, rules.plain)
        gradients[POSITIVE], gradients[NEGATIVES + chosen], gradients[ANCHOR] = apart, -away, away - apart
        if rules.unit:  # what points out of the circle is lost when a point is scaled to length 1
            gradients -= (gradients * points).sum(1, keepdims=True) * points
    return Measured(rules, points, to_positive, to_negatives, chosen, max(excess, 0.0), gradients)


def _slope(way: FloatArray, plain: bool) -> FloatArray:
    """dd/db of d(a, b) with the way b - a, float64[2]; 0 where both are one point and the plain distance has a tip."""
    if not plain:
        return np.asarray(2 * way)
    length = float(np.linalg.norm(way))
    return np.asarray(way / length if length > NOWHERE else np.zeros(2))


def walk(
    points: FloatArray, rules: Rules, mining: Mining, chosen: int, rate: float, steps: int, seed: int
) -> Walk:
    """Gradient descent x <- x - rate * dL/dx, with the negative chosen anew at every step."""
    measured = []
    for step in range(steps + 1):
        one = measure(points, rules, mining, chosen, seed + step)
        measured.append(one)
        points = one.points - rate * one.gradients
    return Walk(
        np.stack([one.points for one in measured]),
        np.array([one.chosen for one in measured]),
        np.array([one.loss for one in measured]),
        np.array([one.to_positive for one in measured]),
        np.array([one.to_negative for one in measured]),
    )


def rings(measured: Measured, about: Literal["negative", "positive"]) -> tuple[float, float]:
    """Radii around the anchor at which the kind of the triplet changes as one of its points moves.

    For the negative: hard up to the first, semi-hard up to the second, easy beyond. For the positive: easy up to the
    first (0: nowhere), semi-hard up to the second, hard beyond.
    """
    margin = measured.rules.margin
    if about == "negative":
        inner, outer = measured.to_positive, measured.to_positive + margin
    else:
        inner, outer = max(measured.to_negative - margin, 0.0), measured.to_negative
    if measured.rules.plain:
        return inner, outer
    return float(np.sqrt(inner)), float(np.sqrt(outer))


def collapsed(points: FloatArray, *, unit: bool) -> FloatArray:
    """All points in one place: f is the same for every picture."""
    return np.tile([1.0, 0.0] if unit else [0.0, 0.0], (len(points), 1))


def nudged(points: FloatArray, seed: int) -> FloatArray:
    """The points, each a little way off (normal, with spread NUDGE)."""
    return points + np.random.default_rng(seed).normal(0, NUDGE, points.shape)
