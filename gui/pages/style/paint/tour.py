"""The states in which the tour shows the view: small, quick paintings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from engine.style.settings import StyleSettings
from gui.pages.style.paint.settings import PaintSettings
from gui.pages.style.state import StyleState
from gui.widgets.source_state import SourceState

QUICK: Final = StyleSettings(size=160, steps=24)
FIRST: Final = StyleState(settings=QUICK)
MASK: Final = ((0.25, False, ((0.2, 0.2), (0.2, 0.8), (0.35, 0.9))),)
TWO: Final = (SourceState("preset", "mosaic"), SourceState("preset", "hatching"))

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "paint",
        "Watch it paint",
        "Content and style become one picture; costs and history grow with it.",
        FIRST,
    ),
    (
        "wipe",
        "Before and after",
        "The content left of a divider, the painting right of it.",
        replace(FIRST, paint=PaintSettings(look="wipe", divider=0.45)),
    ),
    (
        "layers",
        "What every layer costs",
        "The style cost of each layer over the steps, side by side with the content.",
        replace(FIRST, paint=PaintSettings(look="pair", curves="layers", weighted=False)),
    ),
    (
        "branch",
        "Go on with other weights",
        "Less style, more content: a branch from the end of the run before, a row of its own.",
        replace(FIRST, settings=replace(QUICK, beta=2.0, alpha=10.0)),
    ),
    (
        "mask",
        "Where style applies",
        "A brush over the content says where the style is to be.",
        replace(FIRST, mask=MASK, settings=replace(QUICK, steps=16), paint=PaintSettings(masking=True)),
    ),
    (
        "blend",
        "Two styles",
        "Stained glass and crosshatching, blended by a weight for each.",
        replace(
            FIRST,
            content=SourceState("sample", "astronaut"),
            styles=TWO,
            settings=replace(QUICK, blend=(1.0, 0.5), steps=20),
            tile=2,
        ),
    ),
    (
        "colours",
        "Coarse to fine, from noise, in the content's colours",
        "Two sizes: the second begins with the picture of the first.",
        replace(FIRST, settings=replace(QUICK, start="noise", levels=2, keep_colours=True, steps=30)),
    ),
)
