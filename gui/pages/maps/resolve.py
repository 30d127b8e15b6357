"""What is on show for a state and the maps that are there: a pure function of both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.inside.maps.ordering import IntArray, RangeOf, ordered, ranges
from engine.inside.maps.requests import FloatArray, Maps, Statistics, Wanted
from engine.inside.requests import NetLayers, maps_of
from engine.networks.graphs.graph import Node
from gui.pages.maps.colours import Coloring
from gui.pages.maps.state import MapsState
from gui.widgets.held_range import SHRINK

GUESSES = 3
BINS = 96
LITTLE = 50_000_000
"""MACs and weights behind a layer that a live picture may pay for what the net says: a millisecond or two."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """`values` float32[C, h, w] with their `statistics`: `what` says whose; channel after channel in `order`; `low` and
    `high` float32[C] are the ends of each channel's colours, which cover `range_of`. `unit`: the channel under the
    cursor. `second`: what the second picture gave."""

    maps: Maps
    values: FloatArray
    statistics: Statistics
    low: FloatArray
    high: FloatArray
    order: IntArray
    coloring: Coloring
    unit: int
    range_of: RangeOf = "layer"
    what: Literal["this", "other", "difference"] = "this"
    second: Maps | None = None

    @property
    def other(self) -> FloatArray | None:
        """The maps of the second picture."""
        return None if self.second is None else self.second.maps

    @property
    def picture(self) -> Maps:
        """Whose picture the values belong to; a difference is marked on this one."""
        return self.second if self.what == "other" and self.second is not None else self.maps

    @property
    def silent(self) -> npt.NDArray[np.bool_]:
        """bool[C]: one value everywhere."""
        return self.statistics.silent

    @property
    def place(self) -> int:
        """Where the unit is in the order."""
        return int(np.flatnonzero(self.order == self.unit)[0])

    def strongest(self, channel: int) -> tuple[int, int]:
        """Row and column of the largest value of a map, of a difference of its largest magnitude; of numbers only."""
        found = self.values[channel]
        known = np.where(np.isfinite(found), np.abs(found) if self.what == "difference" else found, -np.inf)
        row, column = np.unravel_index(int(known.argmax()), known.shape)
        return int(row), int(column)


def layer_of(state: MapsState, layers: NetLayers) -> Node:
    """The layer of the state; the usual one where the net has none of that name."""
    return layers.find(state.layer) or layers.first


def short_name(layer: str) -> str:
    """The last part of a layer's name that says something: "relu1_1", but "features.10"."""
    parts = layer.split(".")
    return ".".join(parts[-2:]) if parts[-1].isdigit() else parts[-1]


def wanted(state: MapsState, layers: NetLayers, *, live: bool = False) -> Wanted:
    """What the engine owes for a state; `live`: what the net says is told only where its end is near."""
    pins = tuple(pin for pin in state.pins if _exists(pin, layers))
    return Wanted(
        layer=layer_of(state, layers).name,
        pins=pins,
        whole_net=state.range_of == "net",
        guesses=GUESSES if state.guesses and not (live and _far_from_the_end(state, layers)) else 0,
        bins=BINS if state.view == "histogram" else 0,
    )


def _far_from_the_end(state: MapsState, layers: NetLayers) -> bool:
    """Whether much of the net lies behind the layer: its answer would make live maps slower."""
    names = [layer.name for layer in layers.layers]
    behind = layers.layers[names.index(layer_of(state, layers).name) + 1 :]
    return sum(layer.macs + layer.params for layer in behind) > LITTLE


def _exists(pin: tuple[str, int], layers: NetLayers) -> bool:
    layer = layers.find(pin[0])
    maps = None if layer is None else maps_of(layer)
    return maps is not None and pin[1] < maps[0]


def show_of(state: MapsState) -> Literal["this", "other", "difference"]:
    """Whose maps are looked at: filters and counts are those of this picture."""
    return state.show if state.view == "maps" else "this"


def resolve(state: MapsState, maps: Maps, other: Maps | None, kept: IntArray | None = None) -> Shown:
    """What is drawn. `kept`: the order on show, which a locked unit keeps."""
    count = len(maps.maps)
    unit = min(state.channel, count - 1)
    second = other if other is not None and other.maps.shape == maps.maps.shape else None
    what = "this" if second is None else show_of(state)
    values, statistics = maps.maps, maps.statistics
    if second is not None and what == "other":
        values, statistics = second.maps, second.statistics
    elif second is not None and what == "difference":
        values = maps.maps - second.maps
        statistics = _statistics(values)
    compared = None if what == "difference" else second
    known = statistics if compared is None else _both(maps.statistics, compared.statistics)
    net_range = None if what == "difference" else _net_range(maps, compared)
    range_of: RangeOf = "layer" if state.range_of == "net" and net_range is None else state.range_of
    low, high = ranges(known, range_of, net_range)
    if kept is None or len(kept) != count:
        kept = ordered(values, statistics, state.order, min(state.like, count - 1))
    coloring = Coloring(state.colors == "diverging" or what == "difference", state.gamma)
    return Shown(maps, values, statistics, low, high, kept, coloring, unit, range_of, what, second)


def _net_range(maps: Maps, other: Maps | None) -> tuple[float, float] | None:
    """Of all layers, for both pictures; None while one of them is not known."""
    known = [found.net_range for found in (maps, other) if found is not None]
    ends = [found for found in known if found is not None]
    if len(ends) < len(known):
        return None
    return min(low for low, _ in ends), max(high for _, high in ends)


def _both(first: Statistics, second: Statistics) -> Statistics:
    """One range for two pictures, so that their colours can be compared."""
    return Statistics(
        np.minimum(first.low, second.low), np.maximum(first.high, second.high),
        first.mean, first.variance, first.zeros, first.odd, first.single,
    )  # fmt: skip


def _statistics(values: FloatArray) -> Statistics:
    """Of a difference; what is no number counts as 0."""
    flat = np.nan_to_num(values.reshape(len(values), -1), nan=0.0, posinf=0.0, neginf=0.0)
    odd = (~np.isfinite(values)).reshape(len(values), -1).sum(1)
    return Statistics(
        flat.min(1),
        flat.max(1),
        flat.mean(1),
        flat.var(1),
        (flat == 0).mean(1).astype(np.float32),
        odd,
        flat.shape[1] == 1,
    )


def held(now: Shown, before: Shown) -> Shown:
    """The next frame of what plays: its colours cover more at once, and less little by little, so that they do not
    flicker. Of another layer nothing is held."""
    subjects = [
        (found.maps.net, found.maps.layer.name, found.range_of, found.what) for found in (now, before)
    ]
    if subjects[0] != subjects[1] or now.low.shape != before.low.shape:
        return now
    slack = (1 - SHRINK) * (before.high - before.low)
    return replace(
        now, low=np.minimum(now.low, before.low + slack), high=np.maximum(now.high, before.high - slack)
    )


class Resolver:
    """`resolve`, with what did not change taken over: another unit costs nothing, and a locked order stays; while a
    picture plays, the ranges of its colours are held."""

    def __init__(self) -> None:
        self._inputs: tuple[object, ...] = ()
        self._shown: Shown | None = None

    def __call__(self, state: MapsState, maps: Maps, other: Maps | None, *, live: bool = False) -> Shown:
        settings = (state.order, state.like if state.order == "similarity" else 0)
        inputs = (maps, other, settings, state.range_of, show_of(state), state.gamma, state.colors, live)
        before = self._shown
        if before is not None and inputs == self._inputs:
            unit = min(state.channel, len(before.values) - 1)
            self._shown = before if unit == before.unit else replace(before, unit=unit)
            return self._shown
        same_order = bool(self._inputs) and self._inputs[2] == settings
        kept = before.order if before is not None and state.locked and same_order else None
        now = resolve(state, maps, other, kept)
        self._inputs, self._shown = inputs, held(now, before) if live and before is not None else now
        return self._shown
