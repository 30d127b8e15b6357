"""What the part "k-means" has to show: the shapes, every step, and the one on show. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection.anchoring.street import street_shapes
from engine.detection.anchors import KMeansStep, kmeans, shape_iou
from gui.pages.boxes.anchors.settings import AnchorsSettings, shape_of

FloatArray = npt.NDArray[np.float64]

MOST_SHAPES: Final = 2000
"""Shapes that are grouped while a hand moves; of more boxes so many are drawn at random."""
SCENES: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """shapes float64[N, 2] in shares of the picture, the steps of k-means, and the place of the one on show.

    `of`: how many boxes there were before some were drawn to stand for all.
    """

    settings: AnchorsSettings
    shapes: FloatArray
    steps: tuple[KMeansStep, ...]
    turn: int
    of: int

    @property
    def step(self) -> KMeansStep:
        """The step on show."""
        return self.steps[self.turn]

    @property
    def before(self) -> KMeansStep | None:
        """The step before it."""
        return self.steps[self.turn - 1] if self.turn else None

    def shares(self, index: int) -> list[float]:
        """IoU of a shape with every anchor of now."""
        return [float(s) for s in shape_iou(self.shapes[index], self.step.centres)[0]]


@lru_cache(maxsize=1)
def street_set() -> FloatArray:
    """The shapes of many generated streets."""
    return street_shapes(SCENES)


def drawn_shapes(settings: AnchorsSettings) -> FloatArray:
    """The shapes of the boxes that a person drew."""
    return np.asarray([shape_of(thing.box) for thing in settings.drawn], np.float64).reshape(-1, 2)


def thinned(shapes: FloatArray) -> FloatArray:
    """At most `MOST_SHAPES` of the shapes that have an area, the same ones every time."""
    shapes = shapes[(shapes > 0).all(1)]
    if len(shapes) <= MOST_SHAPES:
        return shapes
    chosen = np.random.default_rng(0).choice(len(shapes), MOST_SHAPES, replace=False)
    return np.asarray(shapes[np.sort(chosen)])


def grouped(settings: AnchorsSettings, shapes: FloatArray) -> tuple[KMeansStep, ...]:
    """Every step of k-means. Raises UserError where there are too few different shapes."""
    return kmeans(shapes, settings.count, seed=settings.seed, centre=settings.centre, metric=settings.metric)


def run_of(settings: AnchorsSettings, shapes: FloatArray, steps: tuple[KMeansStep, ...], of: int) -> Run:
    """The run at the step of the settings."""
    return Run(settings, shapes, steps, min(settings.turn, len(steps) - 1), of)
