"""The index: for every unit of a net the strongest activations in a collection of pictures. Plain values, no torch.

What it says depends only on the net and the pictures, not on the order or the machine in which they were looked at:
`merge` is associative, commutative and idempotent, so any number of shards can be mined apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.inside.patches.ordering import (
    NOBODY,
    Numbers,
    Ranked,
    Values,
    nothing,
    side_by_side,
    strongest,
    strongest_apart,
)
from engine.inside.patches.requests import KEPT, Skipped

PENDING, SKIPPED, MINED = 0, 1, 2
"""What became of a picture; of two indexes the larger one holds."""
MERGED_AT_ONCE: Final = 1 << 15
"""Units."""


@dataclass(frozen=True, slots=True)
class LayerUnits:
    """A layer with maps: `channels` units, each on a map of `height` x `width` positions."""

    name: str
    channels: int
    height: int
    width: int


@dataclass(frozen=True, slots=True)
class Identity:
    """What the numbers of an index belong to: weights (a checksum), the way pictures are prepared, layers.

    `net` is the name by which it was asked for; the same weights under another name are the same net.
    """

    net: str
    weights: str
    recipe: str
    layers: tuple[LayerUnits, ...]
    k: int = KEPT

    @property
    def units(self) -> int:
        return sum(layer.channels for layer in self.layers)

    def same_net(self, other: Identity) -> bool:
        return replace(self, net="") == replace(other, net="")


@dataclass(frozen=True, slots=True, order=True)
class PictureFile:
    """A picture: its name (a path below the folder), its bytes and the time of its last change in nanoseconds."""

    name: str
    size: int = 0
    time: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of a unit: the picture, the activation, row and column on the map."""

    picture: PictureFile
    value: float
    row: int
    column: int


@dataclass(frozen=True, eq=False)
class Index:
    """`pictures` in ascending order with their `states` uint8[pictures]; for every unit, layer by layer, its `k`
    strongest activations: `values` float32[units, k], `numbers` int32[units, k] of their pictures (NOBODY: no entry)
    and `places` int32[units, k] (row · width + column). `skipped`: what was left out, in ascending order."""

    identity: Identity
    pictures: tuple[PictureFile, ...]
    states: npt.NDArray[np.uint8]
    values: Values
    numbers: Numbers
    places: Numbers
    skipped: tuple[Skipped, ...] = ()

    @cached_property
    def first_units(self) -> dict[str, int]:
        """The row of every layer's first unit."""
        counts = np.cumsum([0, *(layer.channels for layer in self.identity.layers)])
        return {layer.name: int(row) for layer, row in zip(self.identity.layers, counts[:-1], strict=True)}

    @property
    def mined(self) -> int:
        """How many pictures were looked at."""
        return int(np.count_nonzero(self.states == MINED))

    @property
    def pending(self) -> list[int]:
        """The numbers of the pictures that are still to be looked at."""
        return [int(number) for number in np.flatnonzero(self.states == PENDING)]

    def layer(self, name: str) -> LayerUnits:
        """Raises UserError where the index has no such layer."""
        found = next((layer for layer in self.identity.layers if layer.name == name), None)
        if found is None:
            raise UserError(
                f"The layer “{name}” puts out no maps, so there are no places that it could be strongest at.",
                "Choose a convolution, a pooling layer or what follows one.",
            )
        return found

    def records(self, name: str, channel: int) -> list[Record]:
        """The entries of a unit, strongest first. Raises UserError where there is no such unit."""
        layer = self.layer(name)
        if not 0 <= channel < layer.channels:
            raise UserError(
                f"“{name}” has no unit {channel}: they are numbered from 0 to {layer.channels - 1}."
            )
        row = self.first_units[name] + channel
        return [
            Record(self.pictures[number], float(value), *divmod(int(place), layer.width))
            for value, number, place in zip(
                self.values[row], self.numbers[row], self.places[row], strict=True
            )
            if number != NOBODY
        ]


def blank(identity: Identity, pictures: Iterable[PictureFile], skipped: Sequence[Skipped] = ()) -> Index:
    """An index of pictures that nobody has looked at yet."""
    ordered = tuple(sorted(set(pictures)))
    ranked = nothing(identity.units, identity.k)
    return Index(
        identity, ordered, np.zeros(len(ordered), np.uint8), *ranked, tuple(sorted(skipped, key=_name))
    )


def carried_over(
    index: Index, pictures: Iterable[PictureFile], skipped: Sequence[Skipped] = ()
) -> Index | None:
    """What an older index says about a collection to which pictures came; None where one that it has is gone.

    Pictures that were skipped are to be looked at again: their folder may be readable now.
    """
    new = blank(index.identity, pictures, skipped)
    mined = {picture for picture, state in zip(index.pictures, index.states, strict=True) if state == MINED}
    if not mined <= set(new.pictures):
        return None
    states = np.array([MINED if picture in mined else PENDING for picture in new.pictures], np.uint8)
    return replace(
        new, states=states, values=index.values, numbers=_renumbered(index, new.pictures), places=index.places
    )


def merge(one: Index, other: Index) -> Index:
    """The index of all pictures that either has. Raises UserError where they are of different nets."""
    if not one.identity.same_net(other.identity):
        raise UserError(
            f"These indexes belong to different nets ({one.identity.net}, {other.identity.net}), or the net reads its "
            "pictures in another way.",
            "Only shards that were mined with the same weights can be merged.",
        )
    pictures = tuple(sorted({*one.pictures, *other.pictures}))
    states = np.maximum(_states(one, pictures), _states(other, pictures))
    distinct = not set(one.pictures) & set(other.pictures)
    halves = (
        (one.values, _renumbered(one, pictures), one.places),
        (other.values, _renumbered(other, pictures), other.places),
    )
    ranked = _merged(halves[0], halves[1], one.identity.k, distinct=distinct)
    mined = {picture.name for picture, state in zip(pictures, states, strict=True) if state == MINED}
    identity = min(one.identity, other.identity, key=lambda i: i.net)
    return Index(identity, pictures, states, *ranked, _all_skipped((*one.skipped, *other.skipped), mined))


def _merged(one: Ranked, other: Ranked, k: int, *, distinct: bool) -> Ranked:
    units = len(one[0])
    found = nothing(units, k)
    for first in range(0, units, MERGED_AT_ONCE):
        rows = slice(first, first + MERGED_AT_ONCE)
        joined = side_by_side([part[rows] for part in one], [part[rows] for part in other])
        best = strongest(joined, k) if distinct else strongest_apart(joined, k)
        for whole, part in zip(found, best, strict=True):
            whole[rows] = part
    return found


def _renumbered(index: Index, pictures: Sequence[PictureFile]) -> Numbers:
    """The numbers of an index's entries in another list that has all of their pictures."""
    places = {picture: number for number, picture in enumerate(pictures)}
    table = np.array([places.get(picture, NOBODY) for picture in index.pictures] + [NOBODY], np.int32)
    return table[index.numbers]  # NOBODY is -1: the last of the table, itself


def _states(index: Index, pictures: Sequence[PictureFile]) -> npt.NDArray[np.uint8]:
    known = dict(zip(index.pictures, index.states.tolist(), strict=True))
    return np.array([known.get(picture, PENDING) for picture in pictures], np.uint8)


def _all_skipped(skipped: Iterable[Skipped], mined: set[str]) -> tuple[Skipped, ...]:
    """One reason for everything that nobody could read."""
    reasons: dict[str, str] = {}
    for one in sorted(skipped, key=lambda s: (s.name, s.reason)):
        if one.name not in mined:
            reasons.setdefault(one.name, one.reason)
    return tuple(Skipped(name, reason) for name, reason in reasons.items())


def _name(skipped: Skipped) -> str:
    return skipped.name
