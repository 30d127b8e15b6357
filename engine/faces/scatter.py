"""Embeddings in a plane: by principal components, or by t-SNE (see tsne). Free of torch."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.faces import tsne
from engine.faces.evaluate import squared_distances
from engine.faces.requests import PlaceFaces

PERPLEXITY: Final = 10.0
"""About how many neighbours count: few photos a person are usual here."""
TINY: Final = 1e-24
"""Variance a number below which nothing varies but by rounding."""
STEP_S: Final = 0.03
"""Seconds between two planes that are told on the way."""
FEWEST: Final = 4
"""Points below which t-SNE has no neighbours to speak of."""


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Where the faces lie: `points` float64[N, 2]; `told`: what the axes are.

    `explained`: the share of the variance along both axes, () where the axes mean nothing (t-SNE).
    """

    points: npt.NDArray[np.float64]
    told: str
    explained: tuple[float, ...] = ()


def principal(rows: npt.NDArray[np.floating]) -> Plane:
    """The two directions in which float[N, D] varies most; signs are such that the largest weight is positive."""
    values = np.asarray(rows, np.float64)
    if len(values) < 2:
        return Plane(np.zeros((len(values), 2)), "one face: no direction", (0.0, 0.0))
    centred = values - values.mean(0)
    # Of D numbers each, the D x D matrix of their products: a singular value decomposition of all takes a hundred times
    # as long.
    power, directions = np.linalg.eigh(centred.T @ centred)
    total = float(np.maximum(power, 0).sum())
    if total <= TINY * values.size:
        return Plane(np.zeros((len(values), 2)), "principal components of equal faces", (0.0, 0.0))
    axes = np.zeros((2, values.shape[1]))
    strongest = min(2, len(power))
    axes[:strongest] = directions[:, ::-1].T[:strongest]
    largest = np.abs(axes).argmax(1)
    axes *= np.where(axes[np.arange(2), largest] < 0, -1.0, 1.0)[:, None]
    shares = tuple(float(max(p, 0.0) / total) for p in (*power[::-1][:2], 0.0)[:2])
    return Plane(centred @ axes.T, f"principal components, {sum(shares):.0%} of the variance", shares)


def neighbours(rows: npt.NDArray[np.floating]) -> Generator[Plane, None, Plane]:
    """Neighbours stay neighbours, distances between groups say nothing: t-SNE, a plane a step, the last one returned.

    It begins with the principal components; of too few points these are the answer.
    """
    values = np.asarray(rows, np.float64)
    start = principal(values)
    if len(values) < FEWEST:
        return start
    perplexity = min(PERPLEXITY, (len(values) - 1) / 3)
    plane = start
    for step in tsne.descend(squared_distances(values, values), start.points, perplexity):
        told = f"t-SNE, perplexity {perplexity:.0f}, step {step.number} of {tsne.STEPS}, KL {step.loss:.2f}"
        plane = Plane(step.points, told if step.number else "t-SNE: likenesses are worked out")
        yield plane
    return plane


def answer(request: PlaceFaces, context: Context) -> Generator[Any, None, Plane]:
    """Answer a PlaceFaces, a plane now and then on the way."""
    steps, told = neighbours(request.rows), perf_counter()
    while True:
        try:
            plane = next(steps)
        except StopIteration as stop:
            return cast(Plane, stop.value)
        if perf_counter() - told >= STEP_S:
            yield context.partial(plane)
            told = perf_counter()
