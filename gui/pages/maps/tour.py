"""The states in which the tour shows the page of feature maps; all of them work offline."""

from __future__ import annotations

from dataclasses import replace

from gui.pages.base import TourStop
from gui.pages.classify.drawings import FIVE, THREE
from gui.pages.maps.state import DIGITS_NET, MapsState
from gui.widgets.source_state import SourceState

_CAT = MapsState()
_DIGIT = replace(_CAT, net=DIGITS_NET, source=SourceState("drawing", "dark", strokes=FIVE))
_ROCKET = SourceState("sample", "rocket")

_STOPS = (
    ("first", "All maps of a layer", "Every channel is one filter, asked everywhere in the picture.", _CAT),
    (
        "digit",
        "A drawn digit drives the maps",
        "They follow the pen while it moves.",
        replace(_DIGIT, layer="features.act1"),
    ),
    (
        "deep",
        "Deeper, and ordered",
        "256 maps, the most active first; crossed-out ones are silent on this picture.",
        replace(_CAT, layer="features.relu3_1", channel=49, order="activity", range_of="channel"),
    ),
    (
        "unit",
        "One unit beside the photo",
        "The frame is its receptive field: all that this value depends on.",
        replace(_CAT, layer="features.relu3_2", channel=13, zoomed=True),
    ),
    (
        "colours",
        "The filters of the first layer",
        "They read colours, so they can be drawn in colour; beside them what each colour adds.",
        replace(_CAT, layer="features.relu1_1", channel=6, view="filters"),
    ),
    (
        "inputs",
        "Which inputs feed a unit",
        "The sum taken apart: input map, kernel, and what it adds.",
        replace(_CAT, layer="features.relu2_1", channel=7, view="filters"),
    ),
    (
        "histogram",
        "How activations are spread",
        "Most values are zero behind a ReLU; the rest falls off quickly.",
        replace(_CAT, layer="features.conv2_1", channel=7, view="histogram"),
    ),
    (
        "difference",
        "Two pictures",
        "The cat's maps minus the rocket's, and pinned units of three layers for both.",
        replace(
            _CAT,
            layer="features.relu2_2",
            beside=_ROCKET,
            show="difference",
            pins=(("features.relu1_1", 6), ("features.relu2_2", 20), ("features.relu3_2", 13)),
        ),
    ),
    (
        "untrained",
        "Before any training",
        "Random weights see edges, too; nothing else.",
        replace(
            _DIGIT, net="random:lenet5", layer="features.act2", colors="sequential",
            source=SourceState("drawing", "dark", strokes=THREE),
        ),
    ),
)  # fmt: skip


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    return [TourStop(*stop) for stop in _STOPS]
