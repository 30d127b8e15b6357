"""A net that needs no torch: what comes in is averaged down, and every map is that times a number of its own."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from engine.context import Context
from engine.errors import UserError
from engine.handlers import HANDLERS, Handler
from engine.images import Frame
from engine.inside.maps.requests import (
    Filters,
    Histograms,
    LookAtFilters,
    LookAtMaps,
    Maps,
    Pinned,
    Statistics,
    Wanted,
)
from engine.inside.requests import ListLayers, NetLayers, checked_maps
from engine.networks.graphs.graph import Graph, Layer, measure
from engine.networks.graphs.ops import Activation, Conv, Flatten, Input, Linear, Pool
from engine.networks.requests import Guess, ListWeights, WeightsStatus
from engine.runner import Emit, InlineEngine

PHOTOS, DIGITS = "tinyvgg-cifar10", "lenet5-digits"
NETS = (
    WeightsStatus(PHOTOS, "Photos", "classification", "tinyvgg", "bundled", figures="90 %", source="here"),
    WeightsStatus(DIGITS, "Digits", "classification", "lenet5", "bundled", figures="98 %"),
    WeightsStatus("alexnet-imagenet", "AlexNet", "classification", "alexnet", "absent"),
)
LABELS = ("cat", "dog", "frog")


def graph(channels: int) -> Graph:
    """A small chain: 6 maps of 8 x 8, then 6 of 4 x 4, then 12 of 4 x 4, then numbers."""
    found = measure(
        "net",
        "Net",
        (
            Layer("input", Input((channels, 8, 8))),
            Layer("first", Conv(channels, 6, (3, 3), padding=(1, 1)), ("input",)),
            Layer("act", Activation("ReLU"), ("first",)),
            Layer("pool", Pool("max", (2, 2), (2, 2)), ("act",)),
            Layer("second", Conv(6, 12, (3, 3), padding=(1, 1)), ("pool",)),
            Layer("flat", Flatten(), ("second",)),
            Layer("out", Linear(192, 3), ("flat",)),
        ),
    )
    assert found.problem is None, found.problem
    return found


def list_layers(request: ListLayers, _context: Context) -> NetLayers:
    if request.net not in (PHOTOS, DIGITS) and not request.net.startswith("random:"):
        raise UserError(f"The weights {request.net} are not here.", "Download them on the page Weights.")
    channels = 1 if request.net == DIGITS else 3
    return NetLayers(request.net, f"Net {request.net}", "tinyvgg", graph(channels).nodes, LABELS, 8, channels)


def small(frame: Frame, side: int) -> np.ndarray[Any, Any]:
    """float32[side, side]: the brightness of a picture, 0..1, of blocks of equal size."""
    grey = frame.pixels.mean(2) / 255
    rows, columns = (np.linspace(0, length, side + 1).astype(int) for length in grey.shape)
    return np.array(
        [[grey[slice(*r), slice(*c)].mean() for c in pairwise(columns)] for r in pairwise(rows)], np.float32
    )


def maps_of(layer: str, frame: Frame) -> np.ndarray[Any, Any]:
    """Map k is the picture times k - 2, minus a third; map 1 is silent, and behind "act" nothing is negative."""
    node = graph(3).by_name[layer]
    count, height, width = checked_maps(node)
    picture = small(frame, height)
    values = np.stack(
        [picture[:, :width] * (channel - 2) - (1 / 3 if channel != 1 else 0) for channel in range(count)]
    )
    values[1] = 0.0
    return (np.maximum(values, 0) if layer in ("act", "pool") else values).astype(np.float32)


def statistics(maps: np.ndarray[Any, Any]) -> Statistics:
    flat = maps.reshape(len(maps), -1)
    clean = np.nan_to_num(flat)
    return Statistics(
        clean.min(1), clean.max(1), clean.mean(1), clean.var(1), (flat == 0).mean(1).astype(np.float32),
        (~np.isfinite(flat)).sum(1), flat.shape[1] == 1,
    )  # fmt: skip


def look(request: LookAtMaps, _context: Context) -> Maps:
    frame, wanted = request.frame, request.wanted
    if request.net == DIGITS and int(frame.pixels.min()) == int(frame.pixels.max()):
        raise UserError("Nothing is drawn yet.", "Draw a digit.")
    node = graph(1 if request.net == DIGITS else 3).by_name[wanted.layer]
    checked_maps(node)
    maps = maps_of(wanted.layer, frame)
    guesses = tuple(Guess(i, LABELS[i], 0.7 / (i + 1), 1.0) for i in range(min(wanted.guesses, 3)))
    return Maps(
        request.net, f"Net {request.net}", node, wanted, frame, maps, statistics(maps),
        (np.repeat(small(frame, 8)[..., None], 3, 2) * 255).astype(np.uint8), (0.1, 0.0, 0.9, 1.0), "cpu", 0.001,
        pinned=tuple(Pinned(layer, channel, maps_of(layer, frame)[channel]) for layer, channel in wanted.pins),
        net_range=(-5.0, 9.0) if wanted.whole_net else None, guesses=guesses,
        histograms=counted(maps, wanted) if wanted.bins else None,
    )  # fmt: skip


def counted(maps: np.ndarray[Any, Any], wanted: Wanted) -> Histograms:
    edges = np.linspace(-6, 10, wanted.bins + 1)
    return Histograms(edges, np.array([np.histogram(one, edges)[0] for one in maps]))


def filters(request: LookAtFilters, _context: Context) -> Filters:
    source = {"first": "first", "act": "first", "second": "second"}.get(request.layer)
    if source is None:
        raise UserError(f"The layer {request.layer} has no filters.", "Choose a convolution.")
    nodes = graph(3).by_name
    rng = np.random.default_rng(request.channel)
    count, kept = (6, 3) if source == "first" else (12, 6)
    inputs = rng.normal(size=(kept, *nodes[source].out_shape[1:])).astype(np.float32)
    parts = rng.normal(size=inputs.shape).astype(np.float32)
    weights = rng.normal(size=(count, kept, 3, 3)).astype(np.float32)
    return Filters(
        request, nodes[source], weights, np.full(count, 0.5, np.float32),
        tuple(range(kept)), inputs, parts, parts.sum(0) + np.float32(0.5), 1e-7, 1e-4, rgb=source == "first",
    )  # fmt: skip


def listed(_request: ListWeights, _context: Context) -> tuple[WeightsStatus, ...]:
    return NETS


TABLE = {
    **HANDLERS,
    "engine.inside.requests.ListLayers": Handler(f"{__name__}:list_layers", needs_torch=False),
    "engine.inside.maps.requests.LookAtMaps": Handler(f"{__name__}:look", needs_torch=False),
    "engine.inside.maps.requests.LookAtFilters": Handler(f"{__name__}:filters", needs_torch=False),
    "engine.networks.requests.ListWeights": Handler(f"{__name__}:listed", needs_torch=False),
}


def inline(emit: Emit) -> InlineEngine:
    """The engine's answers without a thread and without torch."""
    return InlineEngine(emit, load_torch=False, handlers=TABLE)
