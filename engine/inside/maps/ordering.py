"""In which order the maps of a layer are shown, and in which range of values: numpy alone, for the thread of a page."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from engine.inside.maps.requests import FloatArray, Order, Statistics

IntArray = npt.NDArray[np.int64]
RangeOf = Literal["channel", "layer", "net"]


def ordered(maps: FloatArray, statistics: Statistics, order: Order, like: int = 0) -> IntArray:
    """int64[C]: the channels of float32[C, h, w] in an order. Ties stay in the order of their numbers.

    "activity": largest mean magnitude first; "variance": largest first; "similarity": most like the channel `like`
    first (cosine of the maps around their means, that is their correlation; maps without any variance come last).
    """
    if order == "index":
        return np.arange(len(maps), dtype=np.int64)
    if order == "activity":
        return _falling(activity(maps))
    if order == "variance":
        return _falling(statistics.variance)
    return _falling(similarity(maps, like))


def activity(maps: FloatArray) -> FloatArray:
    """float32[C]: the mean magnitude of every map; what is no number counts as 0."""
    flat = np.nan_to_num(maps.reshape(len(maps), -1), nan=0.0, posinf=0.0, neginf=0.0)
    found: FloatArray = np.abs(flat).mean(1, dtype=np.float64).astype(np.float32)
    return found


def similarity(maps: FloatArray, like: int) -> FloatArray:
    """float32[C]: the correlation of every map with that of `like`, -1..1, and -2 for maps without any variance."""
    flat = np.nan_to_num(maps.reshape(len(maps), -1), nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
    centred = flat - flat.mean(1, keepdims=True)
    lengths = np.sqrt((centred * centred).sum(1))
    products = centred @ centred[like]
    scale = lengths * lengths[like]
    usable = scale > 0
    found = np.full(len(maps), -2, np.float32)
    found[usable] = np.clip(products[usable] / scale[usable], -1, 1)
    found[like] = 1.0
    return found


def _falling(values: npt.NDArray[Any]) -> IntArray:
    found: IntArray = np.argsort(-values, kind="stable").astype(np.int64)
    return found


def ranges(
    statistics: Statistics, of: RangeOf, net_range: tuple[float, float] | None = None
) -> tuple[FloatArray, FloatArray]:
    """(low, high), float32[C] each: the smallest and largest value that a channel's colours have to cover.

    "net" takes `net_range`, and the layer's own range until that is known.
    """
    low, high = statistics.low, statistics.high
    if of == "channel":
        return low, high
    ends = net_range if of == "net" and net_range is not None else (float(low.min()), float(high.max()))
    return np.full_like(low, ends[0]), np.full_like(high, ends[1])
