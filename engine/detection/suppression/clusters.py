"""Boxes as a detector gives them before suppression: several around every thing, with scores. Drawn by seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection.boxes import iou

FloatArray = npt.NDArray[np.float64]

WRONG_CLASS: Final = 0.15
"""The share of boxes that a detector calls by another class."""
STRAY_A_THING: Final = 0.5
"""Weak boxes on nothing at all, for every thing in the picture."""
MOST_SCORE, LEAST_SCORE = 0.99, 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Clustered:
    """boxes float64[N, 4] in pixels, scores float64[N] with two decimals, classes by number."""

    boxes: FloatArray
    scores: FloatArray
    classes: tuple[int, ...]


def clusters(
    things: npt.ArrayLike,
    kinds: Sequence[int],
    size: tuple[int, int],
    *,
    classes: int,
    count: int = 5,
    jitter: float = 0.12,
    seed: int = 0,
) -> Clustered:
    """`count` boxes around each of `things` [N, 4], and a few strays, in a picture of `size` (width, height).

    `jitter`: the standard deviation of place and size, in shares of the thing's own size. A box that lies better has
    a higher score, as with a trained detector. A thing's boxes do not depend on the other things.
    """
    truth = np.asarray(things, np.float64).reshape(-1, 4)
    boxes: list[FloatArray] = []
    scores: list[float] = []
    found: list[int] = []
    for number, (thing, kind) in enumerate(zip(truth, kinds, strict=True)):
        draw = np.random.default_rng((seed, number))
        for _ in range(count):
            box = _near(thing, jitter, size, draw)
            boxes.append(box)
            scores.append(_score(float(iou(thing, box[None])[0]) * draw.uniform(0.82, 1.06)))
            wrong = draw.random() < WRONG_CLASS and classes > 1
            found.append((kind + 1 + int(draw.integers(classes - 1))) % classes if wrong else kind)
    draw = np.random.default_rng((seed, 1_000_003))
    for _ in range(round(STRAY_A_THING * len(truth))):
        boxes.append(_stray(size, draw))
        scores.append(_score(draw.uniform(0.1, 0.58)))
        found.append(int(draw.integers(classes)))
    return Clustered(np.array(boxes, np.float64).reshape(-1, 4), np.array(scores, np.float64), tuple(found))


def _near(thing: FloatArray, jitter: float, size: tuple[int, int], draw: np.random.Generator) -> FloatArray:
    """A box that is off by some share of the thing, cut to the picture; never without an area."""
    sides = thing[2:] - thing[:2]
    middle = (thing[:2] + thing[2:]) / 2 + draw.normal(0, jitter, 2) * sides
    half = np.maximum(sides * np.exp(draw.normal(0, jitter, 2)) / 2, 0.5)
    limit = np.array(size, np.float64)
    middle = np.clip(middle, np.minimum(half, limit / 2), np.maximum(limit - half, limit / 2))
    low, high = np.maximum(middle - half, 0), np.minimum(middle + half, limit)
    return np.concatenate([low, high]).round(1)


def _stray(size: tuple[int, int], draw: np.random.Generator) -> FloatArray:
    limit = np.array(size, np.float64)
    sides = limit * draw.uniform(0.1, 0.22, 2)
    low = draw.uniform(0, 1, 2) * (limit - sides)
    return np.concatenate([low, low + sides]).round(1)


def _score(value: float) -> float:
    return round(min(max(value, LEAST_SCORE), MOST_SCORE), 2)
