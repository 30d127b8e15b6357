"""The states in which the tour shows the view."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from gui.pages.boxes.proposals.settings import KNOWN, ProposalsSettings
from gui.pages.boxes.state import BoxesState
from gui.widgets.source_state import SourceState

COFFEE: Final = SourceState("sample", "coffee")
ASTRONAUT: Final = SourceState("sample", "astronaut")
CAT: Final = SourceState("sample", "cat")
_COFFEE: Final = ProposalsSettings(things=KNOWN["coffee"])
_CAT: Final = ProposalsSettings(part="nets", things=KNOWN["cat"], count=32)
_POOLING: Final = replace(_CAT, part="pooling", proposal=36, cell=6, count=48)


def _state(source: SourceState, settings: ProposalsSettings) -> BoxesState:
    return BoxesState(source, "proposals", proposals=settings)


STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "proposals-segments",
        "Segments of a photo",
        "Selective search begins with segments: pixels that hardly differ from their neighbours.",
        _state(COFFEE, replace(_COFFEE, painted="mean")),
    ),
    (
        "proposals-merge",
        "A merge, and why",
        "Of all neighbours A and B are most alike in colour, texture, size and fill; their box becomes a proposal.",
        _state(COFFEE, replace(_COFFEE, step=93)),
    ),
    (
        "proposals-region",
        "A region and its neighbours",
        "Click a region: its box, and how similar each of its neighbours is.",
        _state(COFFEE, replace(_COFFEE, step=80, picked=(0.5, 0.66))),
    ),
    (
        "proposals-recall",
        "How many proposals it takes",
        "Boxes drawn around things, and how many of them the first proposals cover.",
        _state(ASTRONAUT, ProposalsSettings(part="proposals", count=150)),
    ),
    (
        "proposals-nets",
        "R-CNN, Fast R-CNN, Faster R-CNN",
        "The same proposals: a pass each, or one for all. Passes and multiplications are counted while they run.",
        _state(CAT, _CAT),
    ),
    (
        "proposals-own",
        "Proposals of a net's own",
        "Objectness on one level of Faster R-CNN's maps, and the boxes that come from it.",
        _state(CAT, replace(_CAT, level=0, opened="faster")),
    ),
    (
        "proposals-pooling",
        "RoI max pooling, cell by cell",
        "A box on the map, rounded twice; the largest value of each part is what the head reads.",
        _state(CAT, _POOLING),
    ),
    (
        "proposals-align",
        "RoIAlign rounds nothing",
        "The same box in equal parts; each output is the mean of four places between the cells.",
        _state(CAT, replace(_POOLING, pooling="align")),
    ),
)
