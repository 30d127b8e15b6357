"""Landmarks: numbered points of a face or a hand, and what a wrong order does to a regressor. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Point = tuple[float, float]

TURN: Final = np.deg2rad(6.0)
GROW: Final = 0.06
SHIFT: Final = 0.03
"""By how much the pictures of a training set differ: radians, a share of the size, a share of the picture."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A set of points with an order. `names` are told from the person's own left and right.

    `counterpart[i]`: the point that has the place of point i in a mirror image; `lines`: what is drawn between points.
    `mirrors`: a mirror image shows a thing of the same kind (a face), with left and right exchanged; a mirrored right
    hand is a left hand instead, and its thumb stays its thumb.
    """

    title: str
    names: tuple[str, ...]
    counterpart: tuple[int, ...]
    lines: tuple[tuple[int, int], ...]
    template: tuple[Point, ...]
    mirrors: bool = True


_FINGERS: Final = ("thumb", "index finger", "middle finger", "ring finger", "little finger")
_JOINTS: Final = (("CMC", "MCP", "IP", "tip"), *[("MCP", "PIP", "DIP", "tip")] * 4)

LAYOUTS: Final[dict[str, Layout]] = {
    "eyes": Layout(
        "Eye corners (4)",
        ("right eye, outer", "right eye, inner", "left eye, inner", "left eye, outer"),
        (3, 2, 1, 0),
        ((0, 1), (2, 3)),
        ((0.22, 0.40), (0.40, 0.41), (0.60, 0.41), (0.78, 0.40)),
    ),
    "face": Layout(
        "Face (5, YuNet)",
        ("right eye", "left eye", "tip of the nose", "right mouth corner", "left mouth corner"),
        (1, 0, 2, 4, 3),
        ((0, 2), (1, 2), (2, 3), (2, 4), (3, 4)),
        ((0.31, 0.40), (0.69, 0.40), (0.50, 0.58), (0.35, 0.74), (0.65, 0.74)),
    ),
    "hand": Layout(
        "Hand (21)",
        ("wrist", *(f"{finger}, {joint}" for finger, row in zip(_FINGERS, _JOINTS, strict=True) for joint in row)),
        (0, *range(17, 21), *range(13, 17), *range(9, 13), *range(5, 9), *range(1, 5)),
        tuple(
            (0 if joint == 0 else 4 * finger + joint, 4 * finger + joint + 1)
            for finger in range(5)
            for joint in range(4)
        ),
        (
            (0.50, 0.94),
            (0.34, 0.84), (0.23, 0.72), (0.15, 0.61), (0.08, 0.52),
            (0.35, 0.52), (0.31, 0.36), (0.29, 0.25), (0.27, 0.15),
            (0.49, 0.49), (0.49, 0.31), (0.49, 0.19), (0.49, 0.08),
            (0.62, 0.52), (0.66, 0.36), (0.68, 0.25), (0.70, 0.16),
            (0.73, 0.58), (0.81, 0.47), (0.86, 0.39), (0.90, 0.31),
        ),
        mirrors=False,
    ),
}  # fmt: skip
"""The corners of the eyes; the five points of YuNet (Wu et al. 2023); the hand of MediaPipe (Zhang et al. 2020)."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The best answer that does not look at the picture, and how far it is off.

    `mean` [K, 2]; `errors` [K]: the root of the mean squared distance of each point; `error`: of all of them.
    """

    mean: FloatArray
    errors: FloatArray
    error: float


def vector(points: npt.ArrayLike) -> FloatArray:
    """float64[1 + 2 K]: whether the thing is there, then x and y of every point, as shares of the picture."""
    return np.concatenate([[1.0], np.asarray(points, np.float64).ravel()])


def unpacked(y: npt.ArrayLike) -> FloatArray:
    """float64[K, 2]: the points of a vector."""
    return np.asarray(y, np.float64)[1:].reshape(-1, 2)


def mirrored(points: npt.ArrayLike, layout: Layout, *, relabelled: bool) -> FloatArray:
    """float64[K, 2]: the points in the picture's mirror image (x becomes 1 - x).

    `relabelled`: counterparts exchange their numbers, so that the "right eye" is again that of whom the mirror shows.
    """
    flipped = np.asarray(points, np.float64) * [-1.0, 1.0] + [1.0, 0.0]
    return flipped[list(layout.counterpart)] if relabelled else flipped


def renumbered(points: npt.ArrayLike, layout: Layout) -> FloatArray:
    """float64[K, 2]: the same places, numbered from the other side."""
    return np.asarray(points, np.float64)[list(layout.counterpart)]


def training_set(
    points: npt.ArrayLike, layout: Layout, count: int, *, mirror: bool, consistent: bool, seed: int = 0
) -> FloatArray:
    """float64[count, K, 2]: the points in pictures that differ a little in turn, size and place.

    Every second one is another kind of picture: with `mirror` a mirror image, else one that somebody else numbered.
    Consistent: what is mirrored was relabelled, and both persons number in the same order.
    """
    shape = np.asarray(points, np.float64)
    if mirror:
        other = mirrored(shape, layout, relabelled=consistent)
    else:
        other = shape if consistent else renumbered(shape, layout)
    pair = np.stack([shape, other])
    return _varied(pair[np.arange(count) % 2], np.random.default_rng(seed))


def best_constant(shapes: npt.ArrayLike) -> Answer:
    """The constant answer with the least squared error to shapes [N, K, 2]: their mean, point by point."""
    found = np.asarray(shapes, np.float64)
    mean = found.mean(0)
    squares = ((found - mean) ** 2).sum(-1)
    return Answer(mean, np.sqrt(squares.mean(0)), float(np.sqrt(squares.mean())))


def _varied(shapes: FloatArray, dice: np.random.Generator) -> FloatArray:
    """Each of the shapes [N, K, 2] turned, grown and moved a little in its own way."""
    turn, grow, across, down = dice.uniform(-1, 1, (4, len(shapes)))
    grow = 1 + GROW * grow
    cos, sin = grow * np.cos(TURN * turn), grow * np.sin(TURN * turn)
    middle = shapes.mean(1, keepdims=True)
    rotation = np.stack([np.stack([cos, sin], -1), np.stack([-sin, cos], -1)], -2)
    turned = np.einsum("nkx,nxy->nky", shapes - middle, rotation)
    return np.asarray(turned + middle + SHIFT * np.stack([across, down], -1)[:, None])
