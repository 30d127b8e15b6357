"""Hierarchical grouping: the two most similar neighbours are merged until one region is left (Uijlings et al. 2013)."""

from __future__ import annotations

import heapq
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.detection.boxes import area
from engine.detection.proposals.segments import FloatArray, IntArray, Regions, neighbour_pairs
from engine.networks.steps import at_once


@dataclass(frozen=True, slots=True)
class Merge:
    """Regions `first` and `second` became region `merged`; `terms`: their similarity by colour, texture, size, fill."""

    first: int
    second: int
    merged: int
    terms: tuple[float, float, float, float]
    total: float


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """All regions of a search: 0 to `leaves` - 1 are the segments, every merge adds one; the last is the picture.

    `labels` int64[H, W] of the segments; `pairs` int64[P, 2] of segments that are neighbours; `counted`: which of the
    four terms the search went by.
    """

    labels: IntArray
    leaves: int
    regions: Regions
    merges: tuple[Merge, ...]
    pairs: IntArray
    counted: tuple[bool, ...]

    @property
    def picture_area(self) -> int:
        return int(self.labels.size)

    def roots(self, step: int) -> IntArray:
        """int64[leaves]: the region that each segment belongs to after so many merges."""
        roots = np.arange(self.leaves)
        for merge in self.merges[:step]:
            roots[(roots == merge.first) | (roots == merge.second)] = merge.merged
        return roots

    def labels_at(self, step: int) -> IntArray:
        """int64[H, W]: the region of every pixel after so many merges."""
        return np.asarray(self.roots(step)[self.labels])

    def neighbours(self, region: int, step: int) -> IntArray:
        """The regions that touch one after so many merges, in ascending order."""
        pairs = self.roots(step)[self.pairs]
        touching = pairs[(pairs == region).sum(1) == 1]
        return np.unique(touching[touching != region])


def similarities(regions: Regions, one: int, others: npt.ArrayLike, picture_area: int) -> FloatArray:
    """float64[N, 4] in 0..1: how similar region `one` is to each of the others by colour, texture, size and fill.

    Colour and texture: what their histograms have in common. Size: 1 where both are tiny, so that small regions merge
    early. Fill: 1 where their common box has no room for anything else.
    """
    places = np.asarray(others, np.int64)
    colour = np.minimum(regions.colour[one], regions.colour[places]).sum(-1)
    texture = np.minimum(regions.texture[one], regions.texture[places]).sum(-1)
    pixels = regions.sizes[one] + regions.sizes[places]
    room = area(union_box(regions.boxes[one], regions.boxes[places])) - pixels
    return np.stack([colour, texture, 1 - pixels / picture_area, 1 - room / picture_area], -1)


def union_box(first: FloatArray, second: FloatArray) -> FloatArray:
    """float64[..., 4]: the smallest boxes around both."""
    low, high = np.minimum(first[..., :2], second[..., :2]), np.maximum(first[..., 2:], second[..., 2:])
    return np.concatenate([low, high], -1)


def grouped(labels: IntArray, leaves: Regions, counted: Sequence[bool] = (True,) * 4) -> Hierarchy:
    """The hierarchy above the segments of a label image; equal similarities merge the lower numbers first."""
    return at_once(group_steps(labels, leaves, counted))


def group_steps(
    labels: IntArray, leaves: Regions, counted: Sequence[bool] = (True,) * 4
) -> Generator[None, None, Hierarchy]:
    """`grouped`, a merge a step."""
    search = _Search(leaves, neighbour_pairs(labels), np.asarray(counted, np.float64), int(labels.size))
    yield
    while search.merge_best():
        yield
    return Hierarchy(
        labels, len(leaves), search.regions, tuple(search.merges), search.pairs, tuple(bool(c) for c in counted)
    )  # fmt: skip


class _Search:
    """Who is left, who touches whom, and all pairs by their similarity.

    Pairs of regions that are gone stay in the heap and are passed over: taking them out would cost more.
    """

    def __init__(self, leaves: Regions, pairs: IntArray, counted: FloatArray, picture_area: int) -> None:
        self.regions, self.pairs, self.merges = _with_room(leaves), pairs, list[Merge]()
        self._counted, self._area, self._next = counted, picture_area, len(leaves)
        self._touching: dict[int, set[int]] = {region: set() for region in range(len(leaves))}
        self._heap: list[tuple[float, int, int]] = []
        for first, second in pairs.tolist():
            self._touching[first].add(second)
            self._touching[second].add(first)
        for region, touching in self._touching.items():
            self._push(region, sorted(other for other in touching if other < region))

    def merge_best(self) -> bool:
        """Merge the most similar neighbours; False where only one region is left."""
        while self._heap:
            _, first, second = heapq.heappop(self._heap)
            if first in self._touching and second in self._touching:
                self._merge(first, second)
                return True
        return False

    def _push(self, region: int, others: Sequence[int]) -> None:
        if not others:
            return
        terms = similarities(self.regions, region, others, self._area)
        for other, total in zip(others, (terms @ self._counted).tolist(), strict=True):
            heapq.heappush(self._heap, (-total, *sorted((region, other))))

    def _merge(self, first: int, second: int) -> None:
        merged, self._next = self._next, self._next + 1
        terms = similarities(self.regions, first, [second], self._area)[0]
        a, b, c, d = terms.tolist()
        self.merges.append(Merge(first, second, merged, (a, b, c, d), float(terms @ self._counted)))
        _join(self.regions, first, second, merged)
        touching = (self._touching.pop(first) | self._touching.pop(second)) - {first, second}
        for other in touching:
            self._touching[other] = self._touching[other] - {first, second} | {merged}
        self._touching[merged] = touching
        self._push(merged, sorted(touching))


def _with_room(leaves: Regions) -> Regions:
    """The segments, with room for all that will be made of them."""
    more = len(leaves) - 1

    def grown(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        return np.concatenate([values, np.zeros((more, *values.shape[1:]), values.dtype)])

    return Regions(*(grown(v) for v in (leaves.sizes, leaves.boxes, leaves.colour, leaves.texture)))  # type: ignore[arg-type]


def _join(regions: Regions, first: int, second: int, merged: int) -> None:
    """What is known of a merged region follows from both halves; no pixel is read again."""
    sizes = regions.sizes[[first, second]]
    regions.sizes[merged] = sizes.sum()
    regions.boxes[merged] = union_box(regions.boxes[first], regions.boxes[second])
    for histogram in (regions.colour, regions.texture):
        histogram[merged] = sizes @ histogram[[first, second]] / sizes.sum()
