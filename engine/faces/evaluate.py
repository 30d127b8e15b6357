"""How well an embedder tells the people of a group apart: distances of all pairs, and what a threshold makes of them.

Two photos are accepted as one person where their squared distance is at most the threshold. Free of torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.faces.gallery.requests import Index

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LARGEST: Final = 4.0
"""Squared distance of two opposite unit vectors."""
BINS: Final = 40
MOST_PHOTOS: Final = 1000
"""Of a larger group that many photos are looked at: half a million pairs."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """All pairs of photos of a group.

    `distances`: float64[M], squared, 0..4. `same`: bool[M], whether both show one person. `first`, `second`: int64[M],
    rows of the index. `left_out`: photos beyond those that were looked at.
    """

    distances: Floats
    same: npt.NDArray[np.bool_]
    first: Ints
    second: Ints
    left_out: int = 0

    @property
    def of_one(self) -> Floats:
        """Distances of pairs that show one person."""
        return self.distances[self.same]

    @property
    def of_two(self) -> Floats:
        """Distances of pairs that show two people."""
        return self.distances[~self.same]

    @property
    def enough(self) -> bool:
        """Whether there is a pair of each kind: without both there is nothing to weigh."""
        return bool(self.same.any() and not self.same.all())


def pairs_of(index: Index, seed: int = 0) -> Pairs:
    """Every photo with every other one of the same maker; of more than MOST_PHOTOS, that many drawn by `seed`."""
    count = len(index.rows)
    rows = np.arange(count)
    if count > MOST_PHOTOS:
        rows = np.sort(np.random.default_rng(seed).choice(count, MOST_PHOTOS, replace=False))
    upper = np.triu_indices(len(rows), 1)
    chosen = index.rows[rows].astype(np.float64)
    distances = squared_distances(chosen, chosen)[upper] if len(rows) > 1 else np.zeros(0)
    people = index.people[rows]
    return Pairs(
        distances,
        people[upper[0]] == people[upper[1]],
        rows[upper[0]],
        rows[upper[1]],
        count - len(rows),
    )


def squared_distances(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating]) -> Floats:
    """||a_i - b_j||^2 of rows of length 1: 2 - 2 a_i . b_j, float64[len(a), len(b)], 0..4."""
    cosines = np.asarray(a, np.float64) @ np.asarray(b, np.float64).T
    return np.clip(2.0 - 2.0 * cosines, 0.0, LARGEST)


# --- what a threshold makes of them -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Errors:
    """Both kinds of mistakes at a threshold.

    `false_accepts` of `different` pairs were taken for one person, `false_rejects` of `same` pairs for two.
    """

    threshold: float
    false_accepts: int
    different: int
    false_rejects: int
    same: int

    @property
    def far(self) -> float:
        """False accept rate, 0..1; 0 where there are no pairs of two people."""
        return self.false_accepts / self.different if self.different else 0.0

    @property
    def frr(self) -> float:
        """False reject rate, 0..1; 0 where there are no pairs of one person."""
        return self.false_rejects / self.same if self.same else 0.0


def errors_at(pairs: Pairs, threshold: float) -> Errors:
    """False accepts and false rejects at a threshold; a pair at exactly the threshold is accepted."""
    accepted = pairs.distances <= threshold
    return Errors(
        threshold,
        int((accepted & ~pairs.same).sum()),
        int((~pairs.same).sum()),
        int((~accepted & pairs.same).sum()),
        int(pairs.same.sum()),
    )


def wrong_pairs(pairs: Pairs, threshold: float, most: int | None = None) -> tuple[Ints, Ints]:
    """Numbers of the pairs that were falsely accepted, nearest first, and falsely rejected, farthest first.

    `most`: of each kind, so many of the most wrong ones.
    """
    accepted = pairs.distances <= threshold
    false_accepts = np.flatnonzero(accepted & ~pairs.same)
    false_rejects = np.flatnonzero(~accepted & pairs.same)
    return (
        _lowest(false_accepts, pairs.distances[false_accepts], most),
        _lowest(false_rejects, -pairs.distances[false_rejects], most),
    )


def _lowest(numbers: Ints, values: Floats, most: int | None) -> Ints:
    """The numbers in the order of their values, the lowest first; ties in their own order."""
    if most is not None and most < len(values):
        kept = np.flatnonzero(values <= np.partition(values, most)[most])
        numbers, values = numbers[kept], values[kept]
    return numbers[np.argsort(values, kind="stable")][:most]


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """How many pairs lie at which distance: `edges` float64[B + 1], `same` and `different` int64[B]."""

    edges: Floats
    same: Ints
    different: Ints


def histogram(pairs: Pairs, bins: int = BINS) -> Histogram:
    """Counts between 0 and the largest distance of the group."""
    top = float(pairs.distances.max()) if len(pairs.distances) else LARGEST
    edges = np.linspace(0.0, max(top, 1e-6), bins + 1)
    return Histogram(
        edges,
        np.histogram(pairs.of_one, edges)[0].astype(np.int64),
        np.histogram(pairs.of_two, edges)[0].astype(np.int64),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Roc:
    """True accepts against false accepts, threshold by threshold (float64[T] each, from the strictest on).

    `area`: under the curve, 0..1: how often two photos of one person are nearer than two of two people; ties half.
    """

    thresholds: Floats
    false_accepts: Floats
    true_accepts: Floats
    area: float


def roc(pairs: Pairs) -> Roc:
    """The curve of a group. Raises ValueError without a pair of each kind."""
    if not pairs.enough:
        raise ValueError("a curve needs a pair of one person and a pair of two people")
    order = np.argsort(pairs.distances, kind="stable")
    distances, same = pairs.distances[order], pairs.same[order]
    last = np.flatnonzero(
        np.append(np.diff(distances) > 0, True)
    )  # pairs at one distance are accepted together
    true = np.append(0.0, np.cumsum(same)[last] / same.sum())
    false = np.append(0.0, np.cumsum(~same)[last] / (~same).sum())
    thresholds = np.append(-np.inf, distances[last])
    return Roc(thresholds, false, true, float(np.trapezoid(true, false)))


def equal_error(curve: Roc) -> tuple[float, float]:
    """Threshold and rate where false accepts and false rejects are as nearly alike as the group allows.

    Told is the mean of both rates there.
    """
    rejects = 1.0 - curve.true_accepts
    at = int(np.argmin(np.abs(curve.false_accepts - rejects)))
    return max(float(curve.thresholds[at]), 0.0), float((curve.false_accepts[at] + rejects[at]) / 2)


def threshold_for(curve: Roc, far: float) -> float:
    """The largest threshold of the group that accepts at most `far` of the pairs of two people; 0 at least."""
    allowed = np.flatnonzero(curve.false_accepts <= far)
    return max(float(curve.thresholds[allowed[-1]]), 0.0)


# --- one among many -----------------------------------------------------------------------------------------------


def grown(far: float, people: npt.ArrayLike) -> Floats:
    """1 - (1 - far)^K: how likely a stranger is taken for one of K people, were all comparisons independent."""
    return np.asarray(-np.expm1(np.asarray(people, np.float64) * np.log1p(-min(far, 1.0 - 1e-12))))


def strangers(
    index: Index, people: tuple[int, ...], draws: int = 200, seed: int = 0
) -> dict[int, npt.NDArray[np.float64]]:
    """Squared distances float64[draws] of strangers to their nearest of K people, for each K that the group allows.

    In every draw somebody is the stranger (one of their photos), and K others are the gallery, a photo each.
    """
    names, first, photos = np.unique(np.sort(index.people), return_index=True, return_counts=True)
    rows = np.argsort(index.people, kind="stable")
    generator = np.random.default_rng(seed)
    found = {}
    for count in people:
        if not 1 <= count < len(names):
            continue
        drawn = generator.random((draws, len(names))).argpartition(count, axis=1)[:, : count + 1]
        drawn = generator.permuted(drawn, axis=1)
        chosen = rows[first[drawn] + generator.integers(0, photos[drawn])]
        likeness = np.einsum("nd,nkd->nk", index.rows[chosen[:, 0]], index.rows[chosen[:, 1:]])
        found[count] = np.clip(2.0 - 2.0 * likeness.max(1).astype(np.float64), 0.0, LARGEST)
    return found


@dataclass(frozen=True, slots=True)
class PersonErrors:
    """What goes wrong with one person at a threshold.

    `photos`; `rejected` of `own` pairs with themselves; `mistaken` of `others` pairs with somebody else; `nearest`: the
    person taken for this one most easily, and that squared distance (None where nobody else is there).
    """

    person: int
    photos: int
    rejected: int
    own: int
    mistaken: int
    others: int
    nearest: tuple[int, float] | None


Nearest = tuple[tuple[int, float] | None, ...]


def nearest_others(index: Index, pairs: Pairs) -> Nearest:
    """For each person, in the order of their numbers, the other one who is taken for them most easily.

    That person and the squared distance; None where nobody else is there. It does not depend on a threshold.
    """
    names, places = np.unique(index.people, return_inverse=True)
    different = np.flatnonzero(~pairs.same)
    order = different[np.argsort(pairs.distances[different], kind="stable")]
    both = np.stack([places[pairs.first[order]], places[pairs.second[order]]], 1)
    found: list[tuple[int, float] | None] = [None] * len(names)
    for person, at in zip(*(one.tolist() for one in np.unique(both, return_index=True)), strict=True):
        pair, side = divmod(at, 2)
        found[person] = (int(names[both[pair, 1 - side]]), float(pairs.distances[order[pair]]))
    return tuple(found)


def per_person(
    index: Index, pairs: Pairs, threshold: float, nearest: Nearest | None = None
) -> tuple[PersonErrors, ...]:
    """The figures of every person of the group, in the order of their numbers.

    `nearest`: see `nearest_others`, where it is known already.
    """
    names, places = np.unique(index.people, return_inverse=True)
    count = len(names)
    one, two = places[pairs.first], places[pairs.second]
    accepted, different = pairs.distances <= threshold, ~pairs.same

    def of_everybody(chosen: npt.NDArray[np.bool_], *sides: Ints) -> list[int]:
        found = sum((np.bincount(side[chosen], minlength=count) for side in sides), np.zeros(count, np.int64))
        return [int(one) for one in found]

    figures = zip(
        names.tolist(),
        np.bincount(places, minlength=count).tolist(),
        of_everybody(pairs.same & ~accepted, one),
        of_everybody(pairs.same, one),
        of_everybody(different & accepted, one, two),
        of_everybody(different, one, two),
        nearest_others(index, pairs) if nearest is None else nearest,
        strict=True,
    )
    return tuple(PersonErrors(*figure) for figure in figures)
