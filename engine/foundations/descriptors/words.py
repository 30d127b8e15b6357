"""Bags of visual words (Csurka et al. 2004): patches, the words that k-means finds among them, how often each occurs.

k-means is Lloyd's (1982) from a k-means++ start (Arthur & Vassilvitskii 2007), with every step kept.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final, Literal, Self

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.images import Frame, luminance, publish

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Pixels = npt.NDArray[np.uint8]
Where = Literal["grid", "corners"]

RANGES: Final = {"words": (2, 20), "patch": (6, 32), "spacing": (6, 32), "seed": (0, 9999)}
MOST_ROUNDS: Final = 30
MOST_CORNERS: Final = 400
CORNER_QUALITY: Final = 0.01
CONTRAST_FLOOR: Final = 10.0
"""Added to a patch's variance (levels squared) before it divides (Coates, Lee & Ng 2011): noise stays small."""


@dataclass(frozen=True, slots=True)
class WordsSpec:
    """Which patches are taken and how many words are learned.

    `patch`: the side of a patch in pixels; `where`: on a grid of `spacing` pixels or at corners (Shi & Tomasi 1994);
    `contrast`: take each patch's mean away and divide by its deviation, so that lighting does not matter.
    """

    words: int = 12
    patch: int = 12
    spacing: int = 12
    where: Where = "grid"
    contrast: bool = True
    seed: int = 1

    def validated(self) -> Self:
        """The spec itself. Raises UserError where a number is out of range."""
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise UserError(
                    f"Visual words take {low} to {high} for “{name}”, not {value}.", f"Take {low} to {high}."
                )
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Lloyd:
    """A whole run of k-means; all arrays are read-only.

    `centres` float64[T, K, D]: the start and what each update made of it; `labels` int64[T, N]: the nearest centre of
    every point, assigned with the centres of the same index; `inertia` float64[T]: the sum of squared distances.
    Step 0 shows the start; odd steps assign, even ones update; the last assignment changes nothing if `converged`.
    """

    centres: FloatArray
    labels: IntArray
    inertia: FloatArray
    converged: bool

    @property
    def steps(self) -> int:
        """How many steps there are to show."""
        return 2 * len(self.labels)

    def at(self, step: int) -> tuple[FloatArray, IntArray | None]:
        """Centres float64[K, D] and labels int64[N] (None before the first assignment) as they stand after a step."""
        step = min(max(step, 0), self.steps - 1)
        labels = None if step == 0 else self.labels[(step - 1) // 2]
        return self.centres[step // 2], labels


@dataclass(frozen=True, slots=True, eq=False)
class VisualWords:
    """Patches of one picture and the words learned from them; all arrays are read-only.

    `places` int64[N, 2]: row and column of each patch's top left pixel; `points` float64[N, patch · patch]: what is
    clustered. `pixels` uint8[H, W, 3] is what was described, `frame` the picture as it came.
    """

    spec: WordsSpec
    frame: Frame
    pixels: Pixels
    places: IntArray
    points: FloatArray
    run: Lloyd
    note: str = ""

    @property
    def words(self) -> int:
        """Words that were learned: fewer than asked for where there are fewer different patches."""
        return int(self.run.centres.shape[1])

    def counts(self, step: int) -> IntArray:
        """Patches a word after a step, int64[K]; zeros before the first assignment."""
        labels = self.run.at(step)[1]
        if labels is None:
            return np.zeros(self.words, np.int64)
        return np.bincount(labels, minlength=self.words)

    def patch_at(self, x: int, y: int) -> int | None:
        """The patch that holds a pixel, the one whose middle is nearest; None where no patch does."""
        size = self.spec.patch
        offset = np.array([y, x]) - self.places
        inside = np.flatnonzero(((offset >= 0) & (offset < size)).all(1))
        if not inside.size:
            return None
        away = np.abs(offset[inside] - (size - 1) / 2).sum(1)
        return int(inside[away.argmin()])


def visual_words(
    frame: Frame, spec: WordsSpec, pixels: Pixels | None = None, note: str = ""
) -> Generator[None, None, VisualWords]:
    """Learn the words of a picture, with a pause after every round of k-means.

    Raises UserError where the spec is out of range or the picture has too few patches.
    """
    spec.validated()
    shown = frame.pixels if pixels is None else pixels
    grey = np.rint(luminance(shown)).astype(np.float64)
    places = grid_places(grey.shape, spec) if spec.where == "grid" else corner_places(grey, spec)
    if len(places) < 2:
        raise UserError(
            f"Fewer than two patches of {spec.patch} × {spec.patch} pixels were found in this picture.",
            "Take smaller patches, or a grid instead of corners.",
        )
    points = described(cut(grey, places, spec.patch), contrast=spec.contrast)
    yield
    run = yield from lloyd(points, start(points, spec.words, spec.seed))
    return VisualWords(spec, frame, publish(shown), publish(places), publish(points), run, note)


def grid_places(shape: tuple[int, ...], spec: WordsSpec) -> IntArray:
    """Top left pixels of the patches of a regular grid, centred, int64[N, 2]."""
    axes = []
    for length in shape[:2]:
        free = length - spec.patch
        first = (free % spec.spacing) // 2 if free >= 0 else 0
        axes.append(np.arange(first, free + 1, spec.spacing))
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 2).astype(np.int64)


def corner_places(grey: FloatArray, spec: WordsSpec) -> IntArray:
    """Top left pixels of patches around the strongest corners (Shi & Tomasi 1994, by OpenCV), int64[N, 2]."""
    from engine.cv import cv2

    found = cv2.goodFeaturesToTrack(
        grey.astype(np.float32), MOST_CORNERS, CORNER_QUALITY, max(spec.patch / 2, 3.0)
    )
    if found is None:
        return np.zeros((0, 2), np.int64)
    corners = np.rint(np.asarray(found).reshape(-1, 2)[:, ::-1]).astype(np.int64) - spec.patch // 2
    inside = ((corners >= 0) & (corners + spec.patch <= np.array(grey.shape))).all(1)
    return corners[inside]


def cut(grey: FloatArray, places: IntArray, size: int) -> FloatArray:
    """The patches at places: float64[N, size, size]."""
    span = np.arange(size)
    rows, columns = places[:, :1] + span, places[:, 1:] + span
    return np.asarray(grey[rows[:, :, None], columns[:, None, :]])


def described(patches: FloatArray, *, contrast: bool) -> FloatArray:
    """Patches float64[N, s, s] of 0..255 as points float64[N, s · s]: in 0..1, or with their contrast normalised."""
    points = patches.reshape(len(patches), -1)
    if not contrast:
        return points / 255.0
    centred = points - points.mean(1, keepdims=True)
    return np.asarray(centred / np.sqrt((centred**2).mean(1, keepdims=True) + CONTRAST_FLOOR))


# --- k-means ------------------------------------------------------------------------------------------------


def start(points: FloatArray, count: int, seed: int) -> FloatArray:
    """k-means++: each further centre is a point drawn in proportion to its squared distance from those before.

    float64[K, D]; K is smaller than `count` where there are fewer different points.
    """
    draw = np.random.default_rng(seed)
    chosen = [int(draw.integers(len(points)))]
    away = squared_distances(points, points[chosen])[:, 0]
    while len(chosen) < count and float(away.max()) > 1e-12:
        chosen.append(int(draw.choice(len(points), p=away / away.sum())))
        away = np.minimum(away, squared_distances(points, points[chosen[-1:]])[:, 0])
    return np.asarray(points[chosen])


def lloyd(points: FloatArray, centres: FloatArray, rounds: int = MOST_ROUNDS) -> Generator[None, None, Lloyd]:
    """Assign and update in turns, from `centres` float64[K, D] until no point changes sides; pauses after each round.

    A centre that lost all of its points stays where it is.
    """
    history, labels, inertia = [centres], list[IntArray](), list[float]()
    converged = False
    while True:
        distances = squared_distances(points, history[-1])
        labels.append(distances.argmin(1))
        inertia.append(float(distances.min(1).sum()))
        converged = len(labels) > 1 and bool((labels[-1] == labels[-2]).all())
        if converged or len(labels) == rounds:
            break
        history.append(means(points, labels[-1], history[-1]))
        yield
    return Lloyd(publish(np.stack(history)), publish(np.stack(labels)), publish(np.array(inertia)), converged)


def squared_distances(points: FloatArray, centres: FloatArray) -> FloatArray:
    """|x - c|² = |x|² - 2 x·c + |c|² of every pair, float64[N, K], never below zero."""
    cross = np.einsum("nd,kd->nk", points, centres)  # BLAS would keep all cores busy, the window's too
    sums = (points**2).sum(1)[:, None] - 2 * cross + (centres**2).sum(1)
    return np.asarray(np.maximum(sums, 0.0))


def means(points: FloatArray, labels: IntArray, before: FloatArray) -> FloatArray:
    """The mean of every word's points, float64[K, D]; `before` where a word has none."""
    order = np.argsort(labels, kind="stable")
    present, first = np.unique(labels[order], return_index=True)
    sums = np.add.reduceat(
        points[order], first, axis=0
    )  # a product with 0 and 1 keeps all threads of BLAS busy
    centres = before.copy()
    centres[present] = sums / np.diff(np.append(first, len(labels)))[:, None]
    return centres
